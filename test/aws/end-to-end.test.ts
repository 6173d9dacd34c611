import { execFile } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '../../lib/core/hash.ts'
import { bin, newHome, nothing } from '../acceptance/home.ts'
import { shared, withShared } from '../shared.ts'
import { type Deployment, type Machine, openDeployment } from './deployment.ts'
import { hasMoto } from './emulators.ts'
import { ask, type Json, keyOf, openApi } from './owner.ts'

// The same commands on a home and against a deployment: the results are equal to the last bit of every number.

const RULE = 'SIGNAL: rsi(close,14) < 30\nEXIT: rsi(close,14) > 55\nSTOP: close < entry_price * 0.92\nMAXPOS: 10'
const RANKED = 'SIGNAL: xrank(roc(close,20)) > 0.9\nRANK: roc(close,20) desc\nMAXPOS: 5'

/** Everything of a result that must not depend on where it was computed. */
function essence({ run_id: _, ...answer }: Json): string {
  const result = { ...answer }
  // On one machine a list of signals is no run, and its failure names none.
  const { details, ...error } = (result.error ?? {}) as Json
  const { run_id: _run, ...more } = (details ?? {}) as Json
  if (result.error !== undefined) result.error = { ...error, ...more }
  const {
    chunks: _chunks,
    wall_ms,
    cpu_ms,
    cost_cents,
    cost,
    newest_bar_age_seconds,
    ...receipt
  } = (result.receipt ?? {}) as Json
  return canonicalJson({ ...result, receipt })
}

function suite(emulator: 'npm' | 'moto', fill: (imports: ReturnType<typeof newHome>['imports']) => Promise<unknown>) {
  const place = newHome()
  let deployment: Deployment
  let api: Machine
  let key: string

  // The emulators live in this process: commands must not stop it.
  const saywhen = (...words: string[]) =>
    new Promise<{ code: unknown; answer: Json }>((resolve) => {
      const env = { ...process.env, SAYWHEN_KEY: key }
      execFile(process.execPath, [bin, ...words, '--json'], { env, maxBuffer: 2 ** 28 }, (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, answer: stdout === '' ? { stderr } : JSON.parse(stdout) }),
      )
    })
  const local = (...words: string[]) => saywhen(...words, '--home', place.home)
  const remote = (...words: string[]) => saywhen(...words, '--url', api.url!)
  /** The same on both sides. */
  const same = async (...words: string[]) => {
    const here = await local(...words)
    const there = await remote(...words)
    expect(there.code, JSON.stringify(there.answer).slice(0, 2_000)).toBe(here.code)
    expect(essence(there.answer)).toBe(essence(here.answer))
    return there.answer
  }

  beforeAll(async () => {
    await fill(place.imports)
    deployment = await openDeployment({ emulator })
    await deployment.upload(place.home)
    api = await openApi(deployment)
    await deployment.worker(['generate', 'chunk', 'merge'], { concurrency: 2 })
    key = await keyOf(api, 'ada')
    // Creating is the first run of its kind; ids and hashes are alike because both sides begin with nothing.
    for (const rule of [RULE, RANKED]) {
      const [here, there] = await Promise.all([local, remote].map((say) => say('create', '--rule', rule)))
      const { created_at } = there.answer.strategy as Json
      expect(there.answer.strategy, JSON.stringify(there)).toEqual({ ...(here.answer.strategy as Json), created_at })
    }
  }, 240_000)
  afterAll(async () => {
    await deployment?.close()
    place.remove()
  })

  it('answers a backtest in one call, and the second time with what it has', async () => {
    const result = await same('backtest', '1')
    expect(result).toMatchObject({ summary: { total_instances: expect.toSatisfy((n) => n > 0) } })
    const again = await ask(api.url!, key, ['POST', '/backtest', { strategy_id: 1 }])
    expect(again).toMatchObject({ status: 200, body: { run_id: result.run_id } })
    expect((again.body.receipt as Json).computed_at).toEqual(expect.any(String))
  })

  it('takes two passes for ranks over all symbols', async () => {
    expect(await same('backtest', '2')).toMatchObject({ summary: { total_instances: expect.toSatisfy((n) => n > 0) } })
  })

  // Once is enough: what is left is no matter of the emulators.
  if (emulator === 'moto') return

  it('screens, watches and lists alike', async () => {
    await same('screen', '1')
    await same('alert', '1')
    await same('signals', '2', '--start', '2016-06-01', '--end', '2016-12-30')
  })

  it('explains a bar with its ranks, and counts what each condition lets through, alike', async () => {
    const explained = await same('explain', '2', '--symbol', 'KO')
    expect(explained).toMatchObject({ symbol: 'KO', verdicts: [{ side: 'long' }] })
    expect(await same('why-not', '1')).toMatchObject({ funnels: [{ side: 'long' }] })
    expect(await same('why-not', '2', '--symbol', 'KO')).toMatchObject({ symbols: 1 })
  })

  it('revises alike: a version beside the old one', async () => {
    const [here, there] = await Promise.all([local, remote].map((say) => say('revise', '1', 'change the stop to 5%')))
    const { created_at, ...strategy } = there.answer.strategy as Json
    expect(here.answer.strategy, JSON.stringify(there)).toEqual({ ...strategy, created_at: expect.any(String) })
    expect([created_at, strategy.version]).toEqual([expect.any(String), 2])
    await same('backtest', '1@1')
    await same('revise', '1', 'make it better')
  })

  it('refuses on both sides what it refuses on one', async () => {
    await same('backtest', '99')
    await same('create', 'Find me some good stocks')
  })
}

withShared('a deployment on dynalite and fauxqs, with real bars', () =>
  suite('npm', async (imports) => {
    await imports.importBars(shared('market/bars/daily'), nothing)
    await imports.importUniverse(shared('market/universe.csv'))
  }),
)
describe.skipIf(!hasMoto)('a deployment on moto, with simulated bars', () =>
  suite('moto', (imports) => imports.simulateBars({})),
)
