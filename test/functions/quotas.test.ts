import { expect, test } from 'vitest'
import type { Application, RunAnswer } from '../../functions/application.ts'
import { metered } from '../../functions/metered.ts'
import { quotasOf } from '../../functions/quotas.ts'
import { dailyQuotas, QUOTAS, type QuotaLimits } from '../../lib/access/quotas.ts'
import { dynamodbQuotas } from '../../lib/adapters/aws/dynamodb-quotas.ts'
import { openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { AppError, type ErrorCode } from '../../lib/core/errors.ts'
import { generationOf } from '../../lib/generate/generation.ts'
import { queuedRun } from '../adapters/run-store-contract.ts'
import { fakeApplication } from './fake-application.ts'
import { openApi } from './gateway.ts'

test('the environment replaces one quota or makes it unlimited, and leaves the others', () => {
  expect(quotasOf({}, QUOTAS)).toEqual(QUOTAS)
  expect(quotasOf({}, {})).toEqual({})
  expect(quotasOf({ SAYWHEN_QUOTA_RUNS: '7', SAYWHEN_QUOTA_CHUNK_SECONDS: '0' }, QUOTAS)).toEqual({
    ...QUOTAS,
    runs: 7,
    chunk_seconds: 0,
  })
  expect(quotasOf({ SAYWHEN_QUOTA_RUNS: 'none' }, QUOTAS)).not.toHaveProperty('runs')
})

test.each([
  ['SAYWHEN_QUOTA_RUNS', '-1'],
  ['SAYWHEN_QUOTA_RUNS', '1.5'],
  ['SAYWHEN_QUOTA_CREATIONS', 'many'],
  ['SAYWHEN_QUOTA_ALERTS', '4001'],
  ['SAYWHEN_QUOTA_CHUNK_SECONDS', '100000001'],
])('%s=%s is no quota', (variable, text) => {
  expect(() => quotasOf({ [variable]: text }, QUOTAS)).toThrow(variable)
})

/** An owner's metered applications over one table: `of` gives that of a request. */
async function open(limits: QuotaLimits, changes: Partial<Application> = {}) {
  const table = await openLocalTable()
  const store = dynamodbQuotas(table)
  const quotas = dailyQuotas({ store, limits, clock: () => Date.parse('2026-11-22T18:00:00Z') })
  const app = fakeApplication(changes)
  return {
    app,
    quotas,
    of: (requestId: string, owner = 'alice') => metered(app, { owner, requestId, quotas }),
    used: (quota: 'creations' | 'runs') => store.used({ owner: 'alice', day: '2026-11-22', quota }),
    close: table.close,
  }
}

test('what is over the quota is refused before any work, for this owner only', async () => {
  const { app, of, close } = await open({ creations: 1, runs: 2 })
  await of('1').createStrategy({ prompt: 'gap up' })
  await expect(of('2').createStrategy({ prompt: 'gap up' })).rejects.toMatchObject({ code: 'quota_exceeded' })
  await of('3').runBacktest({ strategy_id: 1 })
  await of('4').signals({ strategy_id: 1, start_date: '2020-01-01', end_date: '2020-01-02' })
  await expect(of('5').runScreener({ strategy_id: 1 })).rejects.toMatchObject({ code: 'quota_exceeded' })
  await expect(of('6').runAlert({ strategy_id: 1 })).rejects.toMatchObject({ code: 'quota_exceeded' })
  expect(app.asked.map(([method]) => method)).toEqual(['createStrategy', 'runBacktest', 'signals'])
  await of('7', 'bob').createStrategy({ prompt: 'gap up' })
  await close()
})

test('a request that is handled again counts once', async () => {
  const { of, used, close } = await open({ creations: 1, runs: 1 })
  for (let i = 0; i < 3; i++) await of('1').createStrategy({ prompt: 'gap up' })
  for (let i = 0; i < 3; i++) await of('1').runAlert({ strategy_id: 1 })
  expect([await used('creations'), await used('runs')]).toEqual([1, 1])
  await close()
})

test('what ends before any code has run does not count; what ran counts, even if it came to nothing', async () => {
  const failing = (code: ErrorCode, details?: object) => ({
    createStrategy: () => Promise.reject(new AppError(code, code, details)),
  })
  const generation = generationOf({ generator: 'gemini', name: 'x' }, [{ inputTokens: 9, outputTokens: 9, ms: 1 }])
  const asking = { createStrategy: async () => ({ status: 'refused' as const, reason: 'x', offer: null, generation }) }
  for (const [changes, prompt, counted] of [
    [{}, 'find me some good stocks', 0],
    [{}, 'buy before earnings that will beat', 0],
    [failing('bad_rule'), 'x', 0],
    [failing('bad_code'), 'x', 0],
    [failing('limit'), 'x', 1],
    [failing('internal'), 'x', 1],
    [{}, 'this differs', 1],
    // A model that was asked is paid, whatever it answered.
    [asking, 'x', 1],
    [failing('no_data', { generation: { turns: 1 } }), 'x', 1],
    [failing('model_failed'), 'x', 1],
  ] as const) {
    const { of, used, close } = await open({ creations: 5 }, changes)
    await of('1')
      .createStrategy({ prompt })
      .catch(() => {})
    expect([prompt, await used('creations')]).toEqual([prompt, counted])
    await close()
  }
})

test('a run of a strategy that is not there does not count', async () => {
  const { of, used, close } = await open({ runs: 1 })
  await expect(of('1').runBacktest({ strategy_id: 2 })).rejects.toMatchObject({ code: 'not_found' })
  expect(await used('runs')).toBe(0)
  await close()
})

test('a run that an earlier request made counts once, whether it goes on, has a result or a link to it', async () => {
  const run = queuedRun({ status: 'running' })
  const answers: RunAnswer[] = [
    { state: 'done', result: { receipt: { computed_at: '2026-11-21T12:00:00.000Z' } } },
    { state: 'done', result: { receipt: {} } },
    { state: 'done', result: { receipt: { computed_at: '2026-11-21T12:00:00.000Z' } } },
    { state: 'under way', run, again: false },
    { state: 'under way', run, again: true },
    { state: 'stored', run, url: 'https://bucket.example/r', bytes: 9_000_000, again: false },
    { state: 'stored', run, url: 'https://bucket.example/r', bytes: 9_000_000, again: true },
  ]
  const { of, used, close } = await open({ runs: 5 }, { runBacktest: async () => answers.shift()! })
  const counts = []
  for (let i = 0; i < 7; i++) {
    await of(String(i)).runBacktest({ strategy_id: 1 })
    counts.push(await used('runs'))
  }
  expect(counts).toEqual([0, 1, 1, 2, 2, 3, 3])
  await close()
})

test('once the day’s chunk seconds are used up no further run begins', async () => {
  const { app, of, quotas, close } = await open({ chunk_seconds: 10 })
  await of('1').runBacktest({ strategy_id: 1 })
  await quotas.charge('alice', 'chunk_seconds', 12, 'job 1')
  await expect(of('2').runBacktest({ strategy_id: 1 })).rejects.toMatchObject({ code: 'quota_exceeded' })
  await of('3').strategies()
  expect(app.asked.map(([method]) => method)).toEqual(['runBacktest', 'strategies'])
  await close()
})

test('over HTTP it is 429 with Retry-After, and the message says what to do', async () => {
  const { of, close } = await open({ runs: 0 })
  const { gateway } = await openApi(fakeApplication({ runBacktest: (request) => of('1').runBacktest(request) }))
  const response = await fetch(`${gateway.url}/backtest`, { method: 'POST', body: '{"strategy_id": 1}' })
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, String(6 * 3_600)])
  expect(await response.json()).toMatchObject({
    success: false,
    error: { code: 'quota_exceeded', message: expect.stringMatching(/Try again in 6 h 0 min.*ask whoever runs/) },
  })
  await gateway.close()
  await close()
})
