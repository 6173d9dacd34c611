import { afterAll, beforeAll, expect, it } from 'vitest'
import { dynamodbRuns } from '../../lib/adapters/aws/dynamodb-runs.ts'
import { cloneCodec } from '../../lib/adapters/local/codec.ts'
import { type LocalTable, openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { defineJob, runAll } from '../../lib/core/engine.ts'
import { AppError } from '../../lib/core/errors.ts'
import type { ObjectStore } from '../../lib/market/objects.ts'
import { advanceRun } from '../../lib/runs/advance.ts'
import type { AdvanceMessage, ChunkMessage } from '../../lib/runs/messages.ts'
import type { RunStore } from '../../lib/runs/run.ts'
import type { StepEngine } from '../../lib/runs/steps.ts'
import { sweep } from '../../lib/runs/sweep.ts'
import { waitedRun } from '../../lib/runs/waited.ts'
import { workChunk } from '../../lib/runs/work.ts'
import { MemoryStore } from '../market/memory-store.ts'

// Work that is waited for where it was asked for, its jobs on other machines: an alert's look at a session.

const square = defineJob<{ symbols: string[]; n: number }, number>('square')
const sum = defineJob<{ symbols: string[]; parts: number[] }, number>('sum')
/** Two steps: three jobs, then one over their answers. 1 + 4 + 9. */
async function work(engine: StepEngine): Promise<{ total: number }> {
  const inputs = [1, 2, 3].map((n) => ({ symbols: [`S${n}`], n }))
  const parts = await runAll(engine, square, inputs)
  return { total: await engine.run(sum, { symbols: ['ALL'], parts }) }
}
const MINUTE = 60_000

let table: LocalTable
let asks = 0
beforeAll(async () => {
  table = await openLocalTable()
})
afterAll(() => table.close())

interface Trouble {
  /** before a port is used where the work is waited for, or where a job is done */
  before?: (call: string, handler: 'waits' | 'chunk' | 'advance', key: string) => void
  copies?: number
  job?: (name: string) => void
}

function openWorld({ before, copies = 1, job = () => {} }: Trouble = {}) {
  const runs = dynamodbRuns(table)
  const results = new MemoryStore()
  let now = Date.parse('2026-01-05T22:00:00Z')
  const chunks: ChunkMessage[] = []
  const told: AdvanceMessage[] = []
  const worked: string[] = []
  const name = `ask-${asks++}`
  const through = <Port extends object>(port: Port, handler: 'waits' | 'chunk' | 'advance'): Port =>
    new Proxy(port, {
      get: (target, call) => {
        const method = Reflect.get(target, call)
        if (typeof method !== 'function') return method
        return async (...given: unknown[]) => {
          before?.(String(call), handler, String(given[0]))
          return method.apply(target, given)
        }
      },
    })
  const queue = <Message>(list: Message[]) => ({
    send: async (messages: readonly Message[]) => {
      for (let i = 0; i < copies; i++) list.push(...messages)
    },
  })
  const engine = {
    size: 1,
    run: async <Input, Output>(asked: { name: string }, input: Input): Promise<Output> => {
      worked.push(asked.name)
      job(asked.name)
      const { n, parts = [] } = input as { n?: number; parts?: number[] }
      return (n === undefined ? parts.reduce((a, b) => a + b, 0) : n * n) as Output
    },
  }
  const common = { codec: cloneCodec, size: 3, now: () => new Date(now).toISOString() }
  const ports = (handler: 'waits' | 'chunk' | 'advance') => ({
    ...common,
    runs: through<RunStore>(runs, handler),
    results: through<ObjectStore>(results, handler),
    chunks: through(queue(chunks), handler),
    advance: () => through(queue(told), handler),
  })
  let atWork = true
  /** What the other machines do while somebody waits; a message whose handler is killed comes again. */
  const others = async () => {
    if (!atWork) return
    for (const message of chunks.splice(0)) {
      await workChunk({ ...ports('chunk'), engine, elapsed: () => 0 }, { message, attempt: 1 }).catch(() =>
        chunks.push(message),
      )
    }
    for (const message of told.splice(0)) {
      const perform = () => Promise.reject(new Error('Nobody else performs what a host waits for.'))
      await advanceRun({ ...ports('advance'), perform }, { message, attempt: 1 }).catch(() => told.push(message))
    }
  }
  const deps = {
    ...ports('waits'),
    clock: () => now,
    sleep: async (ms: number) => {
      now += ms
      await others()
    },
  }
  const ask = (dataVersion = '1') => ({
    owner: 'ada',
    mode: 'alert' as const,
    strategy: { strategy_id: 1, version: 1, hash: 'h' },
    request: { strategy_id: 1, name },
    dataVersion,
  })
  return {
    runs,
    results,
    worked,
    chunks,
    now: () => now,
    pass: (ms: number) => (now += ms),
    stop: () => (atWork = false),
    resume: () => (atWork = true),
    sweep: () => sweep({ runs, results, codec: cloneCodec, advance: () => queue(told), clock: () => now }),
    look: (how = work, dataVersion?: string) => waitedRun(deps, ask(dataVersion), how, now + 50_000),
    mine: async () => (await runs.list('ada', 100)).filter(({ request }) => request.name === name),
    loseMessages: () => {
      chunks.length = 0
      told.length = 0
    },
  }
}

it('ends with the answer when every message comes twice', async () => {
  const world = openWorld({ copies: 2 })
  expect(await world.look()).toEqual({ total: 14 })
  expect(await world.mine()).toMatchObject([{ status: 'succeeded' }])
})

it('ends with the answer, does each job once, and a message that comes again gets the same', async () => {
  const world = openWorld()
  expect(await world.look()).toEqual({ total: 14 })
  expect(await world.look()).toEqual({ total: 14 })
  expect(world.worked).toEqual(['square', 'square', 'square', 'sum'])
  expect(await world.mine()).toMatchObject([{ status: 'succeeded', mode: 'alert' }])
})

it('ends the same wherever somebody is killed, in one run', async () => {
  for (let kill = 0; ; kill++) {
    let uses = 0
    const world = openWorld({
      before: () => {
        if (uses++ === kill) throw new Error('killed')
      },
    })
    // The message comes again.
    const found = await world.look().catch(() => world.look())
    expect(found, `killed at use ${kill}`).toEqual({ total: 14 })
    expect(
      (await world.mine()).map(({ status }) => status),
      `killed at use ${kill}`,
    ).toEqual(['succeeded'])
    if (uses <= kill) break
  }
})

it('ends the same for two who wait for it at once', async () => {
  const world = openWorld()
  expect(await Promise.all([world.look(), world.look()])).toEqual([{ total: 14 }, { total: 14 }])
  expect(await world.mine()).toHaveLength(1)
})

it('is given up at its deadline, and the next one to ask goes on with what is there', async () => {
  const world = openWorld()
  world.stop()
  const begun = world.now()
  await expect(world.look()).rejects.toMatchObject({ code: 'interrupted' })
  expect(world.now() - begun).toBeLessThan(52_000)
  world.resume()
  expect(await world.look()).toEqual({ total: 14 })
  expect(await world.mine()).toHaveLength(1)
  expect(world.worked.filter((name) => name === 'square')).toHaveLength(3)
})

it('sends once more what nobody is heard of, before its deadline', async () => {
  const world = openWorld()
  world.stop()
  const looking = world.look()
  while (world.chunks.length === 0) await new Promise((resolve) => setImmediate(resolve))
  world.loseMessages()
  world.resume()
  expect(await looking).toEqual({ total: 14 })
})

it('says when an answer has gone, and is another run then', async () => {
  const world = openWorld()
  await expect(
    world.look(async (engine) => {
      await work(engine).catch(async (error) => {
        const [{ run_id }] = await world.mine()
        await world.results.delete(`results/${run_id}/1/out-1`)
        throw error
      })
      return { total: 0 }
    }),
  ).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringMatching(/An answer of step \d of run \w+ has gone/),
  })
  expect(await world.look()).toEqual({ total: 14 })
  expect((await world.mine()).map(({ status }) => status).sort()).toEqual(['failed', 'succeeded'])
})

it('fails with what a job failed with, and is another run when it is asked for again', async () => {
  let failures = 1
  const world = openWorld({
    job: (name) => {
      if (name === 'sum' && failures-- > 0) throw new AppError('guest_error', 'The code threw.')
    },
  })
  await expect(world.look()).rejects.toMatchObject({ code: 'guest_error', message: 'The code threw.' })
  expect(await world.look()).toEqual({ total: 14 })
})

it('is another run on other bars, and ends as a conflict on those that change', async () => {
  const world = openWorld()
  const changed = async () => {
    throw new AppError('conflict', 'The stored bars changed while the run was at work. Run it again.')
  }
  await expect(world.look(changed)).rejects.toMatchObject({ code: 'conflict' })
  expect(await world.look(work, '2')).toEqual({ total: 14 })
  expect((await world.mine()).map(({ status }) => status).sort()).toEqual(['failed', 'succeeded'])
})

it('is over within ten minutes when its host and its jobs are gone', async () => {
  const world = openWorld()
  world.stop()
  await expect(world.look()).rejects.toMatchObject({ code: 'interrupted' })
  world.loseMessages()
  let minutes = 0
  for (; (await world.mine())[0].status === 'running' && minutes < 30; minutes++) {
    world.pass(MINUTE)
    await world.sweep()
  }
  expect(minutes).toBeLessThan(10)
  world.resume()
  expect(await world.look()).toEqual({ total: 14 })
})
