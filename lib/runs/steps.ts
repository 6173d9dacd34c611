/**
 * The engine of a run that is spread over machines. The use case is the same as on one machine; where it waits for jobs there,
 * it is given up here and begun again when they are done: every finished job's answer lies in an object, and is found at once.
 */
import type { Engine, Job } from '../core/engine.ts'
import { AppError, type ErrorCode, errorBody } from '../core/errors.ts'
import type { Queue } from '../core/queue.ts'
import type { ObjectStore } from '../market/objects.ts'
import type { Run, RunStore } from './run.ts'

/** One job of a run, to be done by whoever takes the message. */
export interface ChunkMessage {
  run_id: string
  step: number
  chunk: number
}

/** Plain data to bytes and back: numbers to the bit, typed arrays, maps. */
export interface Codec {
  encode(value: unknown): Uint8Array
  decode(bytes: Uint8Array): unknown
}

export interface StepDeps {
  runs: RunStore
  /** where inputs and answers of jobs lie */
  results: ObjectStore
  codec: Codec
  chunks: Queue<ChunkMessage>
  /** how many jobs are expected to run side by side */
  size: number
  /** the instant now, ISO */
  now: () => string
}

/** What a job left: its answer, or why there is none. */
export type JobEnd = { answer: unknown } | { error: { code: ErrorCode; message: string; details?: unknown } }

/** The use case waits for jobs: it is begun again when they are done. */
export class Suspended extends Error {}

export const inputKey = ({ run_id, step, chunk }: ChunkMessage): string => `results/${run_id}/${step}/in-${chunk}`
export const answerKey = ({ run_id, step, chunk }: ChunkMessage): string => `results/${run_id}/${step}/out-${chunk}`

interface Waiting {
  job: string
  input: unknown
  resolve(answer: unknown): void
  reject(error: unknown): void
}

/**
 * An engine for one attempt at a run. Jobs asked for at the same moment are one step. A step whose answers are all there is
 * answered at once; else its messages are sent and the use case ends with Suspended. `again`: somebody saw that the run
 * stands still, so what is missing of its step is sent once more.
 */
export function stepEngine(deps: StepDeps, run: Run, again: boolean): Engine {
  let step = 0
  let batch: Waiting[] | undefined

  const take = async (waiting: readonly Waiting[], number: number): Promise<void> => {
    const messages = waiting.map((_, chunk) => ({ run_id: run.run_id, step: number, chunk }))
    if (run.step < number) await beginStep(deps, waiting, messages)
    const ends = await endsOf(deps, messages)
    const missing = messages.filter(({ chunk }) => ends[chunk] === undefined)
    // What failed is told at once, and to all that waited: the run ends with it whatever else is still at work.
    const failed = ends.find((end) => end !== undefined && 'error' in end)
    if (failed !== undefined && 'error' in failed) throw failure(failed.error)
    if (missing.length > 0) {
      if (run.step < number || again) await deps.chunks.send(missing)
      throw new Suspended(`Step ${number} waits for ${missing.length} of ${messages.length} jobs.`)
    }
    for (const [i, { resolve }] of waiting.entries()) resolve((ends[i] as { answer: unknown }).answer)
  }

  return {
    size: deps.size,
    // All jobs of a step are sent at once: how many run side by side is for the queue to say.
    queued: true,
    run: <Input, Output>({ name }: Job<Input, Output>, input: Input) =>
      new Promise<Output>((resolve, reject) => {
        const waiting: Waiting = { job: name, input, resolve: resolve as Waiting['resolve'], reject }
        if (batch !== undefined) {
          batch.push(waiting)
          return
        }
        const opened = [waiting]
        batch = opened
        queueMicrotask(() => {
          batch = undefined
          take(opened, ++step).catch((error) => {
            for (const each of opened) each.reject(error)
          })
        })
      }),
  }
}

/** Inputs first, then the step, then (by the caller) the messages: killed in between, the next attempt goes on from there. */
async function beginStep(
  deps: StepDeps,
  waiting: readonly Waiting[],
  messages: readonly ChunkMessage[],
): Promise<void> {
  const { runs, results, codec, now } = deps
  const [{ run_id, step }] = messages
  await eachOf(messages, async (message) => {
    const { job, input } = waiting[message.chunk]
    await results.put(inputKey(message), codec.encode({ job, input }))
  })
  await runs.begin(run_id, step, messages.length, now())
}

/** What stands of a step, in the order of its jobs. */
async function endsOf(
  { results, codec }: StepDeps,
  messages: readonly ChunkMessage[],
): Promise<(JobEnd | undefined)[]> {
  const ends: (JobEnd | undefined)[] = messages.map(() => undefined)
  const [{ run_id, step }] = messages
  const stored = new Set(await results.list(`results/${run_id}/${step}/out-`))
  await eachOf(
    messages.filter((message) => stored.has(answerKey(message))),
    async (message) => {
      const bytes = await results.get(answerKey(message))
      if (bytes !== undefined) ends[message.chunk] = codec.decode(bytes) as JobEnd
    },
  )
  return ends
}

const AT_ONCE = 16

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) await work(items[next++])
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
}

const failure = ({ code, message, details }: { code: ErrorCode; message: string; details?: unknown }): AppError =>
  new AppError(code, message, details)

/** An error as a job's end. */
export const endOf = (error: unknown): JobEnd => ({ error: errorBody(error) })
