import type { Clock } from '../core/clock.ts'
import { AppError, errorBody } from '../core/errors.ts'
import type { ObjectStore } from '../market/objects.ts'
import type { Strategy } from '../strategy/strategy.ts'
import type { Run, RunMode, RunStore } from './run.ts'

export interface RunDeps {
  runs: RunStore
  results: ObjectStore
  clock: Clock
  /** a new unique run id */
  newRunId: () => string
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

const iso = (clock: Clock): string => new Date(clock()).toISOString()

/**
 * Runs `work` as a stored run: queued, running, then succeeded with its result stored first, or failed with the error.
 * A failure is recorded and thrown on with the run's id in its details.
 */
export async function withRun(
  deps: RunDeps,
  of: { mode: RunMode; strategy: Strategy; request: object },
  work: (progress: RunProgress) => Promise<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const { runs, results, clock } = deps
  const run: Run = {
    run_id: deps.newRunId(),
    mode: of.mode,
    strategy_id: of.strategy.strategy_id,
    strategy_version: of.strategy.version,
    strategy_hash: of.strategy.hash,
    status: 'queued',
    request: { ...of.request },
    chunks: 0,
    chunks_done: 0,
    created_at: iso(clock),
    finished_at: null,
    result_key: null,
    error: null,
    host: deps.host,
  }
  await runs.create(run)
  const runId = run.run_id
  let started = false
  try {
    const result = await work({
      runId,
      planned: async (chunks) => {
        started = await runs.start(runId, chunks)
      },
      chunkDone: async (chunk) => {
        await runs.chunkDone(runId, chunk)
      },
    })
    if (!started) await runs.start(runId, 0)
    const full = { ...result, run_id: runId }
    const key = resultKey(runId)
    await results.put(key, new TextEncoder().encode(JSON.stringify(full)))
    await runs.succeed(runId, key, iso(clock))
    return full
  } catch (error) {
    const body = errorBody(error)
    // That the table cannot be written must not hide why the run failed.
    await runs.fail(runId, body, iso(clock)).catch(() => false)
    throw new AppError(body.code, body.message, { ...(body.details as object | undefined), run_id: runId }, error)
  }
}

const resultKey = (runId: string): string => `results/${runId}.json`

/** The stored result of a succeeded run; `not_found` when there is no such run, `conflict` when it has no result. */
export async function storedResult(
  deps: Pick<RunDeps, 'runs' | 'results'>,
  runId: string,
): Promise<Record<string, unknown>> {
  const run = await deps.runs.get(runId)
  if (run === undefined) throw new AppError('not_found', `There is no run ${runId}.`)
  const bytes = run.result_key === null ? undefined : await deps.results.get(run.result_key)
  if (bytes === undefined) throw new AppError('conflict', `Run ${runId} is ${run.status}: it has no result.`, { run })
  return JSON.parse(new TextDecoder().decode(bytes))
}

/** Fails every run that a host which is gone left unfinished. */
export async function failInterrupted(deps: Pick<RunDeps, 'runs' | 'clock' | 'host'>): Promise<number> {
  const left = (await deps.runs.unfinished()).filter((run) => run.host !== deps.host)
  const error = { code: 'interrupted', message: 'The host stopped before this run ended. Run it again.' }
  for (const run of left) await deps.runs.fail(run.run_id, error, iso(deps.clock))
  return left.length
}
