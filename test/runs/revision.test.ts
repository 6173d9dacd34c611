import { afterAll, beforeAll, expect, it } from 'vitest'
import { dynamodbStrategies } from '../../lib/adapters/aws/dynamodb-strategies.ts'
import { type LocalTable, openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { createStrategy } from '../../lib/generate/create.ts'
import { reviseStrategy } from '../../lib/generate/revise.ts'
import type { AdvanceDeps } from '../../lib/runs/advance.ts'
import type { StrategyStore } from '../../lib/strategy/store.ts'
import { newHome } from '../acceptance/home.ts'
import { openThreads, unproven } from '../acceptance/threads.ts'
import { type Faults, openCloud } from './cloud.ts'

// A revision over queues makes one version, whatever is delivered twice or killed.

const { home, imports, remove } = newHome()
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
async function revised(faults: Faults, before: (call: string) => void = () => {}) {
  const owner = `owner-${owners++}`
  const stored = dynamodbStrategies(table)
  const rule = 'SIGNAL: close > sma(close,5)\nSTOP: entry_price*0.92'
  const first = await createStrategy({ ...threads.deps, owner, strategies: stored }, { rule })
  if (first.status !== 'created') throw new Error(first.status)
  const perform: AdvanceDeps['perform'] = ({ run_id }, engine) => {
    const revise: StrategyStore['revise'] = async (_, id, draft) => {
      before('revise')
      const strategy = await stored.revise(owner, id, draft, run_id)
      before('revised')
      return strategy
    }
    const request = { change: 'change the stop to 5%' }
    return reviseStrategy({ ...threads.deps, engine, owner, strategies: { revise } }, first.strategy, request)
  }
  const results = await openCloud(threads.deps, unproven('', [], []), faults, { perform })
  try {
    const { run_id } = await results.begin('revision', { change: 'change the stop to 5%', name: owner })
    const run = await results.settle(run_id)
    const { strategy_id } = first.strategy
    const versions = [await stored.get(owner, strategy_id, 2), await stored.get(owner, strategy_id, 3)]
    return { run, versions, result: await results.result(run) }
  } finally {
    await results.close()
  }
}

it.each([{}, { copies: 2, shuffle: 1 }, { copies: 3, shuffle: 2 }])('is one with %j', async (faults) => {
  const { run, versions, result } = await revised(faults)
  expect([run.status, versions[1]]).toEqual(['succeeded', undefined])
  expect(versions[0]?.rule?.stop?.replace(/\s/g, '')).toBe('entry_price*0.95')
  expect(result).toMatchObject({ status: 'created', strategy: { version: 2, revision: { of_version: 1 } } })
})

it('is one wherever a handler is killed', async () => {
  for (let kill = 0; ; kill++) {
    let uses = 0
    const before = () => {
      if (uses++ === kill) throw new Error('killed')
    }
    const { run, versions } = await revised({ before }, before)
    expect([run.status, versions[0]?.version, versions[1]], `killed at use ${kill}`).toEqual([
      'succeeded',
      2,
      undefined,
    ])
    if (uses <= kill) break
  }
})
