import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '../../lib/core/hash.ts'
import { created, newHome, openApplication, resultOf } from '../acceptance/home.ts'
import { type Deployment, type Machine, openDeployment } from './deployment.ts'
import { ask, ended, type Json, keyOf, openApi } from './owner.ts'

// Machines that come and go around one table, two buckets and their queues.

const RULE = 'SIGNAL: rsi(close,14) < 35'
/** Backtests started at once, each of another window. */
const AT_ONCE = Number(process.env.SAYWHEN_LOAD ?? 40)

function essence({ run_id: _, ...result }: Json): string {
  const { chunks: _chunks, wall_ms, cpu_ms, cost_cents, cost, ...receipt } = result.receipt as Json
  return canonicalJson({ ...result, receipt })
}

describe('machines around one deployment', () => {
  const { home, imports, remove } = newHome()
  let deployment: Deployment
  let api: Machine
  let key: string
  const local = new Map<string, string>()

  const windowOf = (i: number) => ({
    strategy_id: 1,
    start_date: `2024-0${1 + (i % 9)}-${10 + (i % 19)}`,
    end_date: `2025-${10 + (i % 3)}-${10 + (i % 17)}`,
    symbols: ['ALD', 'ARM', 'BRI', 'CAL', 'COL', 'QUA'].slice(i % 4),
  })
  const requests = Array.from({ length: AT_ONCE }, (_, i) => windowOf(i))

  beforeAll(async () => {
    await imports.simulateBars({})
    const app = await openApplication(home)
    await created(app, { rule: RULE })
    for (const request of requests) {
      const name = canonicalJson(request)
      if (!local.has(name)) local.set(name, essence(await resultOf(app.runBacktest(request))))
    }
    await app.close()
    deployment = await openDeployment({ visibilitySeconds: 6 })
    await deployment.upload(home)
    api = await openApi(deployment)
    key = await keyOf(api, 'ada')
    const builder = await deployment.worker(['generate', 'chunk', 'merge'])
    const answer = await ended(api.url!, key, ['POST', '/strategies', { rule: RULE }])
    expect(answer.body).toMatchObject({ success: true })
    await builder.kill()
  }, 300_000)
  afterAll(async () => {
    await deployment?.close()
    remove()
  })

  it('does what a machine left that was killed in the middle of a chunk', async () => {
    const doomed = await deployment.worker(['chunk', 'merge'])
    const request = { strategy_id: 1, chunks: 6 }
    const answered = ended(api.url!, key, ['POST', '/backtest', request])
    // It has begun as soon as a first answer of the first step lies there.
    for (
      let looks = 0;
      (await deployment.results.list('results/')).filter((key) => key.includes('/1/in-')).length === 0;
      looks++
    ) {
      if (looks > 600) throw new Error('The run did not begin.')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await doomed.kill()
    await deployment.worker(['chunk', 'merge'])
    const { status, body } = await answered
    expect(status).toBe(200)
    const app = await openApplication(home)
    expect(essence(body)).toBe(essence(await resultOf(app.runBacktest(request))))
    await app.close()
  })

  it('makes one run of what two hosts are asked at once', async () => {
    const worker = await deployment.worker(['chunk', 'merge'])
    const other = await openApi(deployment)
    const request: [string, string, Json] = ['POST', '/backtest', { strategy_id: 1, start_date: '2025-03-03' }]
    const answers = await Promise.all([api, other, api, other].map(({ url }) => ended(url!, key, request)))
    expect(new Set(answers.map(({ body }) => body.run_id)).size).toBe(1)
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    await other.kill()
    await worker.kill()
  })

  it(`ends ${AT_ONCE} backtests that are started at once right, on four workers of which one is killed`, async () => {
    const workers = await Promise.all(
      [['chunk', 'merge'] as const, ['chunk', 'merge'] as const, ['chunk'] as const, ['merge'] as const].map((fed) =>
        deployment.worker(fed, { concurrency: 2 }),
      ),
    )
    const started = Promise.all(requests.map((request) => ended(api.url!, key, ['POST', '/backtest', request])))
    setTimeout(() => void workers[0].kill(), 3_000)
    const answers = await started
    for (const [i, { status, body }] of answers.entries()) {
      expect(status, JSON.stringify(body).slice(0, 500)).toBe(200)
      expect(essence(body)).toBe(local.get(canonicalJson(requests[i])))
    }
  }, 600_000)

  it('cancels a run: what is left of it is not done', async () => {
    const asked = ask(api.url!, key, ['POST', '/backtest', { strategy_id: 1, start_date: '2023-01-03', chunks: 60 }])
    let runs: Json[] = []
    while (!runs.some(({ status }) => status !== 'succeeded'))
      runs = (await ask(api.url!, key, ['GET', '/runs?limit=5'])).body.runs as Json[]
    const { run_id } = runs.find(({ status }) => status !== 'succeeded')!
    const ended = await ask(api.url!, key, ['DELETE', `/runs/${run_id}`])
    if (ended.status === 200) expect((await asked).body).toMatchObject({ error: { code: 'cancelled' } })
    else expect(ended.body).toMatchObject({ error: { code: 'conflict' } })
  })
})
