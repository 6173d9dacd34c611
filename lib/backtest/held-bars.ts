import { type BarSeries, firstAt } from '../market/bars.ts'

/** What the account reads of a symbol while it holds it, over a span of days; one entry per bar, prices as traded. */
export interface HeldBars {
  day: Int32Array
  /** closing instants, epoch ms UTC */
  time: Float64Array
  open: Float64Array
  close: Float64Array
  /** ratio new/old with ex-date on this bar; 1 without */
  split: Float64Array
  /** cash per share as traded with ex-date on this bar; 0 without */
  dividend: Float64Array
}

/** The bars of the days `from` to `to`, as copies: the series need not be kept. */
export function heldBars(series: BarSeries, from: number, to: number): HeldBars {
  const first = firstAt(series.day, from)
  const end = firstAt(series.day, to + 1)
  return {
    day: series.day.slice(first, end),
    time: series.time.slice(first, end),
    open: series.rawOpen.slice(first, end),
    close: series.rawClose.slice(first, end),
    split: series.split.slice(first, end),
    // the adjusted amount times F
    dividend: Float64Array.from(
      { length: end - first },
      (_, i) => series.dividend[first + i] * series.factor[first + i],
    ),
  }
}
