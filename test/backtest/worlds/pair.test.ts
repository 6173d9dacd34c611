import { describe, expect, test } from 'vitest'
import type { BarSeries } from '../../../lib/market/bars.ts'
import { FIRST_DAY, flat, world } from '../world.ts'
import { cents, fills, KEEP, leftAfter, run, signals } from './run.ts'

/** Trades A against B. */
function paired(
  a: ReturnType<typeof signals>,
  b: BarSeries,
  settings: Parameters<typeof run>[1] = {},
  request: Parameters<typeof run>[2] = {},
) {
  const last = { day: b.day[b.length - 1], time: b.time[b.length - 1] }
  return run([a, signals(b, [])], settings, { pair: { symbol: b.symbol, last }, ...request })
}

const ROUND = leftAfter(2)

describe('every position carries the opposite one of equal dollars', () => {
  test('opened and closed with it; both sides together are the equal weight', () => {
    // half of 1,000 on each side: 50 A at 10 long, 100 B at 5 short
    // A to 12: +100; B to 4: +100
    const { trades, curve } = paired(signals(flat('A', [10, 10, 11, 12]), [[0]], ROUND), flat('B', [5, 5, 5, 4]))
    expect(fills(trades[0])).toEqual([
      [1, 50, 10, 'entry'],
      [3, -50, 12, 'exit'],
    ])
    expect(fills(trades[0].pair!)).toEqual([
      [1, -100, 5, 'entry'],
      [3, 100, 4, 'exit'],
    ])
    expect(trades[0]).toMatchObject({ pnl: 200, return: 0.2, pair: { symbol: 'B', side: -1, pnl: 100 } })
    // cash: 1,000 - 500 + 500; positions: 550 - 500
    expect(curve).toMatchObject({
      cash: [1000, 1000, 1000, 1200],
      equity: [1000, 1000, 1050, 1200],
      gross: [0, 1000, 1050, 0],
      positions: [0, 1, 1, 0],
    })
  })

  test('a short carries a long', () => {
    const { trades } = paired(signals(flat('A', [10, 10, 10, 9]), [[0, -1]], ROUND), flat('B', [5, 5, 5, 6]))
    expect(trades[0].pair).toMatchObject({ side: 1, pnl: 100 })
    expect(trades[0].pnl).toBe(150)
  })

  test('in whole shares, as near below the equal dollars as they come', () => {
    // 50 A are 500; B at 7: 71 shares, 497
    const { trades } = paired(signals(flat('A', [10, 10, 10]), [[0]]), flat('B', [7, 7, 7]))
    expect(trades[0].pair!.executions[0].shares).toBe(-71)
  })

  test('with SIZE the shares are the symbol’s own, and both sides must be paid for', () => {
    // 60 A would tie up 600 + 600: cash allows 50
    const a = () => signals(flat('A', [10, 10, 10]), [[0]])
    expect(paired(a(), flat('B', [5, 5, 5]), {}, { size: () => 20 }).trades[0]).toMatchObject({
      executions: [{ shares: 20 }],
      pair: { executions: [{ shares: -40 }] },
    })
    expect(paired(a(), flat('B', [5, 5, 5]), {}, { size: () => 60 }).trades[0].executions[0].shares).toBe(50)
  })
})

describe('what happens to it', () => {
  test('it pays its own costs, dividends and borrow fees, which the trade’s figures hold', () => {
    // weight of a share of A: 10.10 + 2 x 5.05 = 20.20, so 49; 98 B; borrowed for two nights at a tenth of a percent of 490
    const b = flat('B', [5, 5, 5, 5], { dividends: { 2: 0.5 } })
    const { trades, finalEquity } = paired(signals(flat('A', [10, 10, 10, 10]), [[0]], ROUND), b, {
      commission: 0.01,
      borrowRate: 0.365,
    })
    expect(trades[0].pair).toMatchObject({
      commission: expect.closeTo(9.8, 9),
      dividends: -49,
      borrow: expect.closeTo(0.98, 9),
    })
    expect(cents(trades[0].commission)).toBe(19.6)
    expect(cents(trades[0].pnl)).toBe(cents(-19.6 - 49 - 0.98))
    expect(cents(finalEquity)).toBe(cents(1000 - 69.58))
  })

  test('its splits multiply its shares', () => {
    const { trades, curve } = paired(
      signals(flat('A', [10, 10, 10, 10]), [[0]], ROUND),
      flat('B', [6, 6, 3, 3], { splits: { 2: 2 } }),
    )
    expect(fills(trades[0].pair!)).toEqual([
      [1, -83, 6, 'entry'],
      [3, 166, 3, 'exit'],
    ])
    expect(curve.equity).toEqual([1000, 1000, 1000, 1000])
  })

  test('a part of the position takes the same part of it along', () => {
    // 50 A; 40 % at 12 on bar 2: 20 A, 40 of 100 B at that bar's close
    const a = world('A', [
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [10, 13, 10, 11],
    ])
    const b = world('B', [
      [5, 5, 5, 5],
      [5, 5, 5, 5],
      [6, 6, 4, 4],
    ])
    const target = { share: 0.4, level: () => 12 }
    const { trades } = paired(signals(a, [[0]], { ...KEEP, target }), b)
    expect(fills(trades[0]).at(-1)).toEqual([2, -20, 12, 'target'])
    expect(fills(trades[0].pair!).at(-1)).toEqual([2, 40, 4, 'target'])
  })

  test('it leaves at its open with a stop that the open has passed', () => {
    const a = world('A', [
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [7, 7, 7, 7],
    ])
    const b = world('B', [
      [5, 5, 5, 5],
      [5, 5, 5, 5],
      [6, 6, 4, 4],
    ])
    const { trades } = paired(signals(a, [[0]], { ...KEEP, stop: () => 8 }), b)
    expect(fills(trades[0].pair!).at(-1)).toEqual([2, 100, 6, 'stop'])
  })

  test('without a bar on the day of the exit it leaves at its next open, and holds the slot until then', () => {
    const b = without(flat('B', [5, 5, 5, 5, 4]), 3)
    const { trades, curve } = paired(signals(flat('A', [10, 10, 10, 10, 10]), [[0]], ROUND), b)
    expect(fills(trades[0]).at(-1)).toEqual([3, -50, 10, 'exit'])
    expect(fills(trades[0].pair!).at(-1)).toEqual([4, 100, 4, 'exit'])
    expect(trades[0].pair!.executions.at(-1)!.late).toBe(true)
    expect(curve.positions).toEqual([0, 1, 1, 1, 0])
  })

  test('the end closes both', () => {
    const { trades } = paired(signals(flat('A', [10, 10, 12]), [[0]]), flat('B', [5, 5, 4]), {
      endPositions: 'close_last',
    })
    expect(fills(trades[0].pair!).at(-1)).toEqual([2, 100, 4, 'end'])
    expect(trades[0]).toMatchObject({ open: false, pnl: 200 })
  })

  test('where it stops trading both are out at its last close', () => {
    const a = flat('A', new Array(10).fill(10))
    const b = flat('B', [5, 5, 5, 6])
    const { trades } = paired(signals(a, [[0]]), b, {}, { dataEnd: FIRST_DAY + 20 })
    expect(fills(trades[0].pair!).at(-1)).toEqual([3, 100, 6, 'delisted'])
    expect(fills(trades[0]).at(-1)).toEqual([3, -50, 10, 'delisted'])
  })

  test('its volume caps both sides alike', () => {
    // a tenth of 300 is 30 B, worth 150: 15 A
    const b = { ...flat('B', [5, 5, 5]), rawVolume: Float64Array.from([9000, 300, 9000]) }
    const { trades } = paired(signals(flat('A', [10, 10, 10]), [[0]]), b, { volumeShare: 0.1 })
    expect([trades[0].executions[0].shares, trades[0].pair!.executions[0].shares]).toEqual([15, -30])
  })
})

describe('there is no position', () => {
  test('where the other symbol has no bar to enter on', () => {
    const b = without(flat('B', [5, 5, 5]), 1)
    expect(paired(signals(flat('A', [10, 10, 10]), [[0]]), b)).toMatchObject({ trades: [], signals: { no_pair: 1 } })
  })

  test('where equal dollars are less than one share of it', () => {
    const a = () => signals(flat('A', [10, 10, 10]), [[0]])
    expect(paired(a(), flat('B', [800, 800, 800]))).toMatchObject({ trades: [], signals: { no_pair: 1 } })
    // with parts of shares it is five eighths of one
    expect(paired(a(), flat('B', [800, 800, 800]), { fractional: true }).trades[0].pair!.executions[0].shares).toBe(
      -0.625,
    )
  })

  test('of the symbol against itself', () => {
    const a = signals(flat('A', [10, 10, 10]), [[0]])
    const last = { day: FIRST_DAY + 2, time: 0 }
    expect(run([a], {}, { pair: { symbol: 'A', last } }).signals.no_pair).toBe(1)
  })
})

/** The series without one of its bars. */
function without(series: BarSeries, bar: number): BarSeries {
  const cut = Object.entries(series).map(([key, value]) => [
    key,
    ArrayBuffer.isView(value) ? (value as Float64Array).filter((_, i) => i !== bar) : value,
  ])
  return { ...(Object.fromEntries(cut) as BarSeries), length: series.length - 1 }
}
