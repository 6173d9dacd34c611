import type { Clock } from '../core/clock.ts'
import type { Queue } from '../core/queue.ts'
import type { RunStore } from './run.ts'
import type { AdvanceMessage } from './work.ts'

export interface SweepDeps {
  runs: RunStore
  advance: Queue<AdvanceMessage>
  clock: Clock
}

/** How long a run may stand still before what is missing is sent again, and before it is given up. */
export const STILL_MS = 3 * 60_000
export const LOST_MS = 9 * 60_000

/** Looks after the runs that stand still: sends them on, and fails those that nothing has moved for too long. */
export async function sweep({ runs, advance, clock }: SweepDeps): Promise<{ resent: string[]; failed: string[] }> {
  const now = clock()
  const resent: string[] = []
  const failed: string[] = []
  for (const run of await runs.unfinished()) {
    // A clock that runs ahead of ours by a minute makes a run younger, never older than it is.
    const still = now - Date.parse(run.updated_at)
    if (still > LOST_MS) {
      const { chunks, chunks_done, step } = run
      const message = `Nothing moved this run for ${Math.round(LOST_MS / 60_000)} minutes: ${chunks_done} of ${chunks} parts of step ${step} were done. Run it again.`
      const error = { code: 'interrupted', message, details: { chunks, chunks_done, step } }
      if (await runs.fail(run.run_id, error, new Date(now).toISOString())) failed.push(run.run_id)
    } else if (still > STILL_MS) {
      await advance.send([{ run_id: run.run_id, again: true }])
      resent.push(run.run_id)
    }
  }
  return { resent, failed }
}
