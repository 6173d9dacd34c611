import { AppError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { ObjectStore } from '../market/objects.ts'

/** A job as a step asks for it. */
export interface Asked {
  job: string
  input: unknown
}

const planKey = (runId: string, step: number): string => `results/${runId}/${step}/plan`

/**
 * Keeps what the jobs of a step are asked, or holds it against what was kept: answers of one plan are never read as those of another.
 * Throws `conflict` where another attempt planned the step otherwise: functions were deployed, or bars stored, in between.
 */
export async function samePlan(
  results: ObjectStore,
  runId: string,
  step: number,
  jobs: readonly Asked[],
): Promise<void> {
  const key = planKey(runId, step)
  const plan = planOf(jobs)
  const held = await results.get(key)
  if (held === undefined && (await results.putIfAbsent(key, new TextEncoder().encode(plan)))) return
  const kept = new TextDecoder().decode(held ?? (await results.get(key)))
  if (kept === plan) return
  throw new AppError(
    'conflict',
    `Step ${step} of the run was planned otherwise before: bars were stored or functions deployed while it was at work. Run it again.`,
  )
}

/** One hash over what all jobs are asked; the same for equal values, whatever made them. */
const planOf = (jobs: readonly Asked[]): string =>
  sha256(jobs.map(({ job, input }) => sha256(JSON.stringify([job, input], legible))).join())

/** What JSON leaves out: the entries of maps and sets, the bytes of arrays of numbers, numbers that are none. */
function legible(_key: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Set) return [value.constructor.name, ...value]
  if (ArrayBuffer.isView(value)) return sha256(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
