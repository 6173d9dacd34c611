import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { equalWeight, heldSymbol } from '../../lib/backtest/benchmark.ts'
import { addAll, addReturns, noReturns } from '../../lib/backtest/universe-returns.ts'
import { FIRST_DAY, flat } from './world.ts'

const days = (n: number, start = 0) => Array.from({ length: n }, (_, i) => FIRST_DAY + start + i)

describe('a symbol as benchmark', () => {
  test('puts dividends back on their ex-date, and knows splits', () => {
    // 10 -> 11 (+10 %), ex 1 at 10: (10 + 1) / 11 = +0 %, split 2 for 1 at 6 as traded: 12 / 10 = +20 %
    const series = flat('M', [10, 11, 10, 6], { dividends: { 2: 1 }, splits: { 3: 2 } })
    const { values } = heldSymbol(series, 'M', days(4), 1000)
    for (const [i, value] of [1000, 1100, 1100, 1320].entries()) expect(values[i]).toBeCloseTo(value, 9)
  })

  test('is null before its first bar, stands still without one, and knows nothing of what lies before the account', () => {
    const late = flat('M', [10, 20], { start: 2 })
    expect(heldSymbol(late, 'M', days(5), 100).values).toEqual([null, null, 100, 200, 200])
    const early = flat('M', [1, 10, 20])
    expect(heldSymbol(early, 'M', days(2, 1), 100).values).toEqual([100, 200])
    expect(heldSymbol(undefined, 'M', days(2), 100).values).toEqual([null, null])
  })
})

describe('the equal-weight universe', () => {
  const a = flat('A', [10, 11, 11])
  const b = flat('B', [10, 9, 18], { dividends: { 2: 9 } })
  const [from, to] = [FIRST_DAY, FIRST_DAY + 2]

  test('returns the mean of its symbols, rebalanced every day', () => {
    const sums = noReturns(from, to)
    addReturns(sums, a, from)
    addReturns(sums, b, from)
    // +10 % and -10 %: 0; then 0 and (18 + 9) / 9 - 1 = +200 %: +100 %
    const { values } = equalWeight(sums, from, days(3), 100)
    expect(values[1]).toBeCloseTo(100, 6)
    expect(values[2]).toBeCloseTo(200, 6)
  })

  test('counts a symbol only where it was a member at the close before', () => {
    const sums = noReturns(from, to)
    addReturns(sums, a, from, (bar) => bar === 0)
    addReturns(sums, b, from, (bar) => bar === 1)
    const { values } = equalWeight(sums, from, days(3), 100)
    expect(values[1]).toBeCloseTo(110, 6)
    expect(values[2]).toBeCloseTo(330, 6)
  })

  test('has the same bits in any order and any parts', () => {
    const price = fc.double({ min: 0.01, max: 5000, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(price, price, price), { minLength: 2, maxLength: 12 }), fc.nat(), (rows, cut) => {
        const all = rows.map((prices, i) => flat(`S${i}`, prices))
        const whole = noReturns(from, to)
        for (const each of all) addReturns(whole, each, from)
        const parts = [noReturns(from, to), noReturns(from, to)]
        for (const each of [...all].reverse())
          addReturns(parts[(each.length + cut + all.indexOf(each)) % 2], each, from)
        addAll(parts[0], parts[1])
        expect(parts[0]).toEqual(whole)
      }),
    )
  })
})
