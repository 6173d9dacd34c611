import { type BarSeries, firstAt } from './bars.ts'
import { nyse } from './calendar.ts'

/** The sessions of an intraday series: which bars belong to each, and each as one daily bar. */
export interface SessionBars {
  /** session of each intraday bar */
  readonly of: Int32Array
  /** first bar of each session, and the series' length behind the last */
  readonly first: Int32Array
  /** the regular session's bars as daily bars */
  readonly daily: BarSeries
}

const known = new WeakMap<BarSeries, SessionBars>()

/** Sessions of intraday bars, made once per series: open first, high max, low min, close last, volume summed. */
export function sessionBarsOf(series: BarSeries): SessionBars {
  let sessions = known.get(series)
  if (!sessions) known.set(series, (sessions = made(series)))
  return sessions
}

function made(series: BarSeries): SessionBars {
  const { day, length } = series
  const of = new Int32Array(length)
  const starts: number[] = []
  for (let i = 0; i < length; i++) {
    if (i === 0 || day[i] !== day[i - 1]) starts.push(i)
    of[i] = starts.length - 1
  }
  const first = Int32Array.from([...starts, length])
  const column = (fold: (i: number, last: number) => number) =>
    Float64Array.from(starts, (start, s) => fold(start, first[s + 1] - 1))
  const most = (x: Float64Array) =>
    column((start, last) => {
      let value = x[start]
      for (let i = start + 1; i <= last; i++) value = Math.max(value, x[i])
      return value
    })
  const least = (x: Float64Array) =>
    column((start, last) => {
      let value = x[start]
      for (let i = start + 1; i <= last; i++) value = Math.min(value, x[i])
      return value
    })
  const sum = (x: Float64Array) =>
    column((start, last) => {
      let value = 0
      for (let i = start; i <= last; i++) value += x[i]
      return value
    })
  const opening = (x: Float64Array) => column((start) => x[start])
  const closing = (x: Float64Array) => column((_, last) => x[last])
  const { open, high, low, close, volume, rawOpen, rawHigh, rawLow, rawClose, rawVolume, dividend, split } = series
  const daily: BarSeries = {
    symbol: series.symbol,
    timeframe: '1d',
    length: starts.length,
    day: Int32Array.from(starts, (start) => day[start]),
    time: Float64Array.from(starts, (start) => nyse.closeInstant(day[start])),
    open: opening(open),
    high: most(high),
    low: least(low),
    close: closing(close),
    volume: sum(volume),
    rawOpen: opening(rawOpen),
    rawHigh: most(rawHigh),
    rawLow: least(rawLow),
    rawClose: closing(rawClose),
    rawVolume: sum(rawVolume),
    factor: opening(series.factor),
    dividend: sum(dividend),
    split: column((start, last) => split.subarray(start, last + 1).reduce((product, ratio) => product * ratio, 1)),
    cut: series.cut,
    splits: series.splits,
  }
  return { of, first, daily }
}

/** close against the close before: of the bar before for daily bars, of the session before for others; null on the first. */
export function changeAt(series: BarSeries, bar: number): number | null {
  const before = series.timeframe === '1d' ? bar - 1 : firstAt(series.day, series.day[bar]) - 1
  return before >= 0 && series.close[before] > 0 ? series.close[bar] / series.close[before] - 1 : null
}
