import { execFile } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentClient } from '../../lib/adapters/aws/dynamodb.ts'
import { dynamodbQuotas } from '../../lib/adapters/aws/dynamodb-quotas.ts'
import { canonicalJson } from '../../lib/core/hash.ts'
import { bin, created, newHome, openApplication, resultOf } from '../acceptance/home.ts'
import { type Deployment, type Machine, openDeployment } from './deployment.ts'
import { ask, ended, type Json, keyOf, openApi } from './owner.ts'

// What a call is answered while its run goes on, when its result is large, when bars change meanwhile, and when the day is used up.

/** True on nearly every bar: a result of tens of thousands of instances. */
const RULE = 'SIGNAL: close > 0'
/** Between the 5 MB from which a result is a link and the 11 MiB up to which the emulator takes an object. */
const LARGE = { strategy_id: 1, start_date: '2025-05-01' }
const FEW = { strategy_id: 1, symbols: ['ALD', 'ARM'], start_date: '2025-01-02', end_date: '2025-01-31' }

function essence({ run_id: _, ...result }: Json): string {
  const { chunks: _chunks, wall_ms, cpu_ms, cost_cents, cost, ...receipt } = result.receipt as Json
  return canonicalJson({ ...result, receipt })
}

describe('an answer of a deployment', () => {
  const place = newHome()
  const later = newHome()
  /** the home whose bars the deployment has: tests run in any order */
  let stored = place.home
  let deployment: Deployment
  let api: Machine
  let key: string
  let workers: Machine[] = []
  const local = new Map<string, string>()

  const work = async () => {
    workers.push(await deployment.worker(['generate', 'chunk', 'merge'], { concurrency: 2 }))
  }
  const rest = async () => {
    for (const worker of workers) await worker.kill()
    workers = []
  }
  const saywhen = (...words: string[]) =>
    new Promise<{ code: unknown; answer: Json }>((resolve) => {
      const env = { ...process.env, SAYWHEN_KEY: key }
      const options = { env, maxBuffer: 2 ** 28 }
      execFile(process.execPath, [bin, ...words, '--url', api.url!, '--json'], options, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, answer: stdout === '' ? { stderr } : JSON.parse(stdout) }),
      )
    })

  beforeAll(async () => {
    await place.imports.simulateBars({})
    await later.imports.simulateBars({ seed: 2 })
    for (const { home } of [place, later]) {
      const app = await openApplication(home)
      await created(app, { rule: RULE })
      local.set(`few of ${home}`, essence(await resultOf(app.runBacktest(FEW))))
      local.set(`large of ${home}`, essence(await resultOf(app.runBacktest(LARGE))))
      await app.close()
    }
    deployment = await openDeployment({ visibilitySeconds: 6 })
    await deployment.upload(place.home)
    api = await openApi(deployment)
    key = await keyOf(api, 'ada')
    await work()
    expect((await ended(api.url!, key, ['POST', '/strategies', { rule: RULE }])).body).toMatchObject({ success: true })
  }, 240_000)
  afterAll(async () => {
    await deployment?.close()
    place.remove()
    later.remove()
  })

  it('is a link where the result has over 5 MB: the same JSON, without a key, which the command line follows', async () => {
    const path = ['POST', '/backtest', LARGE] as [string, string, Json]
    const { run_id } = (await ended(api.url!, key, path)).body
    const headers = { authorization: `Bearer ${key}` }
    for (const [method, route, body] of [path, ['GET', `/runs/${run_id}/result`, undefined] as const]) {
      const answer = await fetch(api.url! + route, {
        method,
        headers,
        body: body && JSON.stringify(body),
        redirect: 'manual',
      })
      expect(answer.status).toBe(303)
      const { result_url, result_bytes } = (await answer.json()) as { result_url: string; result_bytes: number }
      expect(answer.headers.get('location')).toBe(result_url)
      const whole = await (await fetch(result_url)).text()
      expect(result_bytes).toBe(Buffer.byteLength(whole))
      expect(result_bytes).toBeGreaterThan(5_000_000)
      expect(essence(JSON.parse(whole))).toBe(local.get(`large of ${stored}`))
    }
    const { code, answer } = await saywhen('backtest', '1', '--start', LARGE.start_date)
    expect(code, JSON.stringify(answer).slice(0, 500)).toBe(0)
    expect(essence(answer)).toBe(local.get(`large of ${stored}`))
  })

  it('is one strategy for a key: words sent twice under it are meant once, other words under it are refused', async () => {
    const create = (rule: string, key_: string) =>
      ask(api.url!, key, ['POST', '/strategies', { rule }], { 'idempotency-key': key_ })
    const answers = await Promise.all([create('SIGNAL: up()', 'monday'), create('SIGNAL: up()', 'monday')])
    answers.push(await create('SIGNAL: up()', 'monday'))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    const ids = answers.map(({ body }) => (body.strategy as Json | undefined)?.strategy_id ?? body.strategy_id)
    expect(ids[0]).toBeGreaterThan(1)
    expect(new Set(ids).size).toBe(1)
    expect(await create('SIGNAL: down()', 'monday')).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict' } },
    })
    const other = await create('SIGNAL: up()', 'tuesday')
    expect((other.body.strategy as Json | undefined)?.strategy_id ?? other.body.strategy_id).not.toBe(ids[0])
  })

  it('is 202 after 25 s while nobody works, and its result is there once somebody does', async () => {
    await rest()
    const begun = Date.now()
    const request = { ...FEW, start_date: '2025-01-03' }
    const answer = await ask(api.url!, key, ['POST', '/backtest', request])
    expect(Date.now() - begun).toBeGreaterThan(24_000)
    expect(Date.now() - begun).toBeLessThan(29_000)
    expect(answer).toMatchObject({ status: 202, body: { status: 'queued', progress: { chunks: 0, symbols: 2 } } })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    const path = answer.headers.get('location')!
    expect(path).toBe(`/runs/${answer.body.run_id}`)
    expect(await ask(api.url!, key, ['GET', path])).toMatchObject({ status: 200, body: { run: { status: 'queued' } } })
    await work()
    const result = await ended(api.url!, key, ['GET', `${path}/result`])
    for (let looks = 0; result.status !== 200 && looks < 50; looks++) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      Object.assign(result, await ask(api.url!, key, ['GET', `${path}/result`]))
    }
    expect(result).toMatchObject({ status: 200, body: { success: true, run_id: answer.body.run_id } })
  })

  it('is of the bars that are stored when they change while its run waits: the call runs it again by itself', async () => {
    await rest()
    const asked = ask(api.url!, key, ['POST', '/backtest', FEW])
    let first: Json | undefined
    while (first === undefined) {
      const { runs } = (await ask(api.url!, key, ['GET', '/runs?limit=1'])).body as { runs: Json[] }
      first = runs.find(({ status }) => status === 'queued')
    }
    await deployment.upload(later.home)
    stored = later.home
    await work()
    const { status, body } = await asked
    expect(status, JSON.stringify(body).slice(0, 500)).toBe(200)
    expect(essence(body)).toBe(local.get(`few of ${later.home}`))
    const { run } = (await ask(api.url!, key, ['GET', `/runs/${first.run_id}`])).body as { run: Json }
    expect(run).toMatchObject({ status: 'failed', error: { code: 'conflict' } })
  })

  it('is 429 when the day’s runs are used up, and nothing of it is kept; a run that is there is counted once', async () => {
    const other = await openApi(deployment, { SAYWHEN_QUOTA_RUNS: '2' })
    const bob = await keyOf(other, 'bob')
    expect((await ended(other.url!, bob, ['POST', '/strategies', { rule: RULE }])).status).toBe(201)
    const mine = async () => (await ask(other.url!, bob, ['GET', '/runs'])).body.runs as Json[]
    const { strategies } = (await ask(other.url!, bob, ['GET', '/strategies'])).body as { strategies: Json[] }
    const request = { ...FEW, strategy_id: strategies[0].strategy_id }
    const [first] = await Promise.all([1].map(() => ended(other.url!, bob, ['POST', '/backtest', request])))
    expect(first.status).toBe(200)
    const quotas = dynamodbQuotas({ documents: documentClient(deployment.tables), name: 'saywhen' })
    const today = new Date().toISOString().slice(0, 10)
    const used = () => quotas.used({ owner: 'bob', day: today, quota: 'chunk_seconds' })
    const once = await used()
    expect(once).toBeGreaterThan(0)
    // The same again is the same run: neither a run nor its seconds are counted twice.
    for (let i = 0; i < 3; i++) expect((await ended(other.url!, bob, ['POST', '/backtest', request])).status).toBe(200)
    expect(await used()).toBe(once)
    const next = { ...request, symbols: ['BRI'] }
    expect((await ended(other.url!, bob, ['POST', '/backtest', next])).status).toBe(200)
    const before = await mine()
    const refused = await ask(other.url!, bob, ['POST', '/backtest', { ...request, symbols: ['CAL'] }])
    expect(refused).toMatchObject({ status: 429, body: { error: { code: 'quota_exceeded' } } })
    expect(await mine()).toEqual(before)
    await other.kill()
  })
})
