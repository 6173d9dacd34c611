import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dynamodbStrategies } from '../../lib/adapters/aws/dynamodb-strategies.ts'
import { cloneCodec } from '../../lib/adapters/local/codec.ts'
import { type LocalTable, openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import type { Engine, Job } from '../../lib/core/engine.ts'
import { type CreateAnswer, createStrategy } from '../../lib/generate/create.ts'
import { rememberedModel } from '../../lib/runs/remembered-model.ts'
import type { StrategyStore } from '../../lib/strategy/store.ts'
import { newHome } from '../acceptance/home.ts'
import { openThreads, unproven } from '../acceptance/threads.ts'
import { geminiServer, says } from '../adapters/gemini-server.ts'
import type { Answer } from '../adapters/stub-server.ts'
import { MemoryStore } from '../market/memory-store.ts'
import { type Faults, openCloud } from './cloud.ts'

// A creation by a model is begun again after each of its steps, and after every accident. A model never says the same twice: here it
// says something else whenever it is asked for the same turn again.

const PROMPT = 'names whose strength gauge is quietly washed out'
const RULE = { signal: 'rsi(close,14) < 35' }
const wrongCode = (threshold: number) =>
  `const r = rsi('close', 14)\nexport function classifySymbol(symbol) {\n  return isBelow(r.ago(0), ${threshold})\n}\n`

/** Answers by the turn that is asked for: code that decides otherwise, then none. */
function twoTurns() {
  let asks = 0
  const answer: Answer = (asked, response) => {
    asks++
    const { contents } = JSON.parse(asked.body.toString())
    const code = contents.length === 1 ? wrongCode(36 + asks) : null
    return says({ questions: [], assumptions: [`ask ${asks}`], rule: RULE, code })(asked, response)
  }
  return { answer, asks: () => asks }
}

describe('a creation by a model, spread over machines', () => {
  const { home, imports, remove } = newHome()
  let threads: Awaited<ReturnType<typeof openThreads>>
  let table: LocalTable

  beforeAll(async () => {
    await imports.simulateBars({})
    const opened = await openThreads(home)
    // A few symbols prove as well as all. What a job answers does not change with how often it is asked: each is done once.
    const catalog: typeof opened.deps.catalog = async () => {
      const all = await opened.deps.catalog()
      return all && { ...all, symbols: all.symbols.slice(0, 6) }
    }
    const done = new Map<string, Promise<unknown>>()
    const engine: Engine = {
      ...opened.deps.engine,
      run: async <Input, Output>(job: Job<Input, Output>, input: Input) => {
        const asked = JSON.stringify([job.name, input])
        const answer = done.get(asked) ?? opened.deps.engine.run(job, input)
        done.set(asked, answer)
        return structuredClone(await answer) as Output
      },
    }
    threads = { ...opened, deps: { ...opened.deps, catalog, engine } }
    table = await openLocalTable()
  })
  afterAll(async () => {
    await threads.close()
    await table.close()
    remove()
  })

  let owners = 0
  /** Performs one to its end, as the function of creations does. */
  async function performed(faults: Faults) {
    const script = twoTurns()
    const server = await geminiServer(script.answer)
    const owner = `owner-${owners++}`
    const strategies = dynamodbStrategies(table)
    const cloud = await openCloud(threads.deps, unproven('', [], []), faults, {
      table,
      perform: ({ run_id, request }, engine, results) => {
        const create: StrategyStore['create'] = async (_, draft) => {
          await faults.before?.('create', 'advance', 1, owner)
          const strategy = await strategies.create(owner, draft, run_id)
          await faults.before?.('created', 'advance', 1, owner)
          return strategy
        }
        const model = async () => rememberedModel({ results, codec: cloneCodec }, run_id, server.model())
        return createStrategy({ ...threads.deps, engine, owner, strategies: { ...strategies, create }, model }, request)
      },
    })
    try {
      const { run_id } = await cloud.begin('creation', { prompt: PROMPT, name: owner })
      const run = await cloud.settle(run_id)
      const answer = run.status === 'succeeded' ? ((await cloud.result(run)) as unknown as CreateAnswer) : undefined
      const turns = (await cloud.results.list(`results/${run_id}/model-`)).length
      return { run, answer, turns, asks: script.asks(), stored: await strategies.list(owner) }
    } finally {
      await cloud.close()
      await server.close()
    }
  }

  it('asks the model once for each turn, however often it is begun again', async () => {
    const { answer, asks, turns, stored } = await performed({})
    expect([asks, turns]).toEqual([2, 2])
    expect(answer).toMatchObject({ status: 'created', strategy: { generation: { turns: 2 }, assumptions: ['ask 2'] } })
    expect(stored).toHaveLength(1)
  })

  it('asks no more when every message comes twice', async () => {
    const { asks, stored, run } = await performed({ copies: 2, shuffle: 7 })
    expect([asks, stored.length, run.status]).toEqual([2, 1, 'succeeded'])
  })

  it('takes the answer that was stored first where two attempts ask at once', async () => {
    const script = twoTurns()
    const server = await geminiServer(script.answer)
    const results = new MemoryStore()
    const turn = () =>
      rememberedModel({ results, codec: cloneCodec }, 'run', server.model()).ask({
        system: '',
        turns: [{ role: 'user', text: 'x' }],
        form: { type: 'object' },
        outputTokens: 1,
        ms: 5_000,
      })
    const [one, other] = await Promise.all([turn(), turn()])
    expect([script.asks(), one]).toEqual([2, other])
    expect(await turn()).toEqual(one)
    await server.close()
  })

  it('killed at any call of a port, stores one strategy and asks at most once more than it has turns', async () => {
    let calls = 0
    await performed({ before: () => void calls++ })
    expect(calls).toBeGreaterThan(30)
    const again: string[] = []
    for (let kill = 1; kill <= calls; kill++) {
      let at = 0
      let killed = ''
      const { run, asks, turns, stored } = await performed({
        before: (call, handler) => {
          if (++at !== kill) return
          killed = `${handler} ${call}`
          throw new Error('killed')
        },
      })
      expect([killed, run.status, turns, stored.length]).toEqual([killed, 'succeeded', 2, 1])
      expect(asks, killed).toBeLessThanOrEqual(3)
      if (asks > 2) again.push(killed)
    }
    // Only an answer that was not stored yet is lost with its machine.
    expect(again).toEqual(['advance putIfAbsent', 'advance putIfAbsent'])
  })
})
