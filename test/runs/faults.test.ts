import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backtest } from '../../lib/backtest/backtest.ts'
import { canonicalJson } from '../../lib/core/hash.ts'
import { cancelRun } from '../../lib/runs/cancel.ts'
import { hasEnded, type Run } from '../../lib/runs/run.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'
import { created, newHome, openApplication } from '../acceptance/home.ts'
import { openThreads, progress } from '../acceptance/threads.ts'
import { type Faults, openCloud } from './cloud.ts'

// What objects, clocks and machines do to a run: it ends with the right result, or says by name what failed.

const SYMBOLS = ['ALD', 'ARM', 'BRI', 'CAL', 'COL', 'QUA']
const CHUNKS = 5
const MINUTE = 60_000
type Cloud = Awaited<ReturnType<typeof openCloud>>

function essence({ run_id: _, ...result }: Record<string, unknown>): string {
  const { chunks: _chunks, wall_ms, cpu_ms, cost, cost_cents, ...receipt } = result.receipt as Record<string, unknown>
  const { partial: _allowed, ...request } = receipt.request as Record<string, unknown>
  return canonicalJson({ ...result, receipt: { ...receipt, request } })
}

describe('a run spread over machines', () => {
  const { home, imports, remove } = newHome()
  let strategy: Strategy
  let threads: Awaited<ReturnType<typeof openThreads>>
  let usual: string

  beforeAll(async () => {
    await imports.simulateBars({})
    const app = await openApplication(home)
    strategy = await created(app, { rule: 'SIGNAL: rsi(close,14) < 35' })
    await app.close()
    threads = await openThreads(home)
    usual = essence(await backtest(threads.deps, strategy, { symbols: SYMBOLS, chunks: CHUNKS, progress }))
  })
  afterAll(async () => {
    await threads.close()
    remove()
  })

  async function withCloud<Result>(faults: Faults, use: (cloud: Cloud) => Promise<Result>): Promise<Result> {
    const cloud = await openCloud(threads.deps, strategy, faults)
    try {
      return await use(cloud)
    } finally {
      await cloud.close()
    }
  }
  const request = { symbols: SYMBOLS, chunks: CHUNKS }

  /** Turns until an object of the run lies there. */
  async function untilStored(cloud: Cloud, key: string): Promise<void> {
    for (let turns = 0; (await cloud.results.get(key)) === undefined; turns++) {
      if (turns > 100) throw new Error(`${key} was never stored.`)
      await cloud.turn()
    }
  }

  it.each([
    ['an input is missing', 'in-0', undefined],
    ['an input is damaged', 'in-0', new Uint8Array([1, 2, 3])],
    ['an answer is damaged', 'out-0', new Uint8Array([255, 15, 111, 123, 0])],
  ])('names the object when %s', async (_, name, bytes) => {
    await withCloud({}, async (cloud) => {
      const { run_id } = await cloud.begin('backtest', request)
      const key = `results/${run_id}/1/${name}`
      await untilStored(cloud, key)
      if (bytes === undefined) await cloud.results.delete(key)
      else await cloud.results.put(key, bytes)
      const run = await cloud.settle(run_id)
      expect(run).toMatchObject({
        status: 'failed',
        error: { code: 'internal', message: expect.stringContaining(key) },
      })
      expect(cloud.pending()).toBe(0)
    })
  })

  it('goes on from what is there when an answer has gone', async () => {
    await withCloud({}, async (cloud) => {
      const { run_id } = await cloud.begin('backtest', request)
      const key = `results/${run_id}/1/out-0`
      await untilStored(cloud, key)
      await cloud.results.delete(key)
      await cloud.settle(run_id)
      // Counted as done, and not there: the run stands still until it is looked after.
      cloud.pass(4 * MINUTE)
      await cloud.sweep()
      const run = await cloud.settle(run_id)
      expect(essence(await cloud.result(run))).toBe(usual)
    })
  })

  describe('of which one part kills every machine that takes it', () => {
    /** Whoever wants to store the answer of the third job is killed, and its message stays hidden longer than a run may stand still. */
    function poison({ of = () => true }: { of?: (key: string) => boolean } = {}): Faults {
      return {
        hiddenMs: 12 * MINUTE,
        before: (call, handler, _attempt, first) => {
          const key = String(first)
          if (handler === 'chunk' && call === 'putIfAbsent' && key.endsWith('/out-2') && of(key))
            throw new Error('killed')
        },
      }
    }

    it('fails with the symbols of that part', async () => {
      await withCloud(poison(), async (cloud) => {
        const { run_id } = await cloud.begin('backtest', request)
        const run = await cloud.settle(run_id)
        expect(run).toMatchObject({ status: 'failed', error: { message: expect.stringMatching(/lost each time/) } })
        expect(run.minutes).toBeLessThan(10)
        const { symbols } = run.error!.details as { symbols: string[] }
        expect(symbols.length).toBeGreaterThan(0)
        expect(symbols.length).toBeLessThan(SYMBOLS.length)
      })
    })

    it('ends without them where a partial result was asked for, and is tried again when it is asked for again', async () => {
      await withCloud(poison({ of: (key) => !key.includes('-2/') }), async (cloud) => {
        const asked = { ...request, partial: true }
        const { run_id } = await cloud.begin('backtest', asked)
        const run = await cloud.settle(run_id)
        expect(run.status).toBe('succeeded')
        expect(run.minutes).toBeLessThan(10)
        const result = await cloud.result(run)
        expect(result.partial).toBe(true)
        const { skipped } = result.receipt as { skipped: { symbol: string; reason: string }[] }
        for (const { reason } of skipped) expect(reason).toMatch(/not computed: .*lost each time/)
        const left = SYMBOLS.filter((symbol) => !skipped.some((each) => each.symbol === symbol))
        expect([left.length > 0, left.length < SYMBOLS.length]).toEqual([true, true])
        const instances = (result.instances as { ticker: string }[]).map(({ ticker }) => ticker)
        expect([...new Set(instances)].sort()).toEqual(left)
        expect((result.warnings as string[]).join()).toContain(`partial: ${skipped.length} symbols`)
        // No part kills anybody the second time.
        const again = await cloud.begin('backtest', asked)
        expect(again.run_id).not.toBe(run_id)
        expect(essence(await cloud.result(await cloud.settle(again.run_id)))).toBe(usual)
      })
    })
  })

  it('ends the same on machines whose clocks are two minutes apart, and nobody gives it up', async () => {
    const skew = { chunk: -MINUTE, advance: MINUTE, sweep: MINUTE }
    await withCloud({ skew }, async (cloud) => {
      const { run_id } = await cloud.begin('backtest', request)
      const looks: unknown[] = []
      let run: Run | undefined
      for (let turns = 0; turns < 200 && !(run && hasEnded(run)); turns++) {
        await cloud.turn()
        if (turns % 3 === 0) looks.push(await cloud.sweep())
        run = await cloud.runs.get(run_id)
      }
      expect(essence(await cloud.result(run!))).toBe(usual)
      for (const look of looks) expect(look).toEqual({ resent: [], lost: [], failed: [] })
    })
  })

  it.each([-MINUTE, MINUTE])('is over ten minutes after it stood still by any clock (%i ms off)', async (sweep) => {
    await withCloud({ skew: { chunk: 0, advance: 0, sweep } }, async (cloud) => {
      const { run_id } = await cloud.begin('backtest', request)
      await cloud.turn()
      cloud.loseMessages()
      let minutes = 0
      for (; !hasEnded((await cloud.runs.get(run_id))!) && minutes < 30; minutes++) {
        cloud.pass(MINUTE)
        await cloud.sweep()
        cloud.loseMessages()
      }
      expect(minutes).toBeLessThanOrEqual(10)
      expect(await cloud.runs.get(run_id)).toMatchObject({ status: 'failed', error: { code: 'interrupted' } })
    })
  })

  it('goes on after its table was away for some messages', async () => {
    let away = 0
    const faults: Faults = {
      before: (call, _handler, attempt) => {
        // Each message fails twice on the table: a client of it has waited eight seconds by then.
        if (['get', 'chunkDone', 'begin'].includes(call) && attempt < 3 && away++ < 40) throw new Error('unavailable')
      },
    }
    await withCloud(faults, async (cloud) => {
      const { run_id } = await cloud.begin('backtest', request)
      expect(essence(await cloud.result(await cloud.settle(run_id)))).toBe(usual)
      expect(away).toBeGreaterThan(10)
    })
  })

  it('says what its merge failed with, when that fails every time', async () => {
    const faults: Faults = {
      hiddenMs: 30 * MINUTE,
      before: (call, handler, _attempt, first) => {
        if (handler === 'advance' && call === 'putIfAbsent' && String(first).endsWith('/result.json'))
          throw new Error('the bucket takes nothing')
      },
    }
    await withCloud(faults, async (cloud) => {
      const { run_id } = await cloud.begin('backtest', request)
      const run = await cloud.settle(run_id)
      expect(run).toMatchObject({ status: 'failed', error: { code: 'internal', message: 'the bucket takes nothing' } })
      expect(run.minutes).toBeLessThan(10)
    })
  })

  it('that is cancelled while it is merged leaves no result', async () => {
    let cancelled = 0
    const faults: Faults = {
      before: async (call, handler, _attempt, first) => {
        if (handler !== 'advance' || call !== 'putIfAbsent' || !String(first).endsWith('/result.json')) return
        cancelled++
        await cancelRun({ runs: cloud.runs, clock: () => 0 }, 'ada', String(first).split('/')[1])
      },
    }
    const cloud = await openCloud(threads.deps, strategy, faults)
    const { run_id } = await cloud.begin('backtest', request)
    expect(await cloud.settle(run_id)).toMatchObject({ status: 'failed', error: { code: 'cancelled' } })
    expect(cancelled).toBe(1)
    expect(await cloud.results.list(`results/${run_id}/result`)).toEqual([])
    await cloud.close()
  })

  it.each([
    ['between two steps', 2],
    ['while it is merged', -1],
  ])('ends by name when bars are stored %s', async (_, from) => {
    // The last look at what is stored comes after all work.
    let looks = 0
    const seen = () => {
      looks++
      return '1'
    }
    await withCloud({ dataVersion: seen }, async (cloud) => {
      await cloud.settle((await cloud.begin('backtest', request)).run_id)
    })
    const changes = from < 0 ? looks - 1 : from
    let asked = 0
    await withCloud({ dataVersion: () => (asked++ < changes ? '1' : '2') }, async (cloud) => {
      const { run_id } = await cloud.begin('backtest', request)
      const run = await cloud.settle(run_id)
      expect(run).toMatchObject({ status: 'failed', error: { code: 'conflict' } })
      expect(await cloud.results.list(`results/${run_id}/result`)).toEqual([])
      // Asked for again, it is run on what is stored now.
      const again = await cloud.begin('backtest', request)
      expect(again.run_id).not.toBe(run_id)
      expect(essence(await cloud.result(await cloud.settle(again.run_id)))).toBe(usual)
    })
  })

  it('that is cancelled is not done, whatever is on its way', async () => {
    await withCloud({}, async (cloud) => {
      const { run_id } = await cloud.begin('backtest', request)
      for (let i = 0; i < 3; i++) await cloud.turn()
      await cloud.runs.fail(run_id, { code: 'cancelled', message: 'cancelled' }, '2026-01-05T12:00:00Z')
      const { worked } = cloud.counts
      const run = await cloud.settle(run_id)
      expect(run).toMatchObject({ status: 'failed', error: { code: 'cancelled' } })
      expect(await cloud.results.list(`results/${run_id}/result`)).toEqual([])
      // Its messages are taken and put aside.
      expect(cloud.counts.worked - worked).toBeLessThanOrEqual(CHUNKS)
      expect(await cloud.results.list(`results/${run_id}/1/out-`)).toHaveLength(Math.min(2, worked))
    })
  })
})
