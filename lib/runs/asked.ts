import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { canonicalJson, sha256 } from '../core/hash.ts'
import type { Asked, RunStore } from './run.ts'

/** A request that its sender may repeat under a key. */
export interface KeyedRequest {
  owner: string
  key: string
  /** what kind of request it is: a key is for one of them */
  mode: string
  request: object
}

/**
 * The run a key leads to: `runId` where the key is new, has outlived its time, or led to the run `over`. Of two at once one decides
 * for both. Throws `conflict` when the key came with another request.
 */
export async function runUnderKey(
  { runs, clock }: { runs: RunStore; clock: Clock },
  { owner, key, mode, request }: KeyedRequest,
  runId: string,
  over?: string,
): Promise<string> {
  const asked: Asked = { run_id: runId, request_hash: sha256(canonicalJson({ mode, request })) }
  const held = await runs.remember(owner, key, asked, new Date(clock()).toISOString(), over)
  if (held.request_hash === asked.request_hash) return held.run_id
  throw new AppError(
    'conflict',
    'This Idempotency-Key came with another request before. Send each request under a key of its own, and only its repetitions under the same.',
  )
}
