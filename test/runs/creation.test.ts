import { afterAll, beforeAll, expect, it } from 'vitest'
import { dynamodbStrategies } from '../../lib/adapters/aws/dynamodb-strategies.ts'
import { type LocalTable, openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { createStrategy } from '../../lib/generate/create.ts'
import type { AdvanceDeps } from '../../lib/runs/advance.ts'
import type { StrategyStore } from '../../lib/strategy/store.ts'
import { newHome } from '../acceptance/home.ts'
import { openThreads, unproven } from '../acceptance/threads.ts'
import { type Faults, openCloud } from './cloud.ts'

// A creation over queues makes one strategy, whatever is delivered twice or killed.

const { home, imports, remove } = newHome()
const REQUEST = { rule: 'SIGNAL: close > sma(close,5)' }
let threads: Awaited<ReturnType<typeof openThreads>>
let table: LocalTable

beforeAll(async () => {
  await imports.simulateBars({})
  threads = await openThreads(home)
  table = await openLocalTable()
})
afterAll(async () => {
  await threads.close()
  await table.close()
  remove()
})

let owners = 0
async function created(faults: Faults, before: (call: string) => void = () => {}) {
  const owner = `owner-${owners++}`
  const stored = dynamodbStrategies(table)
  const perform: AdvanceDeps['perform'] = ({ run_id, request }, engine) => {
    const create: StrategyStore['create'] = async (_, draft) => {
      before('create')
      const strategy = await stored.create(owner, draft, run_id)
      before('created')
      return strategy
    }
    return createStrategy({ ...threads.deps, engine, owner, strategies: { ...stored, create } }, request)
  }
  const results = await openCloud(threads.deps, unproven('', [], []), faults, { perform })
  try {
    const { run_id } = await results.begin('creation', { ...REQUEST, name: owner })
    const run = await results.settle(run_id)
    return { run, strategies: await stored.list(owner), result: await results.result(run) }
  } finally {
    await results.close()
  }
}

it.each([{}, { copies: 2, shuffle: 1 }, { copies: 3, shuffle: 2 }])('is one with %j', async (faults) => {
  const { run, strategies, result } = await created(faults)
  expect(run.status).toBe('succeeded')
  expect(strategies).toHaveLength(1)
  expect(result).toMatchObject({ status: 'created', strategy: { strategy_id: strategies[0].strategy_id } })
})

it('is one wherever a handler is killed', async () => {
  for (let kill = 0; ; kill++) {
    let uses = 0
    const before = () => {
      if (uses++ === kill) throw new Error('killed')
    }
    const { run, strategies } = await created({ before }, before)
    expect([run.status, strategies.length], `killed at use ${kill}`).toEqual(['succeeded', 1])
    if (uses <= kill) break
  }
})
