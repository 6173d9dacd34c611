import type { Engine } from '../core/engine.ts'
import { AppError, type ErrorCode } from '../core/errors.ts'
import type { Delivery, Queue } from '../core/queue.ts'
import type { ObjectStore } from '../market/objects.ts'
import type { AdvanceMessage, ChunkMessage } from './messages.ts'
import { hasEnded, type Run, type RunMode } from './run.ts'
import { answerKey, type Codec, decoded, endIn, endOf, inputKey, type JobEnd, Lasting } from './steps.ts'

/** Where runs of a mode are gone on with. */
export type AdvanceQueues = (mode: RunMode) => Queue<AdvanceMessage>

export interface WorkDeps {
  /** only read: whoever runs strangers' code writes nothing but objects */
  runs: { get(runId: string): Promise<Run | undefined> }
  /** where inputs and answers of jobs lie */
  results: ObjectStore
  codec: Codec
  /** worker threads: the job may run a stranger's code */
  engine: Engine
  advance: AdvanceQueues
  /** milliseconds that only grow */
  elapsed: () => number
}

/** Attempts at a job that fails for reasons of ours, the last one included. */
export const MOST_ATTEMPTS = 3

/** What another attempt may mend; anything else is the job's answer. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['internal', 'interrupted'])
export const isPassing = (error: unknown): boolean =>
  !(error instanceof Lasting) && (!(error instanceof AppError) || PASSING.has(error.code))

/**
 * Does one job of a run, stores its end once, and tells so: whoever hears it counts. A message that comes twice finds its answer
 * stored and only tells again; one of a run that is over, or further on, does nothing. Throws what another attempt may mend.
 */
export async function workChunk(
  deps: WorkDeps,
  { message, attempt }: Delivery<ChunkMessage>,
): Promise<{ outcome: 'done' | 'failed' | 'over'; ms: number }> {
  const run = await deps.runs.get(message.run_id)
  if (run === undefined || hasEnded(run) || run.step > message.step) return { outcome: 'over', ms: 0 }
  let end = await storedEnd(deps, message)
  if (end === undefined) {
    end = await endOfJob(deps, message, attempt)
    if (!(await storeOnce(deps, message, end))) end = await storedEnd(deps, message)
  }
  const failed = end !== undefined && 'error' in end
  await tell(deps, run.mode, message, failed)
  return { outcome: failed ? 'failed' : 'done', ms: end?.ms ?? 0 }
}

interface JobInput {
  job: string
  input: unknown
}

type LoseDeps = Pick<WorkDeps, 'results' | 'codec' | 'advance'>

/** Ends a job that nobody ends: whoever took it was killed. */
export async function loseChunk(deps: LoseDeps, mode: RunMode, message: ChunkMessage): Promise<void> {
  const lost = new AppError('internal', 'A part of the run was sent out again and again, and lost each time.')
  await storeOnce(deps, message, await withSymbols(deps, message, lost, 0))
  await tell(deps, mode, message, true)
}

const storeOnce = ({ results, codec }: LoseDeps, message: ChunkMessage, end: JobEnd): Promise<boolean> =>
  results.putIfAbsent(answerKey(message), codec.encode(end))

function tell(deps: LoseDeps, mode: RunMode, message: ChunkMessage, failed: boolean): Promise<void> {
  const { run_id, step, chunk } = message
  return deps.advance(mode).send([{ run_id, done: { step, chunk, failed } }])
}

async function storedEnd({ results, codec }: WorkDeps, message: ChunkMessage): Promise<JobEnd | undefined> {
  const bytes = await results.get(answerKey(message))
  return bytes === undefined ? undefined : endIn(codec, answerKey(message), bytes)
}

async function endOfJob(deps: WorkDeps, message: ChunkMessage, attempt: number): Promise<JobEnd> {
  const { results, codec, engine, elapsed } = deps
  const started = elapsed()
  const took = () => Math.round(elapsed() - started)
  try {
    const bytes = await results.get(inputKey(message))
    if (bytes === undefined) throw new Lasting('internal', `${inputKey(message)} is missing. Run it again.`)
    const { job, input } = decoded<JobInput>(codec, inputKey(message), bytes, ['job'])
    const answer = await engine.run({ name: job }, input)
    return { ms: took(), answer }
  } catch (error) {
    const passing = isPassing(error)
    if (passing && attempt < MOST_ATTEMPTS) throw error
    const isOurs = passing || error instanceof Lasting
    return isOurs ? withSymbols(deps, message, error, took()) : endOf(error, took())
  }
}

/** A failure of ours with the symbols that are without an answer for it. */
async function withSymbols(deps: LoseDeps, message: ChunkMessage, error: unknown, ms: number): Promise<JobEnd> {
  const end = endOf(error, ms)
  const bytes = await deps.results.get(inputKey(message))
  return {
    ms,
    error: { ...end.error, details: { ...(end.error.details as object | undefined), symbols: symbolsIn(deps, bytes) } },
  }
}

/** The symbols of a job's input, a hundred at most; none where it does not read. */
function symbolsIn({ codec }: LoseDeps, bytes: Uint8Array | undefined): unknown[] {
  try {
    const { symbols } = (codec.decode(bytes ?? new Uint8Array()) as JobInput).input as { symbols?: unknown }
    return Array.isArray(symbols) ? symbols.slice(0, 100) : []
  } catch {
    return []
  }
}
