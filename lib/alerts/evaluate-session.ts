import type { Clock } from '../core/clock.ts'
import { isoDay } from '../core/days.ts'
import { plain } from '../core/plain.ts'
import { parseRule } from '../rule/clauses.ts'
import { explainRule } from '../rule/explain.ts'
import type { ScanDeps } from '../signals/latest-pass.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { type AnnounceDeps, announce } from './announce.ts'
import { alertOf, asFired, isoInstant, type MonitoredSymbol } from './answer.ts'
import { type Fire, fireId } from './fire.ts'
import { universesOf } from './narrowed.ts'
import type { Subscription, VersionRef } from './subscription.ts'
import { listedForm, type SessionWatch } from './watch.ts'
import type { Evaluation } from './watched.ts'

export interface EvaluateDeps extends AnnounceDeps, Pick<ScanDeps, 'source' | 'catalog'> {
  /** `not_found` when the owner has no such version */
  strategy: (owner: string, strategyId: number, version: number) => Promise<Strategy>
  /** One look at a session for an owner: here, or as jobs on other machines. */
  watch: (owner: string, strategy: Strategy, request: { symbols?: string[]; asOf: number }) => Promise<SessionWatch>
  clock: Clock
}

const WRITES_AT_ONCE = 8
const DATA_CHARACTERS = 8_000

/** Scans one session, records what fires on it and queues the messages; null when too few symbols have a bar on it. */
export async function evaluateSession(
  deps: EvaluateDeps,
  ref: VersionRef,
  subscriptions: readonly Subscription[],
  day: number,
): Promise<{
  evaluation: Pick<Evaluation, 'fires' | 'symbols_monitored' | 'unknown' | 'guest_errors'>
  notified: number
} | null> {
  const strategy = await deps.strategy(ref.owner, ref.strategy_id, ref.version)
  const catalog = await deps.catalog(strategy.rule?.timeframe)
  const stored = new Set(catalog?.symbols.map(({ symbol }) => symbol))
  const symbols = unionOf(subscriptions, strategy)?.filter((symbol) => stored.has(symbol))
  const empty = { fires: 0, symbols_monitored: 0, unknown: 0, guest_errors: 0 }
  if (symbols?.length === 0) return { evaluation: empty, notified: 0 }
  const found = await deps.watch(ref.owner, strategy, { symbols, asOf: day })
  if (found.day !== day) return null

  const fires = await firesOf(deps, ref, strategy, found, subscriptions)
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
      symbols_monitored: found.monitored.length,
      unknown: found.unknown,
      guest_errors: found.guest_errors,
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
  deps: EvaluateDeps,
  ref: VersionRef,
  strategy: Strategy,
  found: SessionWatch,
  subscriptions: readonly Subscription[],
): Promise<Fire[]> {
  const firing = found.monitored.filter((each) => each.fires).sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  const texts = [...new Set(subscriptions.flatMap(({ universe }) => universe ?? []))].sort()
  const universes = await universesOf(
    deps.source,
    texts,
    firing.map((each) => ({ symbol: each.symbol, time: asFired(each).time })),
    { day: found.day, timeframe: strategy.rule?.timeframe ?? '1d' },
  )
  const words = strategy.rule === null ? [] : explainRule(parseRule(strategy.rule))
  const day = isoDay(found.day)
  return firing.map((each) => ({
    ...ref,
    ...toldOf(asFired(each)),
    fire_id: fireId(ref, day, each.symbol),
    day,
    strategy_name: strategy.name,
    words,
    universes: universes.get(each.symbol) ?? [],
    simulated: found.simulated,
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
