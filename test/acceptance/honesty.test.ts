/** What a strategy claims, keeps or sees ahead, on real threads, with code that nobody has looked at. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BacktestAsk, backtest } from '../../lib/backtest/backtest.ts'
import { inspectJob } from '../../lib/generate/inspect.ts'
import type { EntryPoint } from '../../lib/strategy/strategy.ts'
import { created, newHome, openApplication, resultOf } from './home.ts'
import { openThreads, progress, unproven } from './threads.ts'

interface Answer {
  instances: { ticker: string; date: string; future_return: number | null }[]
  performance_metrics: Record<string, unknown>
  portfolio: Record<string, unknown>
  warnings: string[]
  honesty: {
    verdict: { words: string; level: string; reasons: string[] }
    trials: { count: number; source: string }
    deflated_sharpe: number | null
    out_of_sample: null | { in_sample: { trades: number }; out_of_sample: { trades: number }; words: string }
    recheck: null | { cuts: string[]; cells_compared: number; signals_compared: number; differences_found: number }
    claims: {
      other_sessions: { instances: number; sessions: number }
      own_results: { names: string[]; sessions: number }
      own_returns: { fields: Record<string, number>; instances: number }
      state: { could_keep: string[]; writes: string[]; proof: string | null }
    }
  }
}

const SYMBOLS = ['ALD', 'ARM', 'BRI']

/** Lists the symbols that closed over the price of five sessions before, with what is put into `entry` and beside the list. */
const listing = (entry = '', beside = '', more = '') => `
export function runBatchBacktest(start, end, symbols) {
  const instances = []
  for (const symbol of symbols) {
    const { close, timestamps } = getPriceData(symbol, { days: 6 })
    if (close.length < 6 || !(close[5] > 1.03 * close[0])) continue
    const timestamp = timestamps[5]
    instances.push({ symbol, timestamp${entry} })
    ${more}
  }
  return { instances${beside} }
}`

describe('what a strategy says of itself', () => {
  const { home, imports, remove } = newHome()
  let deps: Parameters<typeof backtest>[0]
  let close: () => Promise<void>

  beforeAll(async () => {
    await imports.simulateBars({})
    ;({ deps, close } = await openThreads(home))
  })
  afterAll(async () => {
    await close()
    remove()
  })

  const run = async (code: string, entries: EntryPoint[], ask: Partial<BacktestAsk> = {}) => {
    const found = await deps.engine.run(inspectJob, { code })
    if ('error' in found) throw new Error(found.error.message)
    const strategy = unproven(code, entries, found.series)
    return (await backtest(deps, strategy, { symbols: SYMBOLS, progress, ...ask })) as unknown as Answer
  }
  const listed = (code: string, ask?: Partial<BacktestAsk>) => run(code, ['runBatchBacktest'], ask)
  const figures = ({ instances, performance_metrics, portfolio }: Answer) => ({
    instances: instances.map(({ ticker, date, future_return }) => ({ ticker, date, future_return })),
    performance_metrics,
    portfolio,
  })

  it('instances stamped with other sessions are counted and named, and change no metric', async () => {
    const plain = await listed(listing())
    const other = await listed(
      listing(
        '',
        '',
        'instances.push({ symbol, timestamp: timestamp + 86400000 * 30 }, { symbol, timestamp: timestamps[0] })',
      ),
    )
    expect(plain.instances.length).toBeGreaterThan(10)
    expect(figures(other)).toEqual(figures(plain))
    expect(other.honesty.claims.other_sessions.instances).toBe(2 * plain.instances.length)
    expect(other.warnings.join('\n')).toMatch(/stamped \d+ instances with other sessions/)
    expect(plain.honesty.claims.other_sessions).toEqual({ instances: 0, sessions: 0 })
  })

  it('returns and metrics of its own are counted and named, and enter no metric', async () => {
    const plain = await listed(listing())
    const boasting = await listed(
      listing(
        ', future_return: 9.99, expected_return: 5, data: 1',
        ', returns: [1, 2, 3], sharpe_ratio: 12, hit_rate: 1',
      ),
    )
    expect(figures(boasting)).toEqual(figures(plain))
    const { own_results, own_returns } = boasting.honesty.claims
    expect(own_results.names).toEqual(['hit_rate', 'returns', 'sharpe_ratio'])
    expect(own_results.sessions).toBeGreaterThan(0)
    expect(own_returns).toEqual({
      fields: { expected_return: plain.instances.length, future_return: plain.instances.length },
      instances: plain.instances.length,
    })
    const said = boasting.warnings.join('\n')
    expect(said).toContain('returned results of its own (hit_rate, returns, sharpe_ratio)')
    expect(said).toContain('(expected_return, future_return)')
  })

  it('data of classifySymbol that claim a return are named too', async () => {
    const code = (data: string) =>
      `export function classifySymbol(symbol) { return { signal: close.ago(0) > 1.03 * close.ago(5), score: 1, data: ${data} } }`
    const plain = await run(code('{}'), ['classifySymbol'])
    const boasting = await run(code('{ futureReturn: 3, past: 1 }'), ['classifySymbol'])
    expect(plain.instances.length).toBeGreaterThan(10)
    expect(figures(boasting)).toEqual(figures(plain))
    expect(boasting.honesty.claims.own_returns.fields).toEqual({ futureReturn: plain.instances.length })
  })

  it('a module that keeps state is named with its variable, and decides as if it kept none', async () => {
    const stateful =
      'let seen = 0\nexport function classifySymbol(symbol) { seen++; return seen === 1 && close.ago(0) > 1.03 * close.ago(5) }'
    const plain = 'export function classifySymbol(symbol) { return close.ago(0) > 1.03 * close.ago(5) }'
    const found = await run(stateful, ['classifySymbol'])
    expect(figures(found)).toEqual(figures(await run(plain, ['classifySymbol'])))
    expect(found.honesty.claims.state).toEqual({ could_keep: ['seen'], writes: ['seen'], proof: null })
    expect(found.warnings.join('\n')).toContain('keeps state in seen: it is started afresh for every bar')
  })

  it('with the future cut off every strategy decides as it did, whatever it is made of', async () => {
    const simple = await run(
      'export function classifySymbol(symbol) { return close.ago(0) > 1.03 * close.ago(5) }',
      ['classifySymbol'],
      { recheck: true },
    )
    const ranked = await run(
      "const rank = xrank(roc('close', 20))\nexport function classifySymbol(symbol) { return rank.ago(0) > 0.2 }",
      ['classifySymbol'],
      { recheck: true },
    )
    for (const { honesty } of [simple, ranked, await listed(listing(), { recheck: true })]) {
      expect(honesty.recheck?.differences_found).toBe(0)
      expect(honesty.recheck?.cuts.length).toBe(5)
    }
    expect(simple.honesty.recheck?.cells_compared).toBeGreaterThan(100)
    expect(ranked.honesty.recheck?.signals_compared).toBeGreaterThan(0)
  })

  it('a draw that is no edge is not called one, and trials deflate it', async () => {
    const code = 'export function classifySymbol(symbol) { return close.ago(0) > 1.03 * close.ago(5) }'
    const [one, many] = [
      await run(code, ['classifySymbol'], { trials: 1 }),
      await run(code, ['classifySymbol'], { trials: 500 }),
    ]
    expect(one.honesty.verdict.level).not.toBe('promising')
    expect(many.honesty.trials).toEqual({ count: 500, source: 'the request' })
    expect(many.honesty.deflated_sharpe!).toBeLessThan(one.honesty.deflated_sharpe!)
  })

  it('the split counts each trade once, before the date or from it on', async () => {
    const code = 'export function classifySymbol(symbol) { return close.ago(0) > 1.03 * close.ago(5) }'
    const whole = await run(code, ['classifySymbol'])
    const day = Date.parse(whole.instances[Math.floor(whole.instances.length / 2)].date) / 86_400_000
    const { out_of_sample: split } = (await run(code, ['classifySymbol'], { outOfSample: day })).honesty
    expect(split!.in_sample.trades + split!.out_of_sample.trades).toBe(whole.performance_metrics.trades)
    expect(split!.in_sample.trades).toBeGreaterThan(0)
    expect(split!.out_of_sample.trades).toBeGreaterThan(0)
  })
})

it('trials are the strategies of the owner that were backtested, and a rerun of one is no new trial', async () => {
  const { home, imports, remove } = newHome()
  await imports.simulateBars({})
  const app = await openApplication(home)
  try {
    const first = await created(app, { rule: 'SIGNAL: rsi(close,14) < 35' })
    const second = await created(app, { rule: 'SIGNAL: rsi(close,14) < 30' })
    const trials = async (strategy_id: number) => {
      const { honesty } = (await resultOf(app.runBacktest({ strategy_id, symbols: SYMBOLS }))) as unknown as Answer
      return honesty.trials.count
    }
    expect(await trials(first.strategy_id)).toBe(1)
    expect(await trials(first.strategy_id)).toBe(1)
    expect(await trials(second.strategy_id)).toBe(2)
  } finally {
    await app.close()
    remove()
  }
})
