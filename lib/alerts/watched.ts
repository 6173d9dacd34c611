import * as z from 'zod'
import type { Timeframe } from '../market/bars.ts'
import type { VersionRef } from './subscription.ts'

export const markShape = z.object({
  /** the session, YYYY-MM-DD */
  day: z.string(),
  /** hash of the data it was evaluated on: the same session is evaluated again when its bars change */
  data_version: z.string(),
  /** ISO instant */
  at: z.string(),
})
export type Mark = z.infer<typeof markShape>

/** A strategy version that has, or lately had, active subscriptions; how far it was asked to be and was evaluated. */
export interface Watched extends VersionRef {
  /** when a subscription last made it watched */
  touched_at: string
  /** bar size of its rule; daily when absent */
  timeframe?: Timeframe
  /** forgotten when a subscription makes it watched: it may not have been seen by what was queued */
  queued: Mark | null
  evaluated: Mark | null
}

export const evaluationRecord = z.object({
  /** the session, or the last of several that were skipped together */
  day: z.string(),
  outcome: z.enum(['evaluated', 'stale', 'skipped', 'no bars', 'failed']),
  /** why nothing could fire; null when it was evaluated */
  reason: z.string().nullable(),
  fires: z.number().int().nonnegative(),
  symbols_monitored: z.number().int().nonnegative(),
  /** symbols on which the condition was unknown or the code threw */
  unknown: z.number().int().nonnegative(),
  guest_errors: z.number().int().nonnegative(),
  at: z.string(),
})
/** What became of a strategy version on a session. */
export type Evaluation = z.infer<typeof evaluationRecord>

/** Where it is kept which strategy versions are watched and what became of them on each session. */
export interface WatchedStore {
  /** All watched versions, page by page. */
  list(): AsyncIterable<Watched[]>
  get(ref: VersionRef): Promise<Watched | undefined>
  /** Notes that the session was asked for; an earlier session, or a version no longer watched, changes nothing. */
  queued(ref: VersionRef, mark: Mark): Promise<void>
  /** Notes that the session was evaluated, likewise. */
  evaluated(ref: VersionRef, mark: Mark): Promise<void>
  /** Stops watching a version that no subscription touched since the instant (ISO). */
  retire(ref: VersionRef, untouchedSince: string): Promise<void>
  /** Keeps what became of a session, in place of what was kept of it before. */
  record(ref: VersionRef, evaluation: Evaluation): Promise<void>
  /** The latest sessions first. */
  evaluations(ref: VersionRef, limit: number): Promise<Evaluation[]>
}
