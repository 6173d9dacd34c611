import type { BarSeries, Timeframe } from './bars.ts'

/** One split: the day it takes effect and its ratio new/old. */
export interface Split {
  readonly day: number
  readonly ratio: number
}

/** A symbol's bars as traded, oldest first. */
export interface RawColumns {
  day: Int32Array
  time: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  volume: Float64Array
  dividend: Float64Array
  split: Float64Array
}

/**
 * F(t) of every bar: the product of the ratios of all splits with an ex-date after its day, multiplied from the latest
 * split backwards so that the same bar has the same bits whatever part of the history is loaded. `splits` by day ascending.
 */
export function splitFactors(days: Int32Array, splits: readonly Split[]): Float64Array {
  const factors = new Float64Array(days.length)
  let factor = 1
  let next = splits.length - 1
  for (let i = days.length - 1; i >= 0; i--) {
    while (next >= 0 && splits[next].day > days[i]) factor *= splits[next--].ratio
    factors[i] = factor
  }
  return factors
}

function divided(column: Float64Array, factors: Float64Array): Float64Array {
  const result = new Float64Array(column.length)
  for (let i = 0; i < result.length; i++) result[i] = column[i] / factors[i]
  return result
}

function multiplied(column: Float64Array, factors: Float64Array): Float64Array {
  const result = new Float64Array(column.length)
  for (let i = 0; i < result.length; i++) result[i] = column[i] * factors[i]
  return result
}

/**
 * Raw bars with their split-adjusted columns beside them: prices and dividends raw / F, volume raw * F, not rounded.
 * Where F is 1 on every bar the adjusted columns are the raw arrays themselves.
 */
export function adjustedSeries(
  symbol: string,
  timeframe: Timeframe,
  raw: RawColumns,
  splits: readonly Split[],
  cut: boolean,
): BarSeries {
  const factor = splitFactors(raw.day, splits)
  const plain = factor.every((value) => value === 1)
  const price = (column: Float64Array) => (plain ? column : divided(column, factor))
  return {
    symbol,
    timeframe,
    length: raw.day.length,
    day: raw.day,
    time: raw.time,
    open: price(raw.open),
    high: price(raw.high),
    low: price(raw.low),
    close: price(raw.close),
    volume: plain ? raw.volume : multiplied(raw.volume, factor),
    rawOpen: raw.open,
    rawHigh: raw.high,
    rawLow: raw.low,
    rawClose: raw.close,
    rawVolume: raw.volume,
    factor,
    dividend: price(raw.dividend),
    split: raw.split,
    cut,
    splits,
  }
}
