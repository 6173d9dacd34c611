import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BacktestDeps, backtest } from '../../lib/backtest/backtest.ts'
import { planOf } from '../../lib/backtest/backtest-plan.ts'
import { backtestShape, estimateBacktest } from '../../lib/backtest/estimate.ts'
import { costOf, functionUse, type ReceiptCost } from '../../lib/core/cost.ts'
import { accountOf } from '../../lib/runs/account.ts'
import { screen } from '../../lib/screener/screen.ts'
import { estimateOf } from '../../lib/signals/estimate.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'
import { created, newHome, openApplication } from '../acceptance/home.ts'
import { openThreads, progress } from '../acceptance/threads.ts'
import { openCloud } from './cloud.ts'

const CHUNKS = 6
const costIn = (result: Record<string, unknown>) =>
  result.receipt as { cost_cents: number; cost: ReceiptCost; chunks: number }

describe('what a run costs', () => {
  const { home, imports, remove } = newHome()
  let strategy: Strategy
  let threads: Awaited<ReturnType<typeof openThreads>>

  beforeAll(async () => {
    await imports.simulateBars({})
    const app = await openApplication(home)
    strategy = await created(app, { rule: 'SIGNAL: rsi(close,14) < 35' })
    await app.close()
    threads = await openThreads(home)
  })
  afterAll(async () => {
    await threads.close()
    remove()
  })

  it('is nothing on one machine, whose receipt says what it would be on AWS', async () => {
    const { cost, cost_cents } = costIn(await backtest(threads.deps, strategy, { progress }))
    expect([cost_cents, cost.cents, cost.parts]).toEqual([0, 0, {}])
    expect(cost.aws_estimate_cents).toBeGreaterThan(0)
    // 101 symbols over two years are less than a tenth of a cent by any reckoning.
    expect(cost.aws_estimate_cents).toBeLessThan(0.1)
  })

  it('is estimated before as the receipt has it after', async () => {
    const asked = await estimateBacktest(threads.deps, strategy, { from: 18_993 })
    const { cost } = costIn(await backtest(threads.deps, strategy, { from: 18_993, progress }))
    expect(asked).toMatchObject({
      aws_estimate_cents: cost.aws_estimate_cents,
      aws_estimate_parts: cost.aws_estimate_parts,
    })
    expect(asked.symbols).toBe(101)
  })

  it('is more over more years and for code that asks for arrays', async () => {
    const cents = async (of: Strategy, from: number) =>
      (await estimateBacktest(threads.deps, of, { from })).aws_estimate_cents as number
    const short = await cents(strategy, 20_000)
    const long = await cents(strategy, 18_300)
    const arrays = await cents({ ...strategy, history_days: 30 }, 18_300)
    expect(long).toBeGreaterThan(short)
    expect(arrays).toBeGreaterThan(long)
  })

  it('is what was used so far where somebody counts it', async () => {
    const deps: BacktestDeps = { ...threads.deps, spent: () => functionUse('chunk', 1_024, 2, 1_000) }
    // 1 GB-s: $0.0000133334; two calls: $0.0000004
    const expected = { lambda_chunk: 0.00133334, lambda_requests: 0.00004 }
    for (const result of [await backtest(deps, strategy, { progress }), await screen(deps, strategy, {})]) {
      const { cost, cost_cents } = costIn(result)
      expect(cost.parts).toEqual(expected)
      expect([cost.cents, cost_cents]).toEqual([0.00137334, 0.00137334])
    }
  })

  it('counts the requests of so many steps and jobs', () => {
    // Two steps of three jobs: an input and an answer each, two plans and the result are put; an input, a look and an answer each are
    // read, and each plan where its step begins and where it ends.
    const { s3Puts, s3Gets } = accountOf({ steps: 2, jobs: 6, ms: 6_000 }, 500)
    expect([s3Puts, s3Gets]).toEqual([6 + 6 + 2 + 1, 3 * 6 + 2 * 2])
  })

  it('was estimated near what the run asked of queues, objects and table', async () => {
    const used = { s3Puts: 0, s3Gets: 0, dynamodbWrites: 0, messages: 0 }
    const count: Record<string, keyof typeof used> = {
      put: 's3Puts',
      putIfAbsent: 's3Puts',
      list: 's3Puts',
      begin: 'dynamodbWrites',
      chunkDone: 'dynamodbWrites',
      succeed: 'dynamodbWrites',
    }
    let reads = 0
    const cloud = await openCloud(threads.deps, strategy, {
      before: (call) => {
        if (call in count) used[count[call]]++
        if (call === 'get') reads++
      },
    })
    const { run_id } = await cloud.begin('backtest', { chunks: CHUNKS })
    const run = await cloud.settle(run_id)
    const result = await cloud.result(run)
    await cloud.close()

    const engine = { ...threads.deps.engine, queued: true, size: 3 }
    const plan = await planOf(threads.deps, strategy, { chunks: CHUNKS, progress })
    const shape = backtestShape(engine, plan)
    const estimate = estimateOf(shape)
    expect(costIn(result).cost.aws_estimate_cents).toBe(costOf(estimate).cents)
    expect(shape.steps.map(({ jobs }) => jobs)).toEqual([CHUNKS])
    const ratio = (counted: number, expected: number) => counted / expected
    expect(ratio(used.s3Puts, estimate.s3Puts!)).toBeGreaterThan(0.7)
    expect(ratio(used.s3Puts, estimate.s3Puts!)).toBeLessThan(1.5)
    // The run and its pointers are written before any handler is at work; a write that counts a job is two units.
    expect(used.dynamodbWrites).toBeGreaterThanOrEqual(CHUNKS + 2)
    expect(used.dynamodbWrites).toBeLessThanOrEqual(estimate.dynamodbWrites!)
    // Bars are read past these ports: without them, the reads of runs and objects are what was expected of the others.
    const bars = shape.steps[0].gets + shape.mergeGets
    expect(ratio(reads, estimate.s3Gets! - bars + 2 * CHUNKS)).toBeGreaterThan(0.7)
    expect(ratio(reads, estimate.s3Gets! - bars + 2 * CHUNKS)).toBeLessThan(1.5)
    // A begin, and for each job its message and its end.
    expect(cloud.counts.sent).toBeLessThanOrEqual(1 + 2 * CHUNKS + 2)
  })
})
