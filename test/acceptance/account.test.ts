import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Application } from '../../functions/application.ts'
import { shared, withShared } from '../shared.ts'
import { created, newHome, nothing, openApplication, resultOf } from './home.ts'
import { type PlainSettings, type PlainSignal, plainAccount } from './plain-account.ts'

const FREE: PlainSettings = {
  cash: 100_000,
  slots: 20,
  slippageBps: 1,
  commission: 0,
  perShare: 0,
  minimum: 0,
  order: null,
}

withShared('the account on the symbols of A and B over five years, against one of sixty lines', () => {
  const place = newHome()
  let app: Application
  beforeAll(async () => {
    const folder = join(place.home, 'files')
    mkdirSync(folder)
    for (const name of readdirSync(shared('market/bars/daily')).filter((each) => /^[AB]/.test(each)))
      symlinkSync(shared(`market/bars/daily/${name}`), join(folder, name))
    await place.imports.importBars(folder, nothing)
    app = await openApplication(place.home)
  })
  afterAll(async () => {
    await app.close()
    place.remove()
  })

  /** Runs a rule without exits and the plain account on the same signals; equity must agree on every session. */
  async function agree(rule: string, request: Record<string, unknown>, settings: Partial<PlainSettings>) {
    const { strategy_id } = await created(app, { rule })
    const window = { start_date: '2004-01-01', end_date: '2008-12-31' }
    const result = await resultOf(app.runBacktest({ strategy_id, ...window, engine: 'columns', ...request }))
    const { instances, portfolio } = result as unknown as {
      instances: { ticker: string; date: string; score: number | null }[]
      portfolio: { trades: unknown[]; equity_curve: { date: string[]; equity: number[] } }
    }
    const signals: PlainSignal[] = instances.map(({ ticker, date, score }) => ({ symbol: ticker, date, score }))
    const { date: dates, equity } = portfolio.equity_curve
    const plain = plainAccount((symbol) => shared(`market/bars/daily/${symbol}.csv.gz`), signals, dates, {
      ...FREE,
      ...settings,
    })
    expect(plain.entries).toBeGreaterThan(300)
    expect(portfolio.trades).toHaveLength(plain.entries)
    const apart = dates.filter((_, i) => Math.abs(equity[i] - plain.equity[i]) > 1e-6)
    expect(apart).toEqual([])
  }

  test('oversold on volume, the most oversold first', () =>
    agree(
      'SIGNAL: rsi(close,14) < 30 and volume > 1.5*sma(volume,20)[1]; RANK: rsi(close,14) asc',
      {},
      { order: 'asc' },
    ))

  test('gaps, by symbol alone, in five slots', () =>
    agree('SIGNAL: open/close[1]-1 > 0.02; MAXPOS: 5', {}, { slots: 5 }))

  test('gaps with every commission, a tenth of the cash and other slots by request', () =>
    agree(
      'SIGNAL: open/close[1]-1 > 0.02',
      {
        cash: 10_000,
        max_positions: 7,
        slippage_bps: 12,
        commission: 0.0015,
        commission_per_share: 0.01,
        commission_minimum: 2,
      },
      { cash: 10_000, slots: 7, slippageBps: 12, commission: 0.0015, perShare: 0.01, minimum: 2 },
    ))
})
