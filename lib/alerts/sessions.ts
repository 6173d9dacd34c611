import { nyse } from '../market/calendar.ts'
import type { Catalog } from '../market/catalog.ts'
import { newYorkDay, newYorkMinutes } from '../market/new-york.ts'

const FIRST_MINUTE = 4 * 60
const LAST_MINUTE = 22 * 60

/** Whether alerts are looked at, at the instant (epoch ms): from 04:00 to 22:00 New York, both included, on session days. */
export function watchHours(now: number): boolean {
  const minute = Math.floor(newYorkMinutes(now))
  return nyse.isSession(newYorkDay(now)) && minute >= FIRST_MINUTE && minute <= LAST_MINUTE
}

/**
 * The newest session up to `to` of which bars are stored, as far as the catalog tells: at least half of the symbols have a bar on it
 * or a later one. Undefined when no session is.
 */
export function newestStored(catalog: Catalog, to: number): number | undefined {
  const lasts = catalog.symbols.map(({ last }) => Math.min(last, to)).sort((a, b) => b - a)
  const half = lasts[Math.ceil(lasts.length / 2) - 1]
  const began = catalog.symbols.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY)
  if (half === undefined) return undefined
  const session = nyse.previousSession(half)
  return session >= began ? session : undefined
}

/** The sessions after `after` up to `to`, oldest first. */
export function sessionsAfter(after: number, to: number): number[] {
  const sessions: number[] = []
  for (let day = nyse.nextSession(after + 1); day <= to; day = nyse.nextSession(day + 1)) sessions.push(day)
  return sessions
}
