import { expect, test } from 'vitest'
import { metricsOf } from '../../../lib/backtest/metrics/metrics.ts'
import { withShared } from '../../shared.ts'
import { googBars, googExpected, googRun } from '../goog.ts'

withShared('every ratio that backtesting.py prints, on its published run', () => {
  const series = googBars()
  const expected = googExpected()
  const close = Array.from(series.close)
  const { values } = metricsOf([], googRun(series), 10_000, close)

  test.each([
    ['Equity Final [$]', values.final_equity, 1],
    ['Equity Peak [$]', values.peak_equity, 1],
    ['Return [%]', values.total_return, 100],
    ['Return (Ann.) [%]', values.annual_return, 100],
    ['Volatility (Ann.) [%]', values.compound_volatility, 100],
    ['CAGR [%]', values.cagr, 100],
    ['Sharpe Ratio', values.return_over_volatility, 1],
    ['Sortino Ratio', values.return_over_downside, 1],
    ['Calmar Ratio', values.calmar_ratio, 1],
    ['Beta', values.log_beta, 1],
    ['Max. Drawdown [%]', values.max_drawdown, -100],
    ['Avg. Drawdown [%]', values.average_drawdown, -100],
    ['Exposure Time [%]', values.exposure_time, 100],
    ['Max. Drawdown Duration days', values.max_drawdown_days, 1],
    ['Max. Trade Duration days', values.max_trade_days, 1],
    ['# Trades', values.closed_trades, 1],
    ['Win Rate [%]', values.positive_return_rate, 100],
    ['Best Trade [%]', values.best_trade, 100],
    ['Worst Trade [%]', values.worst_trade, 100],
    ['Avg. Trade [%] (geometric)', values.average_trade, 100],
    ['Profit Factor', values.profit_factor_of_returns, 1],
    ['Expectancy [%]', values.expectancy, 100],
    ['SQN', values.system_quality, 1],
    ['Kelly Criterion', values.kelly, 1],
  ])('%s', (name, value, unit) => {
    expect(value! * unit).toBeCloseTo(expected[name], 9)
  })

  test('mean durations are printed there in whole days begun', () => {
    expect(Math.ceil(values.average_drawdown_days!)).toBe(expected['Avg. Drawdown Duration days'])
    expect(Math.ceil(values.average_trade_days!)).toBe(expected['Avg. Trade Duration days'])
  })

  test('buy and hold, and alpha, begin there on the first bar after the warm-up', () => {
    const held = close.at(-1)! / close[29] - 1
    expect(held * 100).toBeCloseTo(expected['Buy & Hold Return [%]'], 9)
    const alpha = values.total_return! - values.log_beta! * held
    expect(alpha * 100).toBeCloseTo(expected['Alpha [%]'], 9)
  })
})
