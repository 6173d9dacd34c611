import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { connectUrl } from '../../lib/local/connection.ts'
import { type RunAt, wholeAnswer } from '../../lib/local/follow.ts'

// The client against a server that answers late, elsewhere, or not at all.

type Answer = [status: number, body: unknown, headers?: Record<string, string>] | 'lost'
interface Asked {
  line: string
  authorization: string | undefined
  key: string | undefined
}

const servers: Server[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((closed) => server.close(closed)))))

/** A server that gives each request line its answers in turn, the last one for ever. */
async function serve(answers: Record<string, Answer[]>) {
  const asked: Asked[] = []
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    for await (const _part of request);
    const line = `${request.method} ${request.url}`
    const { authorization, 'idempotency-key': key } = request.headers
    asked.push({ line, authorization, key: key as string | undefined })
    const left = answers[line] ?? [[404, { success: false, error: { code: 'not_found', message: line } }]]
    const answer = left.length > 1 ? left.shift()! : left[0]
    if (answer === 'lost') {
      request.socket.destroy()
      return
    }
    const [status, body, headers = {}] = answer
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  servers.push(server)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const KEY = 'swk_secret'
/** Asks for a backtest and follows it; pauses are noted, not waited for. */
async function ask(url: string, idempotencyKey?: string) {
  const pauses: number[] = []
  const seen: RunAt[] = []
  const connection = connectUrl(url, KEY)
  const first = await connection.request('POST', '/backtest', { strategy_id: 1 }, { idempotencyKey })
  const answer = await wholeAnswer(connection, first, {
    sleep: async (ms) => void pauses.push(ms / 1_000),
    onProgress: (at) => seen.push(at),
  })
  return { answer, pauses, seen }
}

const BEGUN = {
  success: true,
  run_id: 'r:1',
  status: 'queued',
  progress: { step: 0, chunks: 0, chunks_done: 0, seconds: 25 },
}
const UNDER_WAY: Answer = [202, BEGUN, { location: '/runs/r%3A1', 'retry-after': '3' }]
const run = (status: string, chunks_done: number) => ({
  success: true,
  run: { run_id: 'r:1', status, chunks: 4, chunks_done },
})
const RESULT = { success: true, run_id: 'r:1', summary: { total_instances: 1 } }

test('a run is looked at when the server says, until it has ended, and gives its result', async () => {
  const { url, asked } = await serve({
    'POST /backtest': [UNDER_WAY],
    'GET /runs/r%3A1': [
      [200, run('queued', 0), { 'retry-after': '5' }],
      [200, run('running', 2)],
      [200, run('succeeded', 4)],
    ],
    'GET /runs/r%3A1/result': [[200, RESULT]],
  })
  const { answer, pauses, seen } = await ask(url)
  expect(answer).toEqual({ status: 200, body: RESULT })
  // 3 s as the 202 says, 5 s as the first look says, 1 s where nothing is said
  expect(pauses).toEqual([3, 5, 1])
  expect(seen.map(({ run_id, chunks_done, chunks }) => [run_id, chunks_done, chunks])).toEqual([
    ['r:1', 0, 0],
    ['r:1', 0, 4],
    ['r:1', 2, 4],
    ['r:1', 4, 4],
  ])
  expect(asked.every(({ authorization }) => authorization === `Bearer ${KEY}`)).toBe(true)
})

test('a run that fails is answered as it would have been in one call', async () => {
  const error = { code: 'guest_error', message: 'line 3: x is not defined' }
  const { url } = await serve({
    'POST /backtest': [UNDER_WAY],
    'GET /runs/r%3A1': [[200, run('failed', 1)]],
    'GET /runs/r%3A1/result': [[422, { success: false, error }]],
  })
  expect((await ask(url)).answer).toEqual({ status: 422, body: { success: false, error } })
})

test('a large result is read where it lies, and the key stays here', async () => {
  const store = await serve({ 'GET /results/r1?X-Sig=a%2Bb': [[200, RESULT]] })
  const redirected: Answer = [303, { success: true }, { location: `${store.url}/results/r1?X-Sig=a%2Bb` }]
  const atOnce: Record<string, Answer[]> = { 'POST /backtest': [redirected] }
  const later: Record<string, Answer[]> = {
    'POST /backtest': [UNDER_WAY],
    'GET /runs/r%3A1': [[200, run('succeeded', 4)]],
    'GET /runs/r%3A1/result': [redirected],
  }
  for (const answers of [atOnce, later]) {
    const { url } = await serve(answers)
    expect((await ask(url, 'k')).answer).toEqual({ status: 200, body: RESULT })
  }
  expect(store.asked).toEqual(
    [1, 2].map(() => ({ line: 'GET /results/r1?X-Sig=a%2Bb', authorization: undefined, key: undefined })),
  )
})

test('an answer that is lost is asked for once more under the same key, and without a key it is not', async () => {
  const { url, asked } = await serve({ 'POST /backtest': ['lost', [200, RESULT]] })
  expect((await ask(url, 'k1')).answer).toEqual({ status: 200, body: RESULT })
  expect(asked.map(({ key }) => key)).toEqual(['k1', 'k1'])

  const silent = await serve({ 'POST /backtest': ['lost'] })
  await expect(ask(silent.url)).rejects.toMatchObject({ code: 'interrupted' })
  expect(silent.asked).toHaveLength(1)
  await expect(ask(silent.url, 'k2')).rejects.toMatchObject({ code: 'interrupted' })
  expect(silent.asked).toHaveLength(3)
})

test('a look that is lost, or refused for the moment, is made again; five in a row end the wait', async () => {
  const busy: Answer = [
    429,
    { success: false, error: { code: 'quota_exceeded', message: 'x' } },
    { 'retry-after': '7' },
  ]
  const down: Answer = [503, { message: 'Service Unavailable' }]
  const { url } = await serve({
    'POST /backtest': [UNDER_WAY],
    'GET /runs/r%3A1': ['lost', busy, down, 'lost', [200, run('succeeded', 4)]],
    'GET /runs/r%3A1/result': [down, [200, RESULT]],
  })
  const { answer, pauses } = await ask(url)
  expect([answer.status, pauses]).toEqual([200, [3, 1, 7, 3, 4, 1]])

  const gone = await serve({ 'POST /backtest': [UNDER_WAY], 'GET /runs/r%3A1': ['lost'] })
  await expect(ask(gone.url)).rejects.toMatchObject({ code: 'interrupted' })
  expect(gone.asked.filter(({ line }) => line.startsWith('GET'))).toHaveLength(5)
  const broken = await serve({ 'POST /backtest': [UNDER_WAY], 'GET /runs/r%3A1': [down] })
  expect((await ask(broken.url)).answer.status).toBe(503)
})

test('a key that is revoked while a run is waited for ends the wait with what the server says', async () => {
  const refused = { success: false, error: { code: 'unauthorized', message: 'Send a valid key.' } }
  const { url } = await serve({ 'POST /backtest': [UNDER_WAY], 'GET /runs/r%3A1': [[401, refused]] })
  expect((await ask(url)).answer).toMatchObject({ status: 401, body: refused })
})

test.each([
  ['another host', '//evil.example/runs/1'],
  ['a whole address', 'https://evil.example/runs/1'],
  ['a user before a host', '@evil.example/runs/1'],
  ['another path', '/keys'],
  ['a way up', '/runs/../keys'],
  ['a query', '/runs/1?x=1'],
  ['nothing', ''],
])('a 202 that leads to %s is not followed', async (_what, location) => {
  const { url, asked } = await serve({ 'POST /backtest': [[202, {}, { location }]] })
  await expect(ask(url)).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('202') })
  expect(asked).toHaveLength(1)
})

test.each(['', '/results/r1', 'file:///etc/passwd', 'ftp://x.example/r'])(
  'a 303 that leads to "%s" is not followed',
  async (location) => {
    const { url } = await serve({ 'POST /backtest': [[303, {}, { location }]] })
    await expect(ask(url)).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('303') })
  },
)

test('from https nobody is led to http', async () => {
  const connection = { ...connectUrl('https://api.example'), url: () => 'https://api.example' }
  const answer = { status: 303, body: {}, location: 'http://bucket.example/r' }
  await expect(wholeAnswer(connection, answer, { sleep: async () => {} })).rejects.toMatchObject({ code: 'internal' })
})
