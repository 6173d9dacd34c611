import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Application, CreateRequest } from '../../functions/application.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { shared, withShared } from '../shared.ts'
import { created, newHome, nothing, openApplication, resultOf, signalsOf } from './home.ts'

interface Prompt {
  id: string
  prompt: string
  rule: RuleClauses
}
interface Expected {
  dataset: string
  window: [string, string]
  rule_override: Partial<RuleClauses>
  signal?: { file: string; rows: number }
  short?: { file: string; rows: number }
  top?: { file: string; date: string }
}

withShared('real bars of 407 symbols, imported and asked through the application', () => {
  const place = newHome()
  let app: Application
  beforeAll(async () => {
    const { imports } = place
    await imports.importBars(shared('market/bars/daily'), nothing)
    await imports.importUniverse(shared('market/universe.csv'))
    await imports.importConstituents(shared('market/constituents/sp500_ticker_start_end.csv'), 'SP500')
    await imports.importFundamentals(shared('market/fundamentals/sp500_10k_2012_2016.csv'))
    app = await openApplication(place.home)
  })
  afterAll(async () => {
    await app.close()
    place.remove()
  })

  const prompts: Prompt[] = JSON.parse(readFileSync(shared('prompts/prompts.json'), 'utf8'))
  const manifest: { expected: Record<string, Expected[]> } = JSON.parse(
    readFileSync(shared('prompts/manifest.json'), 'utf8'),
  )

  /** Rows `symbol,date` of an expected list, in order. */
  function expectedRows(file: string): string[] {
    const bytes = readFileSync(shared(`prompts/${file}`))
    return gunzipSync(bytes)
      .toString()
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').slice(0, 2).join(','))
      .sort()
  }

  async function compare(id: string, request: CreateRequest): Promise<void> {
    const [expected] = manifest.expected[id]
    const strategy = await created(app, request)
    expect(strategy.proof.verdict).toBe('equal')
    expect(strategy.proof.true_cells).toBeGreaterThan(0)
    const [start_date, end_date] = expected.window
    for (const side of ['long', 'short'] as const) {
      const list = side === 'long' ? expected.signal : expected.short
      if (list === undefined) continue
      const rows = await signalsOf(app.signals({ strategy_id: strategy.strategy_id, start_date, end_date, side }))
      expect(rows.map((row) => `${row.symbol},${row.date}`).sort()).toEqual(expectedRows(list.file))
      expect(rows.length).toBe(list.rows)
    }
    if (expected.top === undefined) return
    const screen = await resultOf(
      app.runScreener({ strategy_id: strategy.strategy_id, as_of: expected.top.date, limit: 20 }),
    )
    const ranked = (screen.ranked_results as { symbol: string }[]).map((each) => each.symbol)
    const top = readFileSync(shared(`prompts/${expected.top.file}`), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
    expect(ranked).toEqual(top.map((line) => line.split(',')[1]))
  }

  describe.each(['gap-01', 'val-01', 'rsi-01', 'mom-02'])('the words of %s', (id) => {
    test('become a proven rule whose signals are exactly the expected ones', async () => {
      await compare(id, { prompt: prompts.find((each) => each.id === id)!.prompt })
    })
  })

  // One of every kind the language knows: memberships, other symbols, weeks, cross-sections, figures, rebalancing, shorts.
  const rules = [
    'rsi-04',
    'ma-04',
    'bb-01',
    'val-03',
    'fund-03',
    'mom-01',
    'rs-01',
    'mf-01',
    'mtf-01',
    'pair-01',
    'regime-01',
    'cdl-03',
  ]
  describe.each(rules)('the rule of %s', (id) => {
    test('gives exactly the expected signals', async () => {
      const { timeframe: _, ...rule } = prompts.find((each) => each.id === id)!.rule
      await compare(id, { rule: { ...rule, ...manifest.expected[id][0].rule_override } })
    })
  })

  test('an alert on a symbol without bars is created, and says that it cannot be watched', async () => {
    const strategy = await created(app, { prompt: 'Alert me when ARM gaps up by 5% or more' })
    expect(strategy.rule).toMatchObject({ timeframe: '1d', fire: 'session' })
    expect(strategy.assumptions.join('\n')).toMatch(/daily bars/)
    expect(strategy.warnings.join('\n')).toMatch(/No bars are stored for ARM/)
    const answer = await resultOf(app.runAlert({ strategy_id: strategy.strategy_id }))
    expect(answer).toMatchObject({ alerts: [], symbols_monitored: 0 })
  })

  test('a rule that needs intraday bars names what is missing and stores nothing', async () => {
    const before = (await app.strategies()).length
    const prompt = prompts.find((each) => each.id === 'orb-01')!.prompt
    await expect(app.createStrategy({ prompt })).rejects.toMatchObject({
      code: 'no_data',
      details: { needs: ['bars_5m'] },
    })
    expect((await app.strategies()).length).toBe(before)
  })
})
