import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { bin, newHome, saywhenIn } from './home.ts'

const place = newHome()
const saywhen = saywhenIn(place.home)
afterAll(place.remove)

test('a backtest that is killed leaves every stored strategy, an honest run record, and a home that works', async () => {
  const made = saywhen('create', '--rule', 'SIGNAL: rsi(close,14) < 40')
  expect(made).toMatchObject({ code: 0, answer: { success: true, strategy: { strategy_id: 1 } } })

  for (const delay of [500, 900, 1_300]) {
    const child = spawn(process.execPath, [bin, 'backtest', '1', '--home', place.home], { stdio: 'ignore' })
    await sleep(delay)
    child.kill('SIGKILL')
    await new Promise((done) => child.once('exit', done))
    const listed = saywhen('list')
    expect(listed.code).toBe(0)
    expect(listed.answer.strategies).toHaveLength(1)
    const { runs } = saywhen('runs').answer as {
      runs: { status: string; error: { code: string } | null; result_key: string | null }[]
    }
    for (const run of runs) {
      expect(['succeeded', 'failed']).toContain(run.status)
      if (run.status === 'failed') expect(run.error).toMatchObject({ code: 'interrupted' })
      else expect(run.result_key).not.toBeNull()
    }
  }
  const again = saywhen('backtest', '1')
  expect(again).toMatchObject({ code: 0, answer: { success: true, execution_mode: 'backtest' } })
  expect(again.answer.instances.length).toBeGreaterThan(100)
})
