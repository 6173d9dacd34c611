/** Calendar weeks and months of a symbol's own bars, and the ends of both in the exchange's calendar. */
import { dateParts, MS_PER_DAY } from '../core/days.ts'
import type { BarSeries } from '../market/bars.ts'
import type { Calendar } from '../market/market.ts'

export type Period = 'week' | 'month'

/** The bar columns of the rule language by name. */
export const BAR_COLUMNS = {
  open: 'open',
  high: 'high',
  low: 'low',
  close: 'close',
  volume: 'volume',
  raw_open: 'rawOpen',
  raw_high: 'rawHigh',
  raw_low: 'rawLow',
  raw_close: 'rawClose',
  raw_volume: 'rawVolume',
} as const satisfies Record<string, keyof BarSeries>
export type BarName = keyof typeof BAR_COLUMNS

/** Which period each bar lies in, and the last bar of each period. */
export interface PeriodBars {
  readonly length: number
  /** period of each bar */
  readonly of: Int32Array
  /** last bar here of each period */
  readonly last: Int32Array
  /** the period readable at each bar's close, -1 before the first: its own once the bar is its last session, else the one before */
  readonly completed: Int32Array
}

/** Groups the bars of a series into calendar weeks (Monday to Sunday) or months; a partial first period counts. */
export function periodBars(series: BarSeries, calendar: Calendar, period: Period): PeriodBars {
  const { day, time, timeframe, length } = series
  const of = new Int32Array(length)
  const completed = new Int32Array(length)
  const last: number[] = []
  const ends = periodEnds(series, calendar, period)
  let nextStart = Number.NEGATIVE_INFINITY
  let current = -1
  for (let i = 0; i < length; i++) {
    if (day[i] >= nextStart) {
      current++
      nextStart = startOfNext(day[i], period)
    }
    of[i] = current
    last[current] = i
    // Within a session the period goes on: only its last bar ends where the session does.
    const isOver = ends[i] === 1 && (timeframe === '1d' || time[i] >= calendar.closeInstant(day[i]))
    completed[i] = isOver ? current : current - 1
  }
  return { length: last.length, of, last: Int32Array.from(last), completed }
}

/** One bar column on period bars: open first, high max, low min, close last, volume sum; as-traded columns likewise. */
export function periodColumn(series: BarSeries, periods: PeriodBars, name: BarName): Float64Array {
  const x = series[BAR_COLUMNS[name]]
  const out = new Float64Array(periods.length)
  let first = 0
  for (let p = 0; p < periods.length; p++) {
    const last = periods.last[p]
    let value = x[first]
    if (name === 'high' || name === 'raw_high') for (let i = first; i <= last; i++) value = Math.max(value, x[i])
    else if (name === 'low' || name === 'raw_low') for (let i = first; i <= last; i++) value = Math.min(value, x[i])
    else if (name === 'close' || name === 'raw_close') value = x[last]
    else if (name === 'volume' || name === 'raw_volume') for (let i = first + 1; i <= last; i++) value += x[i]
    out[p] = value
    first = last + 1
  }
  return out
}

/** x of the base bars as of each period's last bar. */
export function sampleAtLast(x: Float64Array, periods: PeriodBars): Float64Array {
  const out = new Float64Array(periods.length)
  for (let p = 0; p < out.length; p++) out[p] = x[periods.last[p]]
  return out
}

/** A column of period bars read at each base bar: the last period completed by its close, undefined before the first. */
export function readCompleted(x: Float64Array, periods: PeriodBars): Float64Array {
  const { completed } = periods
  const out = new Float64Array(completed.length)
  for (let i = 0; i < out.length; i++) out[i] = completed[i] < 0 ? Number.NaN : x[completed[i]]
  return out
}

/** 1 on bars whose day is the calendar's last session of its week or month, else 0. */
export function periodEnds(series: BarSeries, calendar: Calendar, period: Period): Float64Array {
  const out = new Float64Array(series.length)
  let known = answers.get(calendar)
  if (!known) answers.set(calendar, (known = { week: new Map(), month: new Map() }))
  const days = known[period]
  for (let i = 0; i < out.length; i++) {
    const day = series.day[i]
    let answer = days.get(day)
    if (answer === undefined) {
      answer = period === 'week' ? calendar.isWeekEnd(day) : calendar.isMonthEnd(day)
      days.set(day, answer)
    }
    out[i] = answer ? 1 : 0
  }
  return out
}

/** A calendar answers the same for every symbol; asked once per day. */
const answers = new WeakMap<Calendar, Record<Period, Map<number, boolean>>>()

function startOfNext(day: number, period: Period): number {
  // day 0, 1970-01-01, is a Thursday: days 4, 11, ... are Mondays
  if (period === 'week') return (Math.floor((day + 3) / 7) + 1) * 7 - 3
  const { year, month } = dateParts(day)
  return Date.UTC(year, month, 1) / MS_PER_DAY
}
