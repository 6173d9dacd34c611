import { MS_PER_DAY, parseDay, weekday } from '../core/days.ts'
import { lastWeekday, nthWeekday } from './new-york.ts'

const MONDAY = 0
const THURSDAY = 3
const FRIDAY = 4
const SATURDAY = 5
const SUNDAY = 6

const dayOf = (year: number, month: number, date: number) => Date.UTC(year, month - 1, date) / MS_PER_DAY

/** Days the exchange stayed shut outside its holidays: mourning, storms, the 1977 blackout, September 2001. */
const SPECIAL_CLOSURES = [
  '1972-12-28',
  '1973-01-25',
  '1977-07-14',
  '1985-09-27',
  '1994-04-27',
  '2001-09-11',
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11',
  '2007-01-02',
  '2012-10-29',
  '2012-10-30',
  '2018-12-05',
  '2025-01-09',
].map(parseDay)

/** Sessions that ended early for no rule, as day number and minutes from midnight: storms, a circuit breaker, holiday Fridays. */
const SPECIAL_CLOSES: readonly (readonly [number, number])[] = [
  [parseDay('1994-02-11'), 14 * 60 + 30],
  [parseDay('1996-01-08'), 14 * 60],
  [parseDay('1997-10-27'), 15 * 60 + 30],
  [parseDay('1997-12-26'), 13 * 60],
  [parseDay('1999-12-31'), 13 * 60],
  [parseDay('2003-12-26'), 13 * 60],
]

/** Easter Sunday (Gregorian calendar, the anonymous algorithm of 1876). */
function easter(year: number): number {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = Math.floor(b / 4)
  const e = b % 4
  const g = Math.floor((8 * b + 13) / 25)
  const h = (19 * a + b - d - g + 15) % 30
  const i = Math.floor(c / 4)
  const k = c % 4
  const l = (32 + 2 * e + 2 * i - h - k) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const month = Math.floor((h + l - 7 * m + 114) / 31)
  return dayOf(year, month, ((h + l - 7 * m + 114) % 31) + 1)
}

/** A fixed date on a Saturday is kept on Friday, on a Sunday on Monday (NYSE Rule 7.2). */
function observed(day: number): number {
  if (weekday(day) === SATURDAY) return day - 1
  return weekday(day) === SUNDAY ? day + 1 : day
}

/** Weekdays of a year on which the New York Stock Exchange is closed, by its rules as they stand since 1971. */
export function holidays(year: number): Set<number> {
  const days = new Set<number>()
  const newYear = dayOf(year, 1, 1)
  // A Saturday New Year is not moved to Friday: that would shut the exchange on the last day of the accounting year.
  if (weekday(newYear) !== SATURDAY) days.add(observed(newYear))
  if (year >= 1998) days.add(nthWeekday(year, 1, 3, MONDAY))
  days.add(nthWeekday(year, 2, 3, MONDAY))
  days.add(easter(year) - 2)
  days.add(lastWeekday(year, 5, MONDAY))
  if (year >= 2022) days.add(observed(dayOf(year, 6, 19)))
  days.add(observed(dayOf(year, 7, 4)))
  days.add(nthWeekday(year, 9, 1, MONDAY))
  if (year <= 1980 && year % 4 === 0) days.add(nthWeekday(year, 11, 1, MONDAY) + 1)
  days.add(nthWeekday(year, 11, 4, THURSDAY))
  days.add(observed(dayOf(year, 12, 25)))
  for (const day of SPECIAL_CLOSURES) days.add(day)
  return days
}

/**
 * Sessions of a year that end before 16:00, with their end in minutes from midnight. Since 1993 the day after
 * Thanksgiving and Christmas Eve end at 13:00; since 1995 so does July 3 on a Monday, Tuesday or Thursday, the Friday
 * after a Thursday July 4 until 2012, and July 3 on a Wednesday from 2013.
 */
export function earlyCloses(year: number): Map<number, number> {
  const closes = new Map<number, number>(SPECIAL_CLOSES)
  if (year >= 1993) {
    closes.set(nthWeekday(year, 11, 4, THURSDAY) + 1, 13 * 60)
    closes.set(dayOf(year, 12, 24), 13 * 60)
  }
  if (year >= 1995) {
    const eve = dayOf(year, 7, 3)
    const onWednesday = weekday(eve) === 2
    if (onWednesday && year < 2013) closes.set(eve + 2, 13 * 60)
    else if (weekday(eve) < FRIDAY) closes.set(eve, 13 * 60)
  }
  return closes
}
