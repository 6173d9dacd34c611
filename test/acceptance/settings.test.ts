import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Application, BacktestRequest } from '../../functions/application.ts'
import { created, newHome, openApplication, resultOf } from './home.ts'

const LISTED = `export function runBatchBacktest(start, t, symbols) {
  const instances = []
  for (const symbol of symbols) {
    const { close, timestamps } = getPriceData(symbol, { days: 2 })
    if (close[1] > close[0] * 1.03) instances.push({ ticker: symbol, timestamp: timestamps[1], classification: true })
  }
  return { instances }
}`

interface Result {
  instances: { ticker: string; date: string; entry_price: number | null; bars_held: number | null }[]
  portfolio: { equity_curve: { equity: number[]; positions: number[] } }
  receipt: { settings: Record<string, unknown>; fill: string; costs: Record<string, unknown> }
  summary: { date_range: [string, string] }
  assumptions: string[]
  run_id: string
}

describe('the settings of a backtest', () => {
  const { home, imports, remove } = newHome()
  let app: Application
  const ids = new Map<string, number>()
  const run = async (name: string, asked: Partial<BacktestRequest> = {}) =>
    (await resultOf(app.runBacktest({ strategy_id: ids.get(name)!, ...asked }))) as unknown as Result

  beforeAll(async () => {
    await imports.simulateBars({})
    app = await openApplication(home)
    const requests = {
      rule: { rule: 'SIGNAL: close > 1.03*close[1]\nEXIT: bars_held >= 2' },
      'at the close': { rule: 'SIGNAL: close > 1.03*close[1]\nFILL: close\nMAXPOS: 3' },
      'by the month': { rule: 'SIGNAL: close > close[20]\nREBALANCE: month' },
      listed: { code: LISTED },
    }
    for (const [name, request] of Object.entries(requests)) ids.set(name, (await created(app, request)).strategy_id)
  })
  afterAll(async () => {
    await app.close()
    remove()
  })

  const closeOn = async (symbol: string, date: string) => {
    const { rows } = await app.evaluateRule({ expression: 'raw_close', symbol, start_date: date, end_date: date })
    return rows[0].value
  }

  it.each([
    ['rule', {}],
    ['rule', { engine: 'columns' as const }],
    ['listed', {}],
  ])('fill a signal of the %s at its own close where that is asked for %j', async (name, how) => {
    const found = await run(name, { ...how, fill: 'close' })
    expect(found.receipt.fill).toBe('close')
    expect(found.instances.length).toBeGreaterThan(20)
    for (const { ticker, date, entry_price } of found.instances.slice(0, 5))
      expect(entry_price).toBe(await closeOn(ticker, date))
  })

  it('are the rule’s where nothing is asked, and what is asked where it says something else', async () => {
    const said = await run('at the close')
    expect(said.receipt.settings).toMatchObject({ fill: 'close', max_positions: 3, cash: 100_000, cooldown: 0 })
    expect(Math.max(...said.portfolio.equity_curve.positions)).toBe(3)
    const asked = await run('at the close', { fill: 'next_open', max_positions: 5, cash: 7_000, slippage_bps: 0 })
    expect(asked.receipt.settings).toMatchObject({ fill: 'next_open', max_positions: 5, cash: 7_000, slippage_bps: 0 })
    expect(asked.receipt.costs).toEqual({ cash: 7_000, slots: 5, slippage_bps: 0, commission: 0 })
    expect(Math.max(...asked.portfolio.equity_curve.positions)).toBe(5)
    expect(asked.portfolio.equity_curve.equity[0]).toBe(7_000)
    expect(asked.assumptions.join(' ')).toContain('7000 cash, at most 5 positions')
    const [{ ticker, date, entry_price }] = asked.instances
    expect(entry_price).not.toBe(await closeOn(ticker, date))
  })

  it('limit what a rebalance holds', async () => {
    const all = await run('by the month')
    expect(all.receipt.settings).toMatchObject({ max_positions: null })
    expect(Math.max(...all.portfolio.equity_curve.positions)).toBeGreaterThan(10)
    const four = await run('by the month', { max_positions: 4 })
    expect(Math.max(...four.portfolio.equity_curve.positions)).toBe(4)
  })

  it('belong to what a run is: the same are one run, others another', async () => {
    const [first, again, other] = [{ cash: 50_000 }, { cash: 50_000 }, { cash: 50_001 }]
    const { run_id } = await run('rule', first)
    expect((await run('rule', again)).run_id).toBe(run_id)
    expect((await run('rule', other)).run_id).not.toBe(run_id)
  })

  it('are refused before anything runs where the bars do not have what they name', async () => {
    const refused = async (asked: Partial<BacktestRequest>, message: RegExp) => {
      const error = { code: 'bad_request', message: expect.stringMatching(message) }
      await expect(run('rule', asked)).rejects.toMatchObject(error)
      await expect(app.estimateBacktest({ strategy_id: ids.get('rule')!, ...asked })).rejects.toMatchObject(error)
    }
    await refused({ benchmark: 'NOSUCH' }, /^No bars are stored for the benchmark "NOSUCH"\./)
    const [start_date, end_date] = (await run('rule')).summary.date_range
    const window = { start_date, end_date }
    for (const out_of_sample of [start_date, '2099-01-04', '1999-06-03'])
      await refused({ ...window, out_of_sample }, new RegExp(`^out_of_sample ${out_of_sample} leaves nothing`))
  })
})
