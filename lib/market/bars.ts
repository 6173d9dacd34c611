/** Bar sizes, by name. */
export const TIMEFRAMES = ['1d', '1h', '15m', '5m', '1m'] as const
export type Timeframe = (typeof TIMEFRAMES)[number]

/** Bars of 04:00 to 09:30, oldest first: exchange date, the instant they end, last price and shares, split-adjusted and as traded. */
export interface Premarket {
  readonly day: Int32Array
  readonly time: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  readonly rawVolume: Float64Array
}

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
  /** of intraday bars: those before the session's open; absent where none of the symbol are stored on any day */
  readonly premarket?: Premarket
  /** every known split of the symbol by ex-date, also outside the bars here; absent: the split column has them all */
  readonly splits?: readonly { readonly day: number; readonly ratio: number }[]
}

/** F on any day, also one without a bar here: the product of the split ratios (new/old) with ex-date after `day`. */
export function factorAt(series: BarSeries, day: number): number {
  if (series.splits) {
    // from the latest backwards, as the factor column is made: the same day has the same bits
    let factor = 1
    for (let i = series.splits.length - 1; i >= 0 && series.splits[i].day > day; i--) factor *= series.splits[i].ratio
    return factor
  }
  if (series.length === 0) return 1
  const last = firstAt(series.day, day + 1) - 1
  return last >= 0 ? series.factor[last] : series.factor[0] * series.split[0]
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
