import { expect, test } from 'vitest'
import { AppError } from '../../lib/core/errors.ts'
import { BACKTEST, ESTIMATE, fakeApplication } from '../functions/fake-application.ts'
import { run } from './fake-deps.ts'

const RUN = '4f1d0c37a9b2e8d6'

test('cost of a run prints estimate and account side by side, the dearest part first', async () => {
  const { code, out, err, app } = await run(['cost', RUN])
  expect([code, err]).toEqual([0, ''])
  expect(app.asked).toEqual([
    ['run', RUN],
    ['runResult', RUN],
  ])
  expect(out).toMatch(/estimate for AWS +account\n/)
  expect(out).toMatch(/lambda chunk +0\.004 +0\.004\nsqs +0\.0011 +0\ns3 requests +0 +0\.00012345\n/)
  expect(out).toMatch(/together +0\.0051 +0\.00412345/)
  expect(out).toContain('list prices of 2025-11')
})

test('cost of a run on one machine says that nobody billed it', async () => {
  const cost = { ...BACKTEST.receipt.cost, cents: 0, parts: {} }
  const app = fakeApplication({
    runResult: async () => ({ state: 'done', result: { ...BACKTEST, receipt: { ...BACKTEST.receipt, cost } } }),
  })
  const { out } = await run(['cost', RUN], { app })
  expect(out).toMatch(/together +0\.0051 +0\n/)
  expect(out).toContain('It ran on one machine, which bills nobody.')
})

test('cost of a strategy asks for the estimate of the backtest named, and runs nothing', async () => {
  const { code, out, app } = await run([
    'cost',
    '1',
    '--start',
    '2019-04-22',
    '--symbols',
    'KO,PEP',
    '--engine',
    'columns',
  ])
  expect(code).toBe(0)
  expect(app.asked).toEqual([
    ['estimateBacktest', { strategy_id: 1, start_date: '2019-04-22', symbols: ['KO', 'PEP'], engine: 'columns' }],
  ])
  expect(out).toContain('405 symbols, 420,000 bars in 5 jobs, about 1.2 s')
  expect(out).toMatch(/lambda chunk +0\.0231\nsqs +0\.004\ntogether +0\.0271/)
})

test('cost prints JSON alone with --json', async () => {
  expect(JSON.parse((await run(['cost', '1', '--json'])).out)).toEqual({ success: true, ...ESTIMATE })
  expect(JSON.parse((await run(['cost', RUN, '--json'])).out)).toEqual(BACKTEST.receipt.cost)
})

test('days and symbols belong to a strategy: with a run they are wrong usage', async () => {
  const { code, err, app } = await run(['cost', RUN, '--start', '2020-01-01'])
  expect(code).toBe(2)
  expect(err).toContain('--start belongs to the cost of a strategy')
  expect(app.asked).toEqual([])
})

test('cost of what is not there, or has no result, fails with the reason', async () => {
  expect((await run(['cost', '2'])).err).toContain('There is no strategy 2')
  const none = () => Promise.reject(new AppError('conflict', `Run ${RUN} is running: it has no result.`))
  const { code, err } = await run(['cost', RUN], { app: fakeApplication({ runResult: none }) })
  expect([code, err]).toEqual([1, `saywhen: Run ${RUN} is running: it has no result.\n`])
})
