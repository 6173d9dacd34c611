import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Execution } from '../../lib/backtest/account.ts'
import type { PortfolioResult } from '../../lib/backtest/portfolio.ts'
import type { PortfolioTrade } from '../../lib/backtest/portfolio-trade.ts'
import type { BacktestSettings } from '../../lib/backtest/settings.ts'
import { standAloneTrade } from '../../lib/backtest/trades.ts'
import type { BarSeries } from '../../lib/market/bars.ts'
import { type SymbolWithEntries, simulate } from './simulate.ts'
import { FIRST_DAY, world } from './world.ts'

const BARS = 30

interface World {
  symbols: SymbolWithEntries[]
  /** the symbol of PAIR, where there is one */
  pair: BarSeries | null
  shorts: boolean
  rebalance: boolean
  settings: BacktestSettings
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
      volumes: fc.array(fc.constantFrom(0, 30, 500, 1_000_000), { minLength: BARS, maxLength: BARS }),
    })
    .map(({ bars, dividends, splits, signals, start, stop, volumes }): SymbolWithEntries => {
      const plain = world(name, bars, { dividends, splits, start })
      const series = { ...plain, rawVolume: Float64Array.from(volumes.slice(0, plain.length)) }
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

const settingsFor = (fill: 'next_open' | 'close', shorts: boolean) =>
  fc.record({
    cash: fc.constantFrom(1000, 20_000),
    slots: fc.constant(3),
    slippageBps: fc.constantFrom(0, 10, 100),
    slippageRange: fc.constantFrom(0, 0.1),
    commission: fc.constantFrom(0, 0.001, 0.02),
    commissionPerShare: fc.constantFrom(0, 0.01),
    commissionMinimum: fc.constantFrom(0, 2),
    commissionOn: fc.constantFrom('entry' as const, 'exit' as const, 'both' as const),
    volumeShare: fc.constantFrom(null, 0.1, 0.5),
    borrowRate: fc.constantFrom(0, shorts ? 0.3 : 0),
    cooldown: fc.constantFrom(0, 2),
    fill: fc.constant(fill),
    fractional: fc.boolean(),
    endPositions: fc.constantFrom('mark' as const, 'close_open' as const, 'close_last' as const),
    benchmark: fc.constant(null),
  })

const worlds = fc
  .record({ shorts: fc.boolean(), rebalance: fc.boolean(), close: fc.boolean(), paired: fc.boolean() })
  .chain(({ shorts, rebalance, close, paired }) =>
    fc.record({
      symbols: fc.tuple(...['A', 'B', 'C', 'D'].map((name) => symbolOf(name, shorts, close))),
      pair: paired ? symbolOf('P', false, close).map(({ series }) => series) : fc.constant(null),
      shorts: fc.constant(shorts),
      rebalance: fc.constant(rebalance),
      settings: settingsFor(close ? 'close' : 'next_open', shorts || paired),
    }),
  )

function run({ symbols, pair, rebalance, settings }: World, to = FIRST_DAY + BARS + 5): PortfolioResult {
  const last = pair && { day: pair.day[pair.length - 1], time: pair.time[pair.length - 1] }
  return simulate({
    symbols: pair === null ? symbols : [...symbols, { series: pair, entries: [] }],
    from: FIRST_DAY,
    to,
    settings,
    rankOrder: 'desc',
    dataEnd: FIRST_DAY + BARS + 5,
    rebalance: rebalance ? (day) => day % 5 === 0 : undefined,
    pair: pair === null ? undefined : { symbol: pair.symbol, last: last! },
  })
}

/** All that was bought and sold: of each trade its own symbol's and its pair's. */
const legsOf = ({ trades }: PortfolioResult) =>
  trades.flatMap(({ symbol, executions, pair }) => [{ symbol, executions }, ...(pair === undefined ? [] : [pair])])

const barsOf = ({ symbols, pair }: World) =>
  new Map([...symbols.map(({ series }) => series), ...(pair === null ? [] : [pair])].map((each) => [each.symbol, each]))

/** Cash and value of the positions at the close of a day, from nothing but the executions, the bars and what happened to shares. */
function byHand(result: PortfolioResult, bars: Map<string, BarSeries>, day: number, settings: BacktestSettings) {
  let { cash } = settings
  let value = 0
  for (const { symbol, executions } of legsOf(result)) {
    const series = bars.get(symbol)!
    let shares = 0
    let price = 0
    let i = 0
    for (let today = FIRST_DAY; today <= day; today++) {
      // a night of borrowed shares, at the close before it
      if (shares < 0) cash -= (-shares * price * settings.borrowRate) / 365
      if (i < series.length && series.day[i] === today) {
        shares *= series.split[i]
        cash += shares * series.dividend[i] * series.factor[i]
        price = series.rawClose[i]
        i++
      }
      for (const each of executions) {
        if (each.day !== today) continue
        shares += each.shares
        cash -= each.shares * each.price + each.commission
      }
    }
    value += shares * price
  }
  return { cash, value }
}

test('cash + positions = equity on every session, and both are what the executions say', () => {
  fc.assert(
    fc.property(worlds, (kind) => {
      const result = run(kind)
      const bars = barsOf(kind)
      result.curve.day.forEach((day, k) => {
        const { cash, value } = byHand(result, bars, day, kind.settings)
        expect(result.curve.cash[k]).toBeCloseTo(cash, 6)
        expect(result.curve.equity[k]).toBeCloseTo(cash + value, 6)
      })
    }),
    { numRuns: 300, seed: 7 },
  )
})

// pnl holds the dividends and is after every cost; before them it is what prices did
test('the profits of all trades are the change of equity, and what prices did + dividends - costs', () => {
  fc.assert(
    fc.property(worlds, (kind) => {
      const result = run(kind)
      const bars = barsOf(kind)
      const sum = (of: (trade: PortfolioTrade) => number) => result.trades.reduce((total, each) => total + of(each), 0)
      const change = result.finalEquity - kind.settings.cash
      expect(sum((trade) => trade.pnl)).toBeCloseTo(change, 6)
      // what the same shares were worth at the bars' own prices, without dividends and costs
      const prices = legsOf(result).reduce(
        (total, { symbol, executions }) => total + gross(bars.get(symbol)!, executions),
        0,
      )
      const costs = sum((trade) => trade.commission + trade.slippage + trade.borrow)
      expect(change).toBeCloseTo(prices + sum((trade) => trade.dividends) - costs, 6)
    }),
    { numRuns: 300, seed: 8 },
  )
})

/** Money of a leg at prices without slippage: a buyer's slippage made its price higher by slippage / shares. */
function gross(series: BarSeries, executions: readonly Execution[]): number {
  let money = 0
  let shares = 0
  let i = 0
  const turn = (day: number) => {
    for (; i < series.length && series.day[i] <= day; i++) shares *= series.split[i]
  }
  for (const { day, price, shares: traded, slippage } of executions) {
    turn(day)
    money -= traded * price - slippage
    shares += traded
  }
  turn(Number.POSITIVE_INFINITY)
  return money + shares * series.rawClose[series.length - 1]
}

test('long positions never spend cash that is not there, and no session holds more than the slots', () => {
  fc.assert(
    fc.property(worlds, (kind) => {
      const { curve } = run(kind)
      if (!kind.shorts && kind.pair === null) for (const cash of curve.cash) expect(cash).toBeGreaterThan(-1e-6)
      for (const positions of curve.positions) expect(positions).toBeLessThanOrEqual(3)
    }),
    { numRuns: 300, seed: 9 },
  )
})

test('no order takes more than its part of the bar, but the last of a symbol', () => {
  fc.assert(
    fc.property(worlds, (kind) => {
      const { volumeShare } = kind.settings
      if (volumeShare === null) return
      const bars = barsOf(kind)
      for (const { symbol, executions } of legsOf(run(kind))) {
        const { day, rawVolume } = bars.get(symbol)!
        for (const each of executions)
          if (each.reason !== 'delisted' && each.reason !== 'end')
            expect(Math.abs(each.shares)).toBeLessThanOrEqual(volumeShare * rawVolume[day.indexOf(each.day)] + 1e-6)
      }
    }),
    { numRuns: 100, seed: 12 },
  )
})

test('where the end closes positions, no trade is open', () => {
  fc.assert(
    fc.property(worlds, (kind) => {
      if (kind.settings.endPositions === 'mark') return
      const { trades, curve, finalEquity } = run(kind)
      expect(trades.filter((trade) => trade.open)).toEqual([])
      expect(curve.cash.at(-1)).toBe(finalEquity)
    }),
    { numRuns: 150, seed: 13 },
  )
})

test('worst and best prices lie on either side of the entry', () => {
  fc.assert(
    fc.property(worlds, (kind) => {
      for (const { mae, mfe } of run(kind).trades) {
        expect(mae).toBeLessThanOrEqual(0)
        expect(mfe).toBeGreaterThanOrEqual(0)
      }
    }),
    { numRuns: 50, seed: 14 },
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
    fc.property(worlds, fc.integer({ min: 3, max: BARS - 1 }), (drawn, at) => {
      const kind: World = { ...drawn, settings: { ...drawn.settings, endPositions: 'mark' } }
      const cut = run(kind, FIRST_DAY + at)
      const sessions = cut.curve.day.length
      expect(cut.curve.equity).toEqual(run(kind).curve.equity.slice(0, sessions))
    }),
    { numRuns: 60, seed: 11 },
  )
})
