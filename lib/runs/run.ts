import { z } from 'zod'

export const runModes = ['backtest', 'screening', 'alert'] as const
export type RunMode = (typeof runModes)[number]

/** A run's life: queued, running step by step, then succeeded or failed; never back. */
export const runRecord = z.object({
  run_id: z.string(),
  owner: z.string(),
  mode: z.enum(runModes),
  strategy_id: z.number().int().positive(),
  strategy_version: z.number().int().positive(),
  strategy_hash: z.string(),
  status: z.enum(['queued', 'running', 'succeeded', 'failed']),
  request: z.record(z.string(), z.unknown()),
  /** steps begun: a run takes one for every set of jobs it waits for */
  step: z.number().int().nonnegative(),
  /** jobs of the step under way, and how many of them are finished */
  chunks: z.number().int().nonnegative(),
  chunks_done: z.number().int().nonnegative(),
  created_at: z.string(),
  /** when it last began a step or finished a chunk: a run that stands still is found by it */
  updated_at: z.string(),
  finished_at: z.string().nullable(),
  /** object key of the result JSON, once succeeded */
  result_key: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }).nullable(),
  /** the host that works on it, where a single one does: a run whose host is gone is failed at the next start */
  host: z.string().nullable(),
})
export type Run = z.infer<typeof runRecord>

export const hasEnded = (run: Run): boolean => run.status === 'succeeded' || run.status === 'failed'

/** Where runs live. Every change is a single-item conditional write; instants are ISO texts. */
export interface RunStore {
  /** Stores a new queued run; false when the id is taken. */
  create(run: Run): Promise<boolean>
  get(runId: string): Promise<Run | undefined>
  /** An owner's runs, newest first. */
  list(owner: string, limit: number): Promise<Run[]>
  /** Begins a step of so many chunks: the next one of a queued or running run. False when that step was begun before, or the run has ended. */
  begin(runId: string, step: number, chunks: number, at: string): Promise<boolean>
  /**
   * Marks one chunk of a step as finished; a chunk counts once however often it is reported. Returns how many of the step under
   * way are finished, or undefined when another step is under way or the run has ended.
   */
  chunkDone(runId: string, step: number, chunk: number, at: string): Promise<{ done: number; of: number } | undefined>
  /** queued or running -> succeeded; false when it had ended. */
  succeed(runId: string, resultKey: string, at: string): Promise<boolean>
  /** queued or running -> failed; false when it had ended. */
  fail(runId: string, error: NonNullable<Run['error']>, at: string): Promise<boolean>
  /** Runs of all owners still queued or running. */
  unfinished(): Promise<Run[]>
}
