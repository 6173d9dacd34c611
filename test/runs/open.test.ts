import { afterEach, beforeEach, expect, it } from 'vitest'
import { dynamodbRuns } from '../../lib/adapters/aws/dynamodb-runs.ts'
import { type LocalTable, openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { AppError } from '../../lib/core/errors.ts'
import { hostRuns } from '../../lib/runs/lifecycle.ts'
import { openRun, type RunAsk } from '../../lib/runs/open.ts'
import type { RunStore } from '../../lib/runs/run.ts'
import { MemoryStore } from '../market/memory-store.ts'

// The same request is one run while that is of use, and a new one when it is not.

const ASK: RunAsk = {
  owner: 'local',
  mode: 'backtest',
  strategy: { strategy_id: 1, version: 1, hash: 'h' },
  request: { strategy_id: 1 },
  dataVersion: 'd',
}
const FAILURE = { code: 'limit', message: 'One evaluation took too long.' }

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
const iso = () => new Date(now).toISOString()

it('is computed once, and then answered with when it was', async () => {
  const { withRun } = hostRuns(deps())
  let computed = 0
  const work = async () => ({ receipt: { newest_bar: '2026-01-05T11:00:00.000Z', count: ++computed } })
  const first = await withRun(ASK, work)
  now += 60_000
  const second = await withRun(ASK, work)
  expect(computed).toBe(1)
  expect(second).toEqual({
    ...first,
    receipt: {
      ...(first.receipt as object),
      newest_bar_age_seconds: 3_660,
      computed_at: '2026-01-05T12:00:00.000Z',
    },
  })
  for (const other of [
    { dataVersion: 'e' },
    { moment: '2' },
    { owner: 'ada' },
    { request: { strategy_id: 1, limit: 2 } },
  ])
    await withRun({ ...ASK, ...other }, work)
  expect(computed).toBe(5)
})

it('is waited for while the first is at work', async () => {
  const { withRun } = hostRuns(deps())
  let computed = 0
  let end = () => {}
  const work = () =>
    new Promise<Record<string, unknown>>((resolve) => {
      computed++
      end = () => resolve({ answer: 1 })
    })
  const first = withRun(ASK, work)
  while (computed === 0) await new Promise((resolve) => setImmediate(resolve))
  const second = withRun(ASK, work)
  await new Promise((resolve) => setTimeout(resolve, 50))
  end()
  expect(await second).toEqual(await first)
  expect(computed).toBe(1)
})

it('is tried again after a failure of any kind: a limit may have been raised since', async () => {
  const { withRun } = hostRuns(deps())
  const fails = async () => {
    throw new AppError('limit', FAILURE.message)
  }
  await expect(withRun(ASK, fails)).rejects.toMatchObject({ code: 'limit' })
  const { run_id } = await withRun(ASK, async () => ({ answer: 1 }))
  expect(run_id).toMatch(/-2$/)
  expect((await withRun(ASK, fails)).run_id).toBe(run_id)
})

it('is computed again when its result was deleted', async () => {
  const { withRun } = hostRuns(deps())
  let computed = 0
  const work = async () => ({ count: ++computed })
  const { run_id } = await withRun(ASK, work)
  await results.delete(`results/${run_id}/result.json`)
  expect(await withRun(ASK, work)).toMatchObject({ count: 2 })
  expect(await withRun(ASK, work)).toMatchObject({ count: 2 })
})

it('finds the last of many attempts without looking at each', async () => {
  for (let i = 1; i <= 37; i++) {
    const { run, isNew } = await openRun(deps(), ASK)
    expect([run.run_id.split('-')[1] ?? '1', isNew]).toEqual([String(i), true])
    await runs.fail(run.run_id, FAILURE, iso())
  }
  let looked = 0
  const get = (id: string) => {
    looked++
    return runs.get(id)
  }
  expect((await openRun({ ...deps(), runs: { ...runs, get } }, ASK)).run.run_id).toMatch(/-38$/)
  expect(looked).toBeLessThan(14)
})
