import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Run, RunStore } from '../../lib/runs/run.ts'

/** A run as it is when it is queued. */
export function queuedRun(changes: Partial<Run> = {}): Run {
  return {
    run_id: 'run-1',
    owner: 'local',
    mode: 'backtest',
    strategy_id: 7,
    strategy_version: 1,
    strategy_hash: 'b'.repeat(64),
    data_version: 'd'.repeat(64),
    status: 'queued',
    request: { strategy_id: 7, symbols: ['KO', 'PEP'], threshold: 1e-300 },
    step: 0,
    chunks: 0,
    chunks_done: 0,
    created_at: '2026-11-22T12:00:00.000Z',
    updated_at: '2026-11-22T12:00:00.000Z',
    finished_at: null,
    result_key: null,
    error: null,
    host: 'host-1',
    ...changes,
  }
}

const at = '2026-11-22T12:00:05.000Z'
const failure = { code: 'guest_error', message: 'line 3: x is not defined', details: { line: 3 } }

/** What every RunStore does; `open` gives an empty one and how to close it. */
export function runStoreContract(
  name: string,
  open: () => Promise<{ store: RunStore; close: () => Promise<void> }>,
): void {
  describe(`${name} keeps runs`, () => {
    let store: RunStore
    let close: () => Promise<void>
    beforeEach(async () => {
      const opened = await open()
      store = opened.store
      close = opened.close
    })
    afterEach(() => close())

    const running = async (chunks = 3, run = queuedRun()) => {
      await store.create(run)
      expect(await store.begin(run.run_id, 1, chunks, at)).toBe(true)
      return run.run_id
    }

    test('a new run is read back unchanged', async () => {
      await store.create(queuedRun())
      expect(await store.get('run-1')).toEqual(queuedRun())
    })

    test('a run fails whatever the size of its error: what it is and the beginning of what it says are kept', async () => {
      const details = { symbols: Array.from({ length: 100_000 }, (_, i) => `SYMBOL${i}`) }
      for (const [id, message] of [
        ['wide', 'short'],
        ['long', 'x'.repeat(3_000_000)],
      ]) {
        await running(2, queuedRun({ run_id: id }))
        expect(await store.fail(id, { code: 'limit', message, details }, at)).toBe(true)
        const { status, error } = (await store.get(id))!
        expect([status, error?.code, error?.details]).toEqual(['failed', 'limit', undefined])
        expect(message.startsWith(error!.message)).toBe(true)
        expect(error!.message.length).toBeGreaterThan(4)
      }
    })

    test('a run goes from queued over running to succeeded', async () => {
      const id = await running(2)
      expect(await store.get(id)).toMatchObject({ status: 'running', chunks: 2, chunks_done: 0 })
      expect(await store.chunkDone(id, 1, 1, at)).toEqual({ done: 1, of: 2 })
      expect(await store.chunkDone(id, 1, 0, at)).toEqual({ done: 2, of: 2 })
      expect(await store.succeed(id, 'results/run-1.json', at)).toBe(true)
      expect(await store.get(id)).toEqual(
        queuedRun({
          status: 'succeeded',
          step: 1,
          chunks: 2,
          chunks_done: 2,
          updated_at: at,
          result_key: 'results/run-1.json',
          finished_at: at,
        }),
      )
    })

    test('a queued or a running run can fail, and keeps why', async () => {
      await store.create(queuedRun({ run_id: 'never started' }))
      expect(await store.fail('never started', failure, at)).toBe(true)
      const id = await running()
      expect(await store.fail(id, failure, at)).toBe(true)
      expect(await store.get(id)).toMatchObject({ status: 'failed', error: failure, finished_at: at })
    })

    test('no run goes back or ends twice', async () => {
      const id = await running()
      expect(await store.begin(id, 1, 9, at)).toBe(false)
      expect(await store.succeed(id, 'results/run-1.json', at)).toBe(true)
      expect(await store.begin(id, 1, 9, at)).toBe(false)
      expect(await store.succeed(id, 'results/other.json', at)).toBe(false)
      expect(await store.fail(id, failure, at)).toBe(false)
      expect(await store.get(id)).toMatchObject({
        status: 'succeeded',
        chunks: 3,
        error: null,
        result_key: 'results/run-1.json',
      })
    })

    test('a step follows the one before, is begun once, and counts its own chunks', async () => {
      const id = await running(2)
      await store.chunkDone(id, 1, 0, at)
      expect(await store.begin(id, 2, 5, at)).toBe(true)
      expect(await store.begin(id, 2, 7, at)).toBe(false)
      expect(await store.begin(id, 1, 7, at)).toBe(false)
      expect(await store.get(id)).toMatchObject({ step: 2, chunks: 5, chunks_done: 0 })
      expect(await store.chunkDone(id, 1, 1, at)).toBeUndefined()
      expect(await store.chunkDone(id, 2, 4, at)).toEqual({ done: 1, of: 5 })
    })

    test('a chunk delivered twice counts once', async () => {
      const id = await running()
      const counts = [2, 2, 0].map((chunk) => async () => (await store.chunkDone(id, 1, chunk, at))?.done)
      expect([await counts[0](), await counts[1](), await counts[2]()]).toEqual([1, 1, 2])
    })

    test('a chunk reported again does not move the run: one that stands still is found by that', async () => {
      const id = await running()
      await store.chunkDone(id, 1, 2, at)
      expect(await store.chunkDone(id, 1, 2, '2026-01-09T00:00:00.000Z')).toEqual({ done: 1, of: 3 })
      expect(await store.get(id)).toMatchObject({ updated_at: at, chunks_done: 1 })
    })

    test('a chunk reported after the end changes nothing', async () => {
      const id = await running(2)
      await store.chunkDone(id, 1, 0, at)
      await store.fail(id, failure, at)
      expect(await store.chunkDone(id, 1, 1, at)).toBeUndefined()
      expect(await store.get(id)).toMatchObject({ status: 'failed', chunks_done: 1 })
    })

    test('a chunk beyond the plan is refused', async () => {
      const id = await running(2)
      await expect(store.chunkDone(id, 1, 2, at)).rejects.toMatchObject({ code: 'bad_request' })
    })

    test('16 chunks reported at once are 16', async () => {
      const id = await running(16)
      const counts = await Promise.all(Array.from({ length: 16 }, (_, chunk) => store.chunkDone(id, 1, chunk, at)))
      expect(counts.map((count) => count?.done ?? 0).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 16 }, (_, i) => i + 1),
      )
    })

    test('of two hosts that start or end a run at once, one wins', async () => {
      await store.create(queuedRun())
      const starts = await Promise.all([3, 5].map((chunks) => store.begin('run-1', 1, chunks, at)))
      expect(starts.toSorted()).toEqual([false, true])
      const ends = await Promise.all([
        store.succeed('run-1', 'results/run-1.json', at),
        store.fail('run-1', failure, at),
      ])
      expect(ends.toSorted()).toEqual([false, true])
    })

    test('a taken id is refused and the first run stays as it was, listed once', async () => {
      await store.create(queuedRun())
      const second = queuedRun({ created_at: '2026-11-23T00:00:00.000Z', host: 'host-2' })
      expect(await store.create(second)).toBe(false)
      expect(await store.list('local', 10)).toEqual([queuedRun()])
      expect(await store.unfinished()).toEqual([queuedRun()])
    })

    test('a run that is not there is undefined, and changing it is not_found', async () => {
      expect(await store.get('nope')).toBeUndefined()
      const missing = { code: 'not_found', message: expect.stringContaining('nope') }
      await expect(store.begin('nope', 1, 1, at)).rejects.toMatchObject(missing)
      await expect(store.chunkDone('nope', 1, 0, at)).rejects.toMatchObject(missing)
      await expect(store.succeed('nope', 'results/nope.json', at)).rejects.toMatchObject(missing)
      await expect(store.fail('nope', failure, at)).rejects.toMatchObject(missing)
    })

    test('a request over 400 KB is too large, and nothing is stored', async () => {
      const request = { symbols: Array.from({ length: 60_000 }, (_, i) => `SYM${i}`) }
      await expect(store.create(queuedRun({ request }))).rejects.toMatchObject({ code: 'too_large' })
      expect([await store.get('run-1'), await store.list('local', 10), await store.unfinished()]).toEqual([
        undefined,
        [],
        [],
      ])
    })

    test('the list is newest first and cut at its limit', async () => {
      const runs = Array.from({ length: 130 }, (_, i) =>
        queuedRun({ run_id: `run-${i}`, created_at: new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString() }),
      )
      for (const run of runs.toReversed()) await store.create(run)
      const newestFirst = runs.map((run) => run.run_id).toReversed()
      expect((await store.list('local', 1000)).map((run) => run.run_id)).toEqual(newestFirst)
      expect((await store.list('local', 105)).map((run) => run.run_id)).toEqual(newestFirst.slice(0, 105))
      expect((await store.list('local', 1)).map((run) => run.run_id)).toEqual(['run-129'])
    })

    test('an owner sees the runs of their own', async () => {
      await store.create(queuedRun())
      await store.create(queuedRun({ run_id: 'hers', owner: 'ada' }))
      expect((await store.list('ada', 10)).map((run) => run.run_id)).toEqual(['hers'])
      expect((await store.list('local', 10)).map((run) => run.run_id)).toEqual(['run-1'])
      expect(await store.list('nobody', 10)).toEqual([])
    })

    test('unfinished runs are those queued or running', async () => {
      await store.create(queuedRun({ run_id: 'queued' }))
      await running(1, queuedRun({ run_id: 'running' }))
      await running(1, queuedRun({ run_id: 'failed' }))
      await running(1, queuedRun({ run_id: 'succeeded' }))
      await store.fail('failed', failure, at)
      await store.succeed('succeeded', 'results/succeeded.json', at)
      expect((await store.unfinished()).map((run) => run.run_id).toSorted()).toEqual(['queued', 'running'])
    })

    const asked = (run_id: string, request_hash = 'h') => ({ run_id, request_hash })

    test('what was asked for under a key is remembered as it came first, for its owner', async () => {
      expect(await store.remember('ada', 'key', asked('run-1'), at)).toEqual(asked('run-1'))
      expect(await store.remember('ada', 'key', asked('run-2', 'other'), at)).toEqual(asked('run-1'))
      expect(await store.remember('bob', 'key', asked('run-3'), at)).toEqual(asked('run-3'))
      expect(await store.remember('ada', 'key2', asked('run-4'), at)).toEqual(asked('run-4'))
    })

    test('no owner and key read together as another owner and key', async () => {
      await store.remember('ada', 'x#y', asked('run-1'), at)
      for (const [owner, key] of [
        ['ada#x', 'y'],
        ['adax', '#y'],
        ['a', 'dax#y'],
        ['ada","x', 'y'],
      ])
        expect(await store.remember(owner, key, asked('run-2'), at)).toEqual(asked('run-2'))
    })

    test('a key leads elsewhere once it leads to the run that is given up, and not otherwise', async () => {
      await store.remember('ada', 'key', asked('run-1'), at)
      expect(await store.remember('ada', 'key', asked('run-2'), at, 'run-0')).toEqual(asked('run-1'))
      expect(await store.remember('ada', 'key', asked('run-2'), at, 'run-1')).toEqual(asked('run-2'))
      expect(await store.remember('ada', 'key', asked('run-3'), at, 'run-1')).toEqual(asked('run-2'))
    })

    test('a key is remembered for 30 days to the second', async () => {
      const after = (seconds: number) => new Date(Date.parse(at) + seconds * 1_000).toISOString()
      await store.remember('ada', 'key', asked('run-1'), at)
      expect(await store.remember('ada', 'key', asked('run-2'), after(30 * 86_400 - 1))).toEqual(asked('run-1'))
      expect(await store.remember('ada', 'key', asked('run-2'), after(30 * 86_400))).toEqual(asked('run-2'))
    })

    test('of 8 requests at once under a key one decides for all', async () => {
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, i) => store.remember('ada', 'key', asked(`run-${i}`), at)),
      )
      expect(new Set(all.map(({ run_id }) => run_id)).size).toBe(1)
    })
  })
}
