import { describe, expect, test } from 'vitest'
import { FIRST_DAY, flat, world } from '../world.ts'
import { fills, KEEP, leftAfter, run, signals } from './run.ts'

// 100 shares bought at 10; the last bar opens at 12 and closes at 15
const rising = () =>
  world('A', [
    [10, 10, 10, 10],
    [10, 11, 9, 11],
    [12, 15, 12, 15],
  ])

describe('what is held at the end', () => {
  test('is valued at the last close and stays open', () => {
    const { trades, finalEquity } = run([signals(rising(), [[0]])], { endPositions: 'mark' })
    expect(trades).toMatchObject([{ open: true, exitReason: null, pnl: 500, barsHeld: 2 }])
    expect(finalEquity).toBe(1500)
  })

  test('is sold at the open of the last bar, a closed trade', () => {
    const { trades, curve, finalEquity } = run([signals(rising(), [[0]])], { endPositions: 'close_open' })
    expect(fills(trades[0])).toEqual([
      [1, 100, 10, 'entry'],
      [2, -100, 12, 'end'],
    ])
    expect(trades).toMatchObject([{ open: false, exitReason: 'end', pnl: 200, barsHeld: 2 }])
    expect(curve.positions).toEqual([0, 1, 0])
    expect(finalEquity).toBe(1200)
  })

  test('is sold at the last close, and pays for it', () => {
    // 99 shares at 10.10; sold at 15 less 1 %: 99 x (14.85 - 10.10) = 470.25
    const { trades } = run([signals(rising(), [[0]])], { endPositions: 'close_last', commission: 0.01 })
    expect(fills(trades[0]).at(-1)).toEqual([2, -99, 15, 'end'])
    expect(trades[0].pnl).toBeCloseTo(470.25, 9)
  })

  test('covers a short', () => {
    const { trades, finalEquity } = run([signals(rising(), [[0, -1]])], { endPositions: 'close_last' })
    expect(fills(trades[0]).at(-1)).toEqual([2, 100, 15, 'end'])
    expect(finalEquity).toBe(500)
  })

  test('and was to be left at that open anyway keeps its own reason', () => {
    const { trades } = run([signals(rising(), [[0]], leftAfter(1))], { endPositions: 'close_open' })
    expect(trades[0].exitReason).toBe('exit')
  })

  test('is out before the last bar could stop it', () => {
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [10, 10, 5, 6],
    ])
    const stopped = signals(series, [[0]], { ...KEEP, stop: () => 8 })
    expect(fills(run([stopped], { endPositions: 'close_open' }).trades[0]).at(-1)).toEqual([2, -100, 10, 'end'])
    expect(fills(run([stopped], { endPositions: 'close_last' }).trades[0]).at(-1)).toEqual([2, -100, 8, 'stop'])
  })

  test('and entered at the last open leaves at it, at the price of its costs', () => {
    const { trades } = run([signals(rising(), [[1]])], { endPositions: 'close_open', slippageBps: 100 })
    // bought at 12.12, sold at 11.88: 82 shares
    expect(fills(trades[0])).toEqual([
      [2, 82, 12.12, 'entry'],
      [2, -82, 11.88, 'end'],
    ])
  })

  test('on the last bar of its own symbol, where that comes a few days before the others’', () => {
    const b = flat('B', [5, 5, 5, 5])
    const { trades, curve } = run([signals(rising(), [[0]]), signals(b, [])], { endPositions: 'close_last' })
    expect(trades[0].executions[1]).toMatchObject({ day: FIRST_DAY + 2, price: 15 })
    expect(curve.cash).toEqual([1000, 0, 1500, 1500])
  })

  test('is nothing that is entered at the last close: there is no bar left to leave on', () => {
    const at = { fill: 'close' as const, exit: () => 0 }
    const settings = { fill: 'close' as const, endPositions: 'close_last' as const }
    expect(run([signals(rising(), [[2]], at)], settings)).toMatchObject({ trades: [], signals: { no_next_bar: 1 } })
  })
})

describe('a symbol that has stopped trading', () => {
  test('is out at its last close, whatever the end', () => {
    const dataEnd = FIRST_DAY + 20
    for (const endPositions of ['mark', 'close_open', 'close_last'] as const) {
      const { trades } = run([signals(rising(), [[0]], KEEP, dataEnd)], { endPositions }, { dataEnd })
      expect(fills(trades[0]).at(-1)).toEqual([2, -100, 15, 'delisted'])
    }
  })
})
