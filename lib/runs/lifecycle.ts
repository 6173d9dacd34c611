import type { Clock } from '../core/clock.ts'
import { AppError, errorBody } from '../core/errors.ts'
import type { ObjectStore } from '../market/objects.ts'
import { cancelled, cancelRun } from './cancel.ts'
import { failureOf, type OpenDeps, openRun, type RunAsk, resultOf } from './open.ts'
import { isOfUse, resultKey } from './result-key.ts'
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
  /** throws once the run was cancelled: nothing more is to be begun for it */
  goOn(): void
}

type Result = Record<string, unknown>
const iso = (clock: Clock): string => new Date(clock()).toISOString()

/** The runs a host of one machine works on itself, in this process; a request that comes twice waits for the first. */
export function hostRuns(deps: RunDeps): {
  withRun(ask: RunAsk, work: (progress: RunProgress) => Promise<Result>): Promise<Result>
  /** Ends an owner's run: its work stops at the next job or chunk, and whoever waits for it is told. Throws as cancelRun does. */
  cancel(owner: string, runId: string): Promise<Run>
} {
  const atWork = new Map<string, Promise<Result>>()
  const stopped = new Set<string>()
  return {
    async cancel(owner, runId) {
      const run = await cancelRun(deps, owner, runId)
      if (atWork.has(runId)) stopped.add(runId)
      return run
    },
    async withRun(ask, work) {
      const { run, isNew } = await openRun(deps, ask, isOfUse(deps.results))
      if (!isNew) return (await atWork.get(run.run_id)) ?? answerOf(deps, run)
      const goOn = () => {
        if (stopped.has(run.run_id)) throw cancelled(run.run_id)
      }
      const working = performed(deps, run, goOn, work)
      atWork.set(run.run_id, working)
      try {
        return await working
      } finally {
        atWork.delete(run.run_id)
        stopped.delete(run.run_id)
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
export function cachedResult(bytes: Uint8Array, run: Run, now: number): Result {
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
async function performed(
  deps: RunDeps,
  run: Run,
  goOn: () => void,
  work: (progress: RunProgress) => Promise<Result>,
): Promise<Result> {
  const { runs, results, clock } = deps
  const { run_id: runId } = run
  /** The table is asked for every change whether the run still goes on. */
  const still = async (isOn: boolean) => {
    if (!isOn) throw whyEnded(runId, await runs.get(runId))
  }
  try {
    const result = await work({
      runId,
      planned: async (chunks) => still(await runs.begin(runId, 1, chunks, iso(clock))),
      chunkDone: async (chunk) => still((await runs.chunkDone(runId, 1, chunk, iso(clock))) !== undefined),
      goOn,
    })
    goOn()
    const full = { ...result, run_id: runId }
    const key = resultKey(runId, result)
    await results.put(key, new TextEncoder().encode(JSON.stringify(full)))
    if (!(await runs.succeed(runId, key, iso(clock)))) {
      const ended = await runs.get(runId)
      // Nobody is to find a result of a run that failed.
      if (ended?.status === 'failed') await results.delete(key)
      throw whyEnded(runId, ended)
    }
    return full
  } catch (error) {
    const body = errorBody(error)
    // That the table cannot be written must not hide why the run failed.
    await runs.fail(runId, body, iso(clock)).catch(() => false)
    throw new AppError(body.code, body.message, { ...(body.details as object | undefined), run_id: runId }, error)
  }
}

/** Why a run is over before its work was: it was cancelled, or given up by another host of its home. */
function whyEnded(runId: string, run: Run | undefined): AppError {
  if (run?.status === 'failed') return failureOf(run)
  return new AppError('internal', `Run ${runId} is ${run?.status ?? 'gone'}, and this process still worked on it.`)
}

/** Fails every run that a host which is gone left unfinished. */
export async function failInterrupted(deps: Pick<RunDeps, 'runs' | 'clock' | 'host'>): Promise<number> {
  const left = (await deps.runs.unfinished()).filter((run) => run.host !== null && run.host !== deps.host)
  const error = { code: 'interrupted', message: 'The host stopped before this run ended. Run it again.' }
  for (const run of left) await deps.runs.fail(run.run_id, error, iso(deps.clock))
  return left.length
}
