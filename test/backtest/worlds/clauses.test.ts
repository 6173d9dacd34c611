import { describe, expect, test } from 'vitest'
import { FIRST_DAY, flat, world } from '../world.ts'
import { cents, fills, KEEP, leftAfter, run, signals } from './run.ts'

const NINE: [number, number, number, number] = [9, 9, 9, 9]
const TEN: [number, number, number, number] = [10, 10, 10, 10]

describe('an exit and an opposite entry on one bar', () => {
  test('fill at the same open, the exit first: the entry has its cash', () => {
    // 100 long at 10, sold at 12 on bar 3: 1,200; equity at the signal's close was 1,100: 1,100 / 12 = 91 short
    const series = flat('A', [10, 10, 11, 12, 12])
    const { trades, curve } = run([signals(series, [[0], [2, -1]], leftAfter(2))])
    expect(fills(trades[0])).toEqual([
      [1, 100, 10, 'entry'],
      [3, -100, 12, 'exit'],
    ])
    expect(fills(trades[1])).toEqual([[3, -91, 12, 'entry']])
    expect(curve.cash).toEqual([1000, 0, 0, 1200 + 91 * 12, 1200 + 91 * 12])
  })
})

describe('EXIT', () => {
  test('is read at the close of the entry bar, also where that is the bar of the signal', () => {
    // bought at the close of bar 0, whose own close makes EXIT true: sold at the open of bar 1
    const rules = { fill: 'close' as const, exit: (t: number) => (t === 0 ? 1 : 0) }
    const series = flat('A', [10, 11, 12])
    const { trades } = run([signals(series, [[0]], rules)], { fill: 'close' })
    expect(fills(trades[0])).toEqual([
      [0, 100, 10, 'entry'],
      [1, -100, 11, 'exit'],
    ])
  })
})

describe('STOP and TARGET', () => {
  const held = (bars: [number, number, number, number][], side: 1 | -1 = 1) => {
    const levels = { ...KEEP, stop: () => 10 - side * 2, target: { share: 1, level: () => 10 + side * 2 } }
    return run([signals(world('A', [TEN, TEN, ...bars]), [[0, side]], levels)]).trades[0]
  }

  test.each([
    ['within the bar the level is paid', [10, 10, 7, 9], 8, 'stop'],
    ['a bar that opens below the stop fills at its open', [6, 9, 5, 9], 6, 'stop'],
    ['a bar that opens above the target fills at its open', [13, 14, 9, 9], 13, 'target'],
    ['with both touched the stop comes first', [10, 13, 7, 9], 8, 'stop'],
    ['an open beyond the target comes before a stop within the bar', [13, 13, 7, 9], 13, 'target'],
  ] as const)('%s', (_, bar, price, reason) => {
    expect(fills(held([[...bar]])).at(-1)).toEqual([2, -100, price, reason])
  })

  test('of a short lie on the other sides', () => {
    expect(fills(held([[10, 13, 10, 11]], -1)).at(-1)).toEqual([2, 100, 12, 'stop'])
    expect(fills(held([[7, 13, 7, 9]], -1)).at(-1)).toEqual([2, 100, 7, 'target'])
  })

  test('are live from the entry bar on, with a fill at the close from the next', () => {
    const series = world('A', [TEN, [10, 10, 7, 10], [10, 10, 7, 10]])
    const stop = { exit: () => 0, stop: () => 8 }
    expect(fills(run([signals(series, [[0]], { fill: 'next_open', ...stop })]).trades[0]).at(-1)).toEqual([
      1,
      -100,
      8,
      'stop',
    ])
    const atClose = run([signals(series, [[1]], { fill: 'close', ...stop })], { fill: 'close' })
    expect(fills(atClose.trades[0])).toEqual([
      [1, 100, 10, 'entry'],
      [2, -100, 8, 'stop'],
    ])
  })

  test('stand in the record as traded on the day of the entry', () => {
    // a 2:1 split after the entry: 4 and 6 on the later scale are 8 and 12 then
    const series = flat('A', [10, 10, 5], { splits: { 2: 2 } })
    const levels = { ...KEEP, stop: () => 4, target: { share: 1, level: () => 6 } }
    expect(run([signals(series, [[0]], levels)]).trades[0]).toMatchObject({ stop: 8, target: 12 })
    expect(run([signals(series, [[0]])]).trades[0]).toMatchObject({ stop: null, target: null })
  })
})

describe('a target for a part', () => {
  const target = { share: 0.5, level: () => 12 }
  const bars: [number, number, number, number][] = [TEN, TEN, [10, 12, 10, 12], [11, 11, 10.5, 11], [11, 11, 8, 8]]

  test('sells whole shares, the rest stays with the stop', () => {
    // 15 shares at 10 with 150 cash: 7 at 12, 8 at the stop of 9
    const { trades } = run([signals(world('A', bars), [[0]], { ...KEEP, stop: () => 9, target })], { cash: 150 })
    expect(fills(trades[0]).slice(1)).toEqual([
      [2, -7, 12, 'target'],
      [4, -8, 9, 'stop'],
    ])
  })

  test('sells parts of shares where they are held', () => {
    const { trades } = run([signals(world('A', bars), [[0]], { ...KEEP, target })], { cash: 155, fractional: true })
    expect(trades[0].executions.map(({ shares }) => shares)).toEqual([15.5, -7.75])
  })

  test('puts STOP_AFTER_TARGET in place of STOP from the next bar on', () => {
    // at 10 after bar 2, where half is sold
    const rules = { ...KEEP, stop: () => 7, target, stopAfterTarget: () => 10 }
    expect(fills(run([signals(world('A', bars), [[0]], rules)]).trades[0]).slice(1)).toEqual([
      [2, -50, 12, 'target'],
      [4, -50, 10, 'stop_after_target'],
    ])
  })
})

describe('TRAIL', () => {
  test('follows the close from the next bar on, and is never lowered', () => {
    // two below each close: 8, then 11 after bar 2; 9.50 after bar 3 is not taken, so that bar 4 meets 11
    const series = world('A', [TEN, TEN, [10, 13, 10, 13], [13, 13, 11.5, 11.5], [11.5, 11.5, 9, 9]])
    const trail = (t: number) => series.close[t] - 2
    expect(fills(run([signals(series, [[0]], { ...KEEP, trail })]).trades[0]).at(-1)).toEqual([4, -100, 11, 'trail'])
  })

  test('of a short is never raised', () => {
    const series = world('A', [TEN, TEN, [10, 10, 7, 7], [7, 8.5, 7, 8.5], [8.5, 11, 8.5, 11]])
    const trail = (t: number) => series.close[t] + 2
    expect(fills(run([signals(series, [[0, -1]], { ...KEEP, trail })]).trades[0]).at(-1)).toEqual([4, 100, 9, 'trail'])
  })
})

describe('FLAT', () => {
  test('on daily bars is out at the close of the bar it entered on', () => {
    const series = world('A', [TEN, [10, 12, 9, 11], NINE])
    const { trades } = run([signals(series, [[0]], { fill: 'next_open', flat: true })])
    expect(fills(trades[0])).toEqual([
      [1, 100, 10, 'entry'],
      [1, -100, 11, 'flat'],
    ])
  })
})

describe('the worst and best price while held', () => {
  const record = (bars: [number, number, number, number][], rules = KEEP, side: 1 | -1 = 1, settings = {}) => {
    const { mae, mfe } = run([signals(world('A', [TEN, ...bars]), [[0, side]], rules)], settings).trades[0]
    return [cents(mae), cents(mfe)]
  }

  test('come from the lows and highs of its bars, the entry bar whole', () => {
    expect(
      record([
        [10, 11, 9, 10],
        [10, 12, 9.5, 10],
      ]),
    ).toEqual([-0.1, 0.2])
  })

  test('of a short are the other way round', () => {
    expect(
      record(
        [
          [10, 11, 9, 10],
          [10, 12, 9.5, 10],
        ],
        KEEP,
        -1,
      ),
    ).toEqual([-0.2, 0.1])
  })

  test('leave out what follows an exit at the open', () => {
    expect(
      record(
        [
          [10, 11, 9, 10],
          [10.5, 20, 1, 10],
        ],
        leftAfter(1),
      ),
    ).toEqual([-0.1, 0.1])
  })

  test('leave out the bar of a fill at its close', () => {
    const series = world('A', [
      [10, 15, 5, 10],
      [10, 11, 9, 10],
    ])
    const { mae, mfe } = run([signals(series, [[0]], { fill: 'close', exit: () => 0 })], { fill: 'close' }).trades[0]
    expect([cents(mae), cents(mfe)]).toEqual([-0.1, 0.1])
  })

  test('in the bar of a stop reach the stop, and no high that may have come after', () => {
    expect(
      record(
        [
          [10, 10, 10, 10],
          [10, 13, 5, 6],
        ],
        { ...KEEP, stop: () => 8 },
      ),
    ).toEqual([-0.2, 0])
  })

  test('in the bar of a target reach it, and the low that may have come before', () => {
    const target = { share: 1, level: () => 12 }
    expect(
      record(
        [
          [10, 10, 10, 10],
          [10, 15, 9, 14],
        ],
        { ...KEEP, target },
      ),
    ).toEqual([-0.1, 0.2])
  })

  test('are counted on the scale of the entry across a split', () => {
    // 2:1 on bar 2: 4 and 6 are 8 and 12 then
    const series = world('A', [TEN, TEN, [5, 6, 4, 5]], { splits: { 2: 2 } })
    const { mae, mfe } = run([signals(series, [[0]])]).trades[0]
    expect([cents(mae), cents(mfe)]).toEqual([-0.2, 0.2])
  })
})

describe('MAXPOS, COOLDOWN and REBALANCE', () => {
  test('a slot that an exit frees at the open is taken at that open', () => {
    const a = signals(flat('A', [10, 10, 10, 10]), [[0]], leftAfter(1))
    const b = signals(flat('B', [5, 5, 5, 5]), [[0], [1]])
    const { trades, signals: counts } = run([a, b])
    expect(trades.map(({ executions }) => executions[0].day - FIRST_DAY)).toEqual([1, 2])
    expect(counts).toMatchObject({ taken: 2, no_free_slot: 1 })
  })

  test('a cooldown of one session bars the session after the exit', () => {
    // out on bar 2; the signal of bar 2 would fill on bar 3, that of bar 3 fills on bar 4
    const series = flat('A', [10, 10, 10, 10, 10, 10])
    const { trades, signals: counts } = run([signals(series, [[0], [2], [3]], leftAfter(1))], { cooldown: 1 })
    expect(trades.map(({ executions }) => executions[0].day - FIRST_DAY)).toEqual([1, 4])
    expect(counts.cooldown).toBe(1)
  })

  test('a rebalance into one name of two sells the other first', () => {
    const rebalance = (day: number) => day === FIRST_DAY || day === FIRST_DAY + 2
    const a = signals(flat('A', [10, 10, 10, 10]), [[0]])
    const b = signals(flat('B', [5, 5, 5, 5]), [[0], [2]])
    const { trades, curve } = run([a, b], { slots: null }, { rebalance })
    // 500 in each; then 1,000 in B: 100 shares more
    expect(trades.map(fills)).toEqual([
      [
        [1, 50, 10, 'entry'],
        [3, -50, 10, 'rebalance'],
      ],
      [
        [1, 100, 5, 'entry'],
        [3, 100, 5, 'entry'],
      ],
    ])
    expect(curve.cash).toEqual([1000, 0, 0, 0])
  })
})
