import { request } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { afterEach, expect, test } from 'vitest'
import type { Authenticate } from '../../lib/access/caller.ts'
import { httpJson } from '../../lib/local/client.ts'
import { type Gateway, startGateway } from '../../lib/local/gateway.ts'
import type { HttpHandler, Route } from '../../lib/local/routes.ts'

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

async function open(routes: Route[], bodyBytes?: number): Promise<string> {
  gateway = await startGateway({ routes, clock: () => 1_700_000_000_000, bodyBytes })
  return gateway.url
}

const echo: HttpHandler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) })

test('a request becomes an API Gateway event of payload format 2.0', async () => {
  const url = await open([{ method: 'POST', path: '/runs/{id}/notes', handler: echo }])
  const { body } = await httpJson(url, 'POST', '/runs/a%2Fb/notes?tag=x&tag=y&q=a%20b', { text: 'ü' })
  const event = body as APIGatewayProxyEventV2
  expect(event).toMatchObject({
    version: '2.0',
    routeKey: 'POST /runs/{id}/notes',
    rawPath: '/runs/a%2Fb/notes',
    rawQueryString: 'tag=x&tag=y&q=a%20b',
    queryStringParameters: { tag: 'x,y', q: 'a b' },
    pathParameters: { id: 'a/b' },
    body: '{"text":"ü"}',
    isBase64Encoded: false,
    requestContext: { http: { method: 'POST', path: '/runs/a%2Fb/notes' }, timeEpoch: 1_700_000_000_000 },
  })
  expect(event.headers['content-type']).toBe('application/json')
})

test('a request without query, parameters or body has none in its event', async () => {
  const url = await open([{ method: 'GET', path: '/health', handler: echo }])
  const { body } = await httpJson(url, 'GET', '/health')
  for (const part of ['queryStringParameters', 'pathParameters', 'body']) expect(body).not.toHaveProperty(part)
})

test('an unknown path is 404 and names the paths there are', async () => {
  const url = await open([{ method: 'GET', path: '/health', handler: echo }])
  for (const path of ['/', '/healthy', '/health/', '/health/x', '//health'])
    expect(await httpJson(url, 'GET', path)).toMatchObject({
      status: 404,
      body: { success: false, error: { code: 'not_found', details: { paths: ['/health'] } } },
    })
})

test('a method the path does not take is 405 and names those it takes', async () => {
  const url = await open([
    { method: 'GET', path: '/strategies', handler: echo },
    { method: 'POST', path: '/strategies', handler: echo },
  ])
  for (const method of ['DELETE', 'PUT', 'OPTIONS']) {
    const response = await fetch(`${url}/strategies`, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, POST')
    expect(await response.json()).toMatchObject({ success: false, error: { message: expect.stringContaining(method) } })
  }
})

test('a handler that throws is answered as internal', async () => {
  const handler: HttpHandler = () => Promise.reject(new Error('no answer'))
  const url = await open([{ method: 'GET', path: '/health', handler }])
  expect(await httpJson(url, 'GET', '/health')).toEqual({
    status: 500,
    body: { success: false, error: { code: 'internal', message: 'no answer' } },
  })
})

test('a body at the limit passes, one byte more is 413, and the next request is answered', async () => {
  const url = await open([{ method: 'POST', path: '/', handler: async () => ({ statusCode: 200, body: '{}' }) }], 1_000)
  const post = (bytes: number) => fetch(url, { method: 'POST', body: 'x'.repeat(bytes) })
  expect((await post(1_000)).status).toBe(200)
  const refused = await post(1_001)
  expect(refused.status).toBe(413)
  expect(await refused.json()).toMatchObject({ error: { code: 'too_large', message: expect.stringContaining('1000') } })
  expect((await post(10)).status).toBe(200)
})

test('a body that is not UTF-8 is refused', async () => {
  const url = await open([{ method: 'POST', path: '/', handler: echo }])
  const response = await fetch(url, { method: 'POST', body: new Uint8Array([0x7b, 0xff, 0x7d]) })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('UTF-8') } })
})

test('a page of the web is refused, by the host name it asks for or the origin it comes from', async () => {
  const url = await open([{ method: 'GET', path: '/health', handler: echo }])
  const status = (headers: Record<string, string>) =>
    new Promise((resolve) => {
      request(`${url}/health`, { headers }, (response) => resolve(response.resume().statusCode)).end()
    })
  expect(await status({ host: 'rebound.example' })).toBe(400)
  expect(await status({ origin: 'https://page.example' })).toBe(400)
  expect(await status({ origin: 'null' })).toBe(400)
  expect(await status({ host: 'localhost:1', origin: 'http://localhost:3000' })).toBe(200)
})

test('programs of this machine speak for its owner, who is its operator too', async () => {
  const url = await open([{ method: 'GET', path: '/health', handler: echo }])
  const { body } = await httpJson(url, 'GET', '/health', undefined, { key: 'anything' })
  expect(body).toMatchObject({ requestContext: { authorizer: { lambda: { owner: 'local', operator: true } } } })
})

test('elsewhere a request is answered on behalf of whom its key names, and no other request at all', async () => {
  const authenticate: Authenticate = async (authorization) =>
    authorization === 'Bearer good' ? { caller: { owner: 'alice' } } : { refused: 'a bad key' }
  const lines: string[] = []
  gateway = await startGateway({
    routes: [{ method: 'GET', path: '/health', handler: echo }],
    clock: () => 0,
    elsewhere: { host: '0.0.0.0', authenticate, log: (line) => void lines.push(line) },
  })
  expect(gateway.url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/)
  const url = gateway.url.replace('0.0.0.0', '127.0.0.1')
  const answer = await httpJson(url, 'GET', '/health', undefined, { key: 'good' })
  expect(answer).toMatchObject({
    status: 200,
    body: { requestContext: { authorizer: { lambda: { owner: 'alice' } } } },
  })
  for (const [path, key] of [
    ['/health', 'bad'],
    ['/health', undefined],
    ['/nothing', undefined],
  ])
    expect((await httpJson(url, 'GET', path!, undefined, { key })).status).toBe(401)
  expect(lines).toHaveLength(3)
  expect(lines[0]).toMatch(/^far-0-2 from 127\.0\.0\.1 refused: a bad key$/)
})

test('a check that fails opens nothing', async () => {
  gateway = await startGateway({
    routes: [{ method: 'GET', path: '/health', handler: echo }],
    clock: () => 0,
    elsewhere: { host: '127.0.0.1', authenticate: () => Promise.reject(new Error('no store')), log: () => {} },
  })
  expect((await httpJson(gateway.url, 'GET', '/health', undefined, { key: 'good' })).status).toBe(500)
})

test('an address that is not this machine’s is refused by its name', async () => {
  const elsewhere = { host: '192.0.2.1', authenticate: async () => ({ refused: 'all' }), log: () => {} }
  await expect(startGateway({ routes: [], clock: () => 0, elsewhere })).rejects.toMatchObject({
    code: 'bad_request',
    message: expect.stringContaining('192.0.2.1 is no address of this machine'),
  })
})

test('closing waits for the request in flight and takes no further one', async () => {
  let answer = () => {}
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  let arrived = () => {}
  const inFlight = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const handler: HttpHandler = async () => {
    arrived()
    await held
    return { statusCode: 200, body: '"done"' }
  }
  const opened = await startGateway({ routes: [{ method: 'GET', path: '/work', handler }], clock: () => 0 })
  const work = httpJson(opened.url, 'GET', '/work')
  await inFlight
  const closed = opened.close()
  await expect(httpJson(opened.url, 'GET', '/work')).rejects.toMatchObject({
    code: 'interrupted',
    message: expect.stringContaining('Nothing answers'),
  })
  answer()
  expect(await work).toEqual({ status: 200, body: 'done' })
  await closed
})

test('the client waits as long as the work takes, longer than the 5 s of Node’s own agent', async () => {
  const handler: HttpHandler = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5_500))
    return { statusCode: 200, body: '"late"' }
  }
  const url = await open([{ method: 'GET', path: '/work', handler }])
  expect((await httpJson(url, 'GET', '/work')).body).toBe('late')
  await expect(httpJson(url, 'GET', '/work', undefined, { timeoutMs: 50 })).rejects.toMatchObject({
    message: expect.stringContaining('no answer in time'),
  })
})

test('a port in use is refused by its number', async () => {
  const url = await open([])
  const port = Number(new URL(url).port)
  await expect(startGateway({ routes: [], clock: () => 0, port })).rejects.toMatchObject({
    code: 'bad_request',
    message: expect.stringContaining(`Port ${port} is in use`),
  })
})
