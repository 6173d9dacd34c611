import type { ExitRules } from '../../../lib/backtest/exits.ts'
import type { PortfolioResult } from '../../../lib/backtest/portfolio.ts'
import type { PortfolioTrade } from '../../../lib/backtest/portfolio-trade.ts'
import { type BacktestSettings, DEFAULT_SETTINGS } from '../../../lib/backtest/settings.ts'
import { standAloneTrade } from '../../../lib/backtest/trades.ts'
import type { BarSeries } from '../../../lib/market/bars.ts'
import { type SimulateRequest, type SymbolWithEntries, simulate } from '../simulate.ts'
import { FIRST_DAY } from '../world.ts'

/** Never left. */
export const KEEP: ExitRules = { fill: 'next_open', exit: () => 0 }

/** Left at the open after bar `at`. */
export const leftAfter = (at: number): ExitRules => ({ fill: 'next_open', exit: (t) => (t === at ? 1 : 0) })

/** A symbol with a signal on each named bar: [bar, side]. */
export function signals(
  series: BarSeries,
  wanted: readonly (readonly [bar: number, side?: 1 | -1])[],
  rules: ExitRules = KEEP,
  dataEnd?: number,
): SymbolWithEntries {
  return {
    series,
    entries: wanted.map(([bar, side = 1]) => {
      return { bar, side, score: Number.NaN, trade: standAloneTrade(series, bar, side, rules, { dataEnd }) }
    }),
  }
}

/** A world's account: 1,000 cash in one position, no costs, to the last bar of the longest symbol, but for what is named. */
export function run(
  symbols: SymbolWithEntries[],
  settings: Partial<BacktestSettings> = {},
  request: Partial<SimulateRequest> = {},
): PortfolioResult {
  const last = Math.max(...symbols.map(({ series }) => series.day[series.length - 1]))
  return simulate({
    symbols,
    from: FIRST_DAY,
    to: last,
    settings: { ...DEFAULT_SETTINGS, cash: 1000, slots: 1, slippageBps: 0, ...settings },
    rankOrder: null,
    dataEnd: FIRST_DAY,
    ...request,
  })
}

/** Executions as [bar, shares, price, reason], bars counted from the world's first day. */
export function fills({ executions }: Pick<PortfolioTrade, 'executions'>): [number, number, number, string][] {
  return executions.map(({ day, shares, price, reason }) => [day - FIRST_DAY, shares, cents(price), reason])
}

/** Rounded to a millionth: what a pencil writes. */
export const cents = (value: number): number => Math.round(value * 1e6) / 1e6
