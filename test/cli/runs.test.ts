import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Application, AskOptions } from '../../functions/application.ts'
import type { Deps } from '../../lib/cli/deps.ts'
import { AppError } from '../../lib/core/errors.ts'
import { queuedRun } from '../adapters/run-store-contract.ts'
import { BACKTEST, done, fakeApplication, STRATEGY } from '../functions/fake-application.ts'
import { run } from './fake-deps.ts'

/** The command line and runs that take longer than one answer. */

const URL = ['--url', 'https://api.example']

/** An application whose runs go on for so many looks, then end as told. */
function slowApplication(looks: number, end: 'succeeded' | 'failed' = 'succeeded', changes: Partial<Application> = {}) {
  let left = looks
  const standing = () => queuedRun({ strategy_id: 1, status: 'running', chunks: 4, chunks_done: 4 - left })
  const underWay = async () => ({ state: 'under way' as const, run: standing(), again: false })
  return fakeApplication({
    runBacktest: underWay,
    runScreener: underWay,
    runAlert: underWay,
    signals: underWay,
    createStrategy: async () => ({ status: 'under way', run: standing() }),
    run: async () => {
      if (left === 0) return { ...standing(), status: end, result_key: 'r' }
      left--
      return standing()
    },
    runs: async () => [],
    runResult: async () => {
      if (end === 'failed') throw new AppError('limit', 'One evaluation took too long.')
      return done(BACKTEST)
    },
    ...changes,
  })
}

test('a backtest that takes longer than one answer prints what it prints in one call', async () => {
  const [fast, slow] = [
    await run(['backtest', '1', ...URL]),
    await run(['backtest', '1', ...URL], { app: slowApplication(2) }),
  ]
  expect([slow.code, slow.out, slow.err]).toEqual([0, fast.out, ''])
})

test('on a terminal its bar follows the chunks', async () => {
  const { bars } = await run(['backtest', '1', ...URL], { app: slowApplication(2), live: true })
  // as the 202 says, then as each look says
  expect(bars).toEqual(['backtest 2/4', 'backtest 3/4', 'backtest 4/4', 'backtest 4/4', 'backtest stopped'])
})

test('one that fails exits as it would have in one call', async () => {
  const { code, err } = await run(['backtest', '1', ...URL], { app: slowApplication(1, 'failed') })
  expect([code, err]).toEqual([1, 'saywhen: One evaluation took too long.\n'])
})

test('a creation and a list of signals are waited for too', async () => {
  const created = slowApplication(1, 'succeeded', {
    run: async () => ({ ...queuedRun({ status: 'succeeded' }), mode: 'creation' as 'backtest' }),
    runResult: async () => done({ status: 'created', strategy: STRATEGY }),
  })
  expect((await run(['create', 'gap up', ...URL], { app: created })).out).toContain('Strategy 1: gap up with volume')
  const signals = slowApplication(1, 'succeeded', {
    runResult: async () =>
      done({ success: true, strategy_id: 1, signals: [{ symbol: 'KO', date: '2020-03-09', side: 'long' }] }),
  })
  const words = ['signals', '1', '--start', '2020-01-01', '--end', '2020-12-31', ...URL]
  expect((await run(words, { app: signals })).out).toBe('symbol,date,side\nKO,2020-03-09,long\n')
})

test('every request that makes something has a key of its own, and no other has one', async () => {
  const keys: (string | undefined)[] = []
  let seed = 0
  const noting =
    <Answer>(answer: Answer) =>
    async (_request: unknown, options?: AskOptions) => {
      keys.push(options?.idempotencyKey)
      return answer
    }
  const app = fakeApplication({
    createStrategy: noting({ status: 'created' as const, strategy: STRATEGY }),
    runBacktest: noting(done(BACKTEST)),
  })
  const changes: Partial<Deps> = { randomBytes: (count) => new Uint8Array(count).fill(++seed) }
  await run(['create', 'gap up'], { app, changes })
  await run(['backtest', '1'], { app, changes })
  expect(keys).toEqual(['01'.repeat(16), '02'.repeat(16)])
})

test('the settings of the account are asked for by the names of the API', async () => {
  const words =
    '--cash 5000 --commission 1e-3 --commission-on entry --commission-per-share .005 --commission-minimum 1 --slippage-bps 0 ' +
    '--slippage-range 0.1 --volume-share 0.05 --borrow-rate 0.02 --max-positions 3 --fill close --end-positions close_last ' +
    '--benchmark IWM --fractional --out-of-sample 2021-01-04 --trials 40 --recheck'
  const { app } = await run(['backtest', '1', ...words.split(' ')])
  expect(app.asked).toEqual([
    [
      'runBacktest',
      {
        strategy_id: 1,
        cash: 5000,
        commission: 0.001,
        commission_on: 'entry',
        commission_per_share: 0.005,
        commission_minimum: 1,
        slippage_bps: 0,
        slippage_range: 0.1,
        volume_share: 0.05,
        borrow_rate: 0.02,
        max_positions: 3,
        fill: 'close',
        end_positions: 'close_last',
        benchmark: 'IWM',
        fractional: true,
        out_of_sample: '2021-01-04',
        trials: 40,
        recheck: true,
      },
    ],
  ])
})

test('what is no number, and what the API refuses of one, is said', async () => {
  const words = await run(['backtest', '1', '--cash', '10,000'])
  expect([words.code, words.app.asked]).toEqual([2, []])
  expect(words.err).toContain('--cash is a number such as 0.5 or 100000, not "10,000".')
  const negative = await run(['backtest', '1', '--cash', '-5'])
  expect([negative.code, negative.app.asked]).toEqual([2, []])
  expect(negative.err).toContain('cash must be more than 0')
})

test('--partial is asked for', async () => {
  expect((await run(['backtest', '1', '--partial'])).app.asked[0][1]).toEqual({ strategy_id: 1, partial: true })
})

test('runs RUN --result waits for a run that goes on, --cancel ends it', async () => {
  const app = slowApplication(2)
  let results = 0
  const runResult: Application['runResult'] = async () =>
    results++ === 0 ? { state: 'under way', run: queuedRun(), again: false } : done(BACKTEST)
  expect((await run(['runs', 'run-1', '--result'], { app: { ...app, runResult } })).json).toEqual(BACKTEST)
  const cancelled = await run(['runs', 'run-1', '--cancel'])
  expect([cancelled.code, cancelled.out]).toEqual([0, 'Run run-1 is cancelled.\n'])
  expect(cancelled.app.asked).toEqual([['cancelRun', 'run-1']])
  expect((await run(['runs', 'run-1', '--cancel', '--json'])).json).toMatchObject({ run: { status: 'failed' } })
  for (const words of [['--cancel'], ['--result'], ['run-1', '--result', '--cancel']])
    expect((await run(['runs', ...words])).code).toBe(2)
})

test('runs that made a strategy, or are of a kind to come, are listed', async () => {
  const made = { ...queuedRun(), mode: 'creation', strategy_id: null, strategy_version: null, strategy_hash: null }
  const { code, out } = await run(['runs'], { app: fakeApplication({ runs: async () => [made] as never }) })
  expect([code, out]).toEqual([0, expect.stringMatching(/run-1 +creation +queued/)])
})

/** Runs a command that is interrupted once it waits. */
async function interrupted(words: string[], app = slowApplication(1_000)) {
  let interrupt = () => {}
  let taken = 0
  const onInterrupt: Deps['onInterrupt'] = (told) => {
    interrupt = told
    return () => void taken++
  }
  const running = run(words, { app, changes: { onInterrupt } })
  await sleep(150)
  interrupt()
  return { ran: await running, taken: () => taken }
}

test('Ctrl-C leaves the run going, says how to get back to it, and exits 130', async () => {
  const { ran, taken } = await interrupted(['backtest', '1', ...URL])
  const { code, out, err } = ran
  expect([code, out, taken()]).toEqual([130, '', 1])
  expect(err).toContain('Run run-1 goes on.')
  for (const flag of ['', ' --result', ' --cancel'])
    expect(err).toContain(`saywhen runs run-1${flag} --url https://api.example\n`)
})

test('Ctrl-C before the run was answered finds it among the latest', async () => {
  const never = fakeApplication({
    runBacktest: () => sleep(600, done(BACKTEST)),
    runs: async () => [
      queuedRun({ run_id: 'done', status: 'succeeded', strategy_id: 1 }),
      queuedRun({ run_id: 'other', strategy_id: 2 }),
      queuedRun({ run_id: 'mine', strategy_id: 1 }),
    ],
  })
  const { ran } = await interrupted(['backtest', '1', '--home', '/h'], never)
  expect(ran.err).toContain('saywhen runs mine --result --home /h\n')
})

test('Ctrl-C is left to itself where this process does the work', async () => {
  let asked = 0
  const answer = { status: 200, body: BACKTEST }
  const connect = async () => ({
    url: () => 'http://127.0.0.1:1',
    lasts: () => false,
    request: async () => answer,
    close: async () => {},
  })
  const onInterrupt = () => () => void asked++
  expect((await run(['backtest', '1'], { changes: { connect, onInterrupt } })).code).toBe(0)
  expect(asked).toBe(0)
})
