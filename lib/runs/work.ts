import type { Engine } from '../core/engine.ts'
import { AppError, type ErrorCode } from '../core/errors.ts'
import type { Delivery, Queue } from '../core/queue.ts'
import { hasEnded } from './run.ts'
import { answerKey, type ChunkMessage, endOf, inputKey, type JobEnd, type StepDeps } from './steps.ts'

/** A run that has something to go on with; `again`: it stood still, and what is missing is to be sent once more. */
export interface AdvanceMessage {
  run_id: string
  again?: true
}

export interface WorkDeps extends Omit<StepDeps, 'chunks' | 'size'> {
  /** worker threads: the job may run a stranger's code */
  engine: Engine
  advance: Queue<AdvanceMessage>
}

/** Attempts at a job that fails for reasons of ours, the last one included. */
export const MOST_ATTEMPTS = 3

/** What another attempt may mend; anything else is the job's answer. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['internal', 'interrupted'])

/**
 * Does one job of a run and stores its end once. Whoever finishes the last job of a step, or fails one, has the run go on.
 * A message that comes twice finds its answer stored and only tells again. Throws what another attempt may mend.
 */
export async function workChunk(deps: WorkDeps, { message, attempt }: Delivery<ChunkMessage>): Promise<void> {
  const { runs, results, codec, now } = deps
  const run = await runs.get(message.run_id)
  if (run === undefined || hasEnded(run) || run.step > message.step) return
  let end = await storedEnd(deps, message)
  if (end === undefined) {
    end = await endOfJob(deps, message, attempt)
    if (!(await results.putIfAbsent(answerKey(message), codec.encode(end)))) end = await storedEnd(deps, message)
  }
  const count = await runs.chunkDone(message.run_id, message.step, message.chunk, now())
  const failed = end !== undefined && 'error' in end
  if (failed || (count !== undefined && count.done === count.of)) await deps.advance.send([{ run_id: message.run_id }])
}

/** The end of a job whose message was given up by the queue: its machine was killed every time. */
export async function loseChunk(deps: WorkDeps, message: ChunkMessage): Promise<void> {
  const lost = new AppError('internal', `A part of the run was tried ${MOST_ATTEMPTS} times and lost each time.`)
  await deps.results.putIfAbsent(answerKey(message), deps.codec.encode(await withSymbols(deps, message, lost)))
  await deps.runs.chunkDone(message.run_id, message.step, message.chunk, deps.now())
  await deps.advance.send([{ run_id: message.run_id }])
}

async function storedEnd({ results, codec }: WorkDeps, message: ChunkMessage): Promise<JobEnd | undefined> {
  const bytes = await results.get(answerKey(message))
  return bytes === undefined ? undefined : (codec.decode(bytes) as JobEnd)
}

async function endOfJob(deps: WorkDeps, message: ChunkMessage, attempt: number): Promise<JobEnd> {
  const { results, codec, engine } = deps
  const bytes = await results.get(inputKey(message))
  if (bytes === undefined) throw new AppError('internal', `The input of a job is missing: ${inputKey(message)}.`)
  const { job, input } = codec.decode(bytes) as { job: string; input: unknown }
  try {
    return { answer: await engine.run({ name: job }, input) }
  } catch (error) {
    const passing = !(error instanceof AppError) || PASSING.has(error.code)
    if (passing && attempt < MOST_ATTEMPTS) throw error
    return passing ? withSymbols(deps, message, error) : endOf(error)
  }
}

/** A failure of ours with the symbols that are without an answer for it. */
async function withSymbols(deps: WorkDeps, message: ChunkMessage, error: unknown): Promise<JobEnd> {
  const end = endOf(error)
  const bytes = await deps.results.get(inputKey(message))
  const input = bytes === undefined ? undefined : (deps.codec.decode(bytes) as { input?: { symbols?: unknown } }).input
  const symbols = Array.isArray(input?.symbols) ? input.symbols.slice(0, 100) : []
  if (!('error' in end)) return end
  return { error: { ...end.error, details: { ...(end.error.details as object | undefined), symbols } } }
}
