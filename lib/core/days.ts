/** Exchange dates as whole days since 1970-01-01: what an Arrow Date32 column holds. */
import { AppError } from './errors.ts'

export const MS_PER_DAY = 86_400_000

/** The day number of `YYYY-MM-DD`, or NaN when the text is no date of the calendar (2021-02-30 included). */
export function parseDay(text: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return Number.NaN
  const ms = Date.UTC(+text.slice(0, 4), +text.slice(5, 7) - 1, +text.slice(8, 10))
  return new Date(ms).toISOString().slice(0, 10) === text ? ms / MS_PER_DAY : Number.NaN
}

/** The day number of `YYYY-MM-DD`; throws `bad_request` naming `what` otherwise. */
export function toDay(text: string, what: string): number {
  const day = parseDay(text)
  if (Number.isNaN(day))
    throw new AppError('bad_request', `${what} is not a date: "${text.slice(0, 40)}". Write YYYY-MM-DD.`)
  return day
}

/** `YYYY-MM-DD` of a day number. */
export function isoDay(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10)
}

/** 0 = Monday .. 6 = Sunday. */
export function weekday(day: number): number {
  return (((day + 3) % 7) + 7) % 7
}

/** Calendar year, month 1..12 and day of month of a day number. */
export function dateParts(day: number): { year: number; month: number; date: number } {
  const at = new Date(day * MS_PER_DAY)
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, date: at.getUTCDate() }
}

/** The same date some years earlier; February 29 becomes March 1 where there is none. */
export function yearsBefore(day: number, years: number): number {
  const { year, month, date } = dateParts(day)
  return Date.UTC(year - years, month - 1, date) / MS_PER_DAY
}
