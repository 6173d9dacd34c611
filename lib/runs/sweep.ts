import type { Clock } from '../core/clock.ts'
import { AppError, errorBody } from '../core/errors.ts'
import type { ChunkMessage } from './messages.ts'
import type { Run, RunStore } from './run.ts'
import { answered, answerKey, type StepDeps } from './steps.ts'
import { type AdvanceQueues, loseChunk } from './work.ts'

export interface SweepDeps extends Pick<StepDeps, 'results' | 'codec'> {
  runs: RunStore
  advance: AdvanceQueues
  clock: Clock
}

/**
 * How long a run may stand still before what is missing is sent again, before its missing jobs count as lost, and before it is given
 * up: within ten minutes, by a clock that is a minute behind and looks once a minute. Longer each than any function takes.
 */
export const STILL_MS = 3 * 60_000
export const LOST_MS = 6 * 60_000
export const OVER_MS = 8 * 60_000

export interface SweepOutcome {
  /** runs sent on */
  resent: string[]
  /** runs of which jobs were given up */
  lost: string[]
  failed: string[]
}

/** Looks after the runs that stand still: sends them on, gives up what nobody ends, and fails those that nothing has moved for too long. Throws `internal` at the end where that failed. */
export async function sweep(deps: SweepDeps): Promise<SweepOutcome> {
  const { runs, advance, clock } = deps
  const now = clock()
  const outcome: SweepOutcome = { resent: [], lost: [], failed: [] }
  const unlooked: string[] = []
  const lookAfter = async (run: Run): Promise<void> => {
    // A clock that runs ahead of ours by a minute makes a run younger, never older than it is.
    const still = now - Date.parse(run.updated_at)
    if (still > OVER_MS) {
      if (await runs.fail(run.run_id, standstill(run), new Date(now).toISOString())) outcome.failed.push(run.run_id)
    } else if (still > LOST_MS && run.step > 0) {
      const missing = await missingOf(deps, run)
      for (const message of missing) await loseChunk(deps, run.mode, message)
      // Nothing is missing: it is the going on that was lost, or fails; then it is to say with what.
      if (missing.length === 0) await advance(run.mode).send([{ run_id: run.run_id, again: true, last: true }])
      outcome[missing.length > 0 ? 'lost' : 'resent'].push(run.run_id)
    } else if (still > STILL_MS && run.host === null) {
      await advance(run.mode).send([{ run_id: run.run_id, again: true }])
      outcome.resent.push(run.run_id)
    }
  }
  // What goes wrong with one is no matter of the others.
  for (const run of await runs.unfinished())
    await lookAfter(run).catch((error) => unlooked.push(`${run.run_id}: ${errorBody(error).message}`))
  if (unlooked.length === 0) return outcome
  throw new AppError('internal', `${unlooked.length} runs could not be looked after. ${unlooked[0]}`, {
    unlooked,
    outcome,
  })
}

async function missingOf({ results }: SweepDeps, { run_id, step, chunks }: Run): Promise<ChunkMessage[]> {
  const stored = await answered({ results }, run_id, step)
  return Array.from({ length: chunks }, (_, chunk) => ({ run_id, step, chunk })).filter(
    (message) => !stored.has(answerKey(message)),
  )
}

function standstill({ chunks, chunks_done, step }: Run) {
  const message = `Nothing moved this run for ${Math.round(OVER_MS / 60_000)} minutes: ${chunks_done} of ${chunks} parts of step ${step} were done. Run it again.`
  return { code: 'interrupted', message, details: { chunks, chunks_done, step } }
}
