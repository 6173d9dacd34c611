import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { maxDrawdown } from '../../lib/backtest/metrics/drawdowns.ts'
import type { PortfolioResult } from '../../lib/backtest/portfolio.ts'
import { type BacktestSettings, DEFAULT_SETTINGS } from '../../lib/backtest/settings.ts'
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

function google(): BarSeries {
  const [, ...lines] = readFileSync(shared('market/oracles/backtesting_py/GOOG.csv'), 'utf8').trim().split(/\r?\n/)
  const rows = lines.map((line) => line.split(','))
  const plain = world(
    'GOOG',
    rows.map(([, open, high, low, close]) => [+open, +high, +low, +close]),
  )
  const day = Int32Array.from(rows, ([date]) => parseDay(date))
  return { ...plain, day, time: Float64Array.from(day, (each) => each * 86_400_000) }
}

/** Long after the fast average crossed above the slow one, short after it crossed below, with all there is, from 10,000. */
function reversal(series: BarSeries, [n, m]: [number, number], settings: Partial<BacktestSettings>): PortfolioResult {
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
    from: series.day[0],
    to: series.day[series.length - 1],
    settings: { ...DEFAULT_SETTINGS, cash: 10_000, slots: 1, slippageBps: 0, ...settings },
    rankOrder: null,
    dataEnd: series.day[series.length - 1],
    // more than there is: as many as the cash buys
    size: ({ equity, entryPrice }) => (2 * equity) / entryPrice,
  })
}

withShared('backtesting.py, GOOG, SMA 10 against 30, long and short, all of equity', () => {
  const { expected } = JSON.parse(readFileSync(shared('market/oracles/backtesting_py/expected_sma_10_30.json'), 'utf8'))
  // there the last trade is left at the open of the last bar
  const { trades, curve, finalEquity } = reversal(google(), [10, 30], { endPositions: 'close_open' })

  test('final equity and return', () => {
    expect(finalEquity).toBeCloseTo(expected['Equity Final [$]'], 2)
    expect((finalEquity / 10_000 - 1) * 100).toBeCloseTo(expected['Return [%]'], 4)
    expect(Math.max(...curve.equity)).toBeCloseTo(expected['Equity Peak [$]'], 2)
  })

  test('largest drawdown', () => {
    expect(-100 * maxDrawdown(curve.equity)).toBeCloseTo(expected['Max. Drawdown [%]'], 9)
  })

  test('trades and win rate', () => {
    expect(trades).toHaveLength(expected['# Trades'])
    expect(trades.every((trade) => !trade.open)).toBe(true)
    expect(trades.at(-1)!.exitReason).toBe('end')
    const won = trades.filter(({ pnl }) => pnl > 0).length
    expect((100 * won) / trades.length).toBeCloseTo(expected['Win Rate [%]'], 9)
  })

  test('best and worst trade', () => {
    const returns = trades.map((trade) => 100 * trade.return)
    expect(Math.max(...returns)).toBeCloseTo(expected['Best Trade [%]'], 9)
    expect(Math.min(...returns)).toBeCloseTo(expected['Worst Trade [%]'], 9)
  })
})

/**
 * The two runs that its README and its earlier quick-start guide print: SMA 10 against 20 with a commission of 0.2 %, which those
 * versions took on the entry alone, by a worse price. The first leaves the last trade open, the second ends it at the last open.
 */
withShared('backtesting.py, GOOG, SMA 10 against 20, 0.2 % commission on the entry', () => {
  const commission = { commission: 0.002, commissionOn: 'entry' as const }
  // there a trade's return is measured on the price with the commission in it
  const returns = ({ trades }: PortfolioResult) =>
    trades
      .filter((trade) => !trade.open)
      .map(
        ({ pnl, side, executions: [{ price, shares }] }) =>
          (100 * pnl) / (price * (1 + side * 0.002) * Math.abs(shares)),
      )
  const won = (of: number[]) => (100 * of.filter((each) => each > 0).length) / of.length

  describe('the last trade open', () => {
    const result = reversal(google(), [10, 20], commission)

    test('equity, peak, drawdown', () => {
      expect(result.finalEquity).toBeCloseTo(68_935.12, 2)
      expect(Math.max(...result.curve.equity)).toBeCloseTo(68_991.22, 2)
      expect(-100 * maxDrawdown(result.curve.equity)).toBeCloseTo(-33.08, 2)
    })

    test('trades', () => {
      expect(returns(result)).toHaveLength(93)
      expect(won(returns(result))).toBeCloseTo(53.76, 2)
      expect(Math.max(...returns(result))).toBeCloseTo(57.12, 2)
      expect(Math.min(...returns(result))).toBeCloseTo(-16.63, 2)
    })
  })

  describe('the last trade ended', () => {
    const result = reversal(google(), [10, 20], { ...commission, endPositions: 'close_open' })

    test('equity, peak, drawdown', () => {
      expect(result.finalEquity).toBeCloseTo(68_221.96986, 5)
      expect(Math.max(...result.curve.equity)).toBeCloseTo(68_991.21986, 5)
      expect(-100 * maxDrawdown(result.curve.equity)).toBeCloseTo(-33.082172, 6)
    })

    test('trades', () => {
      expect(returns(result)).toHaveLength(94)
      expect(won(returns(result))).toBeCloseTo(54.255319, 6)
      expect(Math.max(...returns(result))).toBeCloseTo(57.11931, 5)
      expect(Math.min(...returns(result))).toBeCloseTo(-16.629898, 6)
    })
  })
})
