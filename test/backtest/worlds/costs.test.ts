import { describe, expect, test } from 'vitest'
import { flat, world } from '../world.ts'
import { cents, fills, leftAfter, run, signals } from './run.ts'

// bought at the open of bar 1, sold at the open of bar 3
const ROUND = leftAfter(2)
const tens = () => [signals(flat('A', [10, 10, 10, 10]), [[0]], ROUND)]

describe('commission as a part of the value', () => {
  test('is paid on both fills, and the shares leave room for it', () => {
    // a share takes 10 + 1 % of 10 = 10.10: 1,000 / 10.10 = 99.01, so 99 shares
    // in: 990 + 9.90; out: 990 - 9.90; the account has lost 19.80
    const { trades, finalEquity, curve } = run(tens(), { commission: 0.01 })
    expect(fills(trades[0])).toEqual([
      [1, 99, 10, 'entry'],
      [3, -99, 10, 'exit'],
    ])
    expect(curve.cash.map(cents)).toEqual([1000, 0.1, 0.1, 980.2])
    expect(cents(trades[0].commission)).toBe(19.8)
    expect(cents(trades[0].pnl)).toBe(-19.8)
    expect(cents(finalEquity)).toBe(980.2)
  })

  test('on the entry alone', () => {
    const { trades } = run(tens(), { commission: 0.01, commissionOn: 'entry' })
    expect([trades[0].executions[0].shares, cents(trades[0].commission)]).toEqual([99, 9.9])
  })

  test('on the exit alone, for which no room is left at the entry', () => {
    const { trades } = run(tens(), { commission: 0.01, commissionOn: 'exit' })
    expect([trades[0].executions[0].shares, cents(trades[0].commission)]).toEqual([100, 10])
  })
})

describe('commission per share', () => {
  test('counts shares as traded: after a 2:1 split twice as many', () => {
    // a share takes 10.05: 99 shares, 4.95; split to 198 at 5, sold for 198 x 0.05 = 9.90
    const series = flat('A', [10, 10, 5, 5], { splits: { 2: 2 } })
    const { trades } = run([signals(series, [[0]], ROUND)], { commissionPerShare: 0.05 })
    expect(fills(trades[0])).toEqual([
      [1, 99, 10, 'entry'],
      [3, -198, 5, 'exit'],
    ])
    expect(trades[0].executions.map((each) => cents(each.commission))).toEqual([4.95, 9.9])
  })

  test('stands beside the part of the value', () => {
    // 10 + 0.10 + 0.40 = 10.50 a share: 95 shares; each way 9.50 + 38
    expect(cents(run(tens(), { commission: 0.01, commissionPerShare: 0.4 }).trades[0].commission)).toBe(95)
  })
})

describe('the least commission of an order', () => {
  test('is taken where the rate gives less, and kept back at the entry', () => {
    // (1,000 - 15) / 10 = 98.5: 98 shares; the rate would be 9.80
    const { trades, curve } = run(tens(), { commission: 0.01, commissionMinimum: 15 })
    expect(trades[0].executions[0].shares).toBe(98)
    expect(cents(trades[0].commission)).toBe(30)
    expect(curve.cash.map(cents)).toEqual([1000, 5, 5, 970])
  })

  test('holds without any rate, and where the rate gives more it is not taken', () => {
    expect(run(tens(), { commissionMinimum: 15 }).trades[0].commission).toBe(30)
    // 95 shares at 10.50, each way 47.50
    expect(cents(run(tens(), { commissionPerShare: 0.5, commissionMinimum: 15 }).trades[0].commission)).toBe(95)
  })

  test('leaves nothing to buy with where there is no more cash than it', () => {
    expect(run(tens(), { commissionMinimum: 995 })).toMatchObject({ trades: [], signals: { no_cash: 1 } })
  })
})

describe('slippage', () => {
  test('in basis points makes a buyer pay more and a seller get less', () => {
    // 100 bp: 10.10 and 9.90; 1,000 / 10.10 = 99 shares; 99 x 0.10 each way
    const { trades } = run(tens(), { slippageBps: 100 })
    expect(fills(trades[0])).toEqual([
      [1, 99, 10.1, 'entry'],
      [3, -99, 9.9, 'exit'],
    ])
    expect([cents(trades[0].slippage), cents(trades[0].pnl)]).toEqual([19.8, -19.8])
  })

  test('as a part of the range of the bar it fills on', () => {
    // bar 1 is 4 wide, bar 3 is 2: a quarter is 1 and 0.50; 1,000 / 11 = 90 shares
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 12, 8, 10],
      [10, 10, 10, 10],
      [10, 11, 9, 10],
    ])
    const { trades, curve } = run([signals(series, [[0]], ROUND)], { slippageRange: 0.25 })
    expect(fills(trades[0])).toEqual([
      [1, 90, 11, 'entry'],
      [3, -90, 9.5, 'exit'],
    ])
    expect([trades[0].slippage, trades[0].pnl]).toEqual([90 + 45, -135])
    expect(curve.cash).toEqual([1000, 10, 10, 865])
  })

  test('of a range before a split is of prices as traded', () => {
    // the bar before a 2:1 split is 4 wide as traded, 2 on the later scale
    const series = world(
      'A',
      [
        [10, 10, 10, 10],
        [10, 12, 8, 10],
        [5, 5, 5, 5],
      ],
      { splits: { 2: 2 } },
    )
    expect(run([signals(series, [[0]])], { slippageRange: 0.25 }).trades[0].executions[0].price).toBe(11)
  })

  test('works against a short on both fills', () => {
    // sold at 9.90, bought back at 10.10
    const { trades } = run([signals(flat('A', [10, 10, 10, 10]), [[0, -1]], ROUND)], { slippageBps: 100 })
    expect(trades[0].executions.map((each) => cents(each.price))).toEqual([9.9, 10.1])
    expect(cents(trades[0].pnl)).toBe(cents(trades[0].executions[0].shares * 0.2))
  })
})

describe('borrowed shares', () => {
  // 36.5 % a year is a tenth of a percent a day
  const RATE = { borrowRate: 0.365 }

  test('are paid for each calendar day held, on their value at the last close', () => {
    // 100 short at 10 over bars 1 to 3: one night at 1,000, one at 1,200: 1 + 1.20; covered at 12
    const { trades, curve } = run([signals(flat('A', [10, 10, 12, 12]), [[0, -1]], ROUND)], RATE)
    expect(curve.cash.map(cents)).toEqual([1000, 2000, 1999, 797.8])
    expect(cents(trades[0].borrow)).toBe(2.2)
    expect(cents(trades[0].pnl)).toBe(-202.2)
  })

  test('cost three days over a weekend', () => {
    // sessions on days 0, 1, 4, 5: the nights from day 1 to 4
    const series = flat('A', [10, 10, 10, 10])
    const shift = [0, 1, 4, 5]
    const late = {
      ...series,
      day: series.day.map((_, i) => series.day[0] + shift[i]),
      time: series.time.map((_, i) => series.time[0] + shift[i] * 86_400_000),
    }
    const { curve } = run([signals(late, [[0, -1]])], RATE)
    expect(curve.cash.map(cents)).toEqual([1000, 2000, 1997, 1996])
  })

  test('cost nothing for a long', () => {
    expect(run(tens(), RATE).trades[0]).toMatchObject({ borrow: 0, pnl: 0 })
  })
})
