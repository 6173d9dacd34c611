import { describe, expect, test } from 'vitest'
import type { ExitRules, Level } from '../../lib/backtest/exits.ts'
import { standAloneTrade } from '../../lib/backtest/trades.ts'
import { exitOn, flat, world } from './world.ts'

const next: ExitRules = { fill: 'next_open' }
const at =
  (level: number): Level =>
  () =>
    level

describe('entry', () => {
  test('fills at the next open', () => {
    const series = world('A', [
      [10, 11, 9, 10],
      [12, 13, 11, 12],
    ])
    expect(standAloneTrade(series, 0, 1, next)).toMatchObject({ entry: 1, entryPrice: 12, rawEntryPrice: 12 })
  })

  test('fills at the signal’s close when FILL says so', () => {
    const series = world('A', [[10, 11, 9, 10.5]])
    expect(standAloneTrade(series, 0, 1, { fill: 'close' })).toMatchObject({ entry: 0, entryPrice: 10.5 })
  })

  test('without a next bar there is no trade', () => {
    expect(standAloneTrade(flat('A', [10]), 0, 1, next)).toBeNull()
  })
})

describe('without an exit', () => {
  // open[t+1] = 11, open[t+6] = 16
  const series = flat('A', [10, 11, 12, 13, 14, 15, 16, 17])

  test('a position leaves at open[t+6]', () => {
    const trade = standAloneTrade(series, 0, 1, next)!
    expect(trade.legs).toEqual([{ index: 6, at: 'open', price: 16, rawPrice: 16, share: 1, reason: 'hold' }])
    expect(trade.futureReturn).toBeCloseTo(16 / 11 - 1, 15)
    expect(trade.barsHeld).toBe(6)
  })

  test('a position whose open[t+6] is not there is open, and valued at the last close', () => {
    const trade = standAloneTrade(series, 3, 1, next)!
    expect(trade.futureReturn).toBeNull()
    expect(trade.openShare).toBe(1)
    expect(trade.markReturn).toBeCloseTo(17 / 14 - 1, 15)
  })

  test('a short gains what the price loses', () => {
    expect(standAloneTrade(series, 0, -1, next)!.futureReturn).toBeCloseTo(-(16 - 11) / 11, 15)
  })

  test('a code that names its own exit is not held for five bars', () => {
    expect(standAloneTrade(series, 0, 1, next, { exitAt: -1 })!.futureReturn).toBeNull()
    const trade = standAloneTrade(series, 0, 1, next, { exitAt: 2 })!
    expect(trade.legs).toMatchObject([{ index: 3, at: 'open', price: 13, reason: 'exit' }])
  })
})

describe('EXIT', () => {
  const series = flat('A', [10, 11, 12, 13, 14, 15])

  test('is read at the entry bar’s close and fills at the next open', () => {
    const trade = standAloneTrade(series, 0, 1, { ...next, exit: at(1) })!
    expect(trade.legs).toMatchObject([{ index: 2, at: 'open', price: 12, reason: 'exit' }])
    expect(trade.futureReturn).toBeCloseTo(12 / 11 - 1, 15)
  })

  test('is not read before the entry bar', () => {
    const seen: number[] = []
    const exit: Level = (t) => {
      seen.push(t)
      return 0
    }
    standAloneTrade(series, 2, 1, { ...next, exit })
    expect(seen).toEqual([3, 4, 5])
  })

  test('unknown is not true', () => {
    expect(standAloneTrade(series, 0, 1, { ...next, exit: at(Number.NaN) })!.futureReturn).toBeNull()
  })

  test('may be given as a column', () => {
    const exit = exitOn(1, 0, 0, 1, 0, 0)
    expect(standAloneTrade(series, 0, 1, { ...next, exit })!.legs).toMatchObject([{ index: 4, reason: 'exit' }])
  })

  test('after the last bar leaves the position open', () => {
    const exit = exitOn(0, 0, 0, 0, 0, 1)
    expect(standAloneTrade(series, 0, 1, { ...next, exit })!.futureReturn).toBeNull()
  })

  test('sees the fill, the side and the signal bar', () => {
    const seen: unknown[] = []
    const exit: Level = (_t, position) => {
      seen.push({ ...position })
      return 1
    }
    standAloneTrade(series, 1, -1, { ...next, exit }, { equity: 5000 })
    expect(seen).toEqual([{ signal: 1, entry: 2, entryPrice: 12, side: -1, equity: 5000, initialRisk: Number.NaN }])
  })
})

describe('STOP and TARGET', () => {
  const stop = (level: number) => ({ ...next, stop: at(level) })

  test('the stop is live on the entry bar and fills at its level', () => {
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 11, 8, 10],
    ])
    expect(standAloneTrade(series, 0, 1, stop(9))!.legs).toEqual([
      { index: 1, at: 'bar', price: 9, rawPrice: 9, share: 1, reason: 'stop' },
    ])
    expect(standAloneTrade(series, 0, 1, stop(9))!.futureReturn).toBeCloseTo(-0.1, 15)
  })

  test('a fill at the close makes it live on the next bar', () => {
    const series = world('A', [
      [10, 11, 8, 10],
      [10, 11, 9.5, 10],
      [10, 11, 8, 10],
    ])
    expect(standAloneTrade(series, 0, 1, { fill: 'close', stop: at(9) })!.legs).toMatchObject([{ index: 2, price: 9 }])
  })

  test('a gap beyond the stop fills at the open', () => {
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [7, 8, 6, 8],
    ])
    expect(standAloneTrade(series, 0, 1, stop(9))!.legs).toMatchObject([
      { index: 2, at: 'open', price: 7, reason: 'stop' },
    ])
  })

  test('a low that equals the stop up to rounding touches it', () => {
    // 10 * 1.1 is 11.000000000000002 in doubles
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 11, 10, 10],
    ])
    expect(standAloneTrade(series, 0, -1, stop(10 * 1.1))!.legs).toMatchObject([{ reason: 'stop' }])
  })

  test('both touched in one bar: the stop comes first', () => {
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 13, 8, 12],
    ])
    const rules = { ...stop(9), target: { share: 1, level: at(12) } }
    expect(standAloneTrade(series, 0, 1, rules)!.legs).toMatchObject([{ price: 9, reason: 'stop' }])
  })

  test('an open beyond the target comes before a stop touched later in the bar', () => {
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [13, 14, 8, 9],
    ])
    const rules = { ...stop(9), target: { share: 1, level: at(12) } }
    expect(standAloneTrade(series, 0, 1, rules)!.legs).toMatchObject([{ at: 'open', price: 13, reason: 'target' }])
  })

  test('a short is stopped above and reaches its target below', () => {
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 10.5, 9.5, 10],
      [10, 10.5, 7.5, 8],
    ])
    const rules = { ...stop(11), target: { share: 1, level: at(8) } }
    const trade = standAloneTrade(series, 0, -1, rules)!
    expect(trade.legs).toMatchObject([{ index: 2, at: 'bar', price: 8, reason: 'target' }])
    expect(trade.futureReturn).toBeCloseTo(0.2, 15)
  })

  test('levels are computed once, at the signal bar', () => {
    const series = flat('A', [10, 11, 12, 13])
    const asked: number[] = []
    const level: Level = (t, { entryPrice }) => {
      asked.push(t)
      return entryPrice - 5
    }
    const trade = standAloneTrade(series, 1, 1, { ...next, stop: level })!
    expect(asked).toEqual([1])
    expect(trade.stop).toBe(7)
  })

  test('initial_risk is the entry price less the first stop', () => {
    const series = flat('A', [10, 11, 12, 13])
    const level: Level = (_t, { entryPrice, initialRisk }) => entryPrice + initialRisk / 4
    // entry 11, stop 7: risk 4, target 12
    const trade = standAloneTrade(series, 0, 1, { ...stop(7), target: { share: 1, level } })!
    expect(trade.legs).toMatchObject([{ index: 2, price: 12, reason: 'target' }])
  })

  test('an undefined stop is none, and is named', () => {
    const trade = standAloneTrade(flat('A', [10, 11, 1]), 0, 1, stop(Number.NaN))!
    expect(trade).toMatchObject({ stop: null, undefinedLevels: ['stop'], futureReturn: null })
  })

  test('with a stop alone a position is not left after five bars', () => {
    const series = flat('A', [10, 10, 10, 10, 10, 10, 10, 10])
    expect(standAloneTrade(series, 0, 1, stop(5))!.futureReturn).toBeNull()
  })
})

describe('a target for a part', () => {
  const half = (level: number) => ({ share: 0.5, level: at(level) })

  test('sells the part at the target and the rest at the stop', () => {
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [10, 12, 10, 11],
      [11, 11, 8, 9],
    ])
    const trade = standAloneTrade(series, 0, 1, { ...next, stop: at(9), target: half(12) })!
    expect(trade.legs).toMatchObject([
      { index: 2, price: 12, share: 0.5, reason: 'target' },
      { index: 3, price: 9, share: 0.5, reason: 'stop' },
    ])
    // (6 + 4.5) / 10 - 1
    expect(trade.futureReturn).toBeCloseTo(0.05, 15)
  })

  test('STOP_AFTER_TARGET is live from the bar after the target and is not lowered', () => {
    const after = [0, 0, 9.5, 10.5, 10.2, 0]
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [10, 12, 9.2, 11], // target at 12; the low of 9.2 is above STOP 9
      [11, 11, 9.8, 11], // above 9.5
      [11, 11, 10.8, 11], // above 10.5
      [11, 11, 10.4, 11], // below 10.5, which 10.2 did not lower
    ])
    const rules = { ...next, stop: at(9), target: half(12), stopAfterTarget: (t: number) => after[t] }
    expect(standAloneTrade(series, 0, 1, rules)!.legs).toMatchObject([
      { index: 2, reason: 'target' },
      { index: 5, price: 10.5, reason: 'stop_after_target' },
    ])
  })

  test('the target is reached once', () => {
    const series = flat('A', [10, 10, 12, 12, 12])
    const trade = standAloneTrade(series, 0, 1, { ...next, target: half(12) })!
    expect(trade.legs).toHaveLength(1)
    expect(trade).toMatchObject({ openShare: 0.5, futureReturn: null })
    expect(trade.markReturn).toBeCloseTo(0.2, 15)
  })
})

describe('TRAIL', () => {
  test('is live from the bar after and never lowered', () => {
    const trail = [0, 9, 11, 10, 0]
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 10, 8, 10], // the trail of this close is not live yet
      [12, 13, 10, 13],
      [13, 13, 11.5, 12],
      [12, 12, 10.9, 11], // 11, not the lower 10
    ])
    const trade = standAloneTrade(series, 0, 1, { ...next, trail: (t) => trail[t] })!
    expect(trade.legs).toMatchObject([{ index: 4, at: 'bar', price: 11, reason: 'trail' }])
  })

  test('of a short is never raised', () => {
    const trail = [0, 12, 11, 13]
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [10, 10, 9, 9],
      [9, 11.2, 9, 10],
    ])
    const trade = standAloneTrade(series, 0, -1, { ...next, trail: (t) => trail[t] })!
    expect(trade.legs).toMatchObject([{ index: 3, price: 11, reason: 'trail' }])
    expect(trade.futureReturn).toBeCloseTo(-0.1, 15)
  })

  test('with a stop the nearer of the two counts', () => {
    const series = world('A', [
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [10, 10, 8.5, 9],
    ])
    expect(standAloneTrade(series, 0, 1, { ...next, stop: at(9), trail: at(8) })!.legs).toMatchObject([
      { price: 9, reason: 'stop' },
    ])
    expect(standAloneTrade(series, 0, 1, { ...next, stop: at(8), trail: at(9) })!.legs).toMatchObject([
      { price: 9, reason: 'trail' },
    ])
  })
})

describe('FLAT', () => {
  test('on daily bars leaves at the close of the entry bar', () => {
    const series = world('A', [
      [10, 10, 10, 10],
      [11, 13, 11, 12],
      [20, 20, 20, 20],
    ])
    const trade = standAloneTrade(series, 0, 1, { ...next, flat: true })!
    expect(trade.legs).toMatchObject([{ index: 1, at: 'close', price: 12, reason: 'flat' }])
  })

  test('inside a session leaves at the session’s last close and drops a signal of its last bar', () => {
    const daily = flat('A', [10, 11, 12, 13, 14])
    // two sessions: bars 0..2 and 3..4
    const series = { ...daily, timeframe: '5m' as const, day: Int32Array.of(1, 1, 1, 2, 2) }
    expect(standAloneTrade(series, 0, 1, { ...next, flat: true })!.legs).toMatchObject([{ index: 2, price: 12 }])
    expect(standAloneTrade(series, 2, 1, { ...next, flat: true })).toBeNull()
  })
})

describe('dividends and splits', () => {
  test('a dividend goes to who entered before the ex-date’s open', () => {
    const exit = exitOn(0, 0, 1, 0, 0)
    const prices = [10, 10, 10, 10, 10]
    const gain = (exDate: number) =>
      standAloneTrade(flat('A', prices, { dividends: { [exDate]: 1 } }), 0, 1, { ...next, exit })!.futureReturn
    // entered at the open of bar 1, left at the open of bar 3
    expect([1, 2, 3, 4].map(gain)).toEqual([0, 0.1, 0.1, 0])
  })

  test('a short pays it', () => {
    const series = flat('A', [10, 10, 10, 10], { dividends: { 2: 1 } })
    const exit = exitOn(0, 0, 1, 0)
    expect(standAloneTrade(series, 0, -1, { ...next, exit })!.futureReturn).toBeCloseTo(-0.1, 15)
  })

  test('a part that was sold gets no later dividend', () => {
    const series = flat('A', [10, 10, 12, 12, 12, 12], { dividends: { 3: 1 } })
    const rules = { ...next, target: { share: 0.5, level: at(12) }, exit: exitOn(0, 0, 0, 1, 0, 0) }
    // 6 + 6 + 0.5 for 10
    expect(standAloneTrade(series, 0, 1, rules)!.futureReturn).toBeCloseTo(0.25, 15)
  })

  test('a split is no loss, and prices as traded are kept', () => {
    // 2:1 on bar 2: 100 becomes 50
    const series = flat('A', [100, 100, 50, 55, 55], { splits: { 2: 2 } })
    const trade = standAloneTrade(series, 0, 1, { ...next, exit: exitOn(0, 0, 1, 0, 0) })!
    expect(trade).toMatchObject({ entryPrice: 50, rawEntryPrice: 100 })
    expect(trade.legs).toMatchObject([{ index: 3, price: 55, rawPrice: 55 }])
    expect(trade.futureReturn).toBeCloseTo(0.1, 15)
  })

  test('a level before the split is shown as traded', () => {
    const series = world(
      'A',
      [
        [100, 100, 100, 100],
        [100, 100, 90, 95],
        [48, 48, 48, 48],
      ],
      { splits: { 2: 2 } },
    )
    expect(standAloneTrade(series, 0, 1, { ...next, stop: at(46) })!.legs).toMatchObject([{ price: 46, rawPrice: 92 }])
  })
})

describe('a symbol whose bars end', () => {
  const series = flat('A', [10, 10, 8])

  test('more than a week before the data do is sold at its last close', () => {
    const trade = standAloneTrade(series, 0, 1, next, { dataEnd: series.day[2] + 8 })!
    expect(trade.legs).toMatchObject([{ index: 2, at: 'close', price: 8, reason: 'delisted' }])
    expect(trade.futureReturn).toBeCloseTo(-0.2, 15)
  })

  test('within a week of it is held', () => {
    expect(standAloneTrade(series, 0, 1, next, { dataEnd: series.day[2] + 7 })!.futureReturn).toBeNull()
  })
})
