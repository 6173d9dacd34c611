import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { documentClient } from '../../lib/adapters/aws/dynamodb.ts'
import { s3Client, s3Objects } from '../../lib/adapters/aws/s3-objects.ts'
import { type LocalTable, openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { backtest } from '../../lib/backtest/backtest.ts'
import { canonicalJson } from '../../lib/core/hash.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'
import { created, newHome, openApplication } from '../acceptance/home.ts'
import { openThreads, progress } from '../acceptance/threads.ts'
import { openCloud } from '../runs/cloud.ts'
import { openFauxqs } from './emulators.ts'
import { type Fault, openFlaky, SLOW_DOWN, THROUGHPUT } from './flaky.ts'

// A table and a bucket that throttle, or are away for seconds, under whole runs: each ends with the right result, at its first try.

const REQUEST = { symbols: ['ALD', 'ARM', 'BRI', 'CAL', 'COL', 'QUA'], chunks: 5 }
const { home, imports, remove } = newHome()
let strategy: Strategy
let threads: Awaited<ReturnType<typeof openThreads>>
let table: LocalTable
let aws: Awaited<ReturnType<typeof openFauxqs>>
let usual: string
let buckets = 0

function essence({ run_id: _, ...result }: Record<string, unknown>): string {
  const { chunks: _chunks, wall_ms, cpu_ms, cost, cost_cents, ...receipt } = result.receipt as Record<string, unknown>
  return canonicalJson({ ...result, receipt })
}

beforeAll(async () => {
  await imports.simulateBars({})
  const app = await openApplication(home)
  strategy = await created(app, { rule: 'SIGNAL: rsi(close,14) < 35' })
  await app.close()
  threads = await openThreads(home)
  usual = essence(await backtest(threads.deps, strategy, { ...REQUEST, progress }))
  table = await openLocalTable()
  aws = await openFauxqs()
})
afterAll(async () => {
  await threads.close()
  await table.close()
  await aws.stop()
  remove()
})

/** A whole run behind two flaky servers. */
async function ended(tableFault: () => Fault, bucketFault: () => Fault) {
  const before = {
    table: await openFlaky(table.endpoint, tableFault),
    bucket: await openFlaky(aws.service.endpoint!, bucketFault),
  }
  const name = `results-${buckets++}`
  await s3Client(aws.service, { pathStyle: true }).send(new CreateBucketCommand({ Bucket: name }))
  const { waiting } = aws.service
  const client = s3Client({ ...aws.service, endpoint: before.bucket.endpoint }, { pathStyle: true })
  const results = s3Objects({ client, name }, { waiting, newId: () => String(Math.random()) })
  const documents = documentClient({ ...aws.service, endpoint: before.table.endpoint })
  const cloud = await openCloud(threads.deps, strategy, {}, { table: { documents, name: table.name }, results })
  const started = Date.now()
  try {
    // Another window for every run: each is one of its own.
    const { run_id } = await cloud.begin('backtest', { ...REQUEST, note: name })
    const run = await cloud.settle(run_id)
    expect(run.status).toBe('succeeded')
    expect(essence(await cloud.result(run))).toBe(usual)
    return { ...cloud.counts, table: before.table.counts, bucket: before.bucket.counts, ms: Date.now() - started }
  } finally {
    await before.table.close()
    await before.bucket.close()
  }
}

const NONE = (): Fault => undefined
/** Every so manyth request meets the fault. */
const every = (nth: number, fault: Fault) => {
  let asked = 0
  return () => (++asked % nth === 0 ? fault : undefined)
}

it.each([
  ['the table throttles every third request', every(3, THROUGHPUT), NONE],
  ['the bucket asks every third request to slow down', NONE, every(3, SLOW_DOWN)],
  ['every fourth connection to either breaks', every(4, 'nothing'), every(4, 'nothing')],
])('ends right when %s', async (_, tableFault, bucketFault) => {
  const { merged, worked, dead, table: t, bucket: b } = await ended(tableFault, bucketFault)
  expect(t.faults + b.faults).toBeGreaterThan(5)
  // Nothing was given up, nothing done twice: the clients waited.
  expect({ merged, worked, dead }).toEqual({ merged: 1, worked: REQUEST.chunks, dead: 0 })
})

it('ends right when the table is away for five seconds in the middle', async () => {
  let asked = 0
  let until = Number.POSITIVE_INFINITY
  const away = (): Fault => {
    if (++asked === 10) until = Date.now() + 5_000
    return asked >= 10 && Date.now() < until ? 'nothing' : undefined
  }
  const { merged, worked, dead, ms, table: t } = await ended(away, NONE)
  expect(ms).toBeGreaterThan(5_000)
  expect(t.faults).toBeGreaterThan(3)
  expect({ merged, worked, dead }).toEqual({ merged: 1, worked: REQUEST.chunks, dead: 0 })
})
