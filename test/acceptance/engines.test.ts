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
  young: 'SIGNAL: close < sma(close,100)',
  rare: 'SIGNAL: close > 1.16*close[1]',
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

const HOW = [
  ...['chunks', 'engine', 'cost', 'request', 'result_hash'],
  ...['reproved_cells', 'reproved_true', 'reproved_scores', 'reproved_exits'],
]

/** Everything of a result that must not depend on how it was computed. */
function essence(result: Record<string, unknown>): string {
  const receipt = { ...(result.receipt as Record<string, unknown>) }
  for (const name of HOW) delete receipt[name]
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
    expect((code.instances as unknown[]).length).toBeGreaterThan(name === 'rare' ? 0 : 10)
    expect(columns.receipt).toMatchObject({ engine: 'columns' })
    const { reproved_cells, reproved_true, reproved_scores, reproved_exits } = columns.receipt as Record<string, number>
    expect(reproved_cells).toBeGreaterThan(2_000)
    expect(reproved_true).toBeGreaterThan(0)
    expect(reproved_scores > 0).toBe(strategy.entry_points.includes('scoreSymbol'))
    expect(reproved_exits > 0).toBe(strategy.entry_points.includes('exitPosition'))
    expect(code.receipt).toMatchObject({ engine: 'quickjs', reproved_cells: 0, reproved_true: 0 })
  })

  it('counts the same bars as unknown, whoever decides', async () => {
    // the first 99 bars of each symbol have no average of 100
    const from = { from: 0 }
    const code = await run(strategies.get('young')!, from)
    expect((code.receipt as { coverage: unknown }).coverage).toMatchObject({ unknown_bars: 101 * 99 })
    expect(essence(await run(strategies.get('young')!, { ...from, engine: 'columns' }))).toBe(essence(code))
  })

  it('is proven again where it is true, however rare that is', async () => {
    const rare = strategies.get('rare')!
    const counts = new Set<string>()
    for (const chunks of [1, 5, 64]) {
      const { receipt, instances } = await run(rare, { engine: 'columns', chunks })
      const fired = new Set((instances as { ticker: string }[]).map(({ ticker }) => ticker))
      expect(fired.size).toBeGreaterThan(0)
      expect(fired.size).toBeLessThan(3)
      expect((receipt as { reproved_true: number }).reproved_true).toBeGreaterThan(0)
      counts.add(canonicalJson({ ...(receipt as object), chunks: 0 }))
    }
    // which symbols are drawn does not depend on the chunks
    expect(counts.size).toBe(1)
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

  it('fails on columns when the code scores, throws or does not know where the rule does', async () => {
    const altered = (name: string, change: (code: string) => string) => {
      const proven = strategies.get(name)!
      const code = change(proven.code)
      expect(code).not.toBe(proven.code)
      return run({ ...proven, code, hash: strategyHash(proven.rule, code) }, { from: 0, engine: 'columns' })
    }
    const score = await altered('ranked', (code) =>
      code.replace(/(scoreSymbol\(symbol\) \{\s+return )/, '$11.00001 * '),
    ).catch((error) => error)
    expect(score).toMatchObject({ code: 'not_proven_equal', details: { what: 'score' } })
    expect(score.details.date).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(score.details.code / score.details.rule).toBeCloseTo(1.00001, 9)
    const first = (line: string) => (code: string) =>
      code.replace('classifySymbol(symbol) {', `classifySymbol(symbol) {\n  ${line}`)
    const details = (code: string) => ({ code: 'not_proven_equal', details: { what: 'signal', code } })
    await expect(altered('young', first('if (close.ago(0) < open.ago(0)) return null'))).rejects.toMatchObject(
      details('unknown'),
    )
    await expect(
      altered('young', first("if (close.ago(0) < open.ago(0)) throw new Error('no')")),
    ).rejects.toMatchObject(details('an error'))
    // unknown where the rule is unknown is what was proven
    await expect(altered('young', first('if (Number.isNaN(close.ago(99))) return null'))).resolves.toBeDefined()
  })

  it('is refused on columns without a proof that stands', async () => {
    const proven = strategies.get('threshold')!
    for (const broken of [
      { ...proven, rule: null },
      { ...proven, proof: { ...proven.proof, verdict: 'not proven' as const } },
      { ...proven, proof: { ...proven.proof, ties: 1 } },
      { ...proven, code: `${proven.code}//` },
      { ...proven, entry_points: [...proven.entry_points, 'exitPosition' as const] },
    ])
      await expect(run(broken, { engine: 'columns' })).rejects.toMatchObject({ code: 'not_proven_equal' })
  })

  it('is bit-identical for any chunks, threads and order of symbols', async () => {
    const code = Object.entries(KEEPERS).map(([name, text]) => ({ ...unproven(text, ['classifySymbol'], []), name }))
    const three = await openThreads(home, { size: 3 })
    try {
      const few = ['young', 'rare'].map((name) => strategies.get(name)!)
      for (const strategy of [...strategies.values(), ...code].filter((each) => !few.includes(each))) {
        const usual = essence(await run(strategy))
        for (const chunks of [2, 64]) expect(essence(await run(strategy, { chunks }, three)), strategy.name).toBe(usual)
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

  it('is bit-identical for any chunks on any number of threads', async () => {
    const strategy = strategies.get('crossing')!
    const usual = essence(await run(strategy))
    for (const size of [2, 4]) {
      const threads = await openThreads(home, { size })
      try {
        for (const chunks of [1, 2, 3, 5, 16, 64])
          expect(essence(await run(strategy, { chunks }, threads)), `${chunks} on ${size}`).toBe(usual)
      } finally {
        await threads.close()
      }
    }
  })

  it('fails on the same symbol for any chunks on any number of threads', async () => {
    const failing = unproven(
      "export function classifySymbol(symbol) { if ('ARM BRI CAL'.includes(symbol)) while (true) {}\n return false }",
      ['classifySymbol'],
      [],
    )
    const named = new Set<string>()
    for (const size of [1, 3]) {
      const threads = await openThreads(home, { size, limits: { cpuMs: 50 } })
      try {
        for (const chunks of [1, 6, 64]) {
          const error = await run(failing, { chunks }, threads).catch((each) => each)
          expect(error).toMatchObject({ code: 'limit', details: { kind: 'timeout' } })
          named.add(error.details.symbol)
        }
      } finally {
        await threads.close()
      }
    }
    expect(named.size).toBe(1)
  })

  it('finds no state: every bar of a module that could keep some starts afresh', async () => {
    for (const name of ['counter', 'function property', 'list', 'pattern'] as const) {
      const { instances } = await run(unproven(KEEPERS[name], ['classifySymbol'], []), { symbols: ['ALD'] })
      expect(instances, name).toEqual([])
    }
  })
})
