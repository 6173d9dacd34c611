import { dateParts, MS_PER_DAY, parseDay, weekday } from '../core/days.ts'
import { earlyCloses, holidays } from './holidays.ts'
import type { Calendar } from './market.ts'
import { newYorkDay, newYorkInstant } from './new-york.ts'

export { newYorkDay, newYorkInstant, newYorkMinutes } from './new-york.ts'

/** From this day on the sessions are exact; before it today's rules are applied to years that had others. */
export const EXACT_FROM = parseDay('1971-01-01')

const OPEN_MINUTE = 9 * 60 + 30
const CLOSE_MINUTE = 16 * 60

/** One calendar year: per day whether it is a session, and when the session closes. */
interface YearTable {
  first: number
  session: Uint8Array
  close: Float64Array
}

const tables = new Map<number, YearTable>()
let latest: YearTable = { first: 0, session: new Uint8Array(0), close: new Float64Array(0) }

function build(year: number): YearTable {
  const first = Date.UTC(year, 0, 1) / MS_PER_DAY
  const length = Date.UTC(year + 1, 0, 1) / MS_PER_DAY - first
  const closed = holidays(year)
  const early = earlyCloses(year)
  const session = new Uint8Array(length)
  const close = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const day = first + i
    session[i] = weekday(day) < 5 && !closed.has(day) ? 1 : 0
    close[i] = newYorkInstant(day, early.get(day) ?? CLOSE_MINUTE)
  }
  return { first, session, close }
}

/** The table holding a day; consecutive questions mostly concern the same year. */
function tableOf(day: number): YearTable {
  if (day >= latest.first && day < latest.first + latest.session.length) return latest
  const { year } = dateParts(day)
  let table = tables.get(year)
  if (!table) tables.set(year, (table = build(year)))
  latest = table
  return table
}

function isSession(day: number): boolean {
  const table = tableOf(day)
  return table.session[day - table.first] === 1
}

function nextSession(day: number): number {
  let at = day
  while (!isSession(at)) at++
  return at
}

function previousSession(day: number): number {
  let at = day
  while (!isSession(at)) at--
  return at
}

/** The sessions of the New York Stock Exchange, by rule. */
export const nyse: Calendar = {
  isSession,
  nextSession,
  previousSession,
  closeInstant(day) {
    const table = tableOf(day)
    return table.close[day - table.first]
  },
  openInstant: (day) => newYorkInstant(day, OPEN_MINUTE),
  isWeekEnd(day) {
    if (!isSession(day)) return false
    for (let at = day + 1; weekday(at) > 0; at++) if (isSession(at)) return false
    return true
  },
  isMonthEnd(day) {
    return isSession(day) && dateParts(nextSession(day + 1)).month !== dateParts(day).month
  },
}

/** How many sessions lie in [from, to], both included. */
export function sessionsBetween(calendar: Calendar, from: number, to: number): number {
  let sessions = 0
  for (let day = from; day <= to; day++) if (calendar.isSession(day)) sessions++
  return sessions
}

/** The last session that has closed at an instant. */
export function lastClosedSession(calendar: Calendar, now: number): number {
  const today = newYorkDay(now)
  const ended = calendar.isSession(today) && calendar.closeInstant(today) > now ? today - 1 : today
  return calendar.previousSession(ended)
}
