import { describe, expect, test } from 'vitest'
import type { ExitRules } from '../../lib/backtest/exits.ts'
import type { PortfolioResult } from '../../lib/backtest/portfolio.ts'
import { type BacktestSettings, DEFAULT_SETTINGS, settingsOf } from '../../lib/backtest/settings.ts'
import { standAloneTrade } from '../../lib/backtest/trades.ts'
import type { BarSeries } from '../../lib/market/bars.ts'
import { type SimulateRequest, type SymbolWithEntries, simulate } from './simulate.ts'
import { exitOn, FIRST_DAY, flat, world } from './world.ts'

const HOLD: ExitRules = { fill: 'next_open' }
/** never left */
const KEEP: ExitRules = { fill: 'next_open', exit: () => 0 }
const FREE = { slippageBps: 0 }

type Wanted = readonly [bar: number, side?: 1 | -1, score?: number]

function symbol(
  series: BarSeries,
  wanted: readonly Wanted[],
  rules: ExitRules = HOLD,
  dataEnd?: number,
): SymbolWithEntries {
  return {
    series,
    entries: wanted.map(([bar, side = 1, score = Number.NaN]) => ({
      bar,
      side,
      score,
      trade: standAloneTrade(series, bar, side, rules, { dataEnd }),
    })),
  }
}

function run(
  symbols: SymbolWithEntries[],
  settings: Partial<BacktestSettings> = {},
  request: Partial<SimulateRequest> = {},
): PortfolioResult {
  return simulate({
    symbols,
    from: FIRST_DAY,
    to: FIRST_DAY + 100,
    settings: { ...DEFAULT_SETTINGS, ...settings },
    rankOrder: null,
    dataEnd: FIRST_DAY,
    ...request,
  })
}

describe('a position', () => {
  test('of the defaults is a twentieth of equity in whole shares, one basis point worse than the open', () => {
    // 5,000 / 100.01 = 49.99: 49 shares
    const { curve, trades } = run([symbol(flat('A', [100, 100, 100]), [[0]])])
    expect(trades[0].executions).toMatchObject([{ price: 100.01, shares: 49, reason: 'entry' }])
    expect(curve.cash).toEqual([
      100_000,
      expect.closeTo(100_000 - 49 * 100.01, 9),
      expect.closeTo(100_000 - 49 * 100.01, 9),
    ])
    expect(curve.equity[1]).toBeCloseTo(100_000 - 0.49, 9)
    expect(curve.positions).toEqual([0, 1, 1])
  })

  test('is left at the open by its own exit and pays both ways', () => {
    const series = flat('A', [100, 100, 100, 100, 100, 100, 110, 110])
    const { trades, finalEquity } = run([symbol(series, [[0]])], { commission: 0.001 })
    // 5,000 / (100.01 * 1.001) = 49.94: 49 shares, sold at 109.989
    const bought = 49 * 100.01
    const sold = 49 * 109.989
    const pnl = sold * 0.999 - bought * 1.001
    expect(trades).toMatchObject([{ open: false, exitReason: 'hold', barsHeld: 6 }])
    expect(trades[0].pnl).toBeCloseTo(pnl, 9)
    expect(trades[0].return).toBeCloseTo(pnl / bought, 12)
    expect(trades[0].commission).toBeCloseTo((sold + bought) * 0.001, 9)
    expect(trades[0].slippage).toBeCloseTo(49 * 0.01 + 49 * 0.011, 9)
    expect(finalEquity).toBeCloseTo(100_000 + pnl, 9)
  })

  test('weighs by equity at the close of its signal', () => {
    // A doubles on the bar of B's signal: equity 105,000, a twentieth is 5,250
    const a = symbol(flat('A', [100, 100, 200, 200]), [[0]], KEEP)
    const b = symbol(flat('B', [50, 50, 50, 50]), [[2]], KEEP)
    expect(run([a, b], FREE).trades[1].executions[0].shares).toBe(105)
  })

  test('may be parts of shares', () => {
    const { trades } = run([symbol(flat('A', [300, 300]), [[0]])], { ...FREE, fractional: true })
    expect(trades[0].executions[0].shares).toBeCloseTo(5000 / 300, 12)
  })

  test('that is open at the end is marked at the last close', () => {
    const { trades, finalEquity } = run([symbol(flat('A', [100, 100, 120]), [[0]])], FREE)
    expect(trades).toMatchObject([{ open: true, exitReason: null, pnl: 1000, barsHeld: 2 }])
    expect(finalEquity).toBe(101_000)
  })

  test('is one per symbol: signals meanwhile are not taken', () => {
    const { trades, signals } = run([symbol(flat('A', [9, 9, 9, 9, 9, 9, 9, 9, 9]), [[0], [1], [4]])])
    expect(trades).toHaveLength(1)
    expect(signals).toMatchObject({ taken: 1, already_held: 2 })
  })

  test('may follow another at the same open: the exit comes first', () => {
    const series = flat('A', [10, 10, 10, 20, 20, 20])
    const rules = { ...HOLD, exit: exitOn(0, 0, 1, 0, 0, 1) }
    const { trades } = run([symbol(series, [[0], [2, -1]], rules)], { ...FREE, slots: 1 })
    expect(trades.map((trade) => [trade.side, trade.executions[0].day - FIRST_DAY])).toEqual([
      [1, 1],
      [-1, 3],
    ])
  })

  test('without a next bar is none', () => {
    expect(run([symbol(flat('A', [10, 10]), [[1]])])).toMatchObject({ trades: [], signals: { no_next_bar: 1 } })
  })
})

describe('fill at the close', () => {
  test('enters at the signal bar’s close, and equity is that close’s', () => {
    const series = world('A', [
      [10, 10, 10, 20],
      [25, 25, 25, 25],
    ])
    const { trades, curve } = run([symbol(series, [[0]], { fill: 'close' })], { ...FREE, fill: 'close' })
    expect(trades[0].executions).toMatchObject([{ day: FIRST_DAY, price: 20, shares: 250 }])
    expect(curve.equity).toEqual([100_000, 101_250])
  })
})

describe('more signals than slots', () => {
  const names = ['C', 'A', 'B']
  const at = (scores: number[]) => names.map((name, i) => symbol(flat(name, [10, 10, 10]), [[0, 1, scores[i]]]))
  const held = (symbols: SymbolWithEntries[], rankOrder: 'asc' | 'desc' | null) => {
    const { trades, signals } = run(symbols, { slots: 2 }, { rankOrder })
    expect(signals).toMatchObject({ taken: 2, no_free_slot: 1 })
    return trades.map((trade) => trade.symbol)
  }

  test('without a rank the symbol decides', () => {
    expect(held(at([1, 2, 3]), null)).toEqual(['A', 'B'])
  })

  test('the rank decides, in its order', () => {
    expect(held(at([3, 1, 2]), 'desc')).toEqual(['B', 'C'])
    expect(held(at([3, 1, 2]), 'asc')).toEqual(['A', 'B'])
  })

  test('equal ranks leave it to the symbol, an undefined one comes last', () => {
    expect(held(at([1, 1, 1]), 'desc')).toEqual(['A', 'B'])
    expect(held(at([1, Number.NaN, 0]), 'desc')).toEqual(['B', 'C'])
    expect(held(at([1, Number.NaN, 0]), 'asc')).toEqual(['B', 'C'])
  })

  test('a slot is free again at the open at which its position leaves', () => {
    const a = symbol(flat('A', [10, 10, 10, 10]), [[0]], { ...HOLD, exit: exitOn(0, 1, 0, 0) })
    const b = symbol(flat('B', [10, 10, 10, 10]), [[0], [1]], KEEP)
    expect(run([a, b], { slots: 1 }).trades.map((trade) => trade.symbol)).toEqual(['A', 'B'])
  })

  test('a slot that a stop frees within the bar was not free at its open', () => {
    const stopped = world('A', [
      [10, 10, 10, 10],
      [10, 10, 10, 10],
      [10, 10, 5, 6],
      [6, 6, 6, 6],
    ])
    const a = symbol(stopped, [[0]], { ...HOLD, stop: () => 8 })
    const b = symbol(flat('B', [10, 10, 10, 10]), [[1], [2]], KEEP)
    const { trades, signals } = run([a, b], { slots: 1 })
    expect(signals).toMatchObject({ no_free_slot: 1, taken: 2 })
    expect(trades[1].executions[0].day).toBe(FIRST_DAY + 3)
  })
})

describe('COOLDOWN', () => {
  test('keeps a symbol out for the sessions after an exit', () => {
    // left at the open of bar 2; sessions 3 and 4 are barred, the signal of bar 4 fills on bar 5
    const exit = exitOn(0, 1, 0, 0, 0, 0, 0)
    const series = flat('A', [10, 10, 10, 10, 10, 10, 10])
    const { trades, signals } = run([symbol(series, [[0], [2], [3], [4]], { ...HOLD, exit })], { cooldown: 2 })
    expect(trades.map((trade) => trade.executions[0].day - FIRST_DAY)).toEqual([1, 5])
    expect(signals.cooldown).toBe(2)
  })
})

describe('short positions', () => {
  test('sell first and gain what the price loses', () => {
    const exit = exitOn(0, 0, 1, 0)
    const { trades, curve } = run([symbol(flat('A', [50, 50, 50, 40]), [[0, -1]], { ...HOLD, exit })])
    // 5,000 / 50 = 100 shares sold at 49.995, bought back at 40.004
    expect(trades[0].executions.map(({ shares, price }) => [shares, price])).toEqual([
      [-100, expect.closeTo(49.995, 12)],
      [100, expect.closeTo(40.004, 12)],
    ])
    expect(trades[0].pnl).toBeCloseTo(999.1, 9)
    expect(curve.cash[1]).toBeCloseTo(104_999.5, 9)
  })

  test('tie up their proceeds and as much again', () => {
    // 100,000 short of A leave nothing for B
    const a = symbol(flat('A', [10, 10, 10]), [[0, -1]], KEEP)
    const b = symbol(flat('B', [10, 10, 10]), [[0]], KEEP)
    const size = () => 10_000
    expect(run([a, b], FREE, { size })).toMatchObject({ trades: [{ symbol: 'A' }], signals: { no_cash: 1 } })
  })
})

describe('SIZE', () => {
  const size: SimulateRequest['size'] = ({ equity, entryPrice }) => (0.1 * equity) / entryPrice

  test('gives the shares, floored', () => {
    expect(run([symbol(flat('A', [33, 33]), [[0]])], FREE, { size }).trades[0].executions[0].shares).toBe(303)
  })

  test('is on the split-adjusted scale: before a 4:1 split a quarter as many are held', () => {
    const series = flat('A', [400, 400, 400, 100], { splits: { 3: 4 } })
    const { trades, curve } = run([symbol(series, [[0]], KEEP)], FREE, { size })
    expect(trades[0].executions[0].shares).toBe(25)
    expect(curve.equity.at(-1)).toBe(100_000)
    expect(
      run([symbol(series, [[0]], KEEP)], FREE, { size: () => 8, sizeAsTraded: true }).trades[0].executions[0].shares,
    ).toBe(8)
  })

  test('never spends more than there is', () => {
    const { trades, curve } = run([symbol(flat('A', [33, 33]), [[0]])], {}, { size: () => 1e9 })
    expect(trades[0].executions[0].shares).toBe(Math.floor(100_000 / (33 * 1.0001)))
    expect(curve.cash[1]).toBeGreaterThanOrEqual(0)
  })

  test('undefined or zero opens nothing, and is counted', () => {
    expect(run([symbol(flat('A', [33, 33]), [[0]])], {}, { size: () => Number.NaN }).signals.undefined_size).toBe(1)
    expect(run([symbol(flat('A', [33, 33]), [[0]])], {}, { size: () => 0.5 }).signals.no_cash).toBe(1)
  })

  test('knows the initial risk', () => {
    const entry = symbol(flat('A', [50, 50, 50]), [[0]], { ...HOLD, stop: () => 40 })
    // 1 % of equity at 10 a share
    const risk: SimulateRequest['size'] = ({ equity, initialRisk }) => (0.01 * equity) / initialRisk
    expect(run([entry], FREE, { size: risk }).trades[0].executions[0].shares).toBe(100)
  })
})

describe('levels that depend on equity', () => {
  test('use the account’s at the signal', () => {
    const series = flat('A', [100, 100, 100])
    const seen: number[] = []
    run(
      [symbol(series, [[1]])],
      { cash: 7000 },
      {
        tradeAt: (of, entry, equity) => {
          seen.push(equity)
          return standAloneTrade(of, entry.bar, entry.side, HOLD, { equity })
        },
      },
    )
    expect(seen).toEqual([7000])
  })
})

describe('splits and dividends', () => {
  test('a split multiplies the shares and changes no equity', () => {
    // 7:1, then 10 % up; held in shares as traded
    const series = flat('A', [700, 700, 100, 110], { splits: { 2: 7 } })
    const { curve, trades } = run([symbol(series, [[0]], { ...HOLD, exit: exitOn(0, 0, 1, 0) })], FREE)
    expect(curve.equity).toEqual([100_000, 100_000, 100_000, 100_490])
    expect(trades[0].executions.map((each) => each.shares)).toEqual([7, -49])
  })

  test('a dividend is credited on the ex-date to shares held before it', () => {
    const series = flat('A', [100, 100, 99], { dividends: { 1: 5, 2: 1 } })
    const { curve, trades } = run([symbol(series, [[0]])], FREE)
    expect(curve.equity).toEqual([100_000, 100_000, 100_000])
    expect(trades[0]).toMatchObject({ dividends: 50, pnl: 0 })
  })

  test('with a split on the same day it is paid per new share', () => {
    const series = flat('A', [100, 100, 49], { dividends: { 2: 1 }, splits: { 2: 2 } })
    expect(run([symbol(series, [[0]])], FREE).trades[0]).toMatchObject({ dividends: 100, pnl: 0 })
  })

  test('one paid before a split is paid as it was announced', () => {
    // 1 a share on 50 shares; on the adjusted scale of the later 2:1 split it is 0.5
    const series = flat('A', [100, 100, 99, 49.5], { dividends: { 2: 1 }, splits: { 3: 2 } })
    expect(run([symbol(series, [[0]])], FREE).trades[0]).toMatchObject({ dividends: 50, pnl: 0 })
  })

  test('a short is charged', () => {
    const series = flat('A', [100, 100, 99], { dividends: { 2: 1 } })
    expect(run([symbol(series, [[0, -1]])], FREE).trades[0]).toMatchObject({ dividends: -50, pnl: 0 })
  })
})

describe('a target for a part', () => {
  test('sells whole shares, and the rest with the last exit', () => {
    // 5,000 / 45 = 111 shares, half of them 55
    const series = flat('A', [45, 45, 60, 30])
    const rules = { ...HOLD, stop: () => 40, target: { share: 0.5, level: () => 60 } }
    const { trades, signals } = run([symbol(series, [[0]], rules)], FREE)
    expect(trades[0].executions.map(({ shares, price, reason }) => [shares, price, reason])).toEqual([
      [111, 45, 'entry'],
      [-55, 60, 'target'],
      [-56, 30, 'stop'],
    ])
    expect(trades[0].pnl).toBe(55 * 15 - 56 * 15)
    expect(signals.taken).toBe(1)
  })
})

describe('a symbol whose bars end', () => {
  test('is sold at its last close and flagged', () => {
    const gone = flat('A', [100, 100, 90])
    const other = flat('B', [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10])
    const dataEnd = FIRST_DAY + 11
    const { trades, curve } = run([symbol(gone, [[0]], KEEP, dataEnd), symbol(other, [])], FREE, { dataEnd })
    expect(trades).toMatchObject([{ open: false, exitReason: 'delisted', pnl: -500 }])
    expect(curve.cash[2]).toBe(99_500)
    expect(curve.equity).toHaveLength(12)
  })
})

describe('a symbol without a bar on a session', () => {
  test('keeps its last close, and its order waits for its next bar', () => {
    const b = flat('B', [10, 10, 10, 10, 10])
    const full = flat('A', [20, 20, 20, 30, 30])
    const keep = [0, 1, 3, 4]
    const pick = <T extends Float64Array | Int32Array>(column: T): T => column.filter((_, i) => keep.includes(i)) as T
    const a = Object.fromEntries(
      Object.entries(full).map(([key, value]) => [
        key,
        ArrayBuffer.isView(value) ? pick(value as Float64Array) : value,
      ]),
    ) as unknown as BarSeries
    const { curve, trades } = run([symbol({ ...a, length: 4 }, [[1]], KEEP), symbol(b, [])], FREE)
    expect(trades[0].executions[0]).toMatchObject({ day: FIRST_DAY + 3, price: 30 })
    expect(curve.positions).toEqual([0, 0, 0, 1, 1])
  })
})

describe('sessions without bars of the symbols that signal', () => {
  test('have an equity too', () => {
    const sessions = [0, 1, 2, 3].map((i) => ({ day: FIRST_DAY + i, time: (FIRST_DAY + i) * 86_400_000 + 75_600_000 }))
    expect(run([], {}, { sessions }).curve.equity).toEqual([100_000, 100_000, 100_000, 100_000])
    expect(run([symbol(flat('A', [10, 10]), [])], {}, { sessions }).curve.day).toHaveLength(4)
  })
})

describe('REBALANCE', () => {
  const settings = settingsOf({ signal: 'close > 0', rebalance: 'month' }, { ...DEFAULT_SETTINGS, ...FREE })
  /** bars 1 and 3 decide */
  const rebalance = (day: number) => day === FIRST_DAY + 1 || day === FIRST_DAY + 3

  test('holds exactly the chosen names in equal parts from the next open on', () => {
    const a = symbol(flat('A', [10, 10, 10, 20, 20, 20]), [[1], [3]])
    const b = symbol(flat('B', [10, 10, 10, 10, 10, 10]), [[1]])
    const c = symbol(flat('C', [10, 10, 10, 10, 10, 10]), [[3]])
    const { trades, curve, signals } = run([a, b, c], settings, { rebalance })
    // 50,000 each; A doubles: 150,000; then 75,000 each in A (3,750 shares at 20) and C
    expect(curve.positions).toEqual([0, 0, 2, 2, 2, 2])
    expect(curve.equity).toEqual([100_000, 100_000, 100_000, 150_000, 150_000, 150_000])
    expect(trades.map(({ symbol: name, executions }) => [name, executions.map(({ shares }) => shares)])).toEqual([
      ['A', [5000, -1250]],
      ['B', [5000, -5000]],
      ['C', [7500]],
    ])
    expect(signals).toMatchObject({ taken: 3, kept: 1 })
  })

  test('the default hold of five bars does not end a position', () => {
    const ten = new Array(10).fill(10)
    expect(
      run([symbol(flat('A', ten), [[1]])], settings, { rebalance: (day) => day === FIRST_DAY + 1 }).trades[0].open,
    ).toBe(true)
  })

  test('with no name chosen everything is sold', () => {
    const { trades } = run([symbol(flat('A', [10, 10, 10, 10, 12]), [[1]])], settings, { rebalance })
    expect(trades).toMatchObject([{ exitReason: 'rebalance', pnl: 20_000 }])
  })

  test('both sides together are worth the equity', () => {
    const a = symbol(flat('A', [10, 10, 10, 10]), [[1]])
    const b = symbol(flat('B', [10, 10, 10, 10]), [[1, -1]])
    expect(run([a, b], settings, { rebalance }).curve.gross[2]).toBe(100_000)
  })

  test('a name that changes its side is sold and sold short', () => {
    const { trades } = run([symbol(flat('A', [10, 10, 10, 10, 10]), [[1], [3, -1]])], settings, { rebalance })
    expect(trades.map(({ executions }) => executions.map(({ shares }) => shares))).toEqual([
      [10_000, -10_000],
      [-10_000],
    ])
  })

  test('a stop leaves between two rebalances', () => {
    const series = flat('A', [10, 10, 10, 5, 5, 5])
    const { trades } = run([symbol(series, [[1]], { ...HOLD, stop: () => 8 })], settings, { rebalance })
    expect(trades).toMatchObject([{ exitReason: 'stop' }])
  })

  test('MAXPOS takes the best by rank', () => {
    const symbols = ['A', 'B', 'C'].map((name, i) => symbol(flat(name, [10, 10, 10]), [[1, 1, i]]))
    const { trades, signals } = run(symbols, { ...settings, slots: 2 }, { rebalance, rankOrder: 'desc' })
    expect(trades.map((trade) => [trade.symbol, trade.executions[0].shares])).toEqual([
      ['B', 5000],
      ['C', 5000],
    ])
    expect(signals.no_free_slot).toBe(1)
  })
})
