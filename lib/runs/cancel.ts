import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { ownRun } from './open.ts'
import type { Run, RunStore } from './run.ts'

/** What a cancelled run fails with. */
export const cancelled = (runId: string): AppError =>
  new AppError('cancelled', `Run ${runId} was cancelled. Ask again to run it anew.`, { run_id: runId })

/**
 * Ends an owner's run that is queued or running; what works on it finds that out at its next chunk. Throws `not_found`, or `conflict`
 * when it has ended.
 */
export async function cancelRun(
  { runs, clock }: { runs: RunStore; clock: Clock },
  owner: string,
  runId: string,
): Promise<Run> {
  await ownRun(runs, owner, runId)
  const { code, message, details } = cancelled(runId)
  const ended = await runs.fail(runId, { code, message, details }, new Date(clock()).toISOString())
  const run = await ownRun(runs, owner, runId)
  if (ended) return run
  throw new AppError('conflict', `Run ${runId} has ended: it is ${run.status}. There is nothing to cancel.`, { run })
}
