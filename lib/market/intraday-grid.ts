/** Where bars shorter than a session begin and end, in minutes from midnight, New York. */
import { AppError } from '../core/errors.ts'
import type { Timeframe } from './bars.ts'
import { nyse } from './calendar.ts'
import { newYorkMinutes } from './new-york.ts'

export type IntradayTimeframe = Exclude<Timeframe, '1d'>

/** Minutes of a bar. */
export const BAR_MINUTES: Readonly<Record<IntradayTimeframe, number>> = { '1m': 1, '5m': 5, '15m': 15, '1h': 60 }
/** Most bars of a session; the hour's first bar lasts from 09:30 to 10:00. */
export const SESSION_BARS: Readonly<Record<Timeframe, number>> = { '1d': 1, '1h': 7, '15m': 26, '5m': 78, '1m': 390 }

export const PREMARKET_MINUTE = 4 * 60
export const OPEN_MINUTE = 9 * 60 + 30
/** Trading after the session ends. */
export const LAST_MINUTE = 20 * 60

export const isIntraday = (timeframe: Timeframe): timeframe is IntradayTimeframe => timeframe !== '1d'

/** The minute at which the bar that holds a minute ends, were the session as long as any: bars end on multiples of their size. */
export const slotEnd = (minute: number, size: number): number => (Math.floor(minute / size) + 1) * size

/** The minute at which a session closes: 960, on half days 780. */
export const closeMinute = (day: number): number => newYorkMinutes(nyse.closeInstant(day))

/** The bar sizes that bars of a size can be grouped up to, itself first. */
export function coarser(timeframe: IntradayTimeframe): IntradayTimeframe[] {
  const all: IntradayTimeframe[] = ['1m', '5m', '15m', '1h']
  return all.slice(all.indexOf(timeframe))
}

/** How many bars the calendar's session of a day has. */
export function sessionBars(day: number, timeframe: Timeframe): number {
  if (!isIntraday(timeframe)) return 1
  const size = BAR_MINUTES[timeframe]
  return Math.ceil(closeMinute(day) / size) - Math.floor(OPEN_MINUTE / size)
}

/** The instants at which the bars of a session end. */
export function sessionEnds(day: number, timeframe: Timeframe): number[] {
  const close = nyse.closeInstant(day)
  if (!isIntraday(timeframe)) return [close]
  const size = BAR_MINUTES[timeframe]
  const ends: number[] = []
  const last = closeMinute(day)
  for (let end = slotEnd(OPEN_MINUTE, size); end < last; end += size) ends.push(close - (last - end) * 60_000)
  return [...ends, close]
}

/** Minutes from midnight of a time HH:MM. */
export function minuteOf(text: string): number {
  const [hours, minutes] = text.split(':').map(Number)
  return hours * 60 + minutes
}

/** 575 as 09:35. */
export function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

/** The bar size of a text, or `bad_request`. */
export function timeframeOf(text: string): Timeframe {
  if (text === '1d' || text in BAR_MINUTES) return text as Timeframe
  throw new AppError('bad_request', `"${text.slice(0, 20)}" is no bar size: use 1d, 1h, 15m, 5m or 1m.`)
}
