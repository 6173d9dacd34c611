import type { Clock } from '../core/clock.ts'
import { isoDay } from '../core/days.ts'
import type { Queue } from '../core/queue.ts'
import type { Timeframe } from '../market/bars.ts'
import { lastClosedSession, nyse } from '../market/calendar.ts'
import type { Catalog } from '../market/catalog.ts'
import { newYorkDay } from '../market/new-york.ts'
import { type SettleDeps, settle } from './announce.ts'
import type { AlertMessage } from './messages.ts'
import { newestStored, watchHours } from './sessions.ts'
import type { Mark, Watched, WatchedStore } from './watched.ts'

export interface TickDeps extends SettleDeps {
  watched: WatchedStore
  alerts: Queue<AlertMessage>
  /** the catalog of the stored daily bars; undefined when there are none */
  catalog: (timeframe?: Timeframe) => Promise<Catalog | undefined>
  /** of the bars of a size and what lies beside them */
  dataVersion: (timeframe: Timeframe) => Promise<string>
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
  const newest = new Map<Timeframe, Mark | undefined>()
  for await (const page of deps.watched.list()) {
    if (page.length === 0) continue
    // What is stored is looked at only where somebody watches it: of most minutes this is all there is to do.
    for (const timeframe of new Set(page.map(sizeOf)))
      if (!newest.has(timeframe)) newest.set(timeframe, await newestMark(deps, timeframe, now))
    const marks = [...newest.values()].filter((mark) => mark !== undefined)
    if (marks.length === 0) {
      outcome.outcome = 'no bars'
      continue
    }
    outcome.outcome = 'looked'
    outcome.newest = marks
      .map(({ day }) => day)
      .sort()
      .at(-1)!
    outcome.watched += page.length
    for (const [timeframe, mark] of newest) {
      const ofSize = page.filter((each) => sizeOf(each) === timeframe)
      if (mark !== undefined) outcome.sent += await sendDue(deps, ofSize, mark, lost)
    }
  }
  return outcome
}

const sizeOf = ({ timeframe = '1d' }: Watched): Timeframe => timeframe

/** The newest whole session that is stored (of intraday bars also one under way) and the data it is stored in; undefined without bars. */
async function newestMark(deps: TickDeps, timeframe: Timeframe, now: number): Promise<Mark | undefined> {
  const catalog = await deps.catalog(timeframe)
  const upTo = timeframe === '1d' ? lastClosedSession(nyse, now) : newYorkDay(now)
  const newest = catalog && newestStored(catalog, upTo)
  if (newest === undefined) return undefined
  return { day: isoDay(newest), data_version: await deps.dataVersion(timeframe), at: new Date(now).toISOString() }
}

async function sendDue(deps: TickDeps, page: readonly Watched[], newest: Mark, lost: string): Promise<number> {
  const due = page
    .filter((each) => isDue(each, newest, lost))
    .map(({ owner, strategy_id, version, timeframe }) => ({
      ref: { owner, strategy_id, version },
      size: timeframe === undefined || timeframe === '1d' ? {} : { timeframe },
    }))
  if (due.length === 0) return 0
  await deps.alerts.send(due.map(({ ref, size }) => ({ ...ref, day: newest.day, ...size })))
  // Noted after the sending: a process killed in between sends once more, and the second message finds nothing left to do.
  for (const { ref } of due) await deps.watched.queued(ref, newest)
  return due.length
}

function isDue({ queued, evaluated }: Watched, { day, data_version }: Mark, lost: string): boolean {
  if (evaluated !== null && (evaluated.day > day || (evaluated.day === day && evaluated.data_version === data_version)))
    return false
  const underWay = queued !== null && queued.day === day && queued.data_version === data_version && queued.at > lost
  return !underWay
}
