import { z } from 'zod'

export const runModes = ['backtest', 'screening', 'alert'] as const
export type RunMode = (typeof runModes)[number]

/** A run's life: queued, running, then succeeded or failed; never back. */
export const runRecord = z.object({
  run_id: z.string(),
  mode: z.enum(runModes),
  strategy_id: z.number().int().positive(),
  strategy_version: z.number().int().positive(),
  strategy_hash: z.string(),
  status: z.enum(['queued', 'running', 'succeeded', 'failed']),
  request: z.record(z.string(), z.unknown()),
  chunks: z.number().int().nonnegative(),
  chunks_done: z.number().int().nonnegative(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
  /** object key of the result JSON, once succeeded */
  result_key: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }).nullable(),
  /** the host that works on it: a run whose host is gone is failed as interrupted at the next start */
  host: z.string(),
})
export type Run = z.infer<typeof runRecord>

/** Where runs live. Every change is a single-item conditional write. */
export interface RunStore {
  /** Stores a new queued run; a `conflict` AppError when the id is taken. */
  create(run: Run): Promise<void>
  get(runId: string): Promise<Run | undefined>
  /** Newest first. */
  list(limit: number): Promise<Run[]>
  /** queued -> running with the number of chunks planned; false when it is not queued. */
  start(runId: string, chunks: number): Promise<boolean>
  /** Marks one chunk as finished; a chunk counts once however often it is reported. Returns how many are finished. */
  chunkDone(runId: string, chunk: number): Promise<number>
  /** running -> succeeded; false when it is not running. */
  succeed(runId: string, resultKey: string, finishedAt: string): Promise<boolean>
  /** queued or running -> failed; false when it had ended. */
  fail(runId: string, error: NonNullable<Run['error']>, finishedAt: string): Promise<boolean>
  /** Runs still queued or running. */
  unfinished(): Promise<Run[]>
}
