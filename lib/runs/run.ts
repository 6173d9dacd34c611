import * as z from 'zod'

/** What is asked of a strategy, and the making of one. */
export const runModes = [
  'backtest',
  'screening',
  'alert',
  'signals',
  'explain',
  'why_not',
  'creation',
  'revision',
] as const
export type RunMode = (typeof runModes)[number]

/** A run's life: queued, running step by step, then succeeded or failed; never back. */
export const runRecord = z.object({
  run_id: z.string(),
  owner: z.string(),
  mode: z.enum(runModes),
  /** null for a creation, which has none yet */
  strategy_id: z.number().int().positive().nullable(),
  strategy_version: z.number().int().positive().nullable(),
  strategy_hash: z.string().nullable(),
  /** what the stored data was when it was asked for; null in runs of before this was kept */
  data_version: z.string().nullable(),
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
  /** the host that works on it or waits for its jobs, where a single one does: nobody else goes on with it */
  host: z.string().nullable(),
})
export type Run = z.infer<typeof runRecord>

export const hasEnded = (run: Run): boolean => run.status === 'succeeded' || run.status === 'failed'

/** What was asked for under a key of its sender: the run it became, and a hash that tells another request from a repetition. */
export interface Asked {
  run_id: string
  request_hash: string
}

/** How long a key is remembered. */
export const KEY_SECONDS = 30 * 86_400

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
   * Marks one chunk of a step as finished; a chunk counts once however often it is reported, and only the first report moves the run.
   * Returns how many of the step under way are finished, or undefined when another step is under way or the run has ended.
   */
  chunkDone(runId: string, step: number, chunk: number, at: string): Promise<{ done: number; of: number } | undefined>
  /** queued or running -> succeeded; false when it had ended. */
  succeed(runId: string, resultKey: string, at: string): Promise<boolean>
  /** queued or running -> failed; false when it had ended. */
  fail(runId: string, error: NonNullable<Run['error']>, at: string): Promise<boolean>
  /** Runs of all owners still queued or running. */
  unfinished(): Promise<Run[]>
  /**
   * Remembers what was asked for under an owner's key, for KEY_SECONDS from `at`, where the key is free, its time is over, or it leads
   * to the run `over`. Gives what is remembered then: this, or what another request has left.
   */
  remember(owner: string, key: string, asked: Asked, at: string, over?: string): Promise<Asked>
}
