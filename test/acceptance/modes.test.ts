import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Application } from '../../functions/application.ts'
import { GAP, MOMENTUM, MOMENTUM_RULE, VALUE } from './examples.ts'
import { created, newHome, openApplication, resultOf, signalsOf } from './home.ts'

const place = newHome()
let app: Application
beforeAll(async () => {
  app = await openApplication(place.home)
})
afterAll(async () => {
  await app.close()
  place.remove()
})

interface Instance {
  ticker: string
  date: string
  timestamp: number
  classification: boolean
  entry_price: number
  future_return: number | null
  data: Record<string, number>
}
interface Backtest {
  instances: Instance[]
  summary: Record<string, number>
  performance_metrics: Record<string, number | null>
  receipt: { chunks: number; simulated: boolean; coverage: { bars_expected: number; bars_got: number } }
  warnings: string[]
  claims?: { last: Record<string, unknown> }
}
interface Screen {
  ranked_results: { symbol: string; score: number; data: Record<string, number> }[]
  scores: Record<string, number>
  universe_size: number
  date: string
}
interface AlertAnswer {
  alerts: { symbol: string; timestamp: string }[]
  signals: Record<string, { signal: boolean }>
  symbols_monitored: number
}

const backtest = async (request: Parameters<Application['runBacktest']>[0]) =>
  (await resultOf(app.runBacktest(request))) as unknown as Backtest
const screen = async (request: Parameters<Application['runScreener']>[0]) =>
  (await resultOf(app.runScreener(request))) as unknown as Screen
const alert = async (request: Parameters<Application['runAlert']>[0]) =>
  (await resultOf(app.runAlert(request))) as unknown as AlertAnswer

/** What identifies the computed part of a result: everything but times, run id and the number of chunks. */
function computed(result: Backtest): string {
  const { receipt, run_id: _, ...rest } = result as Backtest & { run_id: string }
  const {
    wall_ms: _wall,
    cpu_ms: _cpu,
    chunks: _chunks,
    ...kept
  } = receipt as Backtest['receipt'] & Record<string, unknown>
  return JSON.stringify({ ...rest, receipt: kept })
}

test('the guide’s gap example serves all three modes, with the keys of the guide', async () => {
  const { strategy_id } = await created(app, { code: GAP })
  const tested = await backtest({ strategy_id })
  expect(tested).toMatchObject({ success: true, strategy_id, execution_mode: 'backtest' })
  expect(Object.keys(tested.summary)).toEqual(
    expect.arrayContaining(['total_instances', 'positive_signals', 'date_range', 'symbols_processed']),
  )
  expect(Object.keys(tested.performance_metrics)).toEqual(
    expect.arrayContaining(['average_return', 'hit_rate', 'sharpe_ratio', 'max_return', 'positive_return_rate']),
  )
  expect(tested.instances.length).toBeGreaterThan(100)
  expect(tested.instances.every((each) => each.data.gap_percent > 3 && each.data.volume_ratio > 1.5)).toBe(true)
  expect(tested.receipt.simulated).toBe(true)
  expect(tested.warnings.join()).toContain('simulated market')

  const screened = await screen({ strategy_id, limit: 5 })
  expect(screened).toMatchObject({ success: true, execution_mode: 'screening', universe_size: 100 })
  const watched = await alert({ strategy_id })
  expect(watched).toMatchObject({ success: true, execution_mode: 'alert', symbols_monitored: 100 })
})

test('a screen, an alert and the last row of a backtest tell the same', async () => {
  const { strategy_id } = await created(app, { rule: 'SIGNAL: rsi(close,14) < 45\nRANK: rsi(close,14) asc' })
  const day = '2025-11-14'
  const tested = await backtest({ strategy_id, start_date: '2025-11-03', end_date: day })
  const last = tested.instances.filter((each) => each.date === day).map((each) => each.ticker)
  const screened = await screen({ strategy_id, as_of: day, limit: 100 })
  const watched = await alert({ strategy_id, as_of: day })
  const listed = await signalsOf(app.signals({ strategy_id, start_date: day, end_date: day }))
  expect(last.length).toBeGreaterThan(3)
  expect(screened.date).toBe(day)
  expect(Object.keys(screened.scores).sort()).toEqual(last)
  expect(screened.ranked_results[0].score).toBe(1)
  expect(Object.keys(watched.signals).filter((symbol) => watched.signals[symbol].signal)).toEqual(last)
  expect(listed.map((row) => row.symbol)).toEqual(last)
  const before = tested.instances.filter((each) => each.date === '2025-11-13').map((each) => each.ticker)
  expect(watched.alerts.map((each) => each.symbol)).toEqual(last.filter((symbol) => !before.includes(symbol)))
})

test('the momentum example ranks the same symbols with the same scores as the rule', async () => {
  const listed = await created(app, { code: MOMENTUM })
  const ruled = await created(app, { rule: MOMENTUM_RULE })
  const byCode = await screen({ strategy_id: listed.strategy_id, limit: 20 })
  const byRule = await screen({ strategy_id: ruled.strategy_id, limit: 20 })
  expect(byCode.ranked_results.length).toBe(20)
  expect(byCode.ranked_results.map((each) => each.symbol)).toEqual(byRule.ranked_results.map((each) => each.symbol))
  const watched = await alert({ strategy_id: listed.strategy_id })
  expect(Object.values(watched.signals).filter((each) => each.signal).length).toBe(Object.keys(byRule.scores).length)
  await expect(app.runBacktest({ strategy_id: listed.strategy_id })).rejects.toThrow(/serves no backtest/)
})

test('the value example is called once per session, and its claims enter no metric', async () => {
  const { strategy_id } = await created(app, { code: VALUE })
  const rule = await created(app, {
    rule: 'SIGNAL: pe < 15 and pb < 1.5 and mcap > 1000000000 and debt_to_equity < 0.5',
  })
  const window = { start_date: '2025-06-02', end_date: '2025-08-29' }
  const listed = await backtest({ strategy_id, ...window })
  const scanned = await backtest({ strategy_id: rule.strategy_id, ...window })
  const cells = (result: Backtest) => result.instances.map((each) => `${each.ticker} ${each.date}`)
  expect(cells(listed).length).toBeGreaterThan(50)
  expect(cells(listed)).toEqual(cells(scanned))
  expect(listed.instances.map((each) => each.entry_price)).toEqual(scanned.instances.map((each) => each.entry_price))
  expect(listed.performance_metrics.average_return).toBe(scanned.performance_metrics.average_return)
  expect(listed.claims?.last).toHaveProperty('performance_metrics')
})

test('the result has the same bits for 1, 3 and 16 chunks, and that many chunk jobs ran', async () => {
  const { strategy_id } = await created(app, {
    rule: 'SIGNAL: xrank(roc(close,63)) >= 0.8 and rsi(close,2) < 20\nEXIT: rsi(close,2) > 70\nSTOP: entry_price*0.93\nRANK: roc(close,63) desc',
  })
  const results: Backtest[] = []
  for (const chunks of [1, 3, 16]) {
    const result = await backtest({ strategy_id, chunks })
    const run = await app.run((result as unknown as { run_id: string }).run_id)
    expect(run).toMatchObject({ status: 'succeeded', chunks, chunks_done: chunks })
    expect(result.receipt.chunks).toBe(chunks)
    results.push(result)
  }
  expect(results[0].instances.length).toBeGreaterThan(100)
  expect(computed(results[1])).toBe(computed(results[0]))
  expect(computed(results[2])).toBe(computed(results[0]))
})

test('signals up to a day do not change when later bars are added', async () => {
  const { strategy_id } = await created(app, { code: GAP })
  const start_date = '2025-03-03'
  const long = await signalsOf(app.signals({ strategy_id, start_date, end_date: '2025-12-31' }))
  const short = await signalsOf(app.signals({ strategy_id, start_date, end_date: '2025-06-30' }))
  expect(short.length).toBeGreaterThan(10)
  expect(short).toEqual(long.filter((row) => row.date <= '2025-06-30'))
})

test('a run that fails is stored with its reason', async () => {
  const { strategy_id } = await created(app, {
    code: 'export function classifySymbol(symbol) { if (getPriceData(symbol).close.length > 0) throw new Error("no luck"); return false }',
  })
  const result = await backtest({ strategy_id, start_date: '2025-12-01', end_date: '2025-12-31' })
  expect(result.warnings.join('\n')).toMatch(/threw an error on \d+ bars.*no luck/)
  await expect(app.runBacktest({ strategy_id, symbols: ['NOSUCH'] })).rejects.toThrow(/No bars are stored for "NOSUCH"/)
  const [run] = await app.runs(1)
  expect(run).toMatchObject({ status: 'failed', error: { code: 'bad_request' } })
})
