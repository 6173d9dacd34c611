import { AppError } from '../core/errors.ts'
import type { Run, RunStore } from './run.ts'

/** Ends a run that has not ended: its jobs stop before their next symbol set, and none is begun. `conflict` when it had ended. */
export async function cancelRun(runs: RunStore, run: Run, at: string): Promise<void> {
  const error = { code: 'cancelled', message: 'The run was cancelled.' }
  if (await runs.fail(run.run_id, error, at)) return
  const { status = run.status } = (await runs.get(run.run_id)) ?? {}
  throw new AppError('conflict', `Run ${run.run_id} is ${status}: there is nothing to cancel.`)
}
