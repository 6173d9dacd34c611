import type { Clock } from '../core/clock.ts'
import { isoDay, parseDay } from '../core/days.ts'
import { AppError, type ErrorCode } from '../core/errors.ts'
import { plain } from '../core/plain.ts'
import type { Delivery } from '../core/queue.ts'
import { parseRule } from '../rule/clauses.ts'
import { explainRule } from '../rule/explain.ts'
import type { ScanDeps } from '../signals/latest-pass.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { type AnnounceDeps, activeOf, announce } from './announce.ts'
import { alertOf, isoInstant, type MonitoredSymbol } from './answer.ts'
import { type Fire, fireId } from './fire.ts'
import type { AlertMessage } from './messages.ts'
import { universesOf } from './narrowed.ts'
import { newestClosed, sessionsAfter, sessionsBehind } from './sessions.ts'
import type { Subscription, VersionRef } from './subscription.ts'
import { listedForm, type WatchPass, watchPass } from './watch.ts'
import type { Evaluation, Mark, WatchedStore } from './watched.ts'

export interface RunAlertsDeps extends AnnounceDeps, ScanDeps {
  watched: WatchedStore
  /** `not_found` when the owner has no such version */
  strategy: (owner: string, strategyId: number, version: number) => Promise<Strategy>
  dataVersion: () => Promise<string>
  clock: Clock
  /** deliveries of a message before it goes to the dead letters */
  attempts: number
}

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
const WRITES_AT_ONCE = 8
const DATA_CHARACTERS = 8_000

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
  const dataVersion = await deps.dataVersion()
  const expected = newestClosed(now)
  const due = dueSessions((await deps.watched.get(ref))?.evaluated ?? null, message.day, dataVersion)
  const keep = async (evaluation: Evaluation) => {
    await deps.watched.record(ref, evaluation)
    await deps.watched.evaluated(ref, { day: evaluation.day, data_version: dataVersion, at: evaluation.at })
    outcome.evaluations.push(evaluation)
  }
  const late = due.filter((day) => day < parseDay(message.day) && sessionsBehind(day, expected) > 1)
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
    const behind = sessionsBehind(day, expected)
    if (behind > 1) {
      await keep({ ...nothing, outcome: 'stale', reason: staleReason(day, behind, expected) })
      continue
    }
    try {
      const found = await evaluate(deps, ref, subscriptions, day)
      if (found === null) await keep({ ...nothing, outcome: 'no bars', reason: noBarsReason(day) })
      else {
        outcome.notified += found.notified
        await keep({ ...nothing, ...found.evaluation, outcome: 'evaluated', reason: null })
      }
    } catch (error) {
      if (attempt < deps.attempts || !(error instanceof AppError) || !LASTING.has(error.code)) throw error
      await keep({ ...nothing, outcome: 'failed', reason: `${error.code}: ${error.message}`.slice(0, 1_000) })
    }
  }
  return outcome
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

/** Evaluates one session and tells; null when too few symbols have a bar on it. */
async function evaluate(
  deps: RunAlertsDeps,
  ref: VersionRef,
  subscriptions: readonly Subscription[],
  day: number,
): Promise<{
  evaluation: Pick<Evaluation, 'fires' | 'symbols_monitored' | 'unknown' | 'guest_errors'>
  notified: number
} | null> {
  const strategy = await deps.strategy(ref.owner, ref.strategy_id, ref.version)
  const catalog = await deps.catalog()
  const stored = new Set(catalog?.symbols.map(({ symbol }) => symbol))
  const symbols = unionOf(subscriptions, strategy)?.filter((symbol) => stored.has(symbol))
  const empty = { fires: 0, symbols_monitored: 0, unknown: 0, guest_errors: 0 }
  if (symbols?.length === 0) return { evaluation: empty, notified: 0 }
  const scanned = await watchPass(deps, strategy, { symbols, asOf: day })
  const { pass, monitored } = scanned
  if (pass.day !== day) return null

  const fires = await firesOf(deps, ref, strategy, scanned, subscriptions)
  let notified = 0
  if (fires.length > 0) {
    await deps.fires.open({ ...ref, day: isoDay(day), at: isoInstant(deps.clock()) })
    for (let i = 0; i < fires.length; i += WRITES_AT_ONCE) {
      const recorded = await Promise.all(fires.slice(i, i + WRITES_AT_ONCE).map((fire) => deps.fires.record(fire)))
      for (const fire of recorded)
        if (fire.state === 'announcing') notified += await announce(deps, fire, subscriptions)
    }
  }
  return {
    evaluation: {
      fires: fires.length,
      symbols_monitored: monitored.length,
      unknown: pass.bars.filter((bar) => bar.member && bar.unknown).length,
      guest_errors: pass.bars.filter((bar) => bar.error !== null).length,
    },
    notified,
  }
}

/** The symbols anyone wants to be told of; undefined for all, and for forms whose list depends on whom they are called with. */
function unionOf(subscriptions: readonly Subscription[], strategy: Strategy): string[] | undefined {
  if (listedForm(strategy) !== undefined) return undefined
  const union = new Set<string>()
  for (const { symbols } of subscriptions) {
    if (symbols === null) return undefined
    for (const symbol of symbols) union.add(symbol)
  }
  return [...union].sort()
}

async function firesOf(
  deps: RunAlertsDeps,
  ref: VersionRef,
  strategy: Strategy,
  { pass, monitored }: WatchPass,
  subscriptions: readonly Subscription[],
): Promise<Fire[]> {
  const firing = monitored.filter((each) => each.fires).sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  const texts = [...new Set(subscriptions.flatMap(({ universe }) => universe ?? []))].sort()
  const universes = await universesOf(
    deps.source,
    texts,
    firing.map(({ symbol }) => symbol),
    pass.day,
  )
  const words = strategy.rule === null ? [] : explainRule(parseRule(strategy.rule))
  const day = isoDay(pass.day)
  return firing.map((each) => ({
    ...ref,
    ...toldOf(each),
    fire_id: fireId(ref, day, each.symbol),
    day,
    strategy_name: strategy.name,
    words,
    universes: universes.get(each.symbol) ?? [],
    simulated: pass.catalog.simulated,
    recorded_at: new Date(deps.clock()).toISOString(),
    state: 'announcing' as const,
  }))
}

function toldOf(fired: MonitoredSymbol) {
  const { symbol, timestamp, message, priority, data } = alertOf(fired)
  const { current_price: price, daily_change: _percent, ...terms } = data
  const fits = JSON.stringify(terms).length <= DATA_CHARACTERS
  return {
    symbol,
    side: fired.side === -1 ? ('short' as const) : ('long' as const),
    time: timestamp,
    price: price as number | null,
    change: plain(fired.change) as number | null,
    priority,
    message,
    data: fits ? terms : { left_out: `the strategy's data is over ${DATA_CHARACTERS} characters` },
  }
}
