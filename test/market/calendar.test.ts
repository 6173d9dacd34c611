import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isoDay, parseDay } from '../../lib/core/days.ts'
import { newYorkDay, newYorkInstant, newYorkMinutes, nyse, sessionsBetween } from '../../lib/market/calendar.ts'
import { shared, withShared } from '../shared.ts'

const session = (date: string) => nyse.isSession(parseDay(date))
const close = (date: string) => new Date(nyse.closeInstant(parseDay(date))).toISOString()

withShared('the dates of SPY, 1998..2021', () => {
  test('every session has a bar and every bar is a session', () => {
    const text = gunzipSync(readFileSync(shared('market/bars/daily/SPY.csv.gz'))).toString()
    const bars = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.slice(0, 10))
    const sessions: string[] = []
    for (let day = parseDay('1998-01-02'); day <= parseDay('2021-03-31'); day++)
      if (nyse.isSession(day)) sessions.push(isoDay(day))
    expect(sessions).toEqual(bars)
  })
})

describe('sessions', () => {
  // https://www.nyse.com/markets/hours-calendars
  test.each([
    '2024-01-01',
    '2024-01-15',
    '2024-02-19',
    '2024-03-29',
    '2024-05-27',
    '2024-06-19',
    '2024-07-04',
    '2024-09-02',
    '2024-11-28',
    '2024-12-25',
  ])('%s is a holiday of 2024', (date) => expect(session(date)).toBe(false))

  test('2024 has 252 sessions, 2023 and 2025 have 250', () => {
    const count = (year: number) => sessionsBetween(nyse, parseDay(`${year}-01-01`), parseDay(`${year}-12-31`))
    expect([count(2023), count(2024), count(2025)]).toEqual([250, 252, 250])
  })

  test('a holiday on Saturday is kept on Friday, on Sunday on Monday', () => {
    expect(session('2021-07-05')).toBe(false)
    expect(session('2020-07-03')).toBe(false)
    expect(session('2022-12-26')).toBe(false)
    expect(session('2021-12-24')).toBe(false)
    expect(session('2022-06-20')).toBe(false)
  })

  test('New Year on a Saturday is not kept on Friday', () => {
    expect(session('2021-12-31')).toBe(true)
    expect(session('2010-12-31')).toBe(true)
  })

  test('Juneteenth is kept from 2022, Martin Luther King Day from 1998', () => {
    expect(session('2021-06-18')).toBe(true)
    expect(session('2023-06-19')).toBe(false)
    expect(session('1997-01-20')).toBe(true)
    expect(session('1998-01-19')).toBe(false)
  })

  test.each([
    '2001-09-11',
    '2001-09-14',
    '2004-06-11',
    '2007-01-02',
    '2012-10-29',
    '2012-10-30',
    '2018-12-05',
    '2025-01-09',
  ])('the exchange was closed on %s', (date) => expect(session(date)).toBe(false))

  test('the session before and after a long weekend', () => {
    expect(isoDay(nyse.nextSession(parseDay('2024-01-13')))).toBe('2024-01-16')
    expect(isoDay(nyse.nextSession(parseDay('2024-01-16')))).toBe('2024-01-16')
    expect(isoDay(nyse.previousSession(parseDay('2024-01-15')))).toBe('2024-01-12')
  })

  test('weeks and months end on their last session', () => {
    // Good Friday 2024 was March 29: Thursday ended the week and the month.
    expect(nyse.isWeekEnd(parseDay('2024-03-28'))).toBe(true)
    expect(nyse.isMonthEnd(parseDay('2024-03-28'))).toBe(true)
    expect(nyse.isWeekEnd(parseDay('2024-03-29'))).toBe(false)
    expect(nyse.isWeekEnd(parseDay('2024-03-27'))).toBe(false)
    expect(nyse.isMonthEnd(parseDay('2024-12-31'))).toBe(true)
    expect(nyse.isWeekEnd(parseDay('2024-12-31'))).toBe(false)
    expect(nyse.isWeekEnd(parseDay('2025-01-03'))).toBe(true)
  })
})

describe('closing instants', () => {
  test('16:00 New York in winter and summer time', () => {
    expect(close('2021-03-12')).toBe('2021-03-12T21:00:00.000Z')
    expect(close('2021-03-15')).toBe('2021-03-15T20:00:00.000Z')
    expect(close('2021-11-05')).toBe('2021-11-05T20:00:00.000Z')
    expect(close('2021-11-08')).toBe('2021-11-08T21:00:00.000Z')
  })

  test('summer time began in April until 2006 and ended in October', () => {
    expect(close('2006-03-31')).toBe('2006-03-31T21:00:00.000Z')
    expect(close('2006-04-03')).toBe('2006-04-03T20:00:00.000Z')
    expect(close('2006-10-30')).toBe('2006-10-30T21:00:00.000Z')
    expect(close('1986-04-25')).toBe('1986-04-25T21:00:00.000Z')
    expect(close('1986-04-28')).toBe('1986-04-28T20:00:00.000Z')
  })

  test('half days end at 13:00', () => {
    expect(close('2015-12-24')).toBe('2015-12-24T18:00:00.000Z')
    expect(close('2023-11-24')).toBe('2023-11-24T18:00:00.000Z')
    expect(close('2023-07-03')).toBe('2023-07-03T17:00:00.000Z')
    expect(close('2013-07-03')).toBe('2013-07-03T17:00:00.000Z')
    expect(close('2002-07-05')).toBe('2002-07-05T17:00:00.000Z')
    expect(close('2002-07-03')).toBe('2002-07-03T20:00:00.000Z')
    // July 4 2021 was a Sunday, kept on Monday: Friday the 2nd was a whole day.
    expect(close('2021-07-02')).toBe('2021-07-02T20:00:00.000Z')
  })

  test('the open is at 09:30', () => {
    expect(new Date(nyse.openInstant(parseDay('2021-03-15'))).toISOString()).toBe('2021-03-15T13:30:00.000Z')
  })
})

describe('New York wall time', () => {
  // The platform's own time zone database says what the wall clock showed.
  const wall = new Intl.DateTimeFormat('en-CA', {
    timeZone: 'America/New_York',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })

  test('date and minutes of any instant since 1971 are those of the time zone database', () => {
    const minute = fc.integer({ min: Date.UTC(1971, 0, 1) / 60_000, max: Date.UTC(2037, 0, 1) / 60_000 })
    fc.assert(
      fc.property(minute, (at) => {
        const parts = Object.fromEntries(wall.formatToParts(at * 60_000).map(({ type, value }) => [type, value]))
        expect(isoDay(newYorkDay(at * 60_000))).toBe(`${parts.year}-${parts.month}-${parts.day}`)
        expect(newYorkMinutes(at * 60_000)).toBe(+parts.hour * 60 + +parts.minute)
      }),
      { numRuns: 500 },
    )
  })

  test('a wall-clock time and its instant are each other’s inverse', () => {
    const day = fc.integer({ min: parseDay('1971-01-01'), max: parseDay('2036-12-31') })
    fc.assert(
      fc.property(day, fc.integer({ min: 240, max: 1439 }), (date, minutes) => {
        const instant = newYorkInstant(date, minutes)
        expect([newYorkDay(instant), newYorkMinutes(instant)]).toEqual([date, minutes])
      }),
    )
  })
})
