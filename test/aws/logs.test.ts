import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Deployment, type Machine, openDeployment } from './deployment.ts'
import { ended, type Json, keyOf, openApi } from './owner.ts'

const CODE =
  'export function classifySymbol(symbol) { /* SECRETCODE */ return close.ago(0) > 1 }\nconst close = series("close")'
const PROMPT = 'SECRETPROMPT when the close is above 100'

describe('what the functions of a deployment say of their work', () => {
  let deployment: Deployment
  let api: Machine
  let worker: Machine
  let key: string

  beforeAll(async () => {
    const { newHome } = await import('../acceptance/home.ts')
    const { home, imports, remove } = newHome()
    await imports.simulateBars({})
    deployment = await openDeployment()
    await deployment.upload(home)
    remove()
    const observed = { POWERTOOLS_SERVICE_NAME: 'saywhen-test', POWERTOOLS_METRICS_NAMESPACE: 'Saywhen' }
    api = await openApi(deployment, observed)
    worker = await deployment.worker(['generate', 'chunk', 'merge'], { more: observed })
    key = await keyOf(api, 'ada')
  })
  afterAll(() => deployment?.close())

  it('names runs and strategies, and repeats nothing that was sent', async () => {
    const made = await ended(api.url!, key, ['POST', '/strategies', { rule: 'SIGNAL: rsi(close,14) < 35' }])
    const { strategy_id } = made.body.strategy as Json
    const ran = await ended(api.url!, key, ['POST', '/backtest', { strategy_id }])
    expect(ran.status).toBe(200)
    await ended(api.url!, key, ['POST', '/strategies', { prompt: PROMPT }])
    await ended(api.url!, key, ['POST', '/strategies', { code: CODE }])
    await worker.call('merge', {
      Records: [
        {
          messageId: 'm',
          eventSourceARN: 'a:b:merge',
          body: `{"run_id": "${CODE}`,
          attributes: { ApproximateReceiveCount: '1' },
        },
      ],
    })
    await worker.call('sweep')
    const lines = [...api.lines(), ...worker.lines()]
    const said = lines.map((line) => JSON.parse(line) as Json)
    const { run_id } = ran.body
    expect(said).toContainEqual(expect.objectContaining({ message: 'asked', run_id, strategy_id, mode: 'backtest' }))
    expect(said).toContainEqual(expect.objectContaining({ message: 'chunk', run_id, outcome: 'done' }))
    expect(said).toContainEqual(expect.objectContaining({ message: 'run', run_id, outcome: 'succeeded' }))
    expect(said).toContainEqual(expect.objectContaining({ message: 'fault', level: 'ERROR', code: 'bad_request' }))
    const counted = said.flatMap(({ _aws: about }) =>
      about === undefined ? [] : (about as { CloudWatchMetrics: { Metrics: { Name: string }[] }[] }).CloudWatchMetrics,
    )
    const names = new Set(counted.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name)))
    for (const name of ['RunsAsked', 'RunsSucceeded', 'ChunkMs', 'Faults']) expect(names).toContain(name)
    for (const secret of ['SECRETCODE', 'SECRETPROMPT', key, key.slice(4, 24), 'rsi(close'])
      expect(lines.filter((line) => line.includes(secret))).toEqual([])
  }, 240_000)
})
