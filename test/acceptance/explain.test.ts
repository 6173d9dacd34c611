import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Application } from '../../functions/application.ts'
import type { ConditionAt } from '../../lib/rule/explain-bar.ts'
import type { RuleClauses, Strategy } from '../../lib/strategy/strategy.ts'
import { shared, withShared } from '../shared.ts'
import { created, newHome, nothing, openApplication, resultOf, signalsOf } from './home.ts'

interface Funnel {
  signals: number
  bars: number
  steps: { condition: string; alone: number; together: number; without: number; unknown: number }[]
  blocking: { step: number; signals_without: number } | null
  nearest_miss: { symbol: string; date: string; failed: ConditionAt[] } | null
}
const funnelsOf = (result: unknown): Funnel[] => (result as { funnels: Funnel[] }).funnels

describe('on simulated bars', () => {
  const place = newHome()
  let app: Application
  let rule: Strategy
  let symbol: string
  beforeAll(async () => {
    await place.imports.simulateBars({})
    app = await openApplication(place.home)
    const text =
      'SIGNAL: close > 1000000 and volume > 0 and close > open; EXIT: bars_held >= 3 or close < open; RANK: roc(close,5) desc'
    rule = await created(app, { rule: text })
    const everything = await created(app, { rule: 'close > 0' })
    const { scores } = await resultOf(app.runScreener({ strategy_id: everything.strategy_id }))
    symbol = Object.keys(scores as object)[0]
  })
  afterAll(async () => {
    await app.close()
    place.remove()
  })

  test('a backtest without signals says which condition lets nothing through, and what came nearest', async () => {
    const result = await resultOf(app.runBacktest({ strategy_id: rule.strategy_id }))
    const [funnel] = funnelsOf(result.why_not)
    expect(funnel.signals).toBe(0)
    expect(funnel.steps[0]).toMatchObject({ condition: 'close > 1000000', alone: 0, together: 0 })
    expect(funnel.blocking).toMatchObject({ step: 1, signals_without: funnel.steps[0].without })
    expect(funnel.nearest_miss?.failed).toMatchObject([
      { text: 'close > 1000000', holds: false, margin: { unit: 'price' } },
    ])
    const [again] = funnelsOf(await resultOf(app.whyNot({ strategy_id: rule.strategy_id })))
    expect(again).toEqual(funnel)
  })

  test('a backtest with signals has no such part', async () => {
    const { strategy_id } = await created(app, { rule: 'SIGNAL: close > open' })
    expect(await resultOf(app.runBacktest({ strategy_id }))).not.toHaveProperty('why_not')
  })

  test('a bar is explained: entries, the way out where it can be read without a position, and the rank', async () => {
    const found = await resultOf(app.explain({ strategy_id: rule.strategy_id, symbol }))
    const clauses = found.clauses as ({ clause: string } & ConditionAt)[]
    expect(clauses.map(({ clause, holds }) => [clause, clause === 'EXIT' ? 'read' : holds])).toEqual([
      ['UNIVERSE', true],
      ['SIGNAL', false],
      ['EXIT', 'read'],
    ])
    expect(clauses[2].parts?.[0]).toMatchObject({ holds: null, unknown: 'depends on a position: bars_held' })
    expect(found.verdicts).toEqual([{ side: 'long', verdict: 'no signal', reasons: ['the condition is false'] }])
    const { rows } = await app.evaluateRule({ expression: 'roc(close,5)', symbol })
    expect((found.rank as { value: number }).value).toBe(rows.at(-1)?.value)
  })

  test('code alone is told by what it returned, and that its conditions cannot be read', async () => {
    const code =
      'const c = series("close"); const o = series("open"); export function classifySymbol() { return { signal: c.ago(0) > o.ago(0), data: { body: c.ago(0) - o.ago(0) } } }'
    const { strategy_id } = await created(app, { code })
    const found = await resultOf(app.explain({ strategy_id, symbol }))
    const { rows } = await app.evaluateRule({ expression: 'close - open', symbol })
    const body = rows.at(-1)!.value!
    expect(found.data).toEqual({ body })
    expect((found.verdicts as { verdict: string }[])[0].verdict).toBe(body > 0 ? 'signal' : 'no signal')
    expect(found.note).toMatch(/cannot be read/)
    const why = await resultOf(app.whyNot({ strategy_id }))
    const { long } = why.code as { long: { true: number; false: number; unknown: number; errors: number } }
    expect(long.true + long.false + long.unknown + long.errors).toBe(why.members)
    expect(why.funnels).toEqual([])
  })

  test('the nearest miss of a rank is explained by its place on that day', async () => {
    const { strategy_id } = await created(app, { rule: 'SIGNAL: xrank(roc(close,20)) > 0.999 and close > 0' })
    const [funnel] = funnelsOf(await resultOf(app.whyNot({ strategy_id, symbols: [symbol] })))
    const [failed] = funnel.nearest_miss!.failed
    expect(failed.text).toBe('xrank(roc(close, 20)) > 0.999')
    expect([failed.holds, failed.margin!.by < 0]).toEqual([false, true])
  })

  test('an unknown symbol is refused', async () => {
    const { strategy_id } = rule
    await expect(app.explain({ strategy_id, symbol: 'NOSUCH' })).rejects.toMatchObject({ code: 'bad_request' })
  })

  test('a revision is a version beside the old one, and each is backtested as it was', async () => {
    const first = await created(app, { rule: 'SIGNAL: close > sma(close,20)\nSTOP: entry_price*0.92' })
    const answer = await app.reviseStrategy(first.strategy_id, { change: 'change the stop to 5%' })
    if (answer.status !== 'created') throw new Error(JSON.stringify(answer))
    const { strategy } = answer as { strategy: Strategy }
    expect(strategy).toMatchObject({ strategy_id: first.strategy_id, version: 2, proof: { verdict: 'equal' } })
    expect(strategy.revision).toEqual({
      of_version: 1,
      said: 'change the stop to 5%',
      changes: [{ clause: 'STOP', before: 'entry_price*0.92', after: 'entry_price*0.95' }],
    })
    expect((await app.strategy(first.strategy_id, 1)).hash).toBe(first.hash)
    const hashOf = async (version?: number) => {
      const { receipt } = await resultOf(app.runBacktest({ strategy_id: first.strategy_id, version }))
      return (receipt as { strategy_hash: string }).strategy_hash
    }
    expect([await hashOf(1), await hashOf()]).toEqual([first.hash, strategy.hash])
  })

  test.each([
    [{ change: 'change the stop to 8%' }, 'refused'],
    [{ change: 'make it better' }, 'questions'],
    [{ rule: 'SIGNAL: close > open and close < open' }, 'refused'],
    [{ code: 'export function classifySymbol() { return true }' }, 'different'],
  ])('%j stores nothing: %s', async (request, status) => {
    const first = await created(app, { rule: 'SIGNAL: close > sma(close,20)\nSTOP: entry_price*0.92' })
    expect(await app.reviseStrategy(first.strategy_id, request)).toMatchObject({ status })
    expect((await app.strategy(first.strategy_id)).version).toBe(1)
  })

  test('a request to revise under one key is one version, and the same key with another change is a conflict', async () => {
    const { strategy_id } = await created(app, { rule: 'SIGNAL: close > sma(close,20)\nSTOP: entry_price*0.92' })
    const keyed = { idempotencyKey: `revise-${strategy_id}` }
    const change = { change: 'change the stop to 5%' }
    const answers = [await app.reviseStrategy(strategy_id, { ...change, version: 1 }, keyed)]
    answers.push(await app.reviseStrategy(strategy_id, { ...change, version: 1 }, keyed))
    expect(answers[1]).toEqual(answers[0])
    expect((await app.strategy(strategy_id)).version).toBe(2)
    await expect(
      app.reviseStrategy(strategy_id, { change: 'change the stop to 6%', version: 1 }, keyed),
    ).rejects.toMatchObject({ code: 'conflict' })
  })
})

withShared('on the real bars of 407 symbols', () => {
  const place = newHome()
  let app: Application
  beforeAll(async () => {
    const { imports } = place
    await imports.importBars(shared('market/bars/daily'), nothing)
    await imports.importUniverse(shared('market/universe.csv'))
    app = await openApplication(place.home)
  })
  afterAll(async () => {
    await app.close()
    place.remove()
  })

  interface Expected {
    dataset: string
    window: [string, string]
    rule_override: Partial<RuleClauses>
    signal?: { rows: number }
  }
  const prompts: { id: string; rule: RuleClauses }[] = JSON.parse(readFileSync(shared('prompts/prompts.json'), 'utf8'))
  const manifest: { expected: Record<string, Expected[]> } = JSON.parse(
    readFileSync(shared('prompts/manifest.json'), 'utf8'),
  )
  /** Daily rules of several conditions that read bars alone. */
  const cases = prompts
    .flatMap(({ id, rule }) => {
      const [expected] = manifest.expected[id] ?? []
      const plain = expected?.signal && Object.keys(expected.rule_override ?? {}).length === 0
      const reads = /mcap|eps|pe |_ttm|index_member|earnings|equity|roe|fscore/.test(JSON.stringify(rule))
      return plain &&
        !reads &&
        (rule.timeframe ?? '1d') === '1d' &&
        / and /.test(rule.signal ?? '') &&
        rule.rebalance === undefined
        ? [{ id, rule, expected }]
        : []
    })
    .slice(0, 6)

  test('there are such prompts', () => {
    expect(cases.length).toBeGreaterThan(3)
  })

  test.each(cases)('$id: the last line of the funnel is the number of expected signals', async ({ rule, expected }) => {
    const { strategy_id } = await created(app, { rule })
    const [start_date, end_date] = expected.window
    const [funnel] = funnelsOf(await resultOf(app.whyNot({ strategy_id, start_date, end_date })))
    expect(funnel.steps.at(-1)?.together).toBe(expected.signal?.rows)
    expect(funnel.signals).toBe(expected.signal?.rows)
    for (const step of funnel.steps) expect(step.alone).toBeGreaterThanOrEqual(step.together)
    for (const step of funnel.steps) expect(step.without).toBeGreaterThanOrEqual(funnel.signals)
  })

  test('a signal is explained by conditions that all hold, with the values the rule has there', async () => {
    const { strategy_id } = await created(app, {
      rule: 'SIGNAL: open/close[1]-1 > 0.03 and volume >= 1.5*sma(volume,20)[1]',
    })
    const window = { start_date: '2020-03-01', end_date: '2020-03-31' }
    const [signal] = await signalsOf(app.signals({ strategy_id, ...window }))
    const found = await resultOf(app.explain({ strategy_id, symbol: signal.symbol, date: signal.date }))
    expect(found.verdicts).toEqual([{ side: 'long', verdict: 'signal', reasons: [] }])
    const condition = (found.clauses as ConditionAt[])[1]
    const { rows } = await app.evaluateRule({ expression: 'open/close[1]-1', symbol: signal.symbol, ...window })
    const gap = rows.find(({ date }) => date === signal.date)!.value!
    expect(condition.parts?.[0].margin?.by).toBeCloseTo(gap - 0.03, 12)
    expect((found.data as { gap_percent: number }).gap_percent).toBeCloseTo(100 * gap, 10)
    await expect(app.explain({ strategy_id, symbol: 'KO', date: '2020-03-07' })).rejects.toMatchObject({
      code: 'no_data',
      message: expect.stringContaining('2020-03-06 and 2020-03-09'),
    })
  })

  test('a rank among the members is told as a place of so many', async () => {
    const { strategy_id } = await created(app, { rule: 'SIGNAL: top(roc(close,20),5) and xrank(close) > 0.5' })
    const found = await resultOf(app.explain({ strategy_id, symbol: 'KO', date: '2020-03-09' }))
    const [top, rank] = (found.clauses as ConditionAt[])[1].parts!
    const { members, rank: place } = top.values![0].standing!
    expect(members).toBeGreaterThan(390)
    expect(top.holds).toBe(place <= 5)
    expect(top.margin!.by >= 0).toBe(top.holds)
    const { rank: byClose, members: all } = rank.values![0].standing!
    // xrank is (r-1)/(m-1), r counted from the smallest
    expect(rank.values![0].value).toBeCloseTo((all - byClose) / (all - 1), 12)
  })
})
