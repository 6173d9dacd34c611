import { type BarSeries, firstAt } from '../market/bars.ts'
import type { Quote } from './costs.ts'

/** What the account reads of a symbol while it holds it, over a span of days; one entry per bar, prices as traded. */
export interface HeldBars {
  day: Int32Array
  /** closing instants, epoch ms UTC */
  time: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  /** shares as traded */
  volume: Float64Array
  /** ratio new/old with ex-date on this bar; 1 without */
  split: Float64Array
  /** cash per share as traded with ex-date on this bar; 0 without */
  dividend: Float64Array
}

/** The bars of the days `from` to `to`, as copies: the series need not be kept. */
export function heldBars(series: BarSeries, from: number, to: number): HeldBars {
  const first = firstAt(series.day, from)
  const end = firstAt(series.day, to + 1)
  const dividend = series.dividend.slice(first, end)
  // the adjusted amount times F
  for (let i = 0; i < dividend.length; i++) if (dividend[i] !== 0) dividend[i] *= series.factor[first + i]
  return {
    day: series.day.slice(first, end),
    time: series.time.slice(first, end),
    open: series.rawOpen.slice(first, end),
    high: series.rawHigh.slice(first, end),
    low: series.rawLow.slice(first, end),
    close: series.rawClose.slice(first, end),
    volume: series.rawVolume.slice(first, end),
    split: series.split.slice(first, end),
    dividend,
  }
}

/** Index of the bar that ends at an instant; -1 when there is none. */
export function barAt(bars: HeldBars | undefined, time: number): number {
  if (bars === undefined) return -1
  let low = 0
  let high = bars.time.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (bars.time[middle] < time) low = middle + 1
    else high = middle
  }
  return bars.time[low] === time ? low : -1
}

/** A bar as an order to enter at its open or close meets it; null when there is none that ends at the instant. */
export function quoteAt(
  bars: HeldBars | undefined,
  time: number,
  at: 'open' | 'close',
  side: Quote['side'],
): Quote | null {
  const i = barAt(bars, time)
  if (bars === undefined || i < 0) return null
  return { price: bars[at][i], range: bars.high[i] - bars.low[i], volume: bars.volume[i], side }
}
