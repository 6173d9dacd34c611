import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { type BarSeries, firstAt } from '../market/bars.ts'
import { nyse } from '../market/calendar.ts'
import type { MarketSource } from '../market/source.ts'
import { readingBars } from '../rule/at.ts'
import { barsOf, type StrategyView } from './strategy-view.ts'

/** Calendar days looked back for a session, or a bar of one, that enough symbols have. */
const LOOK_BACK = 30
const LOOK_BACK_INTRADAY = 10

/** What a screen and an alert look at. */
export interface Moment {
  day: number
  /** of intraday bars: the instant at which each symbol's bar ends; undefined where each is looked at on its first bar of the day */
  at?: number
  /** of intraday bars: the instant it is as of */
  time?: number
}

/**
 * The last session on or before `to` on which at least half of the symbols have a bar. Throws `no_data` when there is none
 * within 30 days.
 */
export async function screeningDate(source: MarketSource, symbols: readonly string[], to: number): Promise<number> {
  const from = to - LOOK_BACK
  const market = await source.load({ timeframe: '1d', symbols, from, to, lookback: 0 })
  const day = newestShared(
    market.symbols.map((symbol) => market.bars(symbol)!),
    symbols.length,
    (series) => Array.from(series.day.subarray(firstAt(series.day, from))),
  )
  if (day !== undefined) return day
  throw new AppError(
    'no_data',
    `There is no session between ${isoDay(from)} and ${isoDay(to)} on which half of the ${symbols.length} symbols have a bar.`,
  )
}

/** The same of a strategy's own bars: of intraday ones the last instant up to `until` at which it is read and half of the symbols have a bar. */
export async function screeningMoment(
  source: MarketSource,
  symbols: readonly string[],
  to: number,
  view: Pick<StrategyView, 'timeframe' | 'reading'>,
  until = Number.POSITIVE_INFINITY,
): Promise<Moment> {
  const { timeframe, reading } = view
  if (timeframe === '1d') return { day: await screeningDate(source, symbols, to) }
  const from = to - LOOK_BACK_INTRADAY
  const market = await source.load({ ...barsOf(view), symbols, from, to, lookback: 0 })
  const read = (series: BarSeries) => {
    const on = reading && readingBars(series, market.calendar, reading)
    return Array.from(series.time.keys()).filter((i) => on?.[i] !== 0 && series.time[i] <= until)
  }
  const all = market.symbols.map((symbol) => market.bars(symbol)!)
  // Before the open the rule is read on each symbol's first bar, whenever that ends.
  const found = reading?.before
    ? newestShared(all, symbols.length, (series) => read(series).map((i) => series.day[i]))
    : newestShared(all, symbols.length, (series) => read(series).map((i) => series.time[i]))
  if (found === undefined)
    throw new AppError(
      'no_data',
      `There is no ${timeframe} bar between ${isoDay(from)} and ${isoDay(to)} that half of the ${symbols.length} symbols have${reading ? ' at the time of AT' : ''}.`,
    )
  if (reading?.before) return { day: found, time: nyse.openInstant(found) }
  const one = all.find((series) => series.time.includes(found))!
  return { day: one.day[one.time.indexOf(found)], at: found, time: found }
}

/** The latest value that at least half of so many series have. */
function newestShared(
  all: readonly BarSeries[],
  symbols: number,
  values: (series: BarSeries) => number[],
): number | undefined {
  const counts = new Map<number, number>()
  for (const series of all) for (const value of new Set(values(series))) counts.set(value, (counts.get(value) ?? 0) + 1)
  let newest: number | undefined
  for (const [value, count] of counts) if (count * 2 >= symbols && !(newest! >= value)) newest = value
  return newest
}
