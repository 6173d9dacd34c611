import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BacktestAsk, backtest } from '../../lib/backtest/backtest.ts'
import { canonicalJson } from '../../lib/core/hash.ts'
import { type Strategy, strategyHash } from '../../lib/strategy/strategy.ts'
import { created, newHome, openApplication } from './home.ts'
import { openThreads, progress, unproven } from './threads.ts'

const RULES = {
  threshold: 'SIGNAL: rsi(close,14) < 30 and volume > 1.2*sma(volume,20)[1]',
  crossing: `SIGNAL: crosses_above(sma(close,10), sma(close,50))
EXIT: crosses_below(sma(close,10), sma(close,50)) or bars_held >= 30
STOP: entry_price * 0.9`,
  short: `SIGNAL: close > highest(high,20)[1]
SHORT: close < lowest(low,20)[1]
EXIT: bars_held >= 5`,
  ranked: `SIGNAL: xrank(roc(close,20)) > 0.9
RANK: roc(close,20) desc
MAXPOS: 5`,
}
/** Strategies that try to keep something from one bar or symbol to the next. */
const KEEPERS = {
  counter: 'let n = 0\nexport function classifySymbol() { n++; return n % 7 === 0 }',
  'function property':
    'export function classifySymbol() { const f = classifySymbol; try { f.n = (f.n || 0) + 1 } catch {} return f.n > 3 }',
  list: 'const seen = []\nexport function classifySymbol() { try { seen.push(1) } catch {} return seen.length > 3 }',
  pattern: 'const p = /a/g\nexport function classifySymbol() { return p.test("aaaa") && p.lastIndex > 2 }',
  chance: 'export function classifySymbol() { return Math.random() < 0.02 }',
}

/** Everything of a result that must not depend on how it was computed. */
function essence(result: Record<string, unknown>): string {
  const { chunks, engine, reproved_cells, ...receipt } = result.receipt as Record<string, unknown>
  return canonicalJson({ ...result, receipt })
}

describe('a backtest', () => {
  const { home, imports, remove } = newHome()
  const strategies = new Map<string, Strategy>()
  let one: Awaited<ReturnType<typeof openThreads>>

  beforeAll(async () => {
    await imports.simulateBars({})
    const app = await openApplication(home)
    for (const [name, rule] of Object.entries(RULES)) strategies.set(name, await created(app, { rule }))
    await app.close()
    one = await openThreads(home)
  })
  afterAll(async () => {
    await one.close()
    remove()
  })

  const run = (strategy: Strategy, ask: Partial<BacktestAsk> = {}, { deps } = one) =>
    backtest(deps, strategy, { ...ask, progress })

  it.each(Object.keys(RULES))('gives the same on columns as from code: %s', async (name) => {
    const strategy = strategies.get(name)!
    const code = await run(strategy)
    const columns = await run(strategy, { engine: 'columns', chunks: 3 })
    expect(essence(columns)).toBe(essence(code))
    expect((code.instances as unknown[]).length).toBeGreaterThan(10)
    expect(columns.receipt).toMatchObject({ engine: 'columns' })
    expect((columns.receipt as { reproved_cells: number }).reproved_cells).toBeGreaterThan(2_000)
    expect(code.receipt).toMatchObject({ engine: 'quickjs', reproved_cells: 0 })
  })

  it('fails on columns when the code is not what was proven', async () => {
    const proven = strategies.get('crossing')!
    const altered = (code: string) =>
      run({ ...proven, code, hash: strategyHash(proven.rule, code) }, { engine: 'columns' })
    const signal = proven.code.replace('crossesAbove(', '!crossesBelow(')
    await expect(altered(signal)).rejects.toMatchObject({ code: 'not_proven_equal', details: { what: 'signal' } })
    const exit = proven.code.replace(/position\.(barsHeld|bars_held)/, '(1 + position.$1)')
    expect(exit).not.toBe(proven.code)
    await expect(altered(exit)).rejects.toMatchObject({ code: 'not_proven_equal', details: { what: 'exit' } })
  })

  it('is refused on columns without a proof that stands', async () => {
    const proven = strategies.get('threshold')!
    for (const broken of [
      { ...proven, rule: null },
      { ...proven, proof: { ...proven.proof, verdict: 'not proven' as const } },
      { ...proven, proof: { ...proven.proof, ties: 1 } },
      { ...proven, code: `${proven.code}//` },
    ])
      await expect(run(broken, { engine: 'columns' })).rejects.toMatchObject({ code: 'not_proven_equal' })
  })

  it('is bit-identical for any chunks, threads and order of symbols', async () => {
    const code = Object.entries(KEEPERS).map(([name, text]) => ({ ...unproven(text, ['classifySymbol'], []), name }))
    const three = await openThreads(home, { size: 3 })
    try {
      for (const strategy of [...strategies.values(), ...code]) {
        const usual = essence(await run(strategy))
        for (const chunks of [1, 2, 7, 64])
          expect(essence(await run(strategy, { chunks }, three)), strategy.name).toBe(usual)
      }
      const symbols = ['ALD', 'ARM', 'BRI', 'CAL']
      for (const strategy of code) {
        const forward = essence(await run(strategy, { symbols }))
        expect(essence(await run(strategy, { symbols: symbols.toReversed(), chunks: 2 }, three))).toBe(forward)
      }
    } finally {
      await three.close()
    }
  })

  it('finds no state: every bar of a module that could keep some starts afresh', async () => {
    for (const name of ['counter', 'function property', 'list', 'pattern'] as const) {
      const { instances } = await run(unproven(KEEPERS[name], ['classifySymbol'], []), { symbols: ['ALD'] })
      expect(instances, name).toEqual([])
    }
  })
})
