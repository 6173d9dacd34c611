import { isoDay } from '../core/days.ts'
import type { BacktestAsk, BacktestPlan } from './backtest-plan.ts'
import { type AskedSettings, settingsOnWire } from './settings-wire.ts'

/**
 * A request for a backtest with nothing left to defaults that move: asked again, it is the same run while data and engine are. In how
 * many chunks it was cut changes nothing and is left out.
 */
export interface RunRequest extends AskedSettings {
  strategy_id: number
  version: number
  /** YYYY-MM-DD, both included */
  start_date: string
  end_date: string
  /** in code-unit order; absent where all stored ones were meant */
  symbols?: string[]
  universe?: string
  engine: string
  partial?: true
  out_of_sample?: string
  trials?: number
  recheck?: true
}

/** What was asked for, as it was understood: days, version, engine and all settings in force by name (those without a value are absent). */
export function runRequest(ask: Pick<BacktestAsk, 'symbols'>, plan: BacktestPlan): RunRequest {
  const { strategy, selection, universe, engine, partial, outOfSample, trials, recheck } = plan
  const { cooldown: _ofTheRule, ...settings } = settingsOnWire(plan.settings)
  const inForce = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null)) as AskedSettings
  return {
    strategy_id: strategy.strategy_id,
    version: strategy.version,
    start_date: isoDay(selection.from),
    end_date: isoDay(selection.to),
    ...(ask.symbols && { symbols: selection.symbols }),
    ...(universe !== undefined && { universe }),
    engine,
    ...(partial && { partial }),
    ...inForce,
    ...(outOfSample !== undefined && { out_of_sample: isoDay(outOfSample) }),
    ...(trials !== undefined && { trials }),
    ...(recheck && { recheck }),
  }
}
