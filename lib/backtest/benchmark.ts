import type { BarSeries } from '../market/bars.ts'
import type { MarketSource } from '../market/source.ts'
import type { MergePlan } from './merge-plan.ts'
import { meanReturn, noReturns, type UniverseReturns } from './universe-returns.ts'

/** What an account is compared with: the starting cash held in it from the close of its first session on. */
export interface Benchmark {
  kind: 'symbol' | 'equal_weight'
  symbol: string | null
  note: string
  /** one value per session of the account, at its close; null before the first */
  values: (number | null)[]
}

/** What the plan compares the account with, over its sessions; `returns` are those of the universe, where that is it. */
export async function benchmarkOf(
  { settings, strategy, from, to }: MergePlan,
  days: readonly number[],
  returns: UniverseReturns | undefined,
  source: MarketSource,
): Promise<Benchmark> {
  const { benchmark: symbol, cash } = settings
  if (symbol === null) return equalWeight(returns ?? noReturns(from, to), from, days, cash)
  const timeframe = strategy.rule?.timeframe ?? '1d'
  const market = await source.load({ timeframe, symbols: [symbol], from, to, lookback: 0 })
  return heldSymbol(market.bars(symbol), symbol, days, cash)
}

/** A symbol bought at the close of its first session of the account, every dividend put back into it at the close of its ex-date. */
export function heldSymbol(
  series: BarSeries | undefined,
  symbol: string,
  days: readonly number[],
  cash: number,
): Benchmark {
  const values = new Array<number | null>(days.length).fill(null)
  const note = `${symbol} bought at the close of its first session, dividends reinvested, no costs`
  if (series === undefined || series.length === 0) return { kind: 'symbol', symbol, note, values }
  const { day, close, dividend, length } = series
  let bar = 0
  let [value, last, paid] = [cash, Number.NaN, 0]
  for (const [k, today] of days.entries()) {
    for (; bar < length && day[bar] <= today; bar++) {
      // before the account begins nothing is held
      if (day[bar] < days[0]) continue
      paid += dividend[bar]
      if (bar + 1 < length && day[bar + 1] === day[bar]) continue
      if (!Number.isNaN(last)) value *= (close[bar] + paid) / last
      last = close[bar]
      paid = 0
    }
    if (!Number.isNaN(last)) values[k] = value
  }
  return { kind: 'symbol', symbol, note, values }
}

/** All symbols of the run, in equal parts anew each day. `from`: the day the sums begin with. */
export function equalWeight(returns: UniverseReturns, from: number, days: readonly number[], cash: number): Benchmark {
  let value = cash
  const values = days.map((day, k) => {
    if (k > 0) value *= 1 + meanReturn(returns, day - from)
    return value
  })
  const note =
    'the mean daily return, dividends included, of the run’s symbols that belong to its universe, rebalanced every day, no costs; as survivorship-biased as they are'
  return { kind: 'equal_weight', symbol: null, note, values }
}
