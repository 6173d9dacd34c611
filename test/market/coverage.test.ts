import { expect, test } from 'vitest'
import { parseDay } from '../../lib/core/days.ts'
import { adjustedSeries } from '../../lib/market/adjust.ts'
import { nyse } from '../../lib/market/calendar.ts'
import { emptyRaw } from '../../lib/market/codec.ts'
import { coverage } from '../../lib/market/coverage.ts'

const day = parseDay

function series(dates: string[], cut = false) {
  const raw = emptyRaw(dates.length)
  raw.day.set(dates.map(day))
  return adjustedSeries('AAA', '1d', raw, [], cut)
}

// December 30 and 31 2019, January 2, 3 and 6 2020 are sessions.
const WEEK = ['2019-12-30', '2019-12-31', '2020-01-02', '2020-01-03', '2020-01-06']

test('a bar on every session is whole', () => {
  expect(coverage(series(WEEK), nyse, day('2019-12-28'), day('2020-01-06'), day('2020-01-06'))).toEqual({
    symbol: 'AAA',
    barsExpected: 5,
    barsGot: 5,
    missing: [],
    firstBar: '2019-12-30',
    lastBar: '2020-01-06',
  })
})

test('one bar less lowers it by one and names the day', () => {
  const bars = series(WEEK.filter((date) => date !== '2020-01-02'))
  const found = coverage(bars, nyse, day('2019-12-30'), day('2020-01-06'), day('2020-01-06'))
  expect(found).toMatchObject({ barsExpected: 5, barsGot: 4, missing: ['2020-01-02'] })
})

test('expects nothing before a symbol’s first bar, unless the series was cut', () => {
  const late = WEEK.slice(2)
  const window = [nyse, day('2019-12-30'), day('2020-01-06'), day('2020-01-06')] as const
  expect(coverage(series(late), ...window)).toMatchObject({ barsExpected: 3, barsGot: 3 })
  expect(coverage(series(late, true), ...window)).toMatchObject({
    barsExpected: 5,
    barsGot: 3,
    missing: ['2019-12-30', '2019-12-31'],
  })
})

test('expects bars to the end of the data, also of a symbol that stopped trading, and none after it', () => {
  const bars = series(WEEK.slice(0, 3))
  expect(coverage(bars, nyse, day('2019-12-30'), day('2020-03-31'), day('2020-01-06'))).toMatchObject({
    barsExpected: 5,
    barsGot: 3,
    missing: ['2020-01-03', '2020-01-06'],
    lastBar: '2020-01-02',
  })
})

test('lookback bars before the window do not count', () => {
  const found = coverage(series(WEEK), nyse, day('2020-01-03'), day('2020-01-06'), day('2020-01-06'))
  expect(found).toMatchObject({ barsExpected: 2, barsGot: 2, firstBar: '2020-01-03' })
})

test('lists at most ten missing sessions', () => {
  const bars = series(['2020-01-02', '2020-03-02'])
  const found = coverage(bars, nyse, day('2020-01-01'), day('2020-03-02'), day('2020-03-02'))
  // January 2020 has 21 sessions, February 19, and March 2: 41.
  expect([found.barsExpected, found.barsGot, found.missing.length]).toEqual([41, 2, 10])
})

test('a window without a bar has no first and last one', () => {
  const found = coverage(series(WEEK), nyse, day('2020-02-03'), day('2020-02-07'), day('2020-02-07'))
  expect(found).toMatchObject({ barsExpected: 5, barsGot: 0, firstBar: null, lastBar: null })
})
