import { inflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { packed } from '../../lib/backtest/report/pack.ts'
import { reportResult } from '../../lib/backtest/report/result-shape.ts'
import { unpacked } from '../../lib/backtest/report/unpack.ts'
import { pushVarint, VarintReader } from '../../lib/backtest/report/varints.ts'
import { barWindows } from '../../lib/backtest/report/windows.ts'
import { isoDay, parseDay } from '../../lib/core/days.ts'
import { madeResult } from './made-result.ts'

const back = (bars: ReturnType<typeof packed>) => unpacked(inflateRawSync(Buffer.from(bars.d, 'base64')), bars)

describe('bars that are packed and unpacked', () => {
  test('in cents are the same bars, to the bit', () => {
    const { bars } = madeResult(1, 1, 300)
    const [own] = bars.values()
    const again = back(packed(own))
    expect(again.stamp.map(isoDay)).toEqual(own.date)
    expect(again.open).toEqual(own.open)
    expect(again.high).toEqual(own.high)
    expect(again.low).toEqual(own.low)
    expect(again.close).toEqual(own.close)
    expect(again.factor).toEqual(own.factor)
  })

  test('keep five digits of prices that are no cents', () => {
    const price = [12.345678, 12.3456789, 12.3, 12.4]
    const own = {
      date: ['2020-01-02'],
      open: [price[2]],
      high: [price[3]],
      low: [price[2]],
      close: [price[0]],
      factor: [1],
    }
    expect(back(packed(own)).close[0]).toBeCloseTo(12.345678, 3)
    const small = { ...own, open: [0.000123456], high: [0.00013], low: [0.0001], close: [0.00012] }
    expect(back(packed(small)).open[0] / 0.000123456).toBeCloseTo(1, 4)
  })

  test('keep the factor from the bar on which it changes', () => {
    const date = ['2020-01-02', '2020-01-03', '2020-01-06']
    const flat = { open: [40, 40, 20], high: [40, 40, 20], low: [40, 40, 20], close: [40, 40, 20] }
    expect(back(packed({ date, ...flat, factor: [2, 2, 1] })).factor).toEqual([2, 2, 1])
  })

  test('of parts of a session are told by their New York minute', () => {
    const time = ['2020-01-02 09:35', '2020-01-02 09:40']
    const flat = { open: [1, 1], high: [1, 1], low: [1, 1], close: [1, 1], factor: [1, 1] }
    const { stamp } = back(packed({ date: ['2020-01-02', '2020-01-02'], time, ...flat }))
    expect(stamp).toEqual([parseDay('2020-01-02') * 1_440 + 575, parseDay('2020-01-02') * 1_440 + 580])
  })

  test('even where a bar’s high lies under its open, as in data with defects', () => {
    const odd = { date: ['2020-01-02'], open: [10], high: [9], low: [11], close: [10.5], factor: [1] }
    expect(back(packed(odd))).toMatchObject({ open: [10], high: [9], low: [11], close: [10.5] })
  })

  test('that were cut off are an error, not other bars', () => {
    const { bars } = madeResult(1, 1, 50)
    const own = packed([...bars.values()][0])
    const bytes = inflateRawSync(Buffer.from(own.d, 'base64'))
    expect(() => unpacked(bytes.subarray(0, bytes.length - 3), own)).toThrow(RangeError)
  })
})

test('whole numbers of either sign survive, small ones in one byte', () => {
  const values = [0, -1, 1, 63, -64, 64, 1_000_000, -123_456_789, 2 ** 45, -(2 ** 45)]
  const bytes: number[] = []
  for (const value of values) pushVarint(bytes, value)
  const reader = new VarintReader(Uint8Array.from(bytes))
  expect(values.map(() => reader.next())).toEqual(values)
  const one: number[] = []
  pushVarint(one, -64)
  expect(one).toHaveLength(1)
})

describe('the days around trades', () => {
  const trade = { symbol: 'KO', entry_date: '2020-03-02', exit_date: '2020-03-09', entry_price: 1 }
  const of = (...trades: object[]) =>
    barWindows(reportResult.shape.portfolio.shape.trades.parse(trades), '1d', '2021-12-31')

  test('overlap into one window a symbol', () => {
    const other = { ...trade, entry_date: '2020-04-01', exit_date: '2020-04-02' }
    const [window, ...rest] = of(trade, other)
    expect(rest).toEqual([])
    expect(window.from).toBeLessThanOrEqual(parseDay('2020-03-02') - 42)
    expect(window.to).toBeGreaterThanOrEqual(parseDay('2020-04-02') + 21)
    expect(of(trade, { ...trade, entry_date: '2021-03-01', exit_date: '2021-03-02' })).toHaveLength(2)
  })

  test('go to the last day of the run while a position is open', () => {
    const [window] = of({ ...trade, entry_date: '2021-12-01', exit_date: null })
    expect(window.to).toBeGreaterThan(parseDay('2021-12-31'))
  })

  test('leave out the middle of a position held for ten years', () => {
    const long = of({ ...trade, entry_date: '2010-01-04', exit_date: '2020-01-02' })
    expect(long).toHaveLength(2)
    expect(long.reduce((days, { from, to }) => days + to - from, 0)).toBeLessThan(1_000)
  })
})
