import { onSameData } from '../../functions/aws-runs.ts'
import { hereOn } from '../../functions/here.ts'
import { performRun } from '../../functions/perform.ts'
import type { Table } from '../../lib/adapters/aws/dynamodb.ts'
import { dynamodbRuns } from '../../lib/adapters/aws/dynamodb-runs.ts'
import { cloneCodec } from '../../lib/adapters/local/codec.ts'
import { openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import type { BacktestDeps } from '../../lib/backtest/backtest.ts'
import { seeded } from '../../lib/core/random.ts'
import type { ObjectStore } from '../../lib/market/objects.ts'
import { type AdvanceDeps, advanceRun } from '../../lib/runs/advance.ts'
import type { AdvanceMessage, ChunkMessage } from '../../lib/runs/messages.ts'
import { openRun } from '../../lib/runs/open.ts'
import { isOfUse } from '../../lib/runs/result-key.ts'
import { hasEnded, type Run, type RunMode, type RunStore } from '../../lib/runs/run.ts'
import { sweep } from '../../lib/runs/sweep.ts'
import { workChunk } from '../../lib/runs/work.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'
import { MemoryStore } from '../market/memory-store.ts'

/** What goes wrong with a delivery, decided by the test. */
export interface Faults {
  /** every message is delivered so often */
  copies?: number
  /** messages are taken in a random order of this seed */
  shuffle?: number
  /** called before a port is used by a handler, with its first argument; throwing kills the handler there */
  before?: (call: string, handler: 'chunk' | 'advance', attempt: number, first: unknown) => void | Promise<void>
  /** how long a message that was taken and not dealt with stays hidden; at once visible when absent */
  hiddenMs?: number
  /** by how much the clocks of handlers are off, in ms */
  skew?: { chunk: number; advance: number; sweep: number }
  /** what the stored data is when it is asked, 1 when absent */
  dataVersion?: () => string
}

interface Message<Body> {
  body: Body
  attempt: number
  /** nobody sees it before */
  from: number
}

/** What a run is performed by, with the results as the handler sees them. */
type Perform = (...given: [...Parameters<AdvanceDeps['perform']>, ObjectStore]) => ReturnType<AdvanceDeps['perform']>

const MOST_RECEIVES = 3
const MINUTE = 60_000

/** Runs spread over queues in this process: real threads, a real table, objects in memory, and faults as the test likes. */
export async function openCloud(
  deps: BacktestDeps,
  strategy: Strategy,
  faults: Faults = {},
  given: { table?: Table; results?: ObjectStore; perform?: Perform } = {},
) {
  const own = given.table === undefined ? await openLocalTable() : undefined
  const runs = dynamodbRuns(given.table ?? own!)
  const results = given.results ?? new MemoryStore()
  const performed: Perform = given.perform ?? ((run, engine) => performRun({ ...deps, engine }, strategy, run))
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
        return async (...given: unknown[]) => {
          await faults.before?.(String(name), handler, attempt, given[0])
          return method.apply(target, given)
        }
      },
    })
  const queue = <Body>(list: Message<Body>[]) => ({
    send: async (messages: readonly Body[]) => {
      counts.sent += messages.length
      for (const body of messages)
        for (let i = 0; i < (faults.copies ?? 1); i++) list.push({ body, attempt: 1, from: now })
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
  const seen = (list: Message<unknown>[]) => list.filter(({ from }) => from <= now).length
  const take = <Body>(list: Message<Body>[]): Message<Body> => {
    const visible = list.filter(({ from }) => from <= now)
    const one = visible[faults.shuffle === undefined ? 0 : Math.floor(random() * visible.length)]
    list.splice(list.indexOf(one), 1)
    return one
  }

  const handle = async <Body>(list: Message<Body>[], work: (message: Message<Body>) => Promise<void>) => {
    const message = take(list)
    try {
      await work(message)
    } catch {
      // Nobody reads dead letters: the minute's look after runs is all there is.
      if (message.attempt === MOST_RECEIVES) counts.dead++
      else list.push({ body: message.body, attempt: message.attempt + 1, from: now + (faults.hiddenMs ?? 0) })
    }
  }

  const turn = async (): Promise<void> => {
    now += 1_000
    const first = faults.shuffle !== undefined && random() < 0.5 ? 'advance' : 'chunk'
    if (seen(chunkQueue) > 0 && (first === 'chunk' || seen(advanceQueue) === 0)) {
      await handle(chunkQueue, async ({ body, attempt }) => {
        counts.worked++
        await workChunk({ ...ports('chunk', attempt), engine: deps.engine }, { message: body, attempt })
      })
      return
    }
    await handle(advanceQueue, async ({ body, attempt }) => {
      const handed = ports('advance', attempt)
      const data = { dataVersion: async () => faults.dataVersion?.() ?? '1' }
      const perform: AdvanceDeps['perform'] = (run, engine) =>
        onSameData(data, run.data_version, (engine) => performed(run, engine, handed.results))(engine)
      const ended = await advanceRun({ ...handed, perform }, { message: body, attempt })
      if (ended === 'succeeded') counts.merged++
    })
  }

  const look = () =>
    sweep({
      runs,
      results,
      codec: cloneCodec,
      advance: () => queue(advanceQueue),
      clock: () => now + (faults.skew?.sweep ?? 0),
    })

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
    sweep: look,
    async begin(mode: RunMode, request: object): Promise<Run> {
      const of = mode === 'creation' ? {} : { strategy_id: strategy.strategy_id }
      const ask = {
        owner: 'ada',
        mode,
        ...(mode !== 'creation' && { strategy }),
        request: { ...of, ...request },
        dataVersion: faults.dataVersion?.() ?? '1',
      }
      const { run, isNew } = await openRun({ runs, clock: () => now, host: null }, ask, isOfUse(results))
      if (isNew) await queue(advanceQueue).send([{ run_id: run.run_id }])
      return run
    },
    turn,
    /** Delivers messages while there are any to see, looks after runs every minute, and tells how the run stands once it has ended. */
    async settle(runId: string): Promise<Run & { minutes: number }> {
      const begun = now
      for (let turns = 0; ; turns++) {
        const visible = seen(chunkQueue) + seen(advanceQueue) > 0
        if (visible && turns < 2_000) await turn()
        else {
          const run = (await runs.get(runId))!
          const minutes = (now - begun) / MINUTE
          if (hasEnded(run) || minutes > 60) return { ...run, minutes }
          now += MINUTE
          await look()
        }
      }
    },
    async result(run: Run): Promise<Record<string, unknown>> {
      const bytes = await results.get(run.result_key ?? '')
      return JSON.parse(new TextDecoder().decode(bytes))
    },
    close: async () => own?.close(),
  }
}
