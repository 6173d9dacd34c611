/** Bar sizes, by name. */
export const TIMEFRAMES = ['1d', '1h', '15m', '5m', '1m'] as const
export type Timeframe = (typeof TIMEFRAMES)[number]

/**
 * One symbol's bars of one timeframe, oldest first; every column has `length` entries.
 * open..volume are split-adjusted (raw / F, volume * F; F(t) = product of the ratios with ex-date after t); raw* are as traded.
 * Where no later split exists the raw and the adjusted column are the same array: columns are never written to.
 */
export interface BarSeries {
  readonly symbol: string
  readonly timeframe: Timeframe
  readonly length: number
  /** exchange date, days since 1970-01-01 */
  readonly day: Int32Array
  /** the instant the bar closes, epoch ms UTC */
  readonly time: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  readonly rawOpen: Float64Array
  readonly rawHigh: Float64Array
  readonly rawLow: Float64Array
  readonly rawClose: Float64Array
  readonly rawVolume: Float64Array
  /** F(t) */
  readonly factor: Float64Array
  /** cash per share with ex-date on this bar, split-adjusted (raw / F); 0 without */
  readonly dividend: Float64Array
  /** ratio new/old with ex-date on this bar; 1 without */
  readonly split: Float64Array
  /** true when bars exist before the first one here (the series was cut to a lookback) */
  readonly cut: boolean
}

/** Index of the first bar on or after `day` (length when there is none). */
export function firstAt(days: Int32Array, day: number): number {
  let low = 0
  let high = days.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (days[middle] < day) low = middle + 1
    else high = middle
  }
  return low
}
