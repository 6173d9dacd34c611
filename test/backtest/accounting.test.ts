import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PortfolioResult } from '../../lib/backtest/portfolio.ts'
import { DEFAULT_SETTINGS } from '../../lib/backtest/settings.ts'
import { standAloneTrade } from '../../lib/backtest/trades.ts'
import type { BarSeries } from '../../lib/market/bars.ts'
import { type SymbolWithEntries, simulate } from './simulate.ts'
import { FIRST_DAY, world } from './world.ts'

const BARS = 30

interface World {
  symbols: SymbolWithEntries[]
  cash: number
  shorts: boolean
  rebalance: boolean
  close: boolean
}

const bar = fc
  .tuple(
    fc.integer({ min: 500, max: 1500 }),
    fc.integer({ min: 0, max: 99 }),
    fc.integer({ min: 0, max: 99 }),
    fc.integer({ min: 0, max: 100 }),
  )
  .map(([open, up, down, at]): [number, number, number, number] => {
    const high = (open + up) / 100
    const low = (open - down) / 100
    return [open / 100, high, low, Math.round((low + ((high - low) * at) / 100) * 100) / 100]
  })

const symbolOf = (name: string, shorts: boolean, close: boolean) =>
  fc
    .record({
      bars: fc.array(bar, { minLength: 2, maxLength: BARS }),
      dividends: fc.dictionary(
        fc.integer({ min: 1, max: BARS - 1 }).map(String),
        fc.integer({ min: 1, max: 20 }).map((cents) => cents / 100),
        { maxKeys: 3 },
      ),
      splits: fc.dictionary(fc.integer({ min: 1, max: BARS - 1 }).map(String), fc.constantFrom(2, 1.5, 0.1, 7.000007), {
        maxKeys: 2,
      }),
      signals: fc.uniqueArray(fc.tuple(fc.nat(BARS - 2), fc.boolean(), fc.nat(3)), {
        maxLength: 15,
        selector: ([at]) => at,
      }),
      start: fc.nat(5),
      stop: fc.boolean(),
    })
    .map(({ bars, dividends, splits, signals, start, stop }): SymbolWithEntries => {
      const series = world(name, bars, { dividends, splits, start })
      const rules = {
        fill: close ? ('close' as const) : ('next_open' as const),
        ...(stop ? { stop: (t: number, { side }: { side: number }) => series.close[t] * (1 - side * 0.05) } : {}),
        ...(stop
          ? {
              target: {
                share: 0.3,
                level: (t: number, { side }: { side: number }) => series.close[t] * (1 + side * 0.08),
              },
            }
          : {}),
      }
      const entries = signals
        .filter(([at]) => at < series.length)
        .sort(([a], [b]) => a - b)
        .map(([at, isShort, score]) => {
          const side = shorts && isShort ? -1 : 1
          return { bar: at, side, score, trade: standAloneTrade(series, at, side, rules) } as const
        })
      return { series, entries }
    })

const worlds = fc.record({ shorts: fc.boolean(), rebalance: fc.boolean(), close: fc.boolean() }).chain((kind) =>
  fc.record({
    symbols: fc.tuple(...['A', 'B', 'C', 'D'].map((name) => symbolOf(name, kind.shorts, kind.close))),
    cash: fc.constantFrom(1000, 20_000),
    shorts: fc.constant(kind.shorts),
    rebalance: fc.constant(kind.rebalance),
    close: fc.constant(kind.close),
  }),
)

function run({ symbols, cash, rebalance, close }: World): PortfolioResult {
  return simulate({
    symbols,
    from: FIRST_DAY,
    to: FIRST_DAY + BARS + 5,
    settings: {
      ...DEFAULT_SETTINGS,
      cash,
      slots: 3,
      slippageBps: 10,
      commission: 0.001,
      fill: close ? 'close' : 'next_open',
    },
    rankOrder: 'desc',
    dataEnd: FIRST_DAY + BARS + 5,
    rebalance: rebalance ? (day) => day % 5 === 0 : undefined,
  })
}

/** Cash and value of the positions at the close of a day, from nothing but the executions, the bars and what happened to shares. */
function byHand(result: PortfolioResult, bars: Map<string, BarSeries>, day: number, start: number) {
  let cash = start
  let value = 0
  for (const { symbol, executions } of result.trades) {
    const series = bars.get(symbol)!
    let shares = 0
    let price = 0
    for (let i = 0; i < series.length && series.day[i] <= day; i++) {
      shares *= series.split[i]
      cash += shares * series.dividend[i] * series.factor[i]
      for (const each of executions) {
        if (each.day !== series.day[i]) continue
        shares += each.shares
        cash -= each.shares * each.price + each.commission
      }
      price = series.rawClose[i]
    }
    value += shares * price
  }
  return { cash, value }
}

test('cash + positions = equity on every session, and both are what the executions say', () => {
  fc.assert(
    fc.property(worlds, (kind) => {
      const result = run(kind)
      const bars = new Map(kind.symbols.map(({ series }) => [series.symbol, series]))
      result.curve.day.forEach((day, k) => {
        const { cash, value } = byHand(result, bars, day, kind.cash)
        expect(result.curve.cash[k]).toBeCloseTo(cash, 6)
        expect(result.curve.equity[k]).toBeCloseTo(cash + value, 6)
      })
    }),
    { numRuns: 150, seed: 7 },
  )
})

test('the profits of all trades are the change of equity', () => {
  fc.assert(
    fc.property(worlds, (kind) => {
      const { trades, finalEquity } = run(kind)
      const profit = trades.reduce((sum, trade) => sum + trade.pnl, 0)
      expect(profit).toBeCloseTo(finalEquity - kind.cash, 6)
    }),
    { numRuns: 150, seed: 8 },
  )
})

test('long positions never spend cash that is not there, and no session holds more than the slots', () => {
  fc.assert(
    fc.property(worlds, (kind) => {
      const { curve } = run(kind)
      if (!kind.shorts) for (const cash of curve.cash) expect(cash).toBeGreaterThan(-1e-6)
      for (const positions of curve.positions) expect(positions).toBeLessThanOrEqual(3)
    }),
    { numRuns: 100, seed: 9 },
  )
})

test('the order in which symbols arrive changes no bit', () => {
  fc.assert(
    fc.property(worlds, fc.integer(), (kind, turn) => {
      const count = kind.symbols.length
      const turned = kind.symbols.map((_, i) => kind.symbols[(((i + turn) % count) + count) % count])
      expect(run({ ...kind, symbols: [...turned].reverse() })).toEqual(run(kind))
    }),
    { numRuns: 60, seed: 10 },
  )
})

test('cutting the data later changes no earlier session', () => {
  fc.assert(
    fc.property(worlds, fc.integer({ min: 3, max: BARS - 1 }), (kind, at) => {
      const day = FIRST_DAY + at
      const whole = run(kind)
      const cut = simulate({
        symbols: kind.symbols,
        from: FIRST_DAY,
        to: day,
        settings: {
          ...DEFAULT_SETTINGS,
          cash: kind.cash,
          slots: 3,
          slippageBps: 10,
          commission: 0.001,
          fill: kind.close ? 'close' : 'next_open',
        },
        rankOrder: 'desc',
        dataEnd: FIRST_DAY + BARS + 5,
        rebalance: kind.rebalance ? (each) => each % 5 === 0 : undefined,
      })
      const sessions = cut.curve.day.length
      expect(cut.curve.equity).toEqual(whole.curve.equity.slice(0, sessions))
    }),
    { numRuns: 60, seed: 11 },
  )
})
