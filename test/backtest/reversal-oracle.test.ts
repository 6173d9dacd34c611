import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { maxDrawdown } from '../../lib/backtest/metrics/drawdowns.ts'
import { DEFAULT_SETTINGS } from '../../lib/backtest/settings.ts'
import { standAloneTrade } from '../../lib/backtest/trades.ts'
import { parseDay } from '../../lib/core/days.ts'
import type { BarSeries } from '../../lib/market/bars.ts'
import { shared, withShared } from '../shared.ts'
import { simulate } from './simulate.ts'
import { world } from './world.ts'

/** Mean of the last n closes, each window summed anew. */
function sma(close: Float64Array, n: number): number[] {
  return Array.from(close, (_, i) =>
    i + 1 < n ? Number.NaN : close.slice(i + 1 - n, i + 1).reduce((sum, each) => sum + each, 0) / n,
  )
}

withShared('backtesting.py, GOOG, SMA 10 against 30, long and short, all of equity', () => {
  const [, ...lines] = readFileSync(shared('market/oracles/backtesting_py/GOOG.csv'), 'utf8').trim().split(/\r?\n/)
  const rows = lines.map((line) => line.split(','))
  const { expected } = JSON.parse(readFileSync(shared('market/oracles/backtesting_py/expected_sma_10_30.json'), 'utf8'))
  const plain = world(
    'GOOG',
    rows.map(([, open, high, low, close]) => [+open, +high, +low, +close]),
  )
  const day = Int32Array.from(rows, ([date]) => parseDay(date))
  const series: BarSeries = { ...plain, day, time: Float64Array.from(day, (each) => each * 86_400_000) }

  const fast = sma(series.close, 10)
  const slow = sma(series.close, 30)
  const up = (i: number) => fast[i - 1] < slow[i - 1] && fast[i] > slow[i]
  const down = (i: number) => fast[i - 1] > slow[i - 1] && fast[i] < slow[i]
  const entries = Array.from({ length: series.length }, (_, i) => i)
    .filter((i) => up(i) || down(i))
    .map((bar) => {
      const side = up(bar) ? (1 as const) : (-1 as const)
      const exit = (t: number) => ((side === 1 ? down(t) : up(t)) ? 1 : 0)
      return { bar, side, score: Number.NaN, trade: standAloneTrade(series, bar, side, { fill: 'next_open', exit }) }
    })
  const result = simulate({
    symbols: [{ series, entries }],
    from: day[0],
    to: day[day.length - 1],
    settings: { ...DEFAULT_SETTINGS, cash: 10_000, slots: 1, slippageBps: 0 },
    rankOrder: null,
    dataEnd: day[day.length - 1],
    // more than there is: as many as the cash buys
    size: ({ equity, entryPrice }) => (2 * equity) / entryPrice,
  })
  // there the last trade is left at the open of the last bar, here it is marked at its close
  const last = series.length - 1
  const { executions } = result.trades.at(-1)!
  const held = executions.reduce((sum, { shares }) => sum + shares, 0)
  const equity = [...result.curve.equity.slice(0, -1), result.curve.cash.at(-1)! + held * series.open[last]]

  test('final equity and return', () => {
    expect(equity.at(-1)).toBeCloseTo(expected['Equity Final [$]'], 2)
    expect((equity.at(-1)! / 10_000 - 1) * 100).toBeCloseTo(expected['Return [%]'], 4)
    expect(Math.max(...equity)).toBeCloseTo(expected['Equity Peak [$]'], 2)
  })

  test('largest drawdown', () => {
    expect(-100 * maxDrawdown(equity)).toBeCloseTo(expected['Max. Drawdown [%]'], 9)
  })

  test('trades and win rate', () => {
    expect(result.trades).toHaveLength(expected['# Trades'])
    const profits = result.trades.map((trade) =>
      trade.open ? held * (series.open[last] - executions[0].price) : trade.pnl,
    )
    const won = profits.filter((profit) => profit > 0).length
    expect((100 * won) / profits.length).toBeCloseTo(expected['Win Rate [%]'], 9)
  })

  test('best and worst trade', () => {
    const returns = result.trades.map((trade) => 100 * trade.return)
    expect(Math.max(...returns)).toBeCloseTo(expected['Best Trade [%]'], 9)
    expect(Math.min(...returns)).toBeCloseTo(expected['Worst Trade [%]'], 9)
  })
})
