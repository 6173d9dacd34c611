import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backtest } from '../../lib/backtest/backtest.ts'
import { canonicalJson } from '../../lib/core/hash.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'
import { created, newHome, openApplication } from '../acceptance/home.ts'
import { openThreads, progress, unproven } from '../acceptance/threads.ts'
import { type Faults, openCloud } from './cloud.ts'

// A run whose jobs are messages: whatever happens to them, it ends with the result of one machine, or with a named failure.

const CHUNKS = 5
const SYMBOLS = ['ALD', 'ARM', 'BRI', 'CAL', 'COL', 'QUA']

/** Everything of a result that must not depend on where it was computed. */
function essence({ run_id: _, ...result }: Record<string, unknown>): string {
  const { chunks: _chunks, wall_ms, cpu_ms, cost, ...receipt } = result.receipt as Record<string, unknown>
  return canonicalJson({ ...result, receipt })
}

describe('a run spread over machines', () => {
  const { home, imports, remove } = newHome()
  let strategy: Strategy
  let ranked: Strategy
  let threads: Awaited<ReturnType<typeof openThreads>>
  let usual: string

  beforeAll(async () => {
    await imports.simulateBars({})
    const app = await openApplication(home)
    strategy = await created(app, { rule: 'SIGNAL: rsi(close,14) < 35' })
    ranked = await created(app, { rule: 'SIGNAL: xrank(roc(close,20)) > 0.9\nRANK: roc(close,20) desc\nMAXPOS: 5' })
    await app.close()
    threads = await openThreads(home)
    usual = essence(await backtest(threads.deps, strategy, { symbols: SYMBOLS, chunks: CHUNKS, progress }))
  })
  afterAll(async () => {
    await threads.close()
    remove()
  })

  async function ended(faults: Faults, of = strategy, request: object = { symbols: SYMBOLS, chunks: CHUNKS }) {
    const cloud = await openCloud(threads.deps, of, faults)
    try {
      const { run_id } = await cloud.begin('backtest', request)
      const run = await cloud.settle(run_id)
      return { run, counts: cloud.counts, result: run.status === 'succeeded' ? await cloud.result(run) : undefined }
    } finally {
      await cloud.close()
    }
  }

  it('ends with the result of one machine, and each job is done once', async () => {
    const { run, counts, result } = await ended({})
    expect(run).toMatchObject({ status: 'succeeded', chunks_done: run.chunks })
    expect(essence(result!)).toBe(usual)
    expect(counts).toMatchObject({ merged: 1, dead: 0 })
    expect(counts.worked).toBeGreaterThanOrEqual(CHUNKS)
  })

  it('does a run again with the future cut off as one machine does, ranks and all', async () => {
    const ask = { symbols: SYMBOLS, chunks: 2, recheck: true }
    const here = await backtest(threads.deps, ranked, { ...ask, progress })
    const { result } = await ended({}, ranked, ask)
    expect(essence(result!)).toBe(essence(here))
    const { recheck } = here.honesty as { recheck: { signals_compared: number; differences_found: number } }
    expect(recheck.differences_found).toBe(0)
    expect(recheck.signals_compared).toBeGreaterThan(0)
  })

  it('takes the two passes of a rank over all symbols, and two at once', async () => {
    const whole = essence(await backtest(threads.deps, ranked, { progress }))
    const { run, counts, result } = await ended({}, ranked, { chunks: 6 })
    expect(essence(result!)).toBe(whole)
    // Six parts of the pass over all symbols, and six of the scan; ranks and the merge are no jobs.
    expect([run.step, counts.worked]).toEqual([2, 6 + 6])
  })

  it('is cut into as few parts as its work is worth when nobody says how many', async () => {
    const { counts, result } = await ended({}, strategy, {})
    // 101 symbols x (2 years + the lookback) are some 100,000 bars: about a tenth of a second, one job.
    expect(counts.worked).toBe(1)
    expect(essence(result!)).toBe(essence(await backtest(threads.deps, strategy, { progress })))
  })

  it.each([1, 2, 3])('ends the same when every message comes twice, in any order (%i)', async (shuffle) => {
    const { run, counts, result } = await ended({ copies: 2, shuffle })
    expect(run.status).toBe('succeeded')
    expect(essence(result!)).toBe(usual)
    expect(counts.merged).toBe(1)
  })

  it('ends the same wherever a handler is killed once', async () => {
    // Every use of a port is the last of its handler, in one run after another, until a run sees no more uses.
    for (let kill = 0; ; kill++) {
      let uses = 0
      const { run, result } = await ended({
        before: () => {
          if (uses++ === kill) throw new Error('killed')
        },
      })
      expect(run, `killed at use ${kill}`).toMatchObject({ status: 'succeeded' })
      expect(essence(result!), `killed at use ${kill}`).toBe(usual)
      if (uses <= kill) break
    }
  }, 120_000)

  it('fails with the symbols and the reason when the machine of a job is lost three times', async () => {
    const { run, counts } = await ended({
      before: (call, handler, attempt) => {
        if (handler === 'chunk' && call === 'get' && attempt <= 3) throw new Error('the machine is gone')
      },
    })
    expect(counts.dead).toBeGreaterThan(0)
    expect(run).toMatchObject({
      status: 'failed',
      error: { code: 'internal', message: expect.stringMatching(/lost each time/) },
    })
    const { symbols } = run.error!.details as { symbols: string[] }
    expect(SYMBOLS).toEqual(expect.arrayContaining(symbols))
  })

  it('fails with the code’s own error, told once, when a job meets a limit', async () => {
    const spin = unproven('export function classifySymbol() { (function f() { f() })() }', ['classifySymbol'], [])
    const { run, counts } = await ended({}, spin)
    expect(run).toMatchObject({ status: 'failed', error: { code: 'guest_error', details: { kind: 'stack' } } })
    expect(counts.dead).toBe(0)
  })

  it('is found when its messages are gone, and goes on', async () => {
    const cloud = await openCloud(threads.deps, strategy)
    const { run_id } = await cloud.begin('backtest', { symbols: SYMBOLS, chunks: CHUNKS })
    for (let i = 0; i < 3; i++) await cloud.turn()
    cloud.loseMessages()
    expect(await cloud.sweep()).toEqual({ resent: [], lost: [], failed: [] })
    cloud.pass(4 * 60_000)
    expect(await cloud.sweep()).toEqual({ resent: [run_id], lost: [], failed: [] })
    const run = await cloud.settle(run_id)
    expect(essence(await cloud.result(run))).toBe(usual)
    expect(await cloud.sweep()).toEqual({ resent: [], lost: [], failed: [] })
    await cloud.close()
  })

  it('names the symbols of the jobs that nobody ends', async () => {
    const cloud = await openCloud(threads.deps, strategy)
    const { run_id } = await cloud.begin('backtest', { symbols: SYMBOLS, chunks: CHUNKS })
    for (let i = 0; i < 3; i++) await cloud.turn()
    cloud.loseMessages()
    cloud.pass(7 * 60_000)
    expect(await cloud.sweep()).toEqual({ resent: [], lost: [run_id], failed: [] })
    const run = await cloud.settle(run_id)
    expect(run).toMatchObject({ status: 'failed', error: { message: expect.stringMatching(/lost each time/) } })
    const { symbols } = run.error!.details as { symbols: string[] }
    expect(SYMBOLS).toEqual(expect.arrayContaining(symbols))
    await cloud.close()
  })

  it('is failed by name within ten minutes when nothing moves it', async () => {
    const cloud = await openCloud(threads.deps, strategy)
    const { run_id } = await cloud.begin('backtest', { symbols: SYMBOLS })
    await cloud.turn()
    cloud.loseMessages()
    cloud.pass(9.5 * 60_000)
    expect(await cloud.sweep()).toEqual({ resent: [], lost: [], failed: [run_id] })
    expect(await cloud.runs.get(run_id)).toMatchObject({
      error: { code: 'interrupted', message: expect.stringMatching(/of \d+ parts/) },
    })
    await cloud.close()
  })

  it('is one run when it is asked for twice', async () => {
    const cloud = await openCloud(threads.deps, strategy)
    const first = await cloud.begin('backtest', { symbols: SYMBOLS })
    const second = await cloud.begin('backtest', { symbols: SYMBOLS })
    expect(second.run_id).toBe(first.run_id)
    expect((await cloud.begin('backtest', { symbols: SYMBOLS.slice(1) })).run_id).not.toBe(first.run_id)
    await cloud.settle(first.run_id)
    expect(cloud.counts.merged).toBe(2)
    await cloud.close()
  })
})
