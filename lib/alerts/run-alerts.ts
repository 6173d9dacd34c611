import { isoDay, parseDay } from '../core/days.ts'
import { AppError, type ErrorCode } from '../core/errors.ts'
import type { Delivery, Queue } from '../core/queue.ts'
import type { Timeframe } from '../market/bars.ts'
import { lastClosedSession, nyse, sessionsBetween } from '../market/calendar.ts'
import { activeOf } from './announce.ts'
import { isoInstant } from './answer.ts'
import { type EvaluateDeps, evaluateSession } from './evaluate-session.ts'
import type { AlertMessage } from './messages.ts'
import { sessionsAfter } from './sessions.ts'
import type { VersionRef } from './subscription.ts'
import type { Evaluation, Mark, WatchedStore } from './watched.ts'

export interface RunAlertsDeps extends EvaluateDeps {
  watched: WatchedStore
  dataVersion: (timeframe: Timeframe) => Promise<string>
  /** deliveries of a message before it goes to the dead letters */
  attempts: number
  /** where jobs are done elsewhere: the alert queue, for a message whose jobs have not ended yet */
  again?: Queue<AlertMessage>
}

/** A wait for jobs is no failure: a message is looked at anew soon, and so often before one counts as failed. */
const LOOK_AGAIN_MS = 10_000
const MOST_LOOKS = 15

/** What became of a message. */
export interface RunAlertsOutcome {
  /** how many subscriptions watch the version */
  subscriptions: number
  /** what was found on each session it was due for, oldest first; empty when there was none */
  evaluations: Evaluation[]
  /** messages queued */
  notified: number
}

/** Failures that the same strategy on the same bars meets again: a last attempt ends with them and needs no dead letter. */
const LASTING: ReadonlySet<ErrorCode> = new Set([
  'limit',
  'guest_error',
  'bad_request',
  'bad_rule',
  'bad_code',
  'no_data',
  'not_found',
])
/** A watched version without active subscriptions is forgotten after this long. */
const FORGOTTEN_AFTER_MS = 24 * 60 * 60_000

/**
 * Evaluates a strategy version once for all its subscriptions, on the message's session and the one before where that was missed;
 * records each fire once and queues a message for each subscription it concerns. A session more than one behind the newest that has
 * closed fires nothing, and what is kept of it says so. Repeated or killed at any point, it leaves each fire recorded once and queued
 * at least once.
 */
export async function runAlerts(
  deps: RunAlertsDeps,
  { message, attempt }: Delivery<AlertMessage>,
): Promise<RunAlertsOutcome> {
  const { owner, strategy_id, version } = message
  const ref: VersionRef = { owner, strategy_id, version }
  const subscriptions = await activeOf(deps.subscriptions, ref)
  const outcome: RunAlertsOutcome = { subscriptions: subscriptions.length, evaluations: [], notified: 0 }
  const now = deps.clock()
  if (subscriptions.length === 0) {
    await deps.watched.retire(ref, new Date(now - FORGOTTEN_AFTER_MS).toISOString())
    return outcome
  }
  // Read before the scan: bars that change during it make the session due once more.
  const dataVersion = await deps.dataVersion(message.timeframe ?? '1d')
  const expected = lastClosedSession(nyse, now)
  const due = dueSessions((await deps.watched.get(ref))?.evaluated ?? null, message.day, dataVersion)
  const keep = async (evaluation: Evaluation) => {
    await deps.watched.record(ref, evaluation)
    await deps.watched.evaluated(ref, { day: evaluation.day, data_version: dataVersion, at: evaluation.at })
    outcome.evaluations.push(evaluation)
  }
  const late = due.filter((day) => day < parseDay(message.day) && sessionsBetween(nyse, day + 1, expected) > 1)
  if (late.length > 0) await keep(skippedSessions(late, isoInstant(now)))
  for (const day of due.slice(late.length)) {
    const nothing = {
      day: isoDay(day),
      fires: 0,
      symbols_monitored: 0,
      unknown: 0,
      guest_errors: 0,
      at: isoInstant(now),
    }
    const behind = sessionsBetween(nyse, day + 1, expected)
    if (behind > 1) {
      await keep({ ...nothing, outcome: 'stale', reason: staleReason(day, behind, expected) })
      continue
    }
    try {
      const found = await evaluateSession(deps, ref, subscriptions, day)
      if (found === null) await keep({ ...nothing, outcome: 'no bars', reason: noBarsReason(day) })
      else {
        outcome.notified += found.notified
        await keep({ ...nothing, ...found.evaluation, outcome: 'evaluated', reason: null })
      }
    } catch (error) {
      if (await waits(deps, message, error)) return outcome
      if (attempt < deps.attempts || !(error instanceof AppError) || !LASTING.has(error.code)) throw error
      await keep({ ...nothing, outcome: 'failed', reason: `${error.code}: ${error.message}`.slice(0, 1_000) })
    }
  }
  return outcome
}

/** Whether a session's jobs are still at work: the message has then been sent anew. */
async function waits({ again }: RunAlertsDeps, message: AlertMessage, error: unknown): Promise<boolean> {
  const { looks = 0 } = message
  if (again === undefined || looks >= MOST_LOOKS) return false
  if (!(error instanceof AppError) || error.code !== 'interrupted') return false
  await again.send([{ ...message, looks: looks + 1 }], { delayMs: LOOK_AGAIN_MS })
  return true
}

/** The sessions that are due up to the message's, oldest first: all since the last evaluated one; or that one again on other data. */
function dueSessions(evaluated: Mark | null, upTo: string, dataVersion: string): number[] {
  const day = parseDay(upTo)
  if (evaluated === null) return [day]
  if (evaluated.day === upTo) return evaluated.data_version === dataVersion ? [] : [day]
  return sessionsAfter(parseDay(evaluated.day), day)
}

function skippedSessions(days: readonly number[], at: string): Evaluation {
  const [first, last] = [isoDay(days[0]), isoDay(days[days.length - 1])]
  const which = days.length === 1 ? `${first} was` : `${days.length} sessions from ${first} to ${last} were`
  return {
    day: last,
    outcome: 'skipped',
    reason: `${which} not evaluated in time; what is more than one session old fires nothing`,
    fires: 0,
    symbols_monitored: 0,
    unknown: 0,
    guest_errors: 0,
    at,
  }
}

const staleReason = (day: number, behind: number, expected: number) =>
  `the newest bars are of ${isoDay(day)}, ${behind} sessions behind ${isoDay(expected)}: what is more than one session old fires nothing`
const noBarsReason = (day: number) => `fewer than half of the symbols have a bar on ${isoDay(day)}`
