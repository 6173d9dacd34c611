import type { BarSeries } from '../../lib/market/bars.ts'
import type { Signal } from '../../lib/signals/signals.ts'

/** The first day of a made-up world: a Monday, 2024-01-01. */
export const FIRST_DAY = 19_723

const MS_PER_DAY = 86_400_000

/** open, high, low, close as traded */
type Prices = readonly [number, number, number, number]

/**
 * A symbol's bars from prices as traded, one a day from FIRST_DAY on; `dividends` and `splits` by bar. Split adjustment is
 * done here by hand: raw / product of later ratios.
 */
export function world(
  symbol: string,
  prices: readonly Prices[],
  {
    dividends = {},
    splits = {},
    start = 0,
  }: { dividends?: Record<number, number>; splits?: Record<number, number>; start?: number } = {},
): BarSeries {
  const length = prices.length
  const factors = prices.map((_, i) =>
    Object.entries(splits).reduce((product, [at, ratio]) => (Number(at) > i ? product * ratio : product), 1),
  )
  const raw = (k: number) => Float64Array.from(prices, (bar) => bar[k])
  const adjusted = (k: number) => Float64Array.from(prices, (bar, i) => bar[k] / factors[i])
  return {
    symbol,
    timeframe: '1d',
    length,
    day: Int32Array.from({ length }, (_, i) => FIRST_DAY + start + i),
    time: Float64Array.from({ length }, (_, i) => (FIRST_DAY + start + i) * MS_PER_DAY + 75_600_000),
    open: adjusted(0),
    high: adjusted(1),
    low: adjusted(2),
    close: adjusted(3),
    volume: new Float64Array(length).fill(1000),
    rawOpen: raw(0),
    rawHigh: raw(1),
    rawLow: raw(2),
    rawClose: raw(3),
    rawVolume: new Float64Array(length).fill(1000),
    factor: Float64Array.from(factors),
    dividend: Float64Array.from({ length }, (_, i) => (dividends[i] ?? 0) / factors[i]),
    split: Float64Array.from({ length }, (_, i) => splits[i] ?? 1),
    cut: false,
  }
}

/** Bars that open, trade and close at one price each. */
export function flat(symbol: string, prices: readonly number[], options: Parameters<typeof world>[2] = {}): BarSeries {
  return world(
    symbol,
    prices.map((price) => [price, price, price, price]),
    options,
  )
}

export function signalAt(series: BarSeries, bar: number, side: 1 | -1 = 1, score = Number.NaN): Signal {
  return { symbol: series.symbol, day: series.day[bar], time: series.time[bar], side, score, data: {} }
}

/** An EXIT that is 1 or 0 on each bar of a series, whatever the position. */
export function exitOn(...values: number[]): (t: number) => number {
  return (t) => values[t]
}
