import { request as httpRequest } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ownerOf } from '../../functions/owner.ts'
import { routes } from '../../functions/routes.ts'
import { authenticator } from '../../lib/access/authenticate.ts'
import type { KeyStore } from '../../lib/access/key-store.ts'
import { newSecret, secretHash } from '../../lib/access/secrets.ts'
import { dynamodbKeys } from '../../lib/adapters/aws/dynamodb-keys.ts'
import { type LocalTable, openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { type Gateway, startGateway } from '../../lib/local/gateway.ts'
import type { Route } from '../../lib/local/routes.ts'
import { keyOf } from '../adapters/key-store-contract.ts'
import { type FakeApplication, fakeApplication } from './fake-application.ts'
import { fakeKeys } from './fake-keys.ts'

/** Every route, behind the check of keys, against those who have none of their own: what each is answered, and that nothing ran. */

const NOW = Date.parse('2026-11-22T12:00:00Z')
const secret = (seed: number) => newSecret('owner', new Uint8Array(32).fill(seed))
const OPERATOR = newSecret('operator', new Uint8Array(32).fill(9))
const [ALICE, EXPIRED, REVOKED, UNKNOWN] = [secret(1), secret(2), secret(3), secret(4)]

const WINDOW = { start_date: '2020-01-01', end_date: '2020-12-31' }
/** One good request for each route: a route that is missing here fails the first test below. */
const GOOD: Record<string, { path: string; body?: object }> = {
  'GET /health': { path: '/health' },
  'POST /strategies': { path: '/strategies', body: { prompt: 'gap up' } },
  'POST /strategies/{id}/revise': { path: '/strategies/1/revise', body: { change: 'change the stop to 5%' } },
  'GET /strategies': { path: '/strategies' },
  'GET /strategies/{id}': { path: '/strategies/1' },
  'POST /backtest': { path: '/backtest', body: { strategy_id: 1 } },
  'POST /backtest/estimate': { path: '/backtest/estimate', body: { strategy_id: 1 } },
  'POST /screener': { path: '/screener', body: { strategy_id: 1 } },
  'POST /alert': { path: '/alert', body: { strategy_id: 1 } },
  'POST /alerts': { path: '/alerts', body: { strategy_id: 1, channels: [{ kind: 'console' }] } },
  'GET /alerts': { path: '/alerts' },
  'GET /alerts/{id}': { path: '/alerts/sub-1' },
  'POST /alerts/{id}/pause': { path: '/alerts/sub-1/pause' },
  'POST /alerts/{id}/resume': { path: '/alerts/sub-1/resume' },
  'POST /alerts/{id}/move': { path: '/alerts/sub-1/move', body: { version: 2 } },
  'DELETE /alerts/{id}': { path: '/alerts/sub-1' },
  'POST /execute': { path: '/execute', body: { function: 'run_alert', strategy_id: 1 } },
  'GET /runs': { path: '/runs' },
  'GET /runs/{id}': { path: '/runs/run-1' },
  'GET /runs/{id}/result': { path: '/runs/run-1/result' },
  'DELETE /runs/{id}': { path: '/runs/run-1' },
  'GET /signals': { path: '/signals?strategy_id=1&start_date=2020-01-01&end_date=2020-12-31' },
  'POST /signals': { path: '/signals', body: { strategy_id: 1, ...WINDOW } },
  'POST /explain': { path: '/explain', body: { strategy_id: 1, symbol: 'KO', date: '2020-03-09' } },
  'POST /why-not': { path: '/why-not', body: { strategy_id: 1 } },
  'POST /rules/eval': { path: '/rules/eval', body: { expression: 'close', symbol: 'KO' } },
  'POST /rules/check': { path: '/rules/check', body: { rule: 'close > open' } },
  'POST /bars': { path: '/bars', body: { windows: [{ symbol: 'KO', ...WINDOW }] } },
  'POST /keys': { path: '/keys', body: { name: 'laptop' } },
  'GET /keys': { path: '/keys' },
  'DELETE /keys/{id}': { path: '/keys/key-1' },
}

const keys = fakeKeys()
const apps = new Map<string, FakeApplication>()
const appOf = (event: APIGatewayProxyEventV2) => {
  const owner = ownerOf(event)
  if (!apps.has(owner)) apps.set(owner, fakeApplication())
  return apps.get(owner)!
}
const table: Route[] = routes(appOf, keys)
const names = table.map(({ method, path }) => `${method} ${path}`)
const withBody = names.filter((name) => GOOD[name].body !== undefined)
const withId = table.filter(({ path }) => path.includes('{id}'))

let database: LocalTable
let store: KeyStore
let gateway: Gateway
const refusals: string[] = []
beforeAll(async () => {
  database = await openLocalTable()
  store = dynamodbKeys(database)
  await store.create(secretHash(ALICE), keyOf({ key_id: 'alice-1' }))
  await store.create(secretHash(EXPIRED), keyOf({ key_id: 'alice-2', expires_at: new Date(NOW).toISOString() }))
  await store.create(secretHash(REVOKED), keyOf({ key_id: 'alice-3' }))
  await store.revoke('alice', 'alice-3', new Date(NOW - 1).toISOString())
  const authenticate = authenticator({ keys: store, operatorHash: secretHash(OPERATOR), clock: () => NOW })
  const elsewhere = { host: '127.0.0.1', authenticate, log: (line: string) => void refusals.push(line) }
  gateway = await startGateway({ routes: table, clock: () => NOW, elsewhere })
})
beforeEach(() => {
  apps.clear()
  keys.asked.length = 0
  refusals.length = 0
})
afterAll(async () => {
  await gateway.close()
  await database.close()
})

interface Sent {
  method: string
  path: string
  authorization?: string
  body?: string
  headers?: Record<string, string>
}

/** Sends a request as it is, the path unchanged. */
function send({ method, path, authorization, body, headers = {} }: Sent) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url)
    const all = { ...headers, ...(authorization === undefined ? {} : { authorization }) }
    const sent = httpRequest({ hostname, port, method, path, headers: all, agent: false }, (response) => {
      let text = ''
      response.on('data', (part) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
const good = (name: string, changes: Partial<Sent> = {}) => {
  const { path, body } = GOOD[name]
  return send({ method: name.split(' ')[0], path, body: body && JSON.stringify(body), ...changes })
}
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })
const ran = () => [...[...apps.values()].flatMap((app) => app.asked), ...keys.asked]

test('every route is in the table of this test, and answers a valid key', async () => {
  expect(names.toSorted()).toEqual(Object.keys(GOOD).toSorted())
  for (const name of names)
    expect([name, (await good(name, bearer(ALICE))).status]).toEqual([
      name,
      expect.toSatisfy((status) => status === 200 || status === 201),
    ])
  // The two that give a result look at its run first.
  expect(ran()).toHaveLength(names.length + 2)
  expect([...apps.keys()]).toEqual(['alice'])
  expect(keys.asked.every(([, caller]) => (caller as { owner: string }).owner === 'alice')).toBe(true)
})

describe.each(names)('%s answers 401 and does nothing', (name) => {
  test.each<[string, Partial<Sent>, RegExp]>([
    ['without a key', {}, /no Authorization header/],
    ['with an empty header', { authorization: '' }, /no Authorization header/],
    ['with another scheme', { authorization: `Basic ${ALICE}` }, /not "Bearer/],
    ['with a key cut short', bearer(ALICE.slice(0, -1)), /no accepted kind/],
    ['with a key nobody has', bearer(UNKNOWN), /an unknown key/],
    ['with a key that expires now', bearer(EXPIRED), /the expired key alice-2/],
    ['with a revoked key', bearer(REVOKED), /the revoked key alice-3/],
    ['with the hash of a key', bearer(secretHash(ALICE)), /no accepted kind/],
    ['with a token of no issuer', bearer('e30.e30.e30'), /no accepted kind/],
    ['with a valid key in another header', { headers: { 'x-api-key': ALICE, cookie: `key=${ALICE}` } }, /no Auth/],
    ['with an owner in a header', { headers: { owner: 'alice', 'x-amzn-owner': 'alice' } }, /no Auth/],
    ['from a page of another origin', { ...bearer(ALICE), headers: { origin: 'https://page.example' } }, /origin/],
  ])('%s', async (_name, changes, reason) => {
    const answer = await good(name, changes)
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    expect(JSON.parse(answer.text)).toMatchObject({ success: false, error: { code: 'unauthorized' } })
    expect(refusals).toEqual([expect.stringMatching(reason)])
    for (const credential of [ALICE, EXPIRED, REVOKED, UNKNOWN])
      expect(answer.text + refusals.join()).not.toContain(credential.slice(4, 12))
    expect(ran()).toEqual([])
  })

  test('with a valid key in the query', async () => {
    const { path } = GOOD[name]
    const inQuery = `${path}${path.includes('?') ? '&' : '?'}authorization=Bearer%20${ALICE}`
    expect((await good(name, { path: inQuery })).status).toBe(401)
    expect(ran()).toEqual([])
  })
})

test.each(names)('%s called without an authorizer in front is 401, whatever the event claims', async (name) => {
  const route = table.find(({ method, path }) => `${method} ${path}` === name)!
  const { body } = GOOD[name]
  const http = { method: route.method, path: route.path }
  for (const authorizer of [
    undefined,
    {},
    { lambda: null },
    { lambda: {} },
    { lambda: { owner: '' } },
    { lambda: { operator: false } },
    { jwt: { claims: { owner: 'alice' } } },
  ]) {
    const event = {
      routeKey: name,
      rawQueryString: '',
      headers: { owner: 'alice', 'x-owner': 'alice' },
      pathParameters: { id: '1' },
      requestContext: { http, accountId: 'local', requestId: 'r', authorizer },
      owner: 'alice',
      body: JSON.stringify({ ...body, owner: 'alice' }),
    } as unknown as APIGatewayProxyEventV2
    expect(await route.handler(event)).toMatchObject({ statusCode: 401 })
  }
  expect(ran()).toEqual([])
})

test.each(names.filter((name) => !name.includes('/keys')))('%s is forbidden to the operator', async (name) => {
  const answer = await good(name, bearer(OPERATOR))
  expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([403, 'forbidden'])
  expect(ran()).toEqual([])
})

describe.each(names)('%s with a valid key', (name) => {
  test('takes no method of another route: 405 that names those it takes', async () => {
    const path = GOOD[name].path.split('?')[0]
    const taken = table.filter((route) => GOOD[`${route.method} ${route.path}`].path.split('?')[0] === path)
    for (const method of ['PUT', 'PATCH', 'TRACE', 'OPTIONS', 'PROPFIND']) {
      const answer = await send({ method, path, ...bearer(ALICE) })
      expect([method, answer.status]).toEqual([method, 405])
      expect(answer.headers.allow).toBe(taken.map((route) => route.method).join(', '))
      expect(Object.keys(answer.headers).filter((header) => header.startsWith('access-control'))).toEqual([])
    }
    expect(ran()).toEqual([])
  })

  test('takes no query over 8 KB', async () => {
    const { path } = GOOD[name]
    const answer = await good(name, {
      path: `${path}${path.includes('?') ? '&' : '?'}q=${'x'.repeat(9_000)}`,
      ...bearer(ALICE),
    })
    if (withBody.includes(name) || name === 'GET /health') expect(answer.status).toBeLessThan(300)
    else {
      expect(answer.status).toBe(413)
      expect(ran()).toEqual([])
    }
  })

  test('is answered no-store', async () => {
    expect((await good(name, bearer(ALICE))).headers['cache-control']).toBe('no-store')
  })
})

describe.each(withBody)('%s with a valid key', (name) => {
  test.each<[string, string, number]>([
    ['over 1 MB', `{"name": "${'x'.repeat(1_100_000)}"}`, 413],
    ['nested 17 levels deep', `${'['.repeat(17)}${']'.repeat(17)}`, 400],
    ['nested 100,000 levels deep', '{"a":'.repeat(100_000), 400],
    ['that is no JSON', '{"name":', 400],
    ['with an unknown field', JSON.stringify({ ...GOOD[name].body, owners: 'bob' }), 400],
    ['with a million NULs', '\0'.repeat(1_000_000), 400],
  ])('refuses a body %s', async (_name, body, status) => {
    expect((await good(name, { body, ...bearer(ALICE) })).status).toBe(status)
    expect(ran()).toEqual([])
  })

  test('refuses a body that is not UTF-8, however it is packed', async () => {
    const route = table.find(({ method, path }) => `${method} ${path}` === name)!
    const event = {
      routeKey: name,
      rawQueryString: '',
      requestContext: { http: { method: 'POST' }, authorizer: { lambda: { owner: 'alice' } } },
      body: Buffer.from([0x7b, 0xff, 0x7d]).toString('base64'),
      isBase64Encoded: true,
    } as unknown as APIGatewayProxyEventV2
    expect(await route.handler(event)).toMatchObject({ statusCode: 400, body: expect.stringContaining('UTF-8') })
    expect(ran()).toEqual([])
  })
})

describe.each(withId.map(({ method, path }) => [method, path]))('%s %s with a valid key', (method, path) => {
  test.each<[string, string]>([
    ['two dots', '..'],
    ['encoded dots', '%2e%2e'],
    ['encoded slashes', '..%2f..%2fetc%2fpasswd'],
    ['encoded backslashes', '..%5c..%5c'],
    ['double encoding', '%252e%252e'],
    ['NUL', '1%00'],
    ['a line break', '1%0d%0a'],
    ['a broken code', '%zz'],
    ['broken UTF-8', '%c0%ae'],
    ['a space', '1%20'],
    ['the separator of the table’s keys', '1%23bob'],
    ['another script', '%d9%a1'],
    ['4000 characters', 'a'.repeat(4_000)],
  ])('%s in place of the id is 400 or 404', async (_name, id) => {
    const answer = await send({ method, path: path.replace('{id}', id), ...bearer(ALICE) })
    expect([400, 404]).toContain(answer.status)
    expect(JSON.parse(answer.text)).toMatchObject({ success: false })
    expect(ran()).toEqual([])
  })
})

test.each([
  '/../strategies',
  '/./strategies',
  '//strategies',
  '/strategies/',
  '/strategies/../runs',
  '/%73trategies',
  '/strategies%2f1',
  '/strategies;x=1',
  '/STRATEGIES',
  '/strategies/1/..',
  'http://evil.example/strategies',
  '*',
  `/${'a/'.repeat(2_000)}`,
])('the path %s is nothing: 404', async (path) => {
  expect((await send({ method: 'GET', path, ...bearer(ALICE) })).status).toBe(404)
  expect(ran()).toEqual([])
})

test.each(
  ['/strategies', '/backtest', '/screener', '/alert', '/execute', '/signals', '/explain', '/why-not'].flatMap((path) =>
    ['', 'a b', 'ä', 'x'.repeat(201), '\t'].map((key) => [`POST ${path}`, key]),
  ),
)('%s takes no Idempotency-Key like "%s": 400', async (name, key) => {
  const headers = { 'idempotency-key': Buffer.from(key).toString('latin1') }
  const answer = await good(name, { ...bearer(ALICE), headers })
  expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([400, 'bad_request'])
  expect(ran()).toEqual([])
})

test('headers over 16 KB are 431, before anything is looked at', async () => {
  const answer = await good('GET /health', { headers: { 'x-long': 'x'.repeat(20_000) } })
  expect(answer.status).toBe(431)
})

test('an owner’s requests go to that owner’s application and keys, and nobody else’s', async () => {
  const BOB = secret(5)
  await store.create(secretHash(BOB), keyOf({ key_id: 'bob-1', owner: 'bob' }))
  for (const name of names) await good(name, bearer(BOB))
  expect([...apps.keys()]).toEqual(['bob'])
  expect(keys.asked).toHaveLength(3)
  for (const [, caller] of keys.asked) expect(caller).toEqual({ owner: 'bob', key_id: 'bob-1' })
})

test.each([
  ['GET /strategies/{id}', { path: '/strategies/2' }],
  ['POST /strategies/{id}/revise', { path: '/strategies/2/revise' }],
  ['POST /explain', { body: '{"strategy_id": 2, "symbol": "KO"}' }],
  ['POST /why-not', { body: '{"strategy_id": 2}' }],
  ['POST /backtest', { body: '{"strategy_id": 2}' }],
  ['POST /backtest/estimate', { body: '{"strategy_id": 2}' }],
  ['POST /screener', { body: '{"strategy_id": 2}' }],
  ['POST /alert', { body: '{"strategy_id": 2}' }],
  ['POST /execute', { body: '{"function": "run_backtest", "strategy_id": 2}' }],
  ['GET /runs/{id}', { path: '/runs/others-1' }],
  ['GET /runs/{id}/result', { path: '/runs/others-1/result' }],
  ['DELETE /runs/{id}', { path: '/runs/others-1' }],
  ['DELETE /keys/{id}', { path: '/keys/key-2' }],
])('%s of an id that is another’s or nobody’s is 404', async (name, changes) => {
  const answer = await good(name, { ...changes, ...bearer(ALICE) })
  expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([404, 'not_found'])
  expect(ran()).toEqual([])
})
