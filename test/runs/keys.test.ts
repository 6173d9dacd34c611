import { afterEach, beforeEach, expect, it } from 'vitest'
import { dynamodbRuns } from '../../lib/adapters/aws/dynamodb-runs.ts'
import { type LocalTable, openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { AppError } from '../../lib/core/errors.ts'
import { hostRuns } from '../../lib/runs/lifecycle.ts'
import { openRun, type RunAsk } from '../../lib/runs/open.ts'
import type { RunStore } from '../../lib/runs/run.ts'
import { MemoryStore } from '../market/memory-store.ts'

// A key makes a request one run, whatever has changed since.

const ASK: RunAsk = {
  owner: 'local',
  mode: 'backtest',
  strategy: { strategy_id: 1, version: 1, hash: 'h' },
  request: { strategy_id: 1 },
  dataVersion: 'monday',
  idempotencyKey: 'key',
}
const LATER: RunAsk = {
  ...ASK,
  dataVersion: 'tuesday',
  strategy: { strategy_id: 1, version: 2, hash: 'i' },
  moment: '2',
}

let table: LocalTable
let runs: RunStore
let results: MemoryStore
let now: number
beforeEach(async () => {
  table = await openLocalTable()
  runs = dynamodbRuns(table)
  results = new MemoryStore()
  now = Date.parse('2026-01-05T12:00:00Z')
})
afterEach(() => table.close())

const deps = () => ({ runs, results, clock: () => now, host: 'host-1' })
const counted = () => {
  let count = 0
  return async () => ({ count: ++count })
}

it('is the same run when bars, the strategy and the moment have changed since', async () => {
  const { withRun } = hostRuns(deps())
  const work = counted()
  const first = await withRun(ASK, work)
  expect(await withRun(LATER, work)).toEqual(first)
  expect(await withRun({ ...LATER, idempotencyKey: undefined }, work)).toMatchObject({ count: 2 })
  // A key finds what was computed without one, or under another.
  expect(await withRun({ ...ASK, idempotencyKey: 'second' }, work)).toEqual(first)
})

it('is another run for another owner, and after 30 days', async () => {
  const { withRun } = hostRuns(deps())
  const work = counted()
  await withRun(ASK, work)
  expect(await withRun({ ...LATER, owner: 'ada' }, work)).toMatchObject({ count: 2 })
  now += 30 * 86_400_000
  expect(await withRun(LATER, work)).toMatchObject({ count: 3 })
})

it.each([
  ['another request', { request: { strategy_id: 1, chunks: 2 } }],
  ['another kind of request', { mode: 'screening' as const }],
])('is refused with %s, and nothing is run', async (_what, change) => {
  const { withRun } = hostRuns(deps())
  await withRun(ASK, counted())
  const nothing = () => Promise.reject(new Error('was run'))
  await expect(withRun({ ...ASK, ...change }, nothing)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('came with another request'),
  })
})

it('is one run for two requests at once, also when bars arrive between them', async () => {
  for (const [i, second] of [ASK, LATER].entries()) {
    const idempotencyKey = `at-once-${i}`
    const opened = await Promise.all([ASK, second].map((ask) => openRun(deps(), { ...ask, idempotencyKey })))
    expect(opened[0].run.run_id).toBe(opened[1].run.run_id)
    // The first of these runs is there already when the second pair comes.
    expect(opened.filter(({ isNew }) => isNew)).toHaveLength(i === 0 ? 1 : 0)
    expect(await openRun(deps(), { ...LATER, idempotencyKey })).toMatchObject({ isNew: false })
  }
})

it('is tried again after a failure, on what is stored then', async () => {
  const { withRun } = hostRuns(deps())
  const fails = async () => {
    throw new AppError('limit', 'One evaluation took too long.')
  }
  const failed = await withRun(ASK, fails).catch((error) => error.details.run_id)
  const work = counted()
  const again = await withRun(LATER, work)
  expect(again.count).toBe(1)
  expect(String(again.run_id)).not.toContain(failed)
  // From now on the key leads there, and whoever asks on those bars without a key gets the same.
  expect(await withRun({ ...LATER, dataVersion: 'wednesday' }, work)).toEqual(again)
  expect(await withRun({ ...LATER, idempotencyKey: undefined }, work)).toEqual(again)
  // On Monday's bars nothing was ever computed.
  expect(await withRun({ ...ASK, idempotencyKey: undefined }, work)).toMatchObject({ count: 2 })
})
