import { MS_PER_DAY, parseDay, weekday } from '../core/days.ts'

const MS_PER_MINUTE = 60_000

/** Day number of the n-th (1-based) given weekday (0 = Monday) of a month (1..12). */
export function nthWeekday(year: number, month: number, n: number, wanted: number): number {
  const first = Date.UTC(year, month - 1, 1) / MS_PER_DAY
  return first + ((wanted - weekday(first) + 7) % 7) + 7 * (n - 1)
}

/** Day number of the last given weekday (0 = Monday) of a month (1..12). */
export function lastWeekday(year: number, month: number, wanted: number): number {
  const last = Date.UTC(year, month, 0) / MS_PER_DAY
  return last - ((weekday(last) - wanted + 7) % 7)
}

const SUNDAY = 6
/** The energy-crisis years began summer time early (Public Law 93-182 and 93-434). */
const EARLY_STARTS: Record<number, number> = {
  1974: Date.UTC(1974, 0, 6) / MS_PER_DAY,
  1975: Date.UTC(1975, 1, 23) / MS_PER_DAY,
}

const summers = new Map<number, [number, number]>()

/** First day of summer time in New York and the day it ends, by US law: since 2007, since 1987, since 1967. */
function summer(year: number): [number, number] {
  let span = summers.get(year)
  if (!span) {
    if (year >= 2007) span = [nthWeekday(year, 3, 2, SUNDAY), nthWeekday(year, 11, 1, SUNDAY)]
    else if (year >= 1987) span = [nthWeekday(year, 4, 1, SUNDAY), lastWeekday(year, 10, SUNDAY)]
    else span = [EARLY_STARTS[year] ?? lastWeekday(year, 4, SUNDAY), lastWeekday(year, 10, SUNDAY)]
    summers.set(year, span)
  }
  return span
}

/** Minutes New York lies behind UTC at a local wall-clock time; the clocks change at 02:00 wall time. */
function minutesBehind(day: number, minutes: number): number {
  const [start, end] = summer(new Date(day * MS_PER_DAY).getUTCFullYear())
  const afterStart = day > start || (day === start && minutes >= 120)
  const beforeEnd = day < end || (day === end && minutes < 120)
  return afterStart && beforeEnd ? 240 : 300
}

/** Epoch ms of a New York wall-clock time, given as day number and minutes from midnight. */
export function newYorkInstant(day: number, minutes: number): number {
  return day * MS_PER_DAY + (minutes + minutesBehind(day, minutes)) * MS_PER_MINUTE
}

/** Minutes New York lies behind UTC at an instant (epoch ms). */
function minutesBehindAt(instant: number): number {
  const [start, end] = summer(new Date(instant).getUTCFullYear())
  const begins = start * MS_PER_DAY + 7 * 60 * MS_PER_MINUTE
  const ends = end * MS_PER_DAY + 6 * 60 * MS_PER_MINUTE
  return instant >= begins && instant < ends ? 240 : 300
}

/** The New York date (day number) at an instant (epoch ms). */
export function newYorkDay(instant: number): number {
  return Math.floor((instant - minutesBehindAt(instant) * MS_PER_MINUTE) / MS_PER_DAY)
}

/** An instant as New York's clock shows it, YYYY-MM-DD HH:MM. */
export function newYorkText(instant: number): string {
  const local = instant - minutesBehindAt(instant) * MS_PER_MINUTE
  return new Date(local).toISOString().slice(0, 16).replace('T', ' ')
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})[ T]([01]\d|2[0-3]):([0-5]\d)$/

/** Whether a text is a day, or a time of one: YYYY-MM-DD or YYYY-MM-DD HH:MM. */
export function isMoment(text: string): boolean {
  return !Number.isNaN(parseDay(MOMENT.exec(text)?.[1] ?? text))
}

/** The instant of YYYY-MM-DD HH:MM on New York's clock. */
export function momentOf(text: string): number {
  const [, day, hours, minutes] = MOMENT.exec(text)!
  return newYorkInstant(parseDay(day), Number(hours) * 60 + Number(minutes))
}

/** Minutes since midnight, New York wall clock, at an instant (epoch ms). */
export function newYorkMinutes(instant: number): number {
  const local = instant - minutesBehindAt(instant) * MS_PER_MINUTE
  return (local - Math.floor(local / MS_PER_DAY) * MS_PER_DAY) / MS_PER_MINUTE
}
