import { afterEach, beforeEach, expect, it } from 'vitest'
import { dynamodbRuns } from '../../lib/adapters/aws/dynamodb-runs.ts'
import { type LocalTable, openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { cancelRun } from '../../lib/runs/cancel.ts'
import { hostRuns, type RunProgress } from '../../lib/runs/lifecycle.ts'
import { openRun, type RunAsk } from '../../lib/runs/open.ts'
import type { RunStore } from '../../lib/runs/run.ts'
import { MemoryStore } from '../market/memory-store.ts'

// A run that is cancelled ends as failed, its work stops, and everybody who waits is told.

const ASK: RunAsk = {
  owner: 'local',
  mode: 'backtest',
  strategy: { strategy_id: 1, version: 1, hash: 'h' },
  request: { strategy_id: 1 },
  dataVersion: 'd',
}
const CANCELLED = { code: 'cancelled', message: expect.stringMatching(/^Run [\w-]+ was cancelled\./) }

let table: LocalTable
let runs: RunStore
let results: MemoryStore
beforeEach(async () => {
  table = await openLocalTable()
  runs = dynamodbRuns(table)
  results = new MemoryStore()
})
afterEach(() => table.close())
const deps = () => ({ runs, results, clock: () => Date.parse('2026-01-05T12:00:00Z'), host: 'host-1' })

/** Work that stands before each of its steps until it is let on. */
function stepwise(steps: ((progress: RunProgress) => Promise<void> | void)[]) {
  let reach = (_runId: string) => {}
  let go = () => {}
  const begun = new Promise<string>((resolve) => (reach = resolve))
  const let_on = new Promise<void>((resolve) => (go = resolve))
  let taken = 0
  const work = async (progress: RunProgress) => {
    await progress.planned(3)
    reach(progress.runId)
    await let_on
    for (const step of steps) {
      await step(progress)
      taken++
    }
    return { answer: 42 }
  }
  return { work, begun, go, taken: () => taken }
}

it.each([
  ['its next chunk', (progress: RunProgress) => progress.chunkDone(0)],
  ['its next job', (progress: RunProgress) => progress.goOn()],
])('stops at %s, stores nothing, and tells all who wait', async (_what, step) => {
  const hosted = hostRuns(deps())
  const { work, begun, go, taken } = stepwise([step, step, step])
  const waiting = [hosted.withRun(ASK, work)]
  const runId = await begun
  waiting.push(hosted.withRun(ASK, work))
  const run = await hosted.cancel('local', runId)
  expect(run).toMatchObject({ status: 'failed', error: CANCELLED, finished_at: '2026-01-05T12:00:00.000Z' })
  go()
  for (const one of waiting) await expect(one).rejects.toMatchObject({ ...CANCELLED, details: { run_id: runId } })
  expect(taken()).toBe(0)
  expect(await runs.get(runId)).toMatchObject({ status: 'failed', error: CANCELLED })
  expect(await results.list('results/')).toEqual([])
  expect(await runs.unfinished()).toEqual([])
})

it('is noticed in the table by a host that was not told, at its next chunk and at the end', async () => {
  for (const steps of [[(progress: RunProgress) => progress.chunkDone(0)], []]) {
    const { work, begun, go, taken } = stepwise(steps)
    const waiting = hostRuns(deps()).withRun(ASK, work)
    const runId = await begun
    await cancelRun(deps(), 'local', runId)
    go()
    await expect(waiting).rejects.toMatchObject(CANCELLED)
    expect(taken()).toBe(0)
    expect(await results.list('results/')).toEqual([])
  }
})

it('is run anew by the next request', async () => {
  const hosted = hostRuns(deps())
  const { work, begun, go } = stepwise([(progress) => progress.chunkDone(0)])
  const waiting = hosted.withRun(ASK, work)
  const runId = await begun
  await hosted.cancel('local', runId)
  // While the cancelled one is still in its chunk.
  expect(await hosted.withRun(ASK, async () => ({ answer: 43 }))).toMatchObject({ answer: 43, run_id: `${runId}-2` })
  go()
  await expect(waiting).rejects.toMatchObject(CANCELLED)
  expect(await runs.get(`${runId}-2`)).toMatchObject({ status: 'succeeded' })
})

it('cannot be another’s, or one that has ended', async () => {
  const { run } = await openRun(deps(), ASK)
  await expect(cancelRun(deps(), 'ada', run.run_id)).rejects.toMatchObject({ code: 'not_found' })
  expect(await runs.get(run.run_id)).toMatchObject({ status: 'queued' })
  await cancelRun(deps(), 'local', run.run_id)
  await expect(cancelRun(deps(), 'local', run.run_id)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('it is failed'),
  })
})
