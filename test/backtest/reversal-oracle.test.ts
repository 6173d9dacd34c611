import { describe, expect, test } from 'vitest'
import { maxDrawdown } from '../../lib/backtest/metrics/drawdowns.ts'
import type { PortfolioResult } from '../../lib/backtest/portfolio.ts'
import { withShared } from '../shared.ts'
import { googBars, googExpected, googRun } from './goog.ts'

withShared('backtesting.py, GOOG, SMA 10 against 30, long and short, all of equity', () => {
  const expected = googExpected()
  const { trades, curve, finalEquity } = googRun(googBars())

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
    const result = googRun(googBars(), [10, 20], { ...commission, endPositions: 'mark' })

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
    const result = googRun(googBars(), [10, 20], commission)

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
