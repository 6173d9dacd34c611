import { expect, test } from 'vitest'
import type { Application } from '../../functions/application.ts'
import { resultHash } from '../../lib/backtest/result-hash.ts'
import { BACKTEST, fakeApplication } from '../functions/fake-application.ts'
import { run } from './fake-deps.ts'

const REQUEST = { strategy_id: 1, version: 2, start_date: '2019-04-22', end_date: '2021-04-21', engine: 'quickjs' }

function resultOf(changes: Record<string, unknown> = {}, receipt: Record<string, unknown> = {}) {
  const result = { ...BACKTEST, ...changes, receipt: { ...BACKTEST.receipt, request: REQUEST, ...receipt } }
  return { ...result, receipt: { ...result.receipt, result_hash: resultHash(result) } }
}
/** An API that answers so, and what it was asked. */
function answering(result: Record<string, unknown>) {
  const asked: unknown[] = []
  const runBacktest: Application['runBacktest'] = async (request) => {
    asked.push(request)
    return { state: 'done', result }
  }
  return { asked, app: fakeApplication({ runBacktest }) }
}
const files = { 'r.json': JSON.stringify(resultOf()) }

test('rerun asks for the request of the receipt anew and says that the result came out again', async () => {
  const again = resultOf({ run_id: 'run-2' }, { wall_ms: 9, chunks: 7 })
  const { asked, app } = answering(again)
  const { code, out } = await run(['rerun', 'r.json'], { app, files })
  expect([code, out.split('\n')[0]]).toEqual([0, 'r.json, strategy 1 version 2: reproduced bit for bit.'])
  expect(asked).toEqual([{ ...REQUEST, fresh: '07'.repeat(16) }])
})

test('rerun gives the number of trials that was counted then', async () => {
  const honesty = { trials: { count: 12, source: 'counted' } }
  const before = { 'r.json': JSON.stringify(resultOf({ honesty })) }
  const now = resultOf({ honesty: { trials: { count: 12, source: 'the request' } } })
  const { asked, app } = answering(now)
  expect((await run(['rerun', 'r.json'], { app, files: before })).code).toBe(0)
  expect(asked).toMatchObject([{ trials: 12 }])
})

test('rerun says what changed beneath a result, then which figures did, old and new', async () => {
  const performance_metrics = { ...BACKTEST.performance_metrics, total_return: 0.004 }
  const instances = [{ ...BACKTEST.instances[0], entry_price: 50.5 }]
  const now = resultOf({ performance_metrics, instances }, { engine_version: '2', data_version: 'e'.repeat(64) })
  const { code, out } = await run(['rerun', 'r.json'], { app: answering(now).app, files })
  expect(code).toBe(1)
  expect(out).toContain('r.json, strategy 1 version 2: not reproduced.')
  expect(out).toMatch(/engine version +1 +2\ndata version +dddddddddddd +eeeeeeeeeeee\n/)
  expect(out).toMatch(/total return +0\.0039 +0\.004\n/)
  expect(out).toMatch(/first instance that differs is number 1:\nbefore[\s\S]*50\.25[\s\S]*now[\s\S]*50\.5/)
})

test('rerun of a file that was changed after its run says so', async () => {
  const altered = JSON.stringify({ ...resultOf(), warnings: [] })
  const { code, out } = await run(['rerun', 'r.json'], { app: answering(resultOf()).app, files: { 'r.json': altered } })
  expect(code).toBe(1)
  expect(out).toContain('it was changed after the run')
  expect(out).toContain('neither engine, data, strategy nor settings')
})

test('rerun refuses a result that does not say how it was asked for', async () => {
  for (const [text, why] of [
    [JSON.stringify(BACKTEST), 'its receipt has no request and result_hash'],
    ['[1]', 'it says no execution_mode'],
    ['{"execution_mode": "screening"}', 'its execution_mode is screening'],
    ['symbol,side', 'is not JSON'],
  ]) {
    const { code, err, app } = await run(['rerun', 'r.json'], { files: { 'r.json': text } })
    expect([code, app.asked]).toEqual([2, []])
    expect(err.replaceAll(/\s+/g, ' ')).toContain(why)
  }
})

test('backtest --csv writes trades and equity into the folder', async () => {
  const { code, written, out } = await run(['backtest', '1', '--csv', 'tables/'])
  expect(code).toBe(0)
  expect(Object.keys(written)).toEqual(['tables/trades.csv', 'tables/equity.csv'])
  expect(out).toContain('CSV: tables/equity.csv')
  const refused = await run(['backtest', '1', '--csv', '/nowhere'])
  expect(refused.err).toMatch(/Cannot write \/nowhere\/trades\.csv: .* Name another with --csv\./)
})
