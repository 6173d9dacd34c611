import type { Engine } from '../core/engine.ts'
import { AppError, type ErrorCode, errorBody } from '../core/errors.ts'
import type { Delivery } from '../core/queue.ts'
import { hasEnded, type Run } from './run.ts'
import { type StepDeps, Suspended, stepEngine } from './steps.ts'
import type { AdvanceMessage } from './work.ts'

export interface AdvanceDeps extends StepDeps {
  /** the use case of a run, whole: the same as on one machine, on the engine it is given */
  perform(run: Run, engine: Engine): Promise<Record<string, unknown>>
}

export const resultKey = (runId: string): string => `results/${runId}/result.json`

/** Attempts at going on with a run that end in failures of ours, the last one included. */
const MOST_ATTEMPTS = 3
const PASSING: ReadonlySet<ErrorCode> = new Set(['internal', 'interrupted'])

/**
 * Goes on with a run: performs its use case on what is finished so far, until it must wait for jobs, has a result, or fails. The
 * result is stored once, before the run counts as succeeded: whoever comes twice or too late changes nothing. Throws what another
 * attempt may mend. `again`: jobs that are still missing are sent once more.
 */
export async function advanceRun(
  deps: AdvanceDeps,
  { message, attempt }: Delivery<AdvanceMessage>,
): Promise<'waits' | 'succeeded' | 'failed' | 'over'> {
  const { runs, results, now } = deps
  const run = await runs.get(message.run_id)
  if (run === undefined || hasEnded(run)) return 'over'
  const key = resultKey(run.run_id)
  try {
    const stored = await results.get(key)
    if (stored === undefined) {
      const result = await deps.perform(run, stepEngine(deps, run, attempt > 1 || message.again === true))
      await results.putIfAbsent(key, new TextEncoder().encode(JSON.stringify({ ...result, run_id: run.run_id })))
    }
  } catch (error) {
    if (error instanceof Suspended) return 'waits'
    const passing = !(error instanceof AppError) || PASSING.has(error.code)
    if (passing && attempt < MOST_ATTEMPTS) throw error
    await runs.fail(run.run_id, errorBody(error), now())
    return 'failed'
  }
  return (await runs.succeed(run.run_id, key, now())) ? 'succeeded' : 'over'
}
