import type { Clock } from '../core/clock.ts'
import { isoDay } from '../core/days.ts'
import type { Queue } from '../core/queue.ts'
import { lastClosedSession, nyse } from '../market/calendar.ts'
import type { Catalog } from '../market/catalog.ts'
import { type SettleDeps, settle } from './announce.ts'
import type { AlertMessage } from './messages.ts'
import { newestStored, watchHours } from './sessions.ts'
import type { Watched, WatchedStore } from './watched.ts'

export interface TickDeps extends SettleDeps {
  watched: WatchedStore
  alerts: Queue<AlertMessage>
  /** the catalog of the stored daily bars; undefined when there are none */
  catalog: () => Promise<Catalog | undefined>
  dataVersion: () => Promise<string>
  clock: Clock
}

export interface TickOutcome {
  outcome: 'outside the hours' | 'no bars' | 'looked'
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
export const PATIENCE_MS = 15 * 60_000

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
  const expected = lastClosedSession(nyse, now)
  const catalog = await deps.catalog()
  const newest = catalog && newestStored(catalog, expected)
  if (newest === undefined)
    return { outcome: 'no bars', expected: isoDay(expected), newest: null, watched: 0, sent: 0, resent }
  const day = isoDay(newest)
  const version = await deps.dataVersion()
  const outcome = { outcome: 'looked' as const, expected: isoDay(expected), newest: day, watched: 0, sent: 0, resent }
  for await (const page of deps.watched.list()) {
    outcome.watched += page.length
    const due = page.filter((each) => isDue(each, day, version, lost))
    await deps.alerts.send(due.map(({ owner, strategy_id, version }) => ({ owner, strategy_id, version, day })))
    outcome.sent += due.length
    // Noted after the sending: a process killed in between sends once more, and the second message finds nothing left to do.
    for (const { owner, strategy_id, version: of } of due)
      await deps.watched.queued(
        { owner, strategy_id, version: of },
        { day, data_version: version, at: new Date(now).toISOString() },
      )
  }
  return outcome
}

function isDue({ queued, evaluated }: Watched, day: string, version: string, lost: string): boolean {
  if (evaluated !== null && (evaluated.day > day || (evaluated.day === day && evaluated.data_version === version)))
    return false
  const underWay = queued !== null && queued.day === day && queued.data_version === version && queued.at > lost
  return !underWay
}
