import { expect, test } from 'vitest'
import { newestStored, sessionsAfter, watchHours } from '../../lib/alerts/sessions.ts'
import { isoDay, parseDay } from '../../lib/core/days.ts'
import { lastClosedSession, nyse, sessionsBetween } from '../../lib/market/calendar.ts'
import type { Catalog } from '../../lib/market/catalog.ts'

const utc = (text: string) => Date.parse(text)

// Instants in UTC, so that New York's time zone is part of what is tested: -04:00 in summer, -05:00 in winter.
test.each([
  ['2026-07-15T07:59:59Z', false, '03:59 in summer'],
  ['2026-07-15T08:00:00Z', true, '04:00 in summer'],
  ['2026-07-16T02:00:59Z', true, '22:00 in summer'],
  ['2026-07-16T02:01:00Z', false, '22:01 in summer'],
  ['2026-01-14T08:59:59Z', false, '03:59 in winter'],
  ['2026-01-14T09:00:00Z', true, '04:00 in winter'],
  ['2026-01-15T03:00:59Z', true, '22:00 in winter'],
  ['2026-01-15T03:01:00Z', false, '22:01 in winter'],
  // the clocks go forward on Sunday 2026-03-08 and back on Sunday 2026-11-01
  ['2026-03-06T09:00:00Z', true, '04:00 on the Friday before spring'],
  ['2026-03-09T07:59:00Z', false, '03:59 on the Monday after'],
  ['2026-03-09T08:00:00Z', true, '04:00 on the Monday after'],
  ['2026-10-30T08:00:00Z', true, '04:00 on the Friday before autumn'],
  ['2026-11-02T08:00:00Z', false, '03:00 on the Monday after'],
  ['2026-11-02T09:00:00Z', true, '04:00 on the Monday after'],
  ['2026-03-08T15:00:00Z', false, 'the Sunday on which the clocks change'],
  ['2026-11-21T15:00:00Z', false, 'a Saturday'],
  ['2026-11-26T15:00:00Z', false, 'Thanksgiving'],
  ['2026-11-27T15:00:00Z', true, 'the half day after it'],
  ['2026-11-28T02:30:00Z', true, '21:30 on that half day'],
  ['2026-07-03T15:00:00Z', false, 'Independence Day, kept on Friday'],
])('at %s alerts are watched: %s (%s)', (instant, expected) => {
  expect(watchHours(utc(instant))).toBe(expected)
})

test.each([
  ['2026-11-20T20:59:59Z', '2026-11-19', 'a second before 16:00'],
  ['2026-11-20T21:00:00Z', '2026-11-20', '16:00'],
  ['2026-11-21T18:00:00Z', '2026-11-20', 'on Saturday'],
  ['2026-11-27T17:59:59Z', '2026-11-25', 'a second before 13:00 of a half day'],
  ['2026-11-27T18:00:00Z', '2026-11-27', '13:00 of a half day'],
  ['2026-07-15T19:59:59Z', '2026-07-14', 'a second before 16:00 in summer'],
  ['2026-07-15T20:00:00Z', '2026-07-15', '16:00 in summer'],
  ['2026-03-09T13:00:00Z', '2026-03-06', 'the morning after the clocks changed'],
  ['2026-11-20T04:30:00Z', '2026-11-19', '23:30 of the day before, New York'],
])('at %s the newest closed session is %s (%s)', (instant, expected) => {
  expect(isoDay(lastClosedSession(nyse, utc(instant)))).toBe(expected)
})

test('sessions are counted over weekends and holidays', () => {
  // Wednesday, Thanksgiving, half Friday, weekend, Monday
  const [wednesday, friday, monday] = ['2026-11-25', '2026-11-27', '2026-11-30'].map(parseDay)
  expect([monday, friday, wednesday].map((day) => sessionsBetween(nyse, day + 1, monday))).toEqual([0, 1, 2])
  expect(sessionsAfter(wednesday, monday).map(isoDay)).toEqual(['2026-11-27', '2026-11-30'])
  expect(sessionsAfter(monday, monday)).toEqual([])
})

const catalog = (...spans: [string, string][]) =>
  ({
    symbols: spans.map(([first, last], i) => ({ symbol: `S${i}`, first: parseDay(first), last: parseDay(last) })),
  }) as Catalog

test.each<[string, [string, string][], string, string | undefined]>([
  [
    'all end there',
    [
      ['2026-01-02', '2026-11-20'],
      ['2026-01-02', '2026-11-20'],
    ],
    '2026-11-20',
    '2026-11-20',
  ],
  [
    'half of them end there',
    [
      ['2026-01-02', '2026-11-20'],
      ['2026-01-02', '2026-11-18'],
    ],
    '2026-11-20',
    '2026-11-20',
  ],
  [
    'one of three ends there',
    [
      ['2026-01-02', '2026-11-20'],
      ['2026-01-02', '2026-11-19'],
      ['2026-01-02', '2026-11-18'],
    ],
    '2026-11-20',
    '2026-11-19',
  ],
  [
    'bars of a session that has not closed are not looked at',
    [['2026-01-02', '2026-11-20']],
    '2026-11-19',
    '2026-11-19',
  ],
  ['all bars are later', [['2026-11-20', '2026-11-20']], '2026-11-18', undefined],
  ['there are none', [], '2026-11-20', undefined],
])('the newest stored session: %s', (_what, spans, to, expected) => {
  const found = newestStored(catalog(...spans), parseDay(to))
  expect(found && isoDay(found)).toBe(expected)
})
