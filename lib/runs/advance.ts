import { errorBody } from '../core/errors.ts'
import type { Delivery } from '../core/queue.ts'
import type { AdvanceMessage } from './messages.ts'
import { resultKey } from './result-key.ts'
import { hasEnded, type Run } from './run.ts'
import { type StepDeps, type StepEngine, Suspended, stepEngine } from './steps.ts'
import { isPassing } from './work.ts'

export interface AdvanceDeps extends StepDeps {
  /** the use case of a run, whole: the same as on one machine, on the engine it is given */
  perform(run: Run, engine: StepEngine): Promise<object>
}

/** Attempts at going on with a run that end in failures of ours, the last one included. */
const MOST_ATTEMPTS = 3

/**
 * Goes on with a run: performs its use case on what is finished so far, until it must wait for jobs, has a result, or fails. A job
 * that has ended is counted first, and the run goes on with the last one of a step, or one that failed. The result is stored once,
 * before the run counts as succeeded: whoever comes twice or too late changes nothing. Throws what another attempt may mend.
 */
export async function advanceRun(
  deps: AdvanceDeps,
  { message, attempt }: Delivery<AdvanceMessage>,
): Promise<'waits' | 'succeeded' | 'failed' | 'over'> {
  const { runs, results, now } = deps
  const run = await runs.get(message.run_id)
  if (run === undefined || hasEnded(run)) return 'over'
  // An attempt that broke off may have begun the next step and sent nothing: another one goes on in any case.
  if (message.done !== undefined && !(await goesOn(deps, run, message.done)) && attempt === 1) return 'waits'
  // Its host performs it, and waits for what was counted.
  if (run.host !== null) return 'waits'
  let key = resultKey(run.run_id)
  try {
    if (!(await results.list(key)).includes(key)) {
      const options = { again: attempt > 1 || message.again === true, apart: run.request.partial === true }
      const result = await deps.perform(run, stepEngine(deps, run, options))
      key = resultKey(run.run_id, result)
      await results.putIfAbsent(key, new TextEncoder().encode(JSON.stringify({ ...result, run_id: run.run_id })))
    }
  } catch (error) {
    if (error instanceof Suspended) return 'waits'
    if (isPassing(error) && attempt < MOST_ATTEMPTS && message.last !== true) throw error
    await runs.fail(run.run_id, errorBody(error), now())
    return 'failed'
  }
  if (await runs.succeed(run.run_id, key, now())) return 'succeeded'
  // Nobody is to find a result of a run that was cancelled meanwhile.
  if ((await runs.get(run.run_id))?.status === 'failed') await results.delete(key)
  return 'over'
}

/** Whether a job that has ended is one to go on with: the last of the step under way, or one that failed. */
async function goesOn(
  { runs, now }: AdvanceDeps,
  run: Run,
  { step, chunk, failed }: NonNullable<AdvanceMessage['done']>,
): Promise<boolean> {
  const count = await runs.chunkDone(run.run_id, step, chunk, now())
  return count !== undefined && ((failed && run.request.partial !== true) || count.done === count.of)
}
