/** The published runs of backtesting.py: GOOG, one average against another, long and short in turn, all of equity. */
import { readFileSync } from 'node:fs'
import type { PortfolioResult } from '../../lib/backtest/portfolio.ts'
import { type BacktestSettings, DEFAULT_SETTINGS } from '../../lib/backtest/settings.ts'
import { standAloneTrade } from '../../lib/backtest/trades.ts'
import { parseDay } from '../../lib/core/days.ts'
import type { BarSeries } from '../../lib/market/bars.ts'
import { shared } from '../shared.ts'
import { simulate } from './simulate.ts'
import { world } from './world.ts'

/** Mean of the last n closes, each window summed anew. */
function sma(close: Float64Array, n: number): number[] {
  return Array.from(close, (_, i) =>
    i + 1 < n ? Number.NaN : close.slice(i + 1 - n, i + 1).reduce((sum, each) => sum + each, 0) / n,
  )
}

export function googBars(): BarSeries {
  const [, ...lines] = readFileSync(shared('market/oracles/backtesting_py/GOOG.csv'), 'utf8').trim().split(/\r?\n/)
  const rows = lines.map((line) => line.split(','))
  const plain = world(
    'GOOG',
    rows.map(([, open, high, low, close]) => [+open, +high, +low, +close]),
  )
  const day = Int32Array.from(rows, ([date]) => parseDay(date))
  return { ...plain, day, time: Float64Array.from(day, (each) => each * 86_400_000) }
}

export function googExpected(): Record<string, number> {
  return JSON.parse(readFileSync(shared('market/oracles/backtesting_py/expected_sma_10_30.json'), 'utf8')).expected
}

/** The account over all bars from 10,000, its last trade left at the open of the last one, as there, unless set otherwise. */
export function googRun(
  series: BarSeries,
  [n, m]: [fast: number, slow: number] = [10, 30],
  settings: Partial<BacktestSettings> = {},
): PortfolioResult {
  const { day } = series
  const fast = sma(series.close, n)
  const slow = sma(series.close, m)
  const up = (i: number) => fast[i - 1] < slow[i - 1] && fast[i] > slow[i]
  const down = (i: number) => fast[i - 1] > slow[i - 1] && fast[i] < slow[i]
  const entries = Array.from({ length: series.length }, (_, i) => i)
    .filter((i) => up(i) || down(i))
    .map((bar) => {
      const side = up(bar) ? (1 as const) : (-1 as const)
      const exit = (t: number) => ((side === 1 ? down(t) : up(t)) ? 1 : 0)
      return { bar, side, score: Number.NaN, trade: standAloneTrade(series, bar, side, { fill: 'next_open', exit }) }
    })
  return simulate({
    symbols: [{ series, entries }],
    from: day[0],
    to: day[day.length - 1],
    settings: { ...DEFAULT_SETTINGS, cash: 10_000, slots: 1, slippageBps: 0, endPositions: 'close_open', ...settings },
    rankOrder: null,
    dataEnd: day[day.length - 1],
    // more than there is: as many as the cash buys
    size: ({ equity, entryPrice }) => (2 * equity) / entryPrice,
  })
}
