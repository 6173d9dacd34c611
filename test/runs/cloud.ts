import { hereOn } from '../../functions/here.ts'
import { performRun } from '../../functions/perform.ts'
import { dynamodbRuns } from '../../lib/adapters/aws/dynamodb-runs.ts'
import { cloneCodec } from '../../lib/adapters/local/codec.ts'
import { openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import type { BacktestDeps } from '../../lib/backtest/backtest.ts'
import { seeded } from '../../lib/core/random.ts'
import type { ObjectStore } from '../../lib/market/objects.ts'
import { advanceRun } from '../../lib/runs/advance.ts'
import type { AdvanceMessage, ChunkMessage } from '../../lib/runs/messages.ts'
import { openRun } from '../../lib/runs/open.ts'
import { isOfUse } from '../../lib/runs/result-key.ts'
import type { Run, RunStore } from '../../lib/runs/run.ts'
import { sweep } from '../../lib/runs/sweep.ts'
import { loseChunk, workChunk } from '../../lib/runs/work.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'
import { MemoryStore } from '../market/memory-store.ts'

/** What goes wrong with a delivery, decided by the test. */
export interface Faults {
  /** every message is delivered so often */
  copies?: number
  /** messages are taken in a random order of this seed */
  shuffle?: number
  /** called before a port is used by a handler; throwing kills the handler there */
  before?: (call: string, handler: 'chunk' | 'advance', attempt: number) => void
  /** by how much the clocks of handlers are off, in ms */
  skew?: { chunk: number; advance: number; sweep: number }
}

interface Message<Body> {
  body: Body
  attempt: number
}

const MOST_RECEIVES = 3

/** Runs spread over queues in this process: real threads, a real table, objects in memory, and faults as the test likes. */
export async function openCloud(deps: BacktestDeps, strategy: Strategy, faults: Faults = {}) {
  const table = await openLocalTable()
  const runs = dynamodbRuns(table)
  const results = new MemoryStore()
  const chunkQueue: Message<ChunkMessage>[] = []
  const advanceQueue: Message<AdvanceMessage>[] = []
  let now = Date.parse('2026-01-05T12:00:00Z')
  const here = hereOn(deps.source)
  const counts = { sent: 0, worked: 0, merged: 0, dead: 0 }

  /** Ports as one handler sees them: every call may be its last. */
  const through = <Port extends object>(port: Port, handler: 'chunk' | 'advance', attempt: number): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return (...given: unknown[]) => {
          faults.before?.(String(name), handler, attempt)
          return method.apply(target, given)
        }
      },
    })
  const queue = <Body>(list: Message<Body>[]) => ({
    send: async (messages: readonly Body[]) => {
      counts.sent += messages.length
      for (const body of messages) for (let i = 0; i < (faults.copies ?? 1); i++) list.push({ body, attempt: 1 })
    },
  })
  const ports = (handler: 'chunk' | 'advance', attempt: number) => ({
    runs: through<RunStore>(runs, handler, attempt),
    results: through<ObjectStore>(results, handler, attempt),
    codec: cloneCodec,
    size: 3,
    chunks: through(queue(chunkQueue), handler, attempt),
    advance: () => through(queue(advanceQueue), handler, attempt),
    elapsed: () => 0,
    here,
    now: () => new Date(now + (faults.skew?.[handler] ?? 0)).toISOString(),
  })
  const random = seeded(faults.shuffle ?? 0)
  const take = <Body>(list: Message<Body>[]): Message<Body> =>
    list.splice(faults.shuffle === undefined ? 0 : Math.floor(random() * list.length), 1)[0]

  const handle = async <Body>(
    list: Message<Body>[],
    work: (message: Message<Body>) => Promise<void>,
    dead: (body: Body) => Promise<void>,
  ) => {
    const message = take(list)
    try {
      await work(message)
    } catch {
      const next = { body: message.body, attempt: message.attempt + 1 }
      if (next.attempt <= MOST_RECEIVES) list.push(next)
      else {
        counts.dead++
        await dead(message.body)
      }
    }
  }

  const turn = async (): Promise<void> => {
    now += 1_000
    const first = faults.shuffle !== undefined && random() < 0.5 ? 'advance' : 'chunk'
    if (chunkQueue.length > 0 && (first === 'chunk' || advanceQueue.length === 0)) {
      await handle(
        chunkQueue,
        async ({ body, attempt }) => {
          counts.worked++
          await workChunk({ ...ports('chunk', attempt), engine: deps.engine }, { message: body, attempt })
        },
        (body) => loseChunk(ports('chunk', 9), 'backtest', body),
      )
      return
    }
    await handle(
      advanceQueue,
      async ({ body, attempt }) => {
        const perform: Parameters<typeof advanceRun>[0]['perform'] = (run, engine) =>
          performRun({ ...deps, engine }, strategy, run)
        const ended = await advanceRun({ ...ports('advance', attempt), perform }, { message: body, attempt })
        if (ended === 'succeeded') counts.merged++
      },
      async () => {},
    )
  }

  return {
    runs,
    results,
    counts,
    pending: () => chunkQueue.length + advanceQueue.length,
    /** Drops every message: their machines and the queue's memory of them are gone. */
    loseMessages: () => {
      chunkQueue.length = 0
      advanceQueue.length = 0
    },
    pass: (ms: number) => {
      now += ms
    },
    sweep: () =>
      sweep({
        runs,
        results,
        codec: cloneCodec,
        advance: () => queue(advanceQueue),
        clock: () => now + (faults.skew?.sweep ?? 0),
      }),
    async begin(mode: 'backtest' | 'screening' | 'alert', request: object): Promise<Run> {
      const ask = {
        owner: 'ada',
        mode,
        strategy,
        request: { strategy_id: strategy.strategy_id, ...request },
        dataVersion: '1',
      }
      const { run, isNew } = await openRun({ runs, clock: () => now, host: null }, ask, isOfUse(results))
      if (isNew) await queue(advanceQueue).send([{ run_id: run.run_id }])
      return run
    },
    turn,
    /** Delivers messages until there are none, and tells how the run stands. */
    async settle(runId: string): Promise<Run> {
      for (let turns = 0; turns < 2_000 && chunkQueue.length + advanceQueue.length > 0; turns++) await turn()
      return (await runs.get(runId))!
    },
    async result(run: Run): Promise<Record<string, unknown>> {
      const bytes = await results.get(run.result_key ?? '')
      return JSON.parse(new TextDecoder().decode(bytes))
    },
    close: () => table.close(),
  }
}
