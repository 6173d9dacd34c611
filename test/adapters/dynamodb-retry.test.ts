import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { endpoint, ok } from '../../functions/http.ts'
import { conditionFailed, documentClient } from '../../lib/adapters/aws/dynamodb.ts'
import { dynamodbSubscriptions } from '../../lib/adapters/aws/dynamodb-alerts.ts'
import { dynamodbDeliveries } from '../../lib/adapters/aws/dynamodb-deliveries.ts'
import { dynamodbFires } from '../../lib/adapters/aws/dynamodb-fires.ts'
import { dynamodbKeys } from '../../lib/adapters/aws/dynamodb-keys.ts'
import { dynamodbQuotas } from '../../lib/adapters/aws/dynamodb-quotas.ts'
import { dynamodbRecipients } from '../../lib/adapters/aws/dynamodb-recipients.ts'
import { dynamodbRuns } from '../../lib/adapters/aws/dynamodb-runs.ts'
import { dynamodbStrategies } from '../../lib/adapters/aws/dynamodb-strategies.ts'
import { wasRetried } from '../../lib/adapters/aws/retry.ts'
import { type LocalTable, openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { fire, subscription } from './alert-stores-contract.ts'
import { keyOf } from './key-store-contract.ts'
import { queuedRun } from './run-store-contract.ts'
import { strategyDraft } from './strategy-store-contract.ts'
import { serviceAt } from './stub-server.ts'
import { fakeWaiting } from './waiting.ts'

/** What stands between a client and the table does with one request: hand it on, lose its answer, or answer in the table's place. */
type Fate = 'pass' | 'lose the answer' | 'lose the request' | { status: number; type: string }

let table: LocalTable
beforeAll(async () => {
  table = await openLocalTable()
})
afterAll(() => table.close())

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A server in front of the table with a fate for each request, then 'pass'. */
async function proxy(fates: Fate[], port = 0): Promise<{ port: number; passed: string[]; close(): Promise<void> }> {
  const passed: string[] = []
  const server: Server = createServer(async (asked, response) => {
    const parts: Buffer[] = []
    for await (const part of asked) parts.push(part as Buffer)
    const fate = fates.shift() ?? 'pass'
    if (fate === 'lose the request') return void response.destroy()
    if (typeof fate === 'object') {
      const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${fate.type}`, message: fate.type })
      return void response.writeHead(fate.status, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
    }
    passed.push(String(asked.headers['x-amz-target']).split('.')[1])
    const options = { method: asked.method, headers: asked.headers }
    const onward = request(`${table.endpoint}${asked.url}`, options, (answer) => {
      const answered: Buffer[] = []
      answer.on('data', (part) => answered.push(part))
      answer.on('end', () => {
        if (fate === 'lose the answer') response.destroy()
        else response.writeHead(answer.statusCode!, answer.headers).end(Buffer.concat(answered))
      })
    })
    onward.end(Buffer.concat(parts))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { port: (server.address() as AddressInfo).port, passed, close }
}

async function open(...fates: Fate[]) {
  const { port, passed, close } = await proxy(fates)
  const time = fakeWaiting()
  const documents = documentClient(serviceAt(port, time.waiting))
  closers.push(() => documents.destroy(), close)
  return { documents, passed, ...time }
}

let items = 0
const fresh = () => ({ pk: `ITEM#${++items}`, sk: 'x' })
const read = async (Key: { pk: string; sk: string }) =>
  (await table.documents.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }))).Item
const create = (key: { pk: string; sk: string }, by: string) =>
  new PutCommand({ TableName: table.name, Item: { ...key, by }, ConditionExpression: 'attribute_not_exists(pk)' })
const count = (Key: { pk: string; sk: string }) =>
  new UpdateCommand({
    TableName: table.name,
    Key,
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': 1 },
  })

const throttled: Fate = { status: 400, type: 'ProvisionedThroughputExceededException' }

describe.each<[string, Fate]>([
  ['over its throughput', throttled],
  ['throttling', { status: 400, type: 'ThrottlingException' }],
  ['over the limit of requests', { status: 400, type: 'RequestLimitExceeded' }],
  ['failing', { status: 500, type: 'InternalServerError' }],
  ['unavailable', { status: 503, type: 'ServiceUnavailable' }],
  ['dropping requests', 'lose the request'],
])('a table that is %s four times', (_what, fault) => {
  test('takes a write exactly once', async () => {
    const { documents, passed, waits } = await open(fault, fault, fault, fault)
    const key = fresh()
    await documents.send(count(key))
    expect(await read(key)).toMatchObject({ n: 1 })
    expect(passed).toEqual(['UpdateItem'])
    expect(waits).toHaveLength(4)
  })

  test('takes a write on a condition exactly once', async () => {
    const { documents } = await open(fault, fault, fault, fault)
    const key = fresh()
    await documents.send(create(key, 'first'))
    expect(await read(key)).toEqual({ ...key, by: 'first' })
    await expect(documents.send(create(key, 'second'))).rejects.toSatisfy(conditionFailed)
    expect(await read(key)).toEqual({ ...key, by: 'first' })
  })
})

test.each<[string, Fate[], object]>([
  ['that stays away', Array<Fate>(100).fill('lose the request'), { code: 'unavailable' }],
  ['that stays over its throughput', Array<Fate>(100).fill(throttled), { code: 'unavailable' }],
  ['that refuses for good', [{ status: 400, type: 'AccessDeniedException' }], { code: 'internal' }],
])('of a table %s an API’s caller hears no more than that it is busy', async (_what, fates, error) => {
  const { documents } = await open(...fates)
  const handler = endpoint(async () => {
    await documents.send(count(fresh()))
    return ok({})
  })
  const answer = (await handler({ routeKey: 'GET /runs' } as never)) as {
    statusCode: number
    headers: object
    body: string
  }
  expect(JSON.parse(answer.body)).toMatchObject({ success: false, error })
  const isBusy = 'code' in error && error.code === 'unavailable'
  expect(answer.statusCode).toBe(isBusy ? 503 : 500)
  expect(answer.headers).toMatchObject(isBusy ? { 'retry-after': '2' } : {})
})

test('a table that refuses connections for 5 s is waited for', async () => {
  const first = await proxy([])
  await first.close()
  let back: Awaited<ReturnType<typeof proxy>> | undefined
  const { waiting, now } = fakeWaiting(async (time) => {
    if (time >= 5_000) back ??= await proxy([], first.port)
  })
  const documents = documentClient(serviceAt(first.port, waiting))
  closers.push(
    () => documents.destroy(),
    () => back?.close(),
  )
  const key = fresh()
  await documents.send(create(key, 'late'))
  expect(await read(key)).toEqual({ ...key, by: 'late' })
  expect(now()).toBeGreaterThanOrEqual(5_000)
})

test('after 8 s of waiting the last error is thrown, with waits that grow to at most 1 s', async () => {
  const { documents, passed, waits, now } = await open(...Array<Fate>(500).fill(throttled))
  const error = await documents.send(create(fresh(), 'never')).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'ProvisionedThroughputExceededException' })
  expect(passed).toEqual([])
  expect(now()).toBeGreaterThanOrEqual(8_000)
  expect(now()).toBeLessThanOrEqual(9_000)
  for (const [i, wait] of waits.entries()) expect(wait).toBeLessThanOrEqual(Math.min(1_000, 50 * 2 ** i))
  // Full jitter: about half of the limit on average, and not the same each time.
  expect(Math.max(...waits.slice(5)) - Math.min(...waits.slice(5))).toBeGreaterThan(300)
})

test('a refusal is not repeated', async () => {
  const { documents, passed, waits } = await open()
  const key = fresh()
  await documents.send(create(key, 'first'))
  const error = await documents.send(create(key, 'second')).catch((thrown: unknown) => thrown)
  expect(error).toSatisfy(conditionFailed)
  expect(wasRetried(error)).toBe(false)
  expect({ passed, waits }).toEqual({ passed: ['PutItem', 'PutItem'], waits: [] })
})

test('a write on a condition whose answer was lost fails its own condition, and it can be told that it may be so', async () => {
  const { documents, passed } = await open('lose the answer')
  const key = fresh()
  const error = await documents.send(create(key, 'mine')).catch((thrown: unknown) => thrown)
  expect(error).toSatisfy(conditionFailed)
  expect(wasRetried(error)).toBe(true)
  expect(passed).toEqual(['PutItem', 'PutItem'])
  expect(await read(key)).toEqual({ ...key, by: 'mine' })
})

test('a count without a condition is counted twice when its answer is lost', async () => {
  const { documents } = await open('lose the answer')
  const key = fresh()
  await documents.send(count(key))
  // Why nothing is counted this way but ids, of which one may be left out.
  expect(await read(key)).toMatchObject({ n: 2 })
})

describe('a record whose every write is answered the second time only', () => {
  /** A table behind answers that are lost, one after each request that is a first try. */
  const losing = async () => {
    const { documents } = await open(
      ...Array.from({ length: 20 }, (_, i): Fate => (i % 2 === 0 ? 'lose the answer' : 'pass')),
    )
    return { documents, name: table.name }
  }

  test('is the new run that was asked for', async () => {
    const run = queuedRun({ run_id: 'lost' })
    expect(await dynamodbRuns(await losing()).create(run)).toBe(true)
    expect(await dynamodbRuns(table).get('lost')).toEqual(run)
    expect(await dynamodbRuns(await losing()).create({ ...run, host: 'another' })).toBe(false)
  })

  test('begins its step and ends for the one that began and ended it, and for nobody else', async () => {
    for (const [id, end] of [
      ['ends well', 'succeed'],
      ['ends badly', 'fail'],
    ] as const) {
      await dynamodbRuns(table).create(queuedRun({ run_id: id }))
      const at = '2026-11-22T12:00:05.000Z'
      const ending = async (runs = dynamodbRuns(table)) =>
        end === 'succeed'
          ? runs.succeed(id, 'results/x.json', at)
          : runs.fail(id, { code: 'internal', message: 'm' }, at)
      expect(await dynamodbRuns(await losing()).begin(id, 1, 3, at)).toBe(true)
      expect(await dynamodbRuns(await losing()).begin(id, 1, 3, at)).toBe(false)
      expect(await dynamodbRuns(await losing()).chunkDone(id, 1, 0, at)).toEqual({ done: 1, of: 3 })
      expect(await ending(dynamodbRuns(await losing()))).toBe(true)
      expect(await ending(dynamodbRuns(await losing()))).toBe(false)
      expect(await dynamodbRuns(table).get(id)).toMatchObject({ step: 1, chunks: 3, chunks_done: 1 })
      // the pointer to the unfinished run is gone with its end
      const Key = { pk: 'UNFINISHED', sk: id }
      expect(await read(Key)).toBeUndefined()
    }
  })

  test('is used up once, and granted once', async () => {
    const place = { owner: 'losing', day: '2026-11-22', quota: 'chunk_seconds' } as const
    await dynamodbQuotas(await losing()).charge(place, 2.5, 'run 1')
    expect(await dynamodbQuotas(table).used(place)).toBe(2.5)
    const runs = { ...place, quota: 'runs' } as const
    expect(await dynamodbQuotas(await losing()).reserve(runs, 'a', 1)).toBe(true)
    expect(await dynamodbQuotas(table).used(runs)).toBe(1)
  })

  test('is a message claimed by the one that claimed it, busy for others, and free once it is given back', async () => {
    const key = { owner: 'losing', fire_id: '7.1.2026-11-20.KO', subscription_id: '7.1.a' }
    expect(await dynamodbDeliveries(await losing()).claim(key, 0, 60_000)).toEqual({
      state: 'claimed',
      sent: new Set(),
      failed: null,
    })
    expect(await dynamodbDeliveries(await losing()).claim(key, 0, 60_000)).toEqual({ state: 'busy', until: 60_000 })
    await dynamodbDeliveries(await losing()).sent(key, 'email 0')
    await dynamodbDeliveries(await losing()).release(key)
    expect(await dynamodbDeliveries(await losing()).claim(key, 1, 60_001)).toEqual({
      state: 'claimed',
      sent: new Set(['email 0']),
      failed: null,
    })
    await dynamodbDeliveries(await losing()).finish(key, 'sent', '2026-11-20T21:00:00.000Z', null)
    expect(await dynamodbDeliveries(await losing()).claim(key, 1, 60_001)).toEqual({ state: 'finished' })
  })

  test('is one failed delivery, counted once', async () => {
    const alert = subscription({ owner: 'losing', subscription_id: '7.1.failing' })
    await dynamodbSubscriptions(table).create(alert)
    const error = { at: '2026-11-20T21:00:00.000Z', fire_id: '7.1.2026-11-20.KO', message: 'answered 500' }
    await dynamodbSubscriptions(await losing()).deliveryFailed('7.1.failing', error)
    expect(await dynamodbSubscriptions(table).get('7.1.failing')).toEqual({
      ...alert,
      failed_deliveries: 1,
      last_error: error,
    })
    await dynamodbSubscriptions(table).delete('7.1.failing')
  })

  test('is one address, new for the one that stored it, and forgotten when it is said so', async () => {
    const at = '2026-11-20T21:00:00.000Z'
    const need = async (owner: string) => dynamodbRecipients(await losing()).need('ann@example.com', owner, at)
    const { held, isNew } = await need('losing')
    expect({ held, isNew }).toMatchObject({ held: { owner: 'losing', state: 'asked' }, isNew: true })
    expect(await need('bob')).toEqual({ held, isNew: false })
    const again = await need('losing')
    expect(again.isNew).toBe(false)
    // needed again since it was read: it stays
    expect(await dynamodbRecipients(await losing()).forget(held)).toBe(false)
    expect(await dynamodbRecipients(await losing()).forget(again.held)).toBe(true)
    expect(await dynamodbRecipients(table).get('ann@example.com')).toBeUndefined()
  })

  test('is one fire, and the session it opened closes', async () => {
    const made = fire({ owner: 'losing' })
    expect(await dynamodbFires(await losing()).record(made)).toEqual(made)
    await dynamodbFires(await losing()).announced(made)
    expect(await dynamodbFires(table).get('losing', made.fire_id)).toEqual({ ...made, state: 'announced' })
  })

  test('is one strategy', async () => {
    const owner = 'losing'
    const first = await dynamodbStrategies(await losing()).create(owner, strategyDraft())
    const second = await dynamodbStrategies(await losing()).create(owner, strategyDraft(), 'run-1')
    expect(await dynamodbStrategies(await losing()).create(owner, strategyDraft(), 'run-1')).toEqual(second)
    expect(await dynamodbStrategies(table).list(owner)).toEqual([first, second])
  })

  test('is one key, and no key that nobody has seen', async () => {
    const key = keyOf({ owner: 'losing' })
    await dynamodbKeys(await losing()).create('hash', key)
    expect(await dynamodbKeys(table).list('losing')).toEqual([key])
  })

  test('is one alert, and none once it is deleted', async () => {
    const alert = subscription({ owner: 'losing' })
    await dynamodbSubscriptions(await losing()).create(alert)
    expect(await dynamodbSubscriptions(table).list('losing')).toEqual([alert])
    expect(await dynamodbSubscriptions(await losing()).delete(alert.subscription_id)).toBe(true)
    expect(await dynamodbSubscriptions(table).count('losing')).toBe(0)
  })
})
