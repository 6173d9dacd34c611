import type { Clock } from '../core/clock.ts'
import { AppError, errorBody } from '../core/errors.ts'
import type { ObjectStore } from '../market/objects.ts'
import { resultKey } from './advance.ts'
import { type OpenDeps, openRun, type RunAsk, resultOf } from './open.ts'
import { hasEnded, type Run } from './run.ts'

export interface RunDeps extends OpenDeps {
  results: ObjectStore
  /** names this host in its runs */
  host: string
}

/** What the work of a run may tell about itself. */
export interface RunProgress {
  runId: string
  /** queued -> running, with the number of chunks planned */
  planned(chunks: number): Promise<void>
  chunkDone(chunk: number): Promise<void>
}

type Result = Record<string, unknown>
const iso = (clock: Clock): string => new Date(clock()).toISOString()

/** The runs a host of one machine works on itself, in this process; a request that comes twice waits for the first. */
export function hostRuns(deps: RunDeps): {
  withRun(ask: RunAsk, work: (progress: RunProgress) => Promise<Result>): Promise<Result>
} {
  const atWork = new Map<string, Promise<Result>>()
  return {
    async withRun(ask, work) {
      // A result that somebody deleted is computed again.
      const isOfUse = async ({ result_key: key }: Run) => key === null || (await deps.results.get(key)) !== undefined
      const { run, isNew } = await openRun(deps, ask, isOfUse)
      if (!isNew) return (await atWork.get(run.run_id)) ?? answerOf(deps, run)
      const working = performed(deps, run, work)
      atWork.set(run.run_id, working)
      try {
        return await working
      } finally {
        atWork.delete(run.run_id)
      }
    },
  }
}

/** The answer of a run that was asked for before. */
async function answerOf(deps: RunDeps, known: Run): Promise<Result> {
  const run = hasEnded(known) ? known : ((await deps.runs.get(known.run_id)) ?? known)
  return cachedResult(await resultOf(deps.results, run), run, deps.clock())
}

/** A stored result as it is given again: the same, but for the receipt, which says when it was computed and how old its bars are now. */
function cachedResult(bytes: Uint8Array, run: Run, now: number): Result {
  const result: Result = JSON.parse(new TextDecoder().decode(bytes))
  const { receipt } = result as { receipt?: { newest_bar?: string } }
  if (typeof receipt !== 'object' || receipt === null) return result
  const { newest_bar } = receipt
  const age =
    newest_bar === undefined ? {} : { newest_bar_age_seconds: Math.floor((now - Date.parse(newest_bar)) / 1_000) }
  return { ...result, receipt: { ...receipt, ...age, computed_at: run.finished_at } }
}

/**
 * Performs `work` as a stored run: queued, running, then succeeded with its result stored first, or failed with the error.
 * A failure is recorded and thrown on with the run's id in its details.
 */
async function performed(deps: RunDeps, run: Run, work: (progress: RunProgress) => Promise<Result>): Promise<Result> {
  const { runs, results, clock } = deps
  const { run_id: runId } = run
  try {
    const result = await work({
      runId,
      planned: async (chunks) => {
        await runs.begin(runId, 1, chunks, iso(clock))
      },
      chunkDone: async (chunk) => {
        await runs.chunkDone(runId, 1, chunk, iso(clock))
      },
    })
    const full = { ...result, run_id: runId }
    await results.put(resultKey(runId), new TextEncoder().encode(JSON.stringify(full)))
    await runs.succeed(runId, resultKey(runId), iso(clock))
    return full
  } catch (error) {
    const body = errorBody(error)
    // That the table cannot be written must not hide why the run failed.
    await runs.fail(runId, body, iso(clock)).catch(() => false)
    throw new AppError(body.code, body.message, { ...(body.details as object | undefined), run_id: runId }, error)
  }
}

/** Fails every run that a host which is gone left unfinished. */
export async function failInterrupted(deps: Pick<RunDeps, 'runs' | 'clock' | 'host'>): Promise<number> {
  const left = (await deps.runs.unfinished()).filter((run) => run.host !== null && run.host !== deps.host)
  const error = { code: 'interrupted', message: 'The host stopped before this run ended. Run it again.' }
  for (const run of left) await deps.runs.fail(run.run_id, error, iso(deps.clock))
  return left.length
}
