import type { RuleClauses } from '../strategy/strategy.ts'
import { DEFAULT_HOLD } from './exits.ts'
import type { BacktestSettings } from './settings.ts'

const EXITS = ['exit', 'stop', 'target', 'trail', 'flat', 'rebalance'] as const

/** What the settings in force mean, one sentence each, the defaults among them; `codeExits`: the code has an exitPosition. */
export function settingsInWords(settings: BacktestSettings, clauses: RuleClauses | null, codeExits: boolean): string[] {
  const { fill, cooldown } = settings
  const anyExit = codeExits || EXITS.some((key) => clauses?.[key] !== undefined)
  const entry = fill === 'next_open' ? 'fills at the next open' : 'fills at its own close'
  const lines = [
    `A signal ${entry}; an exit condition fills at the open after the close that made it true.`,
    portfolio(settings, clauses),
    costs(settings),
    limits(settings),
    `Positions open at the end ${AT_THE_END[settings.endPositions]}.`,
    settings.benchmark === null
      ? 'The account is compared with the equal-weight universe: no SPY is stored.'
      : `The account is compared with ${settings.benchmark}.`,
  ]
  if (!anyExit)
    lines.push(
      `No exit is given: hold ${DEFAULT_HOLD} bars (out at the open of the ${DEFAULT_HOLD + 1}th bar after the signal).`,
    )
  if (cooldown > 0) lines.push(`No re-entry into a symbol for ${cooldown} sessions after an exit.`)
  return lines
}

const AT_THE_END = {
  mark: 'are valued at the last close',
  close_open: "are closed at the last bar's open",
  close_last: "are closed at the last bar's close",
}

function portfolio({ cash, slots, fractional }: BacktestSettings, clauses: RuleClauses | null): string {
  const weight =
    clauses?.size !== undefined
      ? `shares by SIZE (${clauses.size})`
      : clauses?.rebalance !== undefined
        ? 'an equal part of equity for each selected name'
        : `equal weight: equity at the signal's close / ${slots}`
  const most = slots === null ? 'no limit on positions' : `at most ${slots} ${slots === 1 ? 'position' : 'positions'}`
  const shares = fractional ? 'parts of shares' : 'whole shares'
  const pair =
    clauses?.pair === undefined
      ? ''
      : ` Each position holds equal dollars of ${clauses.pair.replaceAll("'", '')} on the other side; an equal weight is that of both together.`
  return `Portfolio: ${cash} cash, ${most}, ${weight}, ${shares} as traded, no margin, one position per symbol.${pair}`
}

const ON = { entry: 'each entry', exit: 'each exit', both: 'every fill' }

function costs(settings: BacktestSettings): string {
  const { slippageBps, slippageRange, commission, commissionPerShare, commissionMinimum, commissionOn } = settings
  const range = slippageRange > 0 ? ` and ${slippageRange} of the bar's range` : ''
  const parts = [
    ...(commission > 0 ? [`${commission} of the value`] : []),
    ...(commissionPerShare > 0 ? [`${commissionPerShare} a share`] : []),
    ...(commissionMinimum > 0 ? [`at least ${commissionMinimum} an order`] : []),
  ]
  const paid = parts.length === 0 ? 'no commission' : `a commission of ${parts.join(', ')} on ${ON[commissionOn]}`
  return `Costs: ${slippageBps} bp${range} slippage on every fill; ${paid}.`
}

function limits({ volumeShare, borrowRate }: BacktestSettings): string {
  const volume =
    volumeShare === null
      ? "Orders are not limited by a bar's volume"
      : `An order takes at most ${volumeShare} of the bar's volume: what is left of an entry stays unfilled, of an exit it goes at the next opens`
  const fee =
    borrowRate === 0
      ? 'nothing is paid for borrowed shares'
      : `borrowed shares cost ${borrowRate} of their value a year`
  return `${volume}; ${fee}.`
}
