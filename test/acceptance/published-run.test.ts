import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Application } from '../../functions/application.ts'
import { googExpected } from '../backtest/goog.ts'
import { shared, withShared } from '../shared.ts'
import { created, newHome, nothing, openApplication, resultOf } from './home.ts'

const UP = 'sma(close,10)[1] < sma(close,30)[1] and sma(close,10) > sma(close,30)'
const DOWN = 'sma(close,10)[1] > sma(close,30)[1] and sma(close,10) < sma(close,30)'
// All of the account, as there: more than there is comes to as many whole shares as the cash buys.
const RULE = `SIGNAL: ${UP}
SHORT: ${DOWN}
EXIT: side == 1 and ${DOWN} or side == -1 and ${UP}
MAXPOS: 1
SIZE: 2*equity/entry_price`

/** The same written by hand, on series. */
const SERIES = `const fast = sma(close, 10)
const slow = sma(close, 30)
const rose = () => isBelow(fast.ago(1), slow.ago(1)) && isAbove(fast.ago(0), slow.ago(0))
const fell = () => isAbove(fast.ago(1), slow.ago(1)) && isBelow(fast.ago(0), slow.ago(0))
export function classifySymbol(symbol) { return rose() }
export function classifyShort(symbol) { return fell() }
export function exitPosition(symbol, position) { return position.side === 1 ? fell() : rose() }`

/** And on prices: averages summed anew on every bar, which may tell two that are all but equal apart. */
const PRICES = `const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
function crossed(symbol, side) {
  const { close } = getPriceData(symbol, { days: 31 })
  if (close.length < 31) return false
  const before = side * (mean(close.slice(-11, -1)) - mean(close.slice(0, 30)))
  const now = side * (mean(close.slice(-10)) - mean(close.slice(1)))
  return before < 0 && now > 0
}
export function classifySymbol(symbol) { return crossed(symbol, 1) }
export function classifyShort(symbol) { return crossed(symbol, -1) }
export function exitPosition(symbol, position) { return crossed(symbol, -position.side) }`

interface Result {
  performance_metrics: Record<string, number | null>
  portfolio: { final_equity: number; trades: { pnl: number; side: string; exit_reason: string }[] }
}

withShared('the published run of backtesting.py on GOOG, end to end', () => {
  const { home, imports, remove } = newHome()
  const ids = new Map<string, number>()
  let app: Application

  beforeAll(async () => {
    await imports.importBars(shared('market/oracles/backtesting_py/GOOG.csv'), nothing)
    app = await openApplication(home)
    ids.set('rule', (await created(app, { rule: RULE })).strategy_id)
    for (const [name, code] of Object.entries({ 'code on series': SERIES, 'code on prices': PRICES })) {
      const both = await created(app, { rule: RULE, code })
      expect(both.code).toBe(code)
      ids.set(name, both.strategy_id)
    }
  })
  afterAll(async () => {
    await app.close()
    remove()
  })

  it.each([
    ['rule', 'quickjs'],
    ['rule', 'columns'],
    ['code on series', 'quickjs'],
    ['code on series', 'columns'],
    ['code on prices', 'quickjs'],
  ] as const)('comes of the %s on %s', async (name, engine) => {
    const expected = googExpected()
    const result = (await resultOf(
      app.runBacktest({
        strategy_id: ids.get(name)!,
        engine,
        start_date: '2004-08-19',
        end_date: '2013-03-01',
        cash: 10_000,
        slippage_bps: 0,
        end_positions: 'close_open',
      }),
    )) as unknown as Result
    const { performance_metrics: metrics, portfolio } = result
    const { trades } = portfolio
    expect(trades).toHaveLength(expected['# Trades'])
    expect(100 * metrics.max_drawdown!).toBeCloseTo(-expected['Max. Drawdown [%]'], 9)
    expect(portfolio.final_equity).toBeCloseTo(expected['Equity Final [$]'], 2)
    expect(100 * metrics.total_return!).toBeCloseTo(expected['Return [%]'], 4)
    const won = trades.filter(({ pnl }) => pnl > 0).length
    expect((100 * won) / trades.length).toBeCloseTo(expected['Win Rate [%]'], 9)
    expect(100 * metrics.positive_return_rate!).toBeCloseTo(expected['Win Rate [%]'], 9)
  })
})
