import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Application } from '../../functions/application.ts'
import type { Run } from '../../lib/runs/run.ts'
import { bin, created, newHome, openApplication, resultOf } from './home.ts'

const { home, remove } = newHome()
let app: Application
/** Slow on purpose, on bars that no proof looks at: seconds over the simulated market, in chunks of one symbol. */
const SLOW = `export function classifySymbol(symbol) {
  if (Date.now() > ${Date.parse('2023-01-01')}) return false
  let sum = 0
  for (let i = 0; i < 3000; i++) sum += i
  return sum < 0
}`
const WINDOW = { start_date: '2000-01-03', chunks: 200 }

beforeAll(async () => {
  app = await openApplication(home)
}, 120_000)
afterAll(async () => {
  await app.close()
  remove()
})

async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(20)
  }
}
const underWay = (strategyId: number) =>
  until(async () =>
    (await app.runs(5)).find(
      (run) => run.strategy_id === strategyId && run.status === 'running' && run.chunks_done > 0,
    ),
  )

test('a long backtest that is cancelled stops within a few chunks, has no result, and leaves the home at work', async () => {
  const { strategy_id } = await created(app, { code: SLOW })
  const waiting = resultOf(app.runBacktest({ strategy_id, ...WINDOW })).catch((error) => error)
  const { run_id } = await underWay(strategy_id)
  expect(await app.cancelRun(run_id)).toMatchObject({ status: 'failed', error: { code: 'cancelled' } })
  const asked = performance.now()
  expect(await waiting).toMatchObject({ code: 'cancelled', details: { run_id } })
  const run: Run = await app.run(run_id)
  expect(run).toMatchObject({ status: 'failed', error: { code: 'cancelled' }, result_key: null })
  // Each thread was in a chunk; most were never begun.
  expect(run.chunks).toBeGreaterThan(90)
  expect(run.chunks_done).toBeLessThan(run.chunks / 2)
  expect(performance.now() - asked).toBeLessThan(10_000)
  await expect(app.runResult(run_id)).rejects.toMatchObject({ code: 'cancelled' })
  await expect(app.cancelRun(run_id)).rejects.toMatchObject({ code: 'conflict' })

  const { strategy_id: quick } = await created(app, { rule: 'SIGNAL: close > open' })
  expect(await resultOf(app.runBacktest({ strategy_id: quick }))).toMatchObject({ success: true })
}, 120_000)

test('two requests at once under one key are one run, and no other request has that key', async () => {
  const { strategy_id } = await created(app, { rule: 'SIGNAL: rsi(close,14) < 30' })
  const ask = { strategy_id, start_date: '2024-01-02' }
  const key = { idempotencyKey: 'same' }
  const [one, two] = await Promise.all([1, 2].map(() => resultOf(app.runBacktest(ask, key))))
  expect(one.run_id).toBe(two.run_id)
  expect((await resultOf(app.runBacktest(ask, key))).run_id).toBe(one.run_id)
  await expect(app.runBacktest({ ...ask, chunks: 3 }, key)).rejects.toMatchObject({ code: 'conflict' })
  await expect(app.createStrategy({ rule: 'SIGNAL: close > open' }, key)).rejects.toMatchObject({ code: 'conflict' })
}, 120_000)

test('Ctrl-C of a command leaves the run to the host that works on it, and the run is ended by its id', async () => {
  const place = newHome()
  const own = await openApplication(place.home)
  const { strategy_id } = await created(own, { code: SLOW })
  await own.close()
  const served = spawn(process.execPath, [bin, 'serve', '--home', place.home], { stdio: ['ignore', 'pipe', 'inherit'] })
  const saywhen = (...words: string[]) => {
    const child = spawn(process.execPath, [bin, ...words, '--home', place.home])
    let [out, err] = ['', '']
    child.stdout.on('data', (part) => (out += part))
    child.stderr.on('data', (part) => (err += part))
    const exit = new Promise<number | null>((exited) => child.once('close', exited))
    return { child, ended: exit.then((code) => ({ code, out, err })) }
  }
  const running = async () => {
    const { out } = await saywhen('runs', '--json').ended
    return (JSON.parse(out).runs as Run[]).find((run) => run.status === 'running')
  }
  try {
    await new Promise((told) => served.stdout.once('data', told))
    const backtest = saywhen('backtest', String(strategy_id), '--start', WINDOW.start_date, '--chunks', '200')
    const { run_id } = await until(running)
    backtest.child.kill('SIGINT')
    const { code, err } = await backtest.ended
    expect([code, err.replace(/\s+/g, ' ')]).toEqual([130, expect.stringContaining(`saywhen runs ${run_id} --result`)])
    expect(await running()).toMatchObject({ run_id })
    expect(await saywhen('runs', run_id, '--cancel').ended).toMatchObject({
      code: 0,
      out: `Run ${run_id} is cancelled.\n`,
    })
    const gone = await saywhen('runs', run_id, '--result', '--json').ended
    expect([gone.code, JSON.parse(gone.out).error.code]).toEqual([1, 'cancelled'])
  } finally {
    served.kill('SIGTERM')
    await new Promise((exited) => served.once('exit', exited))
    place.remove()
  }
}, 120_000)
