/**
 * The engine of a run that is spread over machines. The use case is the same as on one machine; where it waits for jobs there,
 * it is given up here and begun again when they are done: every finished job's answer lies in an object, and is found at once.
 */
import type { Engine, Job } from '../core/engine.ts'
import { AppError, type ErrorCode, errorBody } from '../core/errors.ts'
import type { Queue } from '../core/queue.ts'
import type { ObjectStore } from '../market/objects.ts'
import type { ChunkMessage } from './messages.ts'
import type { Run, RunStore } from './run.ts'
import { samePlan } from './step-plan.ts'

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
  /** jobs that run no strategy's code, done by whoever asks for them: their inputs would be the answers of all others */
  here?: ReadonlyMap<string, (input: never) => unknown>
}

/** What a job left: its answer, or why there is none; and how long it was at work. */
export type JobEnd = { ms: number } & ({ answer: unknown } | { error: JobError })
export interface JobError {
  code: ErrorCode
  message: string
  details?: unknown
}

/** The use case waits for the jobs of a step: it is begun again when they are done. */
export class Suspended extends Error {
  readonly step: number
  constructor(step: number, message: string) {
    super(message)
    this.step = step
  }
}

/** What no other attempt finds otherwise: the stored end of a job, an object of a run that is gone or holds something else. */
export class Lasting extends AppError {}

/** What the jobs of a run have taken so far. */
export interface JobTotals {
  steps: number
  jobs: number
  ms: number
}

/** An engine of one attempt at a run. */
export interface StepEngine extends Engine {
  totals(): JobTotals
}

export interface StepOptions {
  /** somebody saw that the run stands still, so what is missing of its step is sent once more */
  again?: boolean
  /** a job that failed rejects alone, once all of its step have ended; else the first failure ends the step at once */
  apart?: boolean
}

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
 * answered at once; else its messages are sent and the use case ends with Suspended.
 */
export function stepEngine(deps: StepDeps, run: Run, { again = false, apart = false }: StepOptions = {}): StepEngine {
  let step = 0
  let batch: Waiting[] | undefined
  const totals: JobTotals = { steps: 0, jobs: 0, ms: 0 }
  const count = (end: JobEnd | undefined): void => {
    if (end === undefined) return
    totals.jobs++
    totals.ms += end.ms
  }

  const take = async (waiting: readonly Waiting[], number: number): Promise<void> => {
    const messages = waiting.map((_, chunk) => ({ run_id: run.run_id, step: number, chunk }))
    totals.steps++
    await samePlan(deps.results, run.run_id, number, waiting)
    if (run.step < number) await beginStep(deps, waiting, messages)
    const ends = await endsOf(deps, messages)
    const missing = messages.filter(({ chunk }) => ends[chunk] === undefined)
    // What failed is told at once, and to all that waited: the run ends with it whatever else is still at work.
    const failed = apart ? undefined : ends.find((end) => end !== undefined && 'error' in end)
    if (failed !== undefined && 'error' in failed) {
      for (const end of ends) count(end)
      throw failure(failed.error)
    }
    if (missing.length > 0) {
      if (again) await countThose(deps, messages, ends)
      if (run.step < number || again) await deps.chunks.send(missing)
      throw new Suspended(number, `Step ${number} waits for ${missing.length} of ${messages.length} jobs.`)
    }
    for (const [i, { resolve, reject }] of waiting.entries()) {
      const end = ends[i]!
      count(end)
      if ('error' in end) reject(failure(end.error))
      else resolve(end.answer)
    }
  }

  return {
    size: deps.size,
    // All jobs of a step are sent at once: how many run side by side is for the queue to say.
    queued: true,
    totals: () => ({ ...totals }),
    run: <Input, Output>({ name }: Job<Input, Output>, input: Input) => {
      const here = deps.here?.get(name)
      if (here !== undefined) return Promise.resolve(here(input as never) as Output)
      return new Promise<Output>((resolve, reject) => {
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
      })
    },
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

/** Counts the jobs that have ended: what their workers told of it may be lost. */
async function countThose(
  { runs, now }: StepDeps,
  messages: readonly ChunkMessage[],
  ends: readonly (JobEnd | undefined)[],
): Promise<void> {
  const ended = messages.filter(({ chunk }) => ends[chunk] !== undefined)
  for (const { run_id, step, chunk } of ended) await runs.chunkDone(run_id, step, chunk, now())
}

/** What stands of a step, in the order of its jobs. */
async function endsOf(
  { results, codec }: StepDeps,
  messages: readonly ChunkMessage[],
): Promise<(JobEnd | undefined)[]> {
  const ends: (JobEnd | undefined)[] = messages.map(() => undefined)
  const [{ run_id, step }] = messages
  const stored = await answered({ results }, run_id, step)
  await eachOf(
    messages.filter((message) => stored.has(answerKey(message))),
    async (message) => {
      const bytes = await results.get(answerKey(message))
      if (bytes !== undefined) ends[message.chunk] = endIn(codec, answerKey(message), bytes)
    },
  )
  return ends
}

/** What an object of a run holds; `internal` naming it when it does not read. */
export function decoded<Shape extends object>(codec: Codec, key: string, bytes: Uint8Array, has: string[]): Shape {
  let value: unknown
  try {
    value = codec.decode(bytes)
  } catch {
    // Said below: what a decoder says of broken bytes helps nobody.
  }
  if (typeof value === 'object' && value !== null && has.some((name) => name in value)) return value as Shape
  throw new Lasting('internal', `${key} is damaged: it does not hold what was stored there. Run it again.`)
}

export const endIn = (codec: Codec, key: string, bytes: Uint8Array): JobEnd =>
  decoded<JobEnd>(codec, key, bytes, ['answer', 'error'])

/** The keys of the answers a step has so far. */
export async function answered(
  { results }: Pick<StepDeps, 'results'>,
  runId: string,
  step: number,
): Promise<ReadonlySet<string>> {
  return new Set(await results.list(`results/${runId}/${step}/out-`))
}

const AT_ONCE = 16

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) await work(items[next++])
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
}

const failure = ({ code, message, details }: JobError): AppError => new Lasting(code, message, details)

/** An error as a job's end. */
export const endOf = (error: unknown, ms: number): JobEnd & { error: JobError } => ({ ms, error: errorBody(error) })
