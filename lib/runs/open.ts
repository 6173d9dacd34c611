import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { canonicalJson, sha256 } from '../core/hash.ts'
import type { ObjectStore } from '../market/objects.ts'
import { ENGINE_VERSION } from '../strategy/strategy.ts'
import type { Run, RunMode, RunStore } from './run.ts'

/** What is asked to be run, and on what: two of these that are equal are one run. */
export interface RunAsk {
  owner: string
  mode: RunMode
  strategy: { strategy_id: number; version: number; hash: string } | null
  request: object
  /** one hash over everything stored that results are computed from */
  dataVersion: string
  /** what the answer says of the moment it is given: a repetition at another moment is another run */
  moment?: string
  /** the caller's own name of this request, in place of what it says: a repetition is the same run even on newer data */
  idempotencyKey?: string
  /** whether nothing but its own name makes two requests one */
  unique?: string
}

export interface OpenDeps {
  runs: RunStore
  clock: Clock
  /** names the host that works on it, where a single one does */
  host: string | null
}

/** A run ended so, another attempt at the same may end otherwise. */
const PASSING = new Set(['internal', 'interrupted', 'conflict', 'cancelled'])
/** Attempts at the same request. */
const MOST_ATTEMPTS = 1_000

/** The run of a request: a new one, or the one there is. Throws `conflict` for a key that was used for another request. */
export async function openRun(deps: OpenDeps, ask: RunAsk): Promise<{ run: Run; isNew: boolean }> {
  const { owner, mode, strategy, request, dataVersion, moment, idempotencyKey, unique } = ask
  const of = { owner, mode, strategy: strategy?.hash, version: strategy?.version, id: strategy?.strategy_id }
  const named = idempotencyKey ?? unique
  const identity = named === undefined ? { ...of, request, dataVersion, moment, ENGINE_VERSION } : { owner, named }
  const name = sha256(canonicalJson(identity)).slice(0, 32)
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const at = new Date(deps.clock()).toISOString()
    const run: Run = {
      run_id: attempt === 1 ? name : `${name}-${attempt}`,
      owner,
      mode,
      strategy_id: strategy?.strategy_id ?? null,
      strategy_version: strategy?.version ?? null,
      strategy_hash: strategy?.hash ?? null,
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
    const known = await deps.runs.get(run.run_id)
    if (known === undefined) {
      if (await deps.runs.create(run)) return { run, isNew: true }
      attempt--
      continue
    }
    const same = canonicalJson([known.mode, known.strategy_hash, known.request])
    if (same !== canonicalJson([mode, run.strategy_hash, run.request]))
      throw new AppError('conflict', 'This Idempotency-Key was used for another request. Use a new one.')
    if (!(known.status === 'failed' && PASSING.has(known.error?.code ?? ''))) return { run: known, isNew: false }
  }
  throw new AppError('internal', 'This request was tried too often. Ask support of whoever runs this service.')
}

/** An owner's run; `not_found` when there is none of this id, or it is another's. */
export async function ownRun(runs: RunStore, owner: string, runId: string): Promise<Run> {
  const run = await runs.get(runId)
  if (run !== undefined && run.owner === owner) return run
  throw new AppError('not_found', `There is no run ${runId}. GET /runs lists yours.`)
}

/** The bytes of the result of a succeeded run; `conflict` when it has none. */
export async function resultOf(results: ObjectStore, run: Run): Promise<Uint8Array> {
  const bytes = run.result_key === null ? undefined : await results.get(run.result_key)
  if (bytes !== undefined) return bytes
  throw new AppError('conflict', `Run ${run.run_id} is ${run.status}: it has no result.`, { run })
}

/** What a run that failed is answered with. */
export function failureOf(run: Run): AppError {
  const { code, message, details } = run.error ?? { code: 'internal', message: 'The run failed.' }
  return new AppError(code as AppError['code'], message, { ...(details as object | undefined), run_id: run.run_id })
}
