import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backtest } from '../../lib/backtest/backtest.ts'
import { AppError } from '../../lib/core/errors.ts'
import { canonicalJson } from '../../lib/core/hash.ts'
import { BarCache } from '../../lib/market/store.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { createSandbox } from '../../lib/sandbox/quickjs.ts'
import type { GuestSymbol } from '../../lib/sandbox/sandbox.ts'
import { GuestData } from '../../lib/signals/guest-data.ts'
import { declaredColumn } from '../../lib/signals/kept-columns.ts'
import { OtherSymbols, StartOver } from '../../lib/signals/other-symbols.ts'
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

  it('reads a series as far back as it likes, wherever the window starts', async () => {
    const strategy = of(`
const mean = sma('close', 20)
const smooth = ema('close', 10)
export function classifySymbol(symbol) {
  const k = 100 + close.ago(0) % 7 - (close.ago(0) % 7) % 1
  return { signal: true, data: { mean: mean.ago(k), smooth: smooth.ago(k), close: close.ago(k) } }
}`)
    const at = async (from: number, symbols: string[], chunks: number) => {
      const { instances } = await backtest(
        threads.deps,
        { ...strategy, series: ['sma(close,20)', 'ema(close,10)'] },
        { from, to: 19_730, symbols, chunks, progress },
      )
      return (instances as { ticker: string; date: string; data: Record<string, number | null> }[]).filter(
        ({ date }) => date >= '2024-01-02',
      )
    }
    const symbols = names.slice(0, 4)
    const late = await at(19_720, [...symbols], 1)
    expect(late.length).toBeGreaterThan(10)
    for (const { data } of late) expect(Object.values(data).every((value) => typeof value === 'number')).toBe(true)
    expect(canonicalJson(await at(19_720, symbols.toReversed(), 4))).toBe(canonicalJson(late))
    const early = await at(19_500, [...symbols], 1)
    expect(early.map(({ ticker, date }) => ticker + date)).toEqual(late.map(({ ticker, date }) => ticker + date))
    for (const [i, { data }] of early.entries())
      for (const [name, value] of Object.entries(data)) expect(value! / late[i].data[name]!).toBeCloseTo(1, 12)
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

describe('room for other symbols', () => {
  const bars = (symbol: string, length = 1_000): GuestSymbol => {
    const column = new Float64Array(length)
    return { symbol, time: column, open: column, high: column, low: column, close: column, volume: column, cut: false }
  }
  // 48,000 bytes of columns and 4,096 for each.
  const room = () => new OtherSymbols({ mostBytes: 4 * 52_096, atHandBytes: 2 * 52_096 })
  const held = (others: OtherSymbols) => [...others.values()].map(({ symbol }) => symbol).join('')

  it('is what one evaluation may ask for, and a part of it stays at hand for the next', () => {
    const others = room()
    others.begin()
    for (const symbol of 'ABCD') others.add(bars(symbol))
    expect(held(others)).toBe('ABCD')
    expect(() => others.add(bars('E'))).toThrow(/5 other symbols/)
    others.begin()
    expect(held(others)).toBe('DE')
  })

  it('is taken anew when what was at hand took it: an evaluation fails by what it asked for itself alone', () => {
    const others = room()
    others.begin()
    for (const symbol of 'AB') others.add(bars(symbol))
    others.begin()
    for (const symbol of 'CD') others.add(bars(symbol))
    expect(() => others.add(bars('E'))).toThrow(StartOver)
    others.clear()
    for (const symbol of 'CDEF') others.add(bars(symbol))
    expect(() => others.add(bars('G'))).toThrow(AppError)
  })

  it('decides nothing: each evaluation answers as it would alone', async () => {
    const market = await threads.deps.source.load({
      timeframe: '1d',
      symbols: [...names],
      from: 19_700,
      to: 19_710,
      lookback: 0,
    })
    const code = `const names = ${JSON.stringify(names)}
export function classifySymbol(symbol) {
  const at = names.indexOf(symbol) * 6
  return names.slice(at, at + 6).every((name) => getPriceData(name, { days: 1 }).close[0] > 0)
}`
    const sandbox = await createSandbox()
    const opened = sandbox.open(code)
    if ('error' in opened) throw new Error(opened.error.message)
    const { session } = opened
    const size = 6 * (4_096 + 48 * market.bars(names[0])!.length)
    const data = new GuestData({
      session,
      source: threads.deps.source,
      market,
      from: 19_700,
      to: 19_710,
      strategy: { lookback: 0, series: [], seriesLookback: 0, readsFigures: false },
      others: { mostBytes: size, atHandBytes: size / 2 },
    })
    for (const symbol of names.slice(0, 12)) {
      const series = market.bars(symbol)!
      const target = { series, columns: [], evaluator: createEvaluator(market, series) }
      const answer = await data.evaluate(target, () =>
        session.classify({ symbol, entry: 'classifySymbol', from: 0, to: series.length }),
      )
      expect([...answer.verdict].every((verdict) => verdict === 1)).toBe(true)
    }
    session.dispose()
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
    expect(loads[0]).toEqual([])
    expect(list.time.length).toBeGreaterThan(5)
    const cold = loads.length
    expect(await universeList(source, ask)).toBe(list)
    expect(loads.length).toBe(cold + 1)
    known = 'b'
    expect(await universeList(source, ask)).not.toBe(list)
    expect(await universeList({ ...source, kept: undefined }, ask)).toEqual(list)
  })

  it('looks back as far as its filters do: wherever the window starts, a day has the same symbols', async () => {
    const source = { ...threads.deps.source, kept: undefined }
    const filters = { min_dividend_yield: 0.01 }
    const short = await universeList(source, { ...ask, filters, from: 20_000, to: 20_010 })
    const long = await universeList(source, { ...ask, filters, from: 19_400, to: 20_010 })
    expect(short.time.length).toBeGreaterThan(5)
    expect(short.symbols.flat().length).toBeGreaterThan(20)
    expect(long.symbols.slice(-short.time.length)).toEqual(short.symbols)
  })
})
