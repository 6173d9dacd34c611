import type { BacktestSettings } from './settings.ts'

/** The settings of a run as API and receipt spell them, each with its name here. */
const NAMES = {
  cash: 'cash',
  commission: 'commission',
  commission_on: 'commissionOn',
  commission_per_share: 'commissionPerShare',
  commission_minimum: 'commissionMinimum',
  slippage_bps: 'slippageBps',
  slippage_range: 'slippageRange',
  volume_share: 'volumeShare',
  borrow_rate: 'borrowRate',
  max_positions: 'slots',
  fill: 'fill',
  end_positions: 'endPositions',
  benchmark: 'benchmark',
  fractional: 'fractional',
} as const satisfies Record<string, keyof BacktestSettings>

type Names = typeof NAMES
type OnWire = { [Name in keyof Names]: BacktestSettings[Names[Name]] }

/** Settings as a request names them: what is absent is for the rule or the defaults to say. */
export type AskedSettings = { [Name in keyof OnWire]?: NonNullable<OnWire[Name]> }

/** All settings in force, as the receipt prints them. */
export type SettingsInForce = OnWire & { cooldown: number }

/** The settings a request names, under the names used here. */
export function settingsAsked(request: AskedSettings): Partial<BacktestSettings> {
  const asked = Object.entries(NAMES).flatMap(([name, ours]) => {
    const value = request[name as keyof Names]
    return value === undefined ? [] : [[ours, value] as const]
  })
  return Object.fromEntries(asked)
}

/** All settings, in the names of the API; the rule's COOLDOWN with them. */
export function settingsOnWire(settings: BacktestSettings): SettingsInForce {
  const named = Object.entries(NAMES).map(([name, ours]) => [name, settings[ours]] as const)
  return { ...(Object.fromEntries(named) as OnWire), cooldown: settings.cooldown }
}

/** The fields of a request without its settings. */
export function withoutSettings<Request extends AskedSettings>(request: Request): Omit<Request, keyof AskedSettings> {
  return Object.fromEntries(Object.entries(request).filter(([name]) => !Object.hasOwn(NAMES, name))) as Omit<
    Request,
    keyof AskedSettings
  >
}
