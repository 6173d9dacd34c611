import { describe, expect, test } from 'vitest'
import type { BarSeries } from '../../../lib/market/bars.ts'
import { FIRST_DAY, flat } from '../world.ts'
import { fills, KEEP, leftAfter, run, signals } from './run.ts'

/** A tenth of the volume at most. */
const TENTH = { volumeShare: 0.1 }

function traded(series: BarSeries, volume: number[]): BarSeries {
  return { ...series, rawVolume: Float64Array.from(volume) }
}

describe('an entry', () => {
  test('takes the allowed part, the rest stays unfilled and is counted', () => {
    // 1,000 buy 100 at 10; a tenth of 400 is 40
    const {
      trades,
      signals: counts,
      curve,
    } = run([signals(traded(flat('A', [10, 10, 10]), [9000, 400, 9000]), [[0]])], TENTH)
    expect(fills(trades[0])).toEqual([[1, 40, 10, 'entry']])
    expect(trades[0].unfilled).toBe(60)
    expect(counts).toMatchObject({ taken: 1, partly_filled: 1 })
    expect(curve.cash).toEqual([1000, 600, 600])
  })

  test('of less than a share is none', () => {
    const { trades, signals: counts } = run([signals(traded(flat('A', [10, 10]), [9000, 9]), [[0]])], TENTH)
    expect(trades).toEqual([])
    expect(counts).toMatchObject({ taken: 0, no_volume: 1 })
  })

  test('looks at the volume as traded', () => {
    // after a later 4:1 split the 400 shares of bar 1 are 1,600 on the adjusted scale
    const series = traded(flat('A', [10, 10, 2.5], { splits: { 2: 4 } }), [400, 400, 1600])
    expect(run([signals(series, [[0]])], TENTH).trades[0].executions[0].shares).toBe(40)
  })
})

describe('an exit', () => {
  const volume = [9000, 9000, 9000, 500, 300, 9000]
  const series = () => traded(flat('A', [10, 10, 10, 11, 12, 13]), volume)

  test('leaves its rest at the opens of the following bars, and says so', () => {
    // 100 held; bar 3 takes 50 at 11, bar 4 30 at 12, bar 5 the last 20 at 13: 50 + 60 + 60 = 170
    const { trades, curve } = run([signals(series(), [[0]], leftAfter(2))], TENTH)
    expect(fills(trades[0])).toEqual([
      [1, 100, 10, 'entry'],
      [3, -50, 11, 'exit'],
      [4, -30, 12, 'exit'],
      [5, -20, 13, 'exit'],
    ])
    expect(trades[0].executions.map((each) => each.late)).toEqual([undefined, undefined, true, true])
    expect(trades[0]).toMatchObject({ pnl: 170, open: false, exitReason: 'exit', barsHeld: 5 })
    expect(curve.positions).toEqual([0, 1, 1, 1, 1, 0])
    expect(curve.equity).toEqual([1000, 1000, 1000, 1100, 1150, 1170])
  })

  test('keeps its slot until the last share is gone', () => {
    const other = signals(flat('B', [5, 5, 5, 5, 5, 5]), [[2], [3], [4]])
    const { trades, signals: counts } = run([signals(series(), [[0]], leftAfter(2)), other], TENTH)
    expect(counts.no_free_slot).toBe(2)
    expect(trades[1].executions[0].day - FIRST_DAY).toBe(5)
  })

  test('is multiplied by a split while its rest waits', () => {
    // 50 of 100 left on bar 3; 2:1 on bar 4: 100 more, all taken there
    const split = traded(flat('A', [10, 10, 10, 10, 5], { splits: { 4: 2 } }), [9000, 9000, 9000, 500, 9000])
    expect(fills(run([signals(split, [[0]], leftAfter(2))], TENTH).trades[0]).slice(1)).toEqual([
      [3, -50, 10, 'exit'],
      [4, -100, 5, 'exit'],
    ])
  })

  test('is whole where the bars end: no later bar could take the rest', () => {
    const { trades } = run([signals(traded(flat('A', [10, 10, 12]), [9000, 9000, 100]), [[0]], KEEP)], {
      ...TENTH,
      endPositions: 'close_last',
    })
    expect(fills(trades[0]).at(-1)).toEqual([2, -100, 12, 'end'])
  })
})
