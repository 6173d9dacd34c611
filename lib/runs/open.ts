import type { Clock } from '../core/clock.ts'
import { AppError, type ErrorCode } from '../core/errors.ts'
import { canonicalJson, sha256 } from '../core/hash.ts'
import type { ObjectStore } from '../market/objects.ts'
import { ENGINE_VERSION } from '../strategy/strategy.ts'
import { runUnderKey } from './asked.ts'
import type { Run, RunMode, RunStore } from './run.ts'

/** What is asked to be run, and on what: two of these that are equal are one run. */
export interface RunAsk {
  owner: string
  mode: RunMode
  /** absent for a creation */
  strategy?: { strategy_id: number; version: number; hash: string }
  request: object
  /** one hash over everything stored that results are computed from */
  dataVersion: string
  /** what the answer says of the moment it is given: a repetition at another moment is another run */
  moment?: string
  /** whatever the same owner asks for under the same key is this run, though bars or the moment have changed */
  idempotencyKey?: string
}

export interface OpenDeps {
  runs: RunStore
  clock: Clock
  /** names the host that works on it, where a single one does */
  host: string | null
}

/**
 * The run of a request: the one there is, or a new one where there is none, or none that is of use: `isOfUse` tells of a run that is
 * not failed. What failed is tried again, under a number of its own.
 */
export async function openRun(
  deps: OpenDeps,
  ask: RunAsk,
  isOfUse: (run: Run) => Promise<boolean> = async () => true,
): Promise<{ run: Run; isNew: boolean }> {
  const { runs } = deps
  const { owner, mode, strategy, request, dataVersion, moment, idempotencyKey: key } = ask
  const { strategy_id = null, version = null, hash = null } = strategy ?? {}
  const identity = { owner, mode, strategy_id, version, hash, request, dataVersion, moment, ENGINE_VERSION }
  let name = sha256(canonicalJson(identity)).slice(0, 32)
  const idOf = (attempt: number) => (attempt === 1 ? name : `${name}-${attempt}`)
  const look = () => lastOf((attempt) => runs.get(idOf(attempt)))
  const usable = async ({ found }: { found: Run | undefined }) =>
    found !== undefined && found.status !== 'failed' && (await isOfUse(found))
  if (key !== undefined) {
    const [natural, keyed] = [name, { owner, key, mode, request }]
    name = await runUnderKey(deps, keyed, natural)
    if (name !== natural) {
      // What failed is tried on what is stored now, under the name of that. A run that is not there is about to be made by another.
      const attempts = await look()
      if (attempts.found !== undefined && !(await usable(attempts)))
        name = await runUnderKey(deps, keyed, natural, name)
    }
  }
  for (;;) {
    const attempts = await look()
    if (attempts.found !== undefined && (await usable(attempts))) return { run: attempts.found, isNew: false }
    const at = new Date(deps.clock()).toISOString()
    const run: Run = {
      run_id: idOf(attempts.number + 1),
      owner,
      mode,
      strategy_id,
      strategy_version: version,
      strategy_hash: hash,
      data_version: dataVersion,
      status: 'queued',
      request: JSON.parse(JSON.stringify(request)),
      step: 0,
      chunks: 0,
      chunks_done: 0,
      created_at: at,
      updated_at: at,
      finished_at: null,
      result_key: null,
      error: null,
      host: deps.host,
    }
    // Taken in this moment by another: that one is looked at.
    if (await runs.create(run)) return { run, isNew: true }
  }
}

/** The last of numbered things, which have no gap, and its number; 0 where there is none. Looks at about 2 log2(n) of them. */
async function lastOf<Found>(
  get: (number: number) => Promise<Found | undefined>,
): Promise<{ number: number; found: Found | undefined }> {
  let last = { number: 0, found: undefined as Found | undefined }
  const look = async (number: number): Promise<boolean> => {
    const found = await get(number)
    if (found !== undefined) last = { number, found }
    return found !== undefined
  }
  let above = 1
  while (await look(above)) above *= 2
  while (above - last.number > 1) {
    const middle = Math.floor((above + last.number) / 2)
    if (!(await look(middle))) above = middle
  }
  return last
}

/** An owner's run; `not_found` when there is none of this id, or it is another's. */
export async function ownRun(runs: RunStore, owner: string, runId: string): Promise<Run> {
  const run = await runs.get(runId)
  if (run !== undefined && run.owner === owner) return run
  throw new AppError('not_found', `There is no run ${runId}. GET /runs lists yours.`)
}

/** The bytes of the result of a succeeded run; throws the error of a failed one, else `conflict` when there is none. */
export async function resultOf(results: ObjectStore, run: Run): Promise<Uint8Array> {
  if (run.status === 'failed') throw failureOf(run)
  const bytes = run.result_key === null ? undefined : await results.get(run.result_key)
  if (bytes !== undefined) return bytes
  throw new AppError('conflict', `Run ${run.run_id} is ${run.status}: it has no result.`, { run })
}

/** What a failed run failed with, as whoever waited for it was told. */
export function failureOf({ run_id, error }: Run): AppError {
  const { code, message, details } = error ?? {
    code: 'internal',
    message: `Run ${run_id} failed and does not say why.`,
  }
  return new AppError(code as ErrorCode, message, { ...(details as object | undefined), run_id })
}
