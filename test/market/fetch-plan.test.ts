import { describe, expect, test } from 'vitest'
import { isoDay, parseDay } from '../../lib/core/days.ts'
import { lastClosedSession, nyse } from '../../lib/market/calendar.ts'
import { planSymbol, rereadFrom, type StoredDays } from '../../lib/market/fetch-plan.ts'

/** The sessions of [from, to] without some, as stored days. */
function stored(from: string, to: string, ...without: string[]): StoredDays {
  const days = []
  for (let day = parseDay(from); day <= parseDay(to); day++)
    if (nyse.isSession(day) && !without.includes(isoDay(day))) days.push(day)
  return { first: days[0], last: days.at(-1)!, days: Int32Array.from(days) }
}

function plan(held: StoredDays | undefined, start: string | undefined, end: string, reread = 2) {
  const window = { start: start ? parseDay(start) : undefined, end: parseDay(end), reread }
  const { sessions, missing, ranges } = planSymbol('AAA', held, window)
  return {
    sessions: [...sessions].sort((a, b) => a - b).map(isoDay),
    missing: missing.map(isoDay),
    ranges: ranges.map((range) => range.map(isoDay)),
  }
}

describe('a plan', () => {
  test('of a new symbol is every session of the window', () => {
    // January 1 is a holiday, the 6th and 7th a weekend.
    expect(plan(undefined, '2024-01-01', '2024-01-08')).toEqual({
      sessions: ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08'],
      missing: ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08'],
      ranges: [['2024-01-02', '2024-01-08']],
    })
  })

  test('of a stored symbol reads the newest sessions again and goes on, across a weekend', () => {
    expect(plan(stored('2023-12-01', '2024-01-05'), undefined, '2024-01-08')).toEqual({
      sessions: ['2024-01-04', '2024-01-05', '2024-01-08'],
      missing: ['2024-01-08'],
      ranges: [['2024-01-04', '2024-01-08']],
    })
  })

  test('looks for holes from its start on only, and takes the bar behind each', () => {
    const held = stored('2023-10-02', '2024-01-05', '2023-10-10', '2023-11-07', '2023-11-08')
    expect(plan(held, '2023-11-01', '2024-01-05')).toEqual({
      sessions: ['2023-11-07', '2023-11-08', '2023-11-09', '2024-01-04', '2024-01-05'],
      missing: ['2023-11-07', '2023-11-08'],
      ranges: [
        ['2023-11-07', '2023-11-09'],
        ['2024-01-04', '2024-01-05'],
      ],
    })
  })

  test('asks for close holes in one, and takes only what is wanted of the answer', () => {
    const held = stored('2023-10-02', '2024-01-05', '2023-11-07', '2023-11-15')
    const { sessions, ranges } = plan(held, '2023-11-01', '2023-12-01')
    expect(sessions).toEqual(['2023-11-07', '2023-11-08', '2023-11-15', '2023-11-16'])
    expect(ranges).toEqual([['2023-11-07', '2023-11-16']])
  })

  test('reaches back before the first stored bar', () => {
    const { missing, ranges } = plan(stored('2024-01-04', '2024-01-31'), '2024-01-02', '2024-01-10')
    expect(missing).toEqual(['2024-01-02', '2024-01-03'])
    expect(ranges).toEqual([['2024-01-02', '2024-01-04']])
  })

  test('of a window that is whole and ends before the newest bars asks for nothing', () => {
    expect(plan(stored('2023-10-02', '2024-01-31'), '2023-11-01', '2023-12-01')).toEqual({
      sessions: [],
      missing: [],
      ranges: [],
    })
  })
})

test('the sessions read again are counted by the calendar', () => {
  // Monday, January 15 is a holiday.
  expect(isoDay(rereadFrom(parseDay('2024-01-17'), 3))).toBe('2024-01-12')
  expect(rereadFrom(parseDay('2024-01-17'), 0)).toBe(parseDay('2024-01-18'))
})

test.each([
  ['a minute before the close', '2024-06-03T19:59:00Z', '2024-05-31'],
  ['at the close', '2024-06-03T20:00:00Z', '2024-05-31'],
  ['an hour after it', '2024-06-03T21:00:00Z', '2024-06-03'],
  ['late at night, another day in UTC', '2024-06-04T03:00:00Z', '2024-06-03'],
  ['on a Sunday', '2024-06-02T12:00:00Z', '2024-05-31'],
  ['in winter, an hour later in UTC', '2024-12-03T20:30:00Z', '2024-12-02'],
  ['after a half day', '2024-07-03T17:20:00Z', '2024-07-03'],
])('the last settled session %s', (_when, now, session) => {
  expect(isoDay(lastClosedSession(nyse, Date.parse(now) - 20 * 60_000))).toBe(session)
})
