import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backtest } from '../../lib/backtest/backtest.ts'
import { canonicalJson } from '../../lib/core/hash.ts'
import { BarCache } from '../../lib/market/store.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { declaredColumn } from '../../lib/signals/kept-columns.ts'
import { pinned } from '../../lib/signals/scan-input.ts'
import { universeList } from '../../lib/signals/universe-lists.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'
import { newHome } from '../acceptance/home.ts'
import { openThreads, progress, unproven } from '../acceptance/threads.ts'

// What earlier evaluations asked for or computed is at hand for later ones: it makes them faster and changes nothing.

const { home, imports, remove } = newHome()
let threads: Awaited<ReturnType<typeof openThreads>>
let version: string
let names: readonly string[]

beforeAll(async () => {
  await imports.simulateBars({})
  threads = await openThreads(home, { size: 2 })
  version = (await threads.deps.catalog())!.version
  names = await threads.deps.source.symbols('1d')
})
afterAll(async () => {
  await threads.close()
  remove()
})

const of = (code: string): Strategy => unproven(code, ['classifySymbol'], [])
const run = async (strategy: Strategy, chunks: number, symbols: string[]) => {
  const window = { from: 19_700, to: 19_730 }
  const { instances } = await backtest(threads.deps, strategy, { ...window, symbols, chunks, progress })
  return canonicalJson(instances)
}

describe('a strategy that asks for one symbol after another', () => {
  /** Each symbol is asked for only once the one before is there: a round of the evaluation for every one. */
  const chain = (length: number) => `
const names = ${JSON.stringify(names)}
export function classifySymbol(symbol) {
  const start = names.indexOf(symbol)
  let sum = 0
  for (let i = 1; i <= ${length}; i++) {
    const { close } = getPriceData(names[(start + i) % names.length], { days: 2 })
    if (close.length < 2) return false
    sum += close[1] / close[0] - 1
  }
  return sum > 0
}`

  it('answers the same for any chunks and order, however long the chain is', async () => {
    const strategy = of(chain(70))
    const symbols = names.slice(0, 12)
    const usual = await run(strategy, 1, [...symbols])
    expect(usual.length).toBeGreaterThan(100)
    for (const chunks of [3, 12]) expect(await run(strategy, chunks, [...symbols])).toBe(usual)
    expect(await run(strategy, 2, symbols.toReversed())).toBe(usual)
  })

  it('answers the same where some symbols ask for more history or for figures', async () => {
    const strategy = of(`
export function classifySymbol(symbol) {
  const deep = symbol < 'C' ? 400 : 5
  const { close } = getPriceData('ARM', { days: deep })
  const figures = symbol > 'B' ? getFundamentalData('BRI') : null
  return close.length === deep && (figures === null || figures.pe_ratio > 0 || close[0] > close[deep - 1])
}`)
    const symbols = names.slice(0, 12)
    const usual = await run(strategy, 1, [...symbols])
    for (const chunks of [4, 12]) expect(await run(strategy, chunks, [...symbols])).toBe(usual)
    expect(await run(strategy, 1, symbols.toReversed())).toBe(usual)
  })

  it('that never ends is ended by a limit', async () => {
    const endless = of('export function classifySymbol() { for (let i = 0; ; i++) getPriceData("X" + i) }')
    const short = await openThreads(home, { limits: { cpuMs: 400, wallMs: 800 } })
    try {
      const ended = backtest(short.deps, endless, { from: 19_700, to: 19_730, symbols: ['ARM'], progress })
      await expect(ended).rejects.toMatchObject({ code: 'limit' })
    } finally {
      await short.close()
    }
  })
})

describe('a declared column', () => {
  const evaluatorOf = async (symbol: string) => {
    const market = await threads.deps.source.load({ timeframe: '1d', symbols: [symbol], lookback: 0 })
    return createEvaluator(market, market.bars(symbol)!)
  }

  it('is computed once for all strategies, of one version of the bars', async () => {
    const keep = new BarCache(2 ** 24)
    const source = {
      ...threads.deps.source,
      keptOf: (name: string) => ({
        get: (key: string) => keep.get(`${name} ${key}`),
        set: (key: string, value: unknown, bytes: number) => keep.set(`${name} ${key}`, value, bytes),
      }),
    }
    const expr = parseExpression('rsi(close, 14)')
    const first = declaredColumn(pinned(source, version).kept, await evaluatorOf('ARM'), expr)
    expect(declaredColumn(pinned(source, version).kept, await evaluatorOf('ARM'), expr)).toBe(first)
    expect(first).toEqual((await evaluatorOf('ARM')).column(expr))
    expect(declaredColumn(pinned(source, version).kept, await evaluatorOf('BRI'), expr)).not.toEqual(first)
    expect(declaredColumn(pinned(source, 'another').kept, await evaluatorOf('ARM'), expr)).not.toBe(first)
  })

  it('is not kept where more than the bars decides: figures, other symbols, listings', async () => {
    const keep = new BarCache(2 ** 24)
    const kept = {
      get: (key: string) => keep.get(key),
      set: (key: string, value: unknown, bytes: number) => keep.set(key, value, bytes),
    }
    for (const text of ['pe', 'close / eps', "sector == 'Energy'", "index_member('SP500')", 'stocks']) {
      const evaluator = await evaluatorOf('ARM')
      try {
        declaredColumn(kept, evaluator, parseExpression(text))
      } catch {
        // No such index is stored: nothing is kept either.
      }
    }
    expect(keep.bytes).toBe(0)
  })
})

describe('a list of scanUniverse', () => {
  const ask = { filters: { min_price: 50 }, key: 'k', from: 19_700, to: 19_710, timeframe: '1d' as const }

  it('is made of a few symbols at a time and kept while all that is known stays the same', async () => {
    const loads: (readonly string[])[] = []
    const keep = new BarCache(2 ** 24)
    const kept = {
      get: (key: string) => keep.get(key),
      set: (key: string, value: unknown, bytes: number) => keep.set(key, value, bytes),
    }
    let known = 'a'
    const source = {
      ...threads.deps.source,
      kept,
      load: async (request: Parameters<typeof threads.deps.source.load>[0]) => {
        loads.push(request.symbols!)
        return { ...(await threads.deps.source.load(request)), known }
      },
    }
    const list = await universeList(source, ask)
    expect(Math.max(...loads.map((symbols) => symbols.length))).toBeLessThanOrEqual(64)
    expect(loads.flat()).toEqual([...names])
    expect(list.time.length).toBeGreaterThan(5)
    const cold = loads.length
    expect(await universeList(source, ask)).toBe(list)
    expect(loads.length).toBe(cold + 1)
    known = 'b'
    expect(await universeList(source, ask)).not.toBe(list)
    expect(await universeList({ ...source, kept: undefined }, ask)).toEqual(list)
  })
})
