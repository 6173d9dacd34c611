import type { Clock } from '../core/clock.ts'
import { isoDay } from '../core/days.ts'
import type { Queue } from '../core/queue.ts'
import type { Timeframe } from '../market/bars.ts'
import { lastClosedSession, nyse } from '../market/calendar.ts'
import type { Catalog } from '../market/catalog.ts'
import { type SettleDeps, settle } from './announce.ts'
import type { AlertMessage } from './messages.ts'
import { newestStored, watchHours } from './sessions.ts'
import type { Mark, Watched, WatchedStore } from './watched.ts'

export interface TickDeps extends SettleDeps {
  watched: WatchedStore
  alerts: Queue<AlertMessage>
  /** the catalog of the stored daily bars; undefined when there are none */
  catalog: (timeframe?: Timeframe) => Promise<Catalog | undefined>
  dataVersion: () => Promise<string>
  clock: Clock
}

export interface TickOutcome {
  outcome: 'outside the hours' | 'nothing watched' | 'no bars' | 'looked'
  /** the last session that has closed, and the newest one stored; YYYY-MM-DD */
  expected: string | null
  newest: string | null
  watched: number
  /** strategy versions sent to be evaluated */
  sent: number
  /** notify messages sent again for sessions of which messages were missing */
  resent: number
}

/** What was asked for or worked on may take this long before it counts as lost: longer than any queue takes for all its attempts. */
export const PATIENCE_MS = 30 * 60_000

/** The minute's look, during the hours in which alerts are watched. */
export async function tick(deps: TickDeps, now: number): Promise<TickOutcome> {
  if (watchHours(now)) return barsArrived(deps, now)
  return { outcome: 'outside the hours', expected: null, newest: null, watched: 0, sent: 0, resent: 0 }
}

/**
 * Sends each watched strategy version whose newest whole bar was not evaluated yet, or has changed since, to the alert queue; at any
 * hour. `patienceMs` 0 says that nothing is under way any more: the queues ended with the last process.
 */
export async function barsArrived(deps: TickDeps, now: number, patienceMs = PATIENCE_MS): Promise<TickOutcome> {
  const lost = new Date(now - patienceMs).toISOString()
  const resent = await settle(deps, now, lost)
  const expected = isoDay(lastClosedSession(nyse, now))
  const outcome: TickOutcome = { outcome: 'nothing watched', expected, newest: null, watched: 0, sent: 0, resent }
  let newest: Mark | undefined
  for await (const page of deps.watched.list()) {
    if (page.length === 0) continue
    // What is stored is looked at only where somebody watches it: of most minutes this is all there is to do.
    newest ??= await newestMark(deps, now)
    if (newest === undefined) return { ...outcome, outcome: 'no bars' }
    outcome.outcome = 'looked'
    outcome.newest = newest.day
    outcome.watched += page.length
    outcome.sent += await sendDue(deps, page, newest, lost)
  }
  return outcome
}

/** The newest whole session that is stored, and the data it is stored in; undefined when no bars are. */
async function newestMark(deps: TickDeps, now: number): Promise<Mark | undefined> {
  const catalog = await deps.catalog()
  const newest = catalog && newestStored(catalog, lastClosedSession(nyse, now))
  if (newest === undefined) return undefined
  return { day: isoDay(newest), data_version: await deps.dataVersion(), at: new Date(now).toISOString() }
}

async function sendDue(deps: TickDeps, page: readonly Watched[], newest: Mark, lost: string): Promise<number> {
  const due = page
    .filter((each) => isDue(each, newest, lost))
    .map(({ owner, strategy_id, version }) => ({ owner, strategy_id, version }))
  await deps.alerts.send(due.map((ref) => ({ ...ref, day: newest.day })))
  // Noted after the sending: a process killed in between sends once more, and the second message finds nothing left to do.
  for (const ref of due) await deps.watched.queued(ref, newest)
  return due.length
}

function isDue({ queued, evaluated }: Watched, { day, data_version }: Mark, lost: string): boolean {
  if (evaluated !== null && (evaluated.day > day || (evaluated.day === day && evaluated.data_version === data_version)))
    return false
  const underWay = queued !== null && queued.day === day && queued.data_version === data_version && queued.at > lost
  return !underWay
}
