import { afterEach, expect, test } from 'vitest'
import type { Application, AskOptions, RunAnswer } from '../../functions/application.ts'
import { AppError } from '../../lib/core/errors.ts'
import { queuedRun } from '../adapters/run-store-contract.ts'
import { BACKTEST, done, fakeApplication, STRATEGY, STRATEGY_JSON } from './fake-application.ts'
import { type Api, openApi } from './gateway.ts'

/** What a request is answered that takes longer, or more room, than one answer has. */

const RUNNING = queuedRun({ run_id: 'run:7', status: 'running', step: 2, chunks: 8, chunks_done: 3 })
const LINK = 'https://bucket.example/results/run-7/result.json?X-Amz-Signature=abc'
const underWay = async (): Promise<{ state: 'under way'; run: typeof RUNNING; again: boolean }> => ({
  state: 'under way',
  run: RUNNING,
  again: false,
})
const stored = async (): Promise<RunAnswer> => ({
  state: 'stored',
  run: RUNNING,
  url: LINK,
  bytes: 9_000_000,
  again: false,
})
const all = (answer: () => Promise<RunAnswer>): Partial<Application> => ({
  runBacktest: answer,
  runScreener: answer,
  runAlert: answer,
  signals: answer,
  runResult: answer,
})

const ASKS: [string, string, object | undefined][] = [
  ['POST', '/backtest', { strategy_id: 1 }],
  ['POST', '/screener', { strategy_id: 1 }],
  ['POST', '/alert', { strategy_id: 1 }],
  ['POST', '/execute', { function: 'run_backtest', strategy_id: 1 }],
  ['POST', '/signals', { strategy_id: 1, start_date: '2020-01-01', end_date: '2020-12-31' }],
  ['GET', '/signals?strategy_id=1&start_date=2020-01-01&end_date=2020-12-31', undefined],
  ['GET', '/runs/run:7/result', undefined],
]

let api: Api
afterEach(() => api.gateway.close())
const open = async (changes: Partial<Application>) => {
  api = await openApi(fakeApplication(changes))
}
/** The answer as it is, no redirection followed. */
async function send(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const text = body && JSON.stringify(body)
  const response = await fetch(api.gateway.url + path, { method, body: text, headers, redirect: 'manual' })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

test('a run that goes on is 202 with where to look, how far it is and when to look again', async () => {
  await open({ ...all(underWay), createStrategy: async () => ({ status: 'under way', run: RUNNING }) })
  for (const [method, path, body] of [...ASKS, ['POST', '/strategies', { prompt: 'gap up' }] as const]) {
    const answer = await send(method, path, body)
    expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 202, '/runs/run%3A7'])
    // The run was made long before the test: the longest pause.
    expect(answer.headers.get('retry-after')).toBe('10')
    expect(answer.body).toEqual({
      success: true,
      run_id: 'run:7',
      status: 'running',
      progress: { step: 2, chunks: 8, chunks_done: 3, symbols: 2, seconds: expect.any(Number) },
    })
  }
})

test.each([
  [0, '1'],
  [25, '2'],
  [99, '9'],
  [1_000, '10'],
])('a run of %i s is looked at again after %s s', async (age, seconds) => {
  const run = { ...RUNNING, created_at: new Date(Date.now() - age * 1_000 + 400).toISOString() }
  await open({ runBacktest: async () => ({ state: 'under way', run, again: false }) })
  const { headers, body } = await send('POST', '/backtest', { strategy_id: 1 })
  expect([headers.get('retry-after'), (body.progress as { seconds: number }).seconds]).toEqual([seconds, age])
})

test('a result too large for an answer is 303 to where the same JSON lies', async () => {
  await open(all(stored))
  for (const [method, path, body] of ASKS) {
    const answer = await send(method, path, body)
    expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 303, LINK])
    expect(answer.body).toEqual({ success: true, run_id: 'run:7', result_url: LINK, result_bytes: 9_000_000 })
  }
})

test('a run that goes on is shown with how far it is, a large result with its link, a deleted one without', async () => {
  await open({ run: async () => RUNNING })
  const running = await send('GET', '/runs/run:7')
  expect([running.status, running.headers.get('retry-after')]).toEqual([200, '10'])
  expect(running.body).toMatchObject({ run: { status: 'running' }, progress: { chunks_done: 3 } })
  expect(running.body).not.toHaveProperty('result')
  await api.gateway.close()
  await open(all(stored))
  expect((await send('GET', '/runs/run-7')).body).toMatchObject({ result_url: LINK, result_bytes: 9_000_000 })
  await api.gateway.close()
  await open({ runResult: () => Promise.reject(new AppError('conflict', 'Run run-7 is succeeded: it has no result.')) })
  expect(await send('GET', '/runs/run-7')).toMatchObject({ status: 200, body: { result_url: null } })
})

test('a failed run is shown as it is, and its result is the error it failed with', async () => {
  const error = { code: 'guest_error', message: 'line 3: x is not defined' }
  await open({
    run: async () => queuedRun({ status: 'failed', error }),
    runResult: () => Promise.reject(new AppError('guest_error', error.message)),
  })
  expect(await send('GET', '/runs/run-1')).toMatchObject({ status: 200, body: { run: { status: 'failed', error } } })
  expect(await send('GET', '/runs/run-1/result')).toMatchObject({ status: 422, body: { success: false, error } })
})

test.each([
  [{ status: 'created', strategy: STRATEGY }, 201, { success: true, strategy: STRATEGY_JSON }],
  [
    { status: 'refused', reason: 'It is the future.', offer: null },
    422,
    { success: false, error: { code: 'refused', message: 'It is the future.' } },
  ],
])('the result of a creation is what POST /strategies would have answered', async (answer, status, body) => {
  const run = { ...queuedRun({ status: 'succeeded', result_key: 'r' }), mode: 'creation' as 'backtest' }
  await open({ run: async () => run, runResult: async () => done({ ...answer, run_id: run.run_id }) })
  expect(await send('GET', '/runs/run-1/result')).toMatchObject({ status, body })
  expect((await send('GET', '/runs/run-1')).body).toMatchObject({ success: true, result: body })
})

test('a run is cancelled, and what has ended is 409', async () => {
  await open({})
  expect((await send('DELETE', '/runs/run-7')).body).toMatchObject({
    success: true,
    run: { run_id: 'run-7', status: 'failed', error: { code: 'cancelled' } },
  })
  await api.gateway.close()
  await open({ cancelRun: () => Promise.reject(new AppError('conflict', 'Run run-7 has ended: it is succeeded.')) })
  expect((await send('DELETE', '/runs/run-7')).status).toBe(409)
})

test('the Idempotency-Key of a POST goes along, and a GET has none', async () => {
  const keys: (string | undefined)[] = []
  const noting =
    <Answer>(answer: Answer) =>
    (_request: unknown, options?: AskOptions) => {
      keys.push(options?.idempotencyKey)
      return Promise.resolve(answer)
    }
  await open({
    createStrategy: noting({ status: 'created' as const, strategy: STRATEGY }),
    runBacktest: noting(done(BACKTEST)),
    runScreener: noting(done({})),
    runAlert: noting(done({})),
    signals: noting(done({ signals: [] })),
  })
  const key = `!~${'x'.repeat(198)}`
  const posts = [...ASKS.filter(([method]) => method === 'POST'), ['POST', '/strategies', { prompt: 'x' }] as const]
  for (const [method, path, body] of posts) await send(method, path, body, { 'Idempotency-Key': key })
  expect(keys).toEqual(posts.map(() => key))
  keys.length = 0
  await send('POST', '/backtest', { strategy_id: 1 })
  await send('GET', ASKS[5][1], undefined, { 'Idempotency-Key': key })
  expect(keys).toEqual([undefined, undefined])
})

test('a backtest may be asked for in part', async () => {
  await open({})
  await send('POST', '/backtest', { strategy_id: 1, partial: true })
  await send('POST', '/execute', { function: 'run_backtest', strategy_id: 1, partial: false })
  expect(api.app.asked.map(([, request]) => request)).toEqual([
    { strategy_id: 1, partial: true },
    { strategy_id: 1, partial: false },
  ])
  expect((await send('POST', '/backtest', { strategy_id: 1, partial: 'yes' })).status).toBe(400)
  expect((await send('POST', '/screener', { strategy_id: 1, partial: true })).status).toBe(400)
})
