/** What a rule asks of the session so far, on a symbol's intraday bars. */
import type { BarSeries } from '../market/bars.ts'
import type { Calendar } from '../market/market.ts'
import { sessionBarsOf } from '../market/session-bars.ts'

const MS_PER_MINUTE = 60_000

/** A column along the bars; `n` is the argument of a name that has one. NaN is undefined. */
type Intraday = (series: BarSeries, calendar: Calendar, n: number) => Float64Array

/** The names of the intraday section but for pd() and what is defined from others. */
export const INTRADAY: Readonly<Record<string, Intraday | undefined>> = Object.assign(Object.create(null), {
  tod: minutesOpen,
  minutes_left: (series, calendar) =>
    perBar(series, (i) => (calendar.closeInstant(series.day[i]) - series.time[i]) / MS_PER_MINUTE),
  bar_of_day: (series) => soFar(series, (_, before) => (Number.isNaN(before) ? 1 : before + 1)),
  dopen: (series) => soFar(series, (i, before) => (Number.isNaN(before) ? series.open[i] : before)),
  dhigh: (series) => soFar(series, (i, before) => (before > series.high[i] ? before : series.high[i])),
  dlow: (series) => soFar(series, (i, before) => (before < series.low[i] ? before : series.low[i])),
  dvol: (series) => sumSoFar(series, series.volume),
  raw_dvol: (series) => sumSoFar(series, series.rawVolume),
  vwap: volumeWeighted,
  pclose: previousClose,
  orh: (series, calendar, n) => openingRange(series, calendar, n, series.high, Math.max),
  orl: (series, calendar, n) => openingRange(series, calendar, n, series.low, Math.min),
  avg_dvol: averageVolume,
  pm_last: (series) => beforeOpen(series, ({ close }, last) => close[last], Number.NaN),
  pm_volume: (series) => beforeOpen(series, ({ volume }, last, first) => sumOf(volume, first, last), 0),
  raw_pm_volume: (series) => beforeOpen(series, ({ rawVolume }, last, first) => sumOf(rawVolume, first, last), 0),
} satisfies Record<string, Intraday>)

function perBar(series: BarSeries, valueAt: (i: number) => number): Float64Array {
  const out = new Float64Array(series.length)
  for (let i = 0; i < out.length; i++) out[i] = valueAt(i)
  return out
}

/** From the value on the session's bar before, NaN on its first bar. */
function soFar(series: BarSeries, next: (i: number, before: number) => number): Float64Array {
  const { day } = series
  let value = Number.NaN
  return perBar(series, (i) => {
    value = next(i, i > 0 && day[i] === day[i - 1] ? value : Number.NaN)
    return value
  })
}

function sumSoFar(series: BarSeries, x: Float64Array): Float64Array {
  return soFar(series, (i, before) => (Number.isNaN(before) ? x[i] : before + x[i]))
}

/** Minutes from the open to the end of the bar. */
function minutesOpen(series: BarSeries, calendar: Calendar): Float64Array {
  const { day, time } = series
  let open = Number.NaN
  return perBar(series, (i) => {
    if (i === 0 || day[i] !== day[i - 1]) open = calendar.openInstant(day[i])
    return (time[i] - open) / MS_PER_MINUTE
  })
}

/** sum(p*volume)/sum(volume) of the session so far, p = (high+low+close)/3; undefined without volume. */
function volumeWeighted(series: BarSeries): Float64Array {
  const { high, low, close, volume } = series
  const traded = perBar(series, (i) => ((high[i] + low[i] + close[i]) / 3) * volume[i])
  const value = sumSoFar(series, traded)
  const shares = sumSoFar(series, volume)
  return perBar(series, (i) => (shares[i] > 0 ? value[i] / shares[i] : Number.NaN))
}

/** Close of the last bar of the symbol's session before today's. */
function previousClose(series: BarSeries): Float64Array {
  const { of, daily } = sessionBarsOf(series)
  return perBar(series, (i) => (of[i] > 0 ? daily.close[of[i] - 1] : Number.NaN))
}

/** Extreme of today's bars that end within the first m minutes; undefined before they are over, and without such a bar. */
function openingRange(
  series: BarSeries,
  calendar: Calendar,
  m: number,
  x: Float64Array,
  pick: (a: number, b: number) => number,
): Float64Array {
  const minutes = minutesOpen(series, calendar)
  const range = soFar(series, (i, before) => {
    if (minutes[i] > m) return before
    return Number.isNaN(before) ? x[i] : pick(before, x[i])
  })
  return perBar(series, (i) => (minutes[i] >= m ? range[i] : Number.NaN))
}

/** Mean over the n sessions before of their volume up to the same time of day; a session that was over by then counts whole. */
function averageVolume(series: BarSeries, calendar: Calendar, n: number): Float64Array {
  const { of, first } = sessionBarsOf(series)
  const minutes = minutesOpen(series, calendar)
  const volume = sumSoFar(series, series.volume)
  const at = new Int32Array(n)
  return perBar(series, (i) => {
    const session = of[i]
    if (session < n) return Number.NaN
    // `at`: how far the time of day has come in each of the sessions before
    if (i === first[session]) for (let k = 0; k < n; k++) at[k] = first[session - n + k] - 1
    let total = 0
    for (let k = 0; k < n; k++) {
      const begin = first[session - n + k]
      const end = first[session - n + k + 1]
      while (at[k] + 1 < end && minutes[at[k] + 1] <= minutes[i]) at[k]++
      if (at[k] >= begin) total += volume[at[k]]
    }
    return total / n
  })
}

/**
 * A value of today's bars before the open, from the last and the first of them; `none` without one today. Undefined on every bar
 * where none of the symbol are stored on any day: then nothing is known of the pre-market.
 */
function beforeOpen(
  series: BarSeries,
  read: (premarket: NonNullable<BarSeries['premarket']>, last: number, first: number) => number,
  none: number,
): Float64Array {
  const { day, premarket } = series
  if (premarket === undefined) return new Float64Array(series.length).fill(Number.NaN)
  let next = 0
  let value = Number.NaN
  return perBar(series, (i) => {
    if (i > 0 && day[i] === day[i - 1]) return value
    while (next < premarket.day.length && premarket.day[next] < day[i]) next++
    const first = next
    while (next < premarket.day.length && premarket.day[next] === day[i]) next++
    value = next > first ? read(premarket, next - 1, first) : none
    return value
  })
}

function sumOf(x: Float64Array, first: number, last: number): number {
  let total = 0
  for (let i = first; i <= last; i++) total += x[i]
  return total
}
