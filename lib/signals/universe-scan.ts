import { isoDay, MS_PER_DAY, parseDay } from '../core/days.ts'
import { defineJob } from '../core/engine.ts'
import { AppError } from '../core/errors.ts'
import type { Market } from '../market/market.ts'
import type { MarketSource } from '../market/source.ts'
import { createEvaluator } from '../rule/evaluate.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { GuestData, guestFailure } from './guest-data.ts'
import { prepareScan, type ScanInput } from './scan-input.ts'
import type { Signal } from './signals.ts'
import type { StrategyView } from './strategy-view.ts'

export type UniverseForm = 'runScreening' | 'runBatchBacktest' | 'runRealtimeAlert'

/** What a whole-universe form listed on one session. */
export interface UniverseSession {
  day: number
  /** the members it was called with */
  symbols: string[]
  signals: Signal[]
  /** listed with `classification: false`: returned, counted apart */
  negatives: Signal[]
  /** entries that did not count, by reason */
  ignored: Record<string, number>
  /** numbers of its own that the strategy returned beside its list */
  claims: Record<string, unknown>
}

/** One chunk of sessions of a whole-universe form; `from` and `to` are the first and last of `days`. */
export type UniverseInput = ScanInput & { form: UniverseForm; days: number[]; start: number; limit: number }

export const universeJob = defineJob<UniverseInput, UniverseSession[]>('universe')

export async function universeChunk(
  input: UniverseInput,
  stored: MarketSource,
  sandbox: Sandbox,
): Promise<UniverseSession[]> {
  const { view, market, source } = await prepareScan(input, stored)
  const { form, symbols, days, start, limit } = input
  return scanByDate({ strategy: view, market, form, symbols, days, start, limit }, source, sandbox)
}

export interface UniverseScanRequest {
  strategy: StrategyView
  market: Market
  form: UniverseForm
  symbols: readonly string[]
  /** sessions to call it for, ascending */
  days: readonly number[]
  /** first day of the whole run, passed as startDate */
  start: number
  limit: number
}

/**
 * Calls a whole-universe form once per session with everything as of that session's close. Only entries for members with
 * a bar on the session, and stamped with it, count; the others are counted by reason.
 */
export async function scanByDate(
  request: UniverseScanRequest,
  source: MarketSource,
  sandbox: Sandbox,
): Promise<UniverseSession[]> {
  const { strategy, market, form, days, start, limit } = request
  const opened = sandbox.open(strategy.code)
  if ('error' in opened) throw guestFailure(opened.error)
  const { session } = opened
  try {
    const to = days[days.length - 1]
    const data = new GuestData({ session, source, market, from: days[0], to, strategy })
    const members = membersByDay(request)
    const found: UniverseSession[] = []
    for (const day of days) {
      const present = members.get(day) ?? new Map<string, number>()
      const symbols = [...present.keys()]
      const asOf = market.calendar.closeInstant(day)
      const args =
        form === 'runBatchBacktest'
          ? [isoDay(start), isoDay(day), symbols]
          : form === 'runScreening'
            ? [symbols, limit]
            : [symbols]
      const answer = await data.evaluate(null, () => session.universe({ form, asOf, args }))
      found.push(readAnswer(form, answer, day, present))
    }
    return found
  } finally {
    session.dispose()
  }
}

/** For each day the members with a bar on it, in symbol order, with the instant their bar closes. */
function membersByDay(request: UniverseScanRequest): Map<number, Map<string, number>> {
  const { strategy, market, symbols, days } = request
  const byDay = new Map<number, Map<string, number>>(days.map((day) => [day, new Map()]))
  for (const symbol of symbols) {
    const series = market.bars(symbol)
    if (series === undefined) continue
    const member = createEvaluator(market, series).column(strategy.universe)
    for (let i = 0; i < series.length; i++) if (member[i] === 1) byDay.get(series.day[i])?.set(symbol, series.time[i])
  }
  return byDay
}

const LIST_OF = { runScreening: 'ranked_results', runBatchBacktest: 'instances', runRealtimeAlert: 'alerts' } as const

function readAnswer(
  form: UniverseForm,
  answer: unknown,
  day: number,
  members: ReadonlyMap<string, number>,
): UniverseSession {
  const session: UniverseSession = {
    day,
    symbols: [...members.keys()],
    signals: [],
    negatives: [],
    ignored: {},
    claims: {},
  }
  const key = LIST_OF[form]
  const list = (answer as Record<string, unknown> | null)?.[key]
  if (!Array.isArray(list)) {
    throw new AppError(
      'guest_error',
      `${form} must return { ${key}: [...] }; on ${isoDay(day)} it returned ${JSON.stringify(answer)?.slice(0, 80)}.`,
    )
  }
  const { [key]: _list, ...claims } = answer as Record<string, unknown>
  session.claims = claims
  const ignore = (reason: string) => {
    session.ignored[reason] = (session.ignored[reason] ?? 0) + 1
  }
  const seen = new Set<string>()
  for (const entry of list as unknown[]) {
    const fields = (entry ?? {}) as Record<string, unknown>
    const { symbol: named, ticker, timestamp, classification, score, ...data } = fields
    const symbol = String(named ?? ticker ?? '')
    const time = members.get(symbol)
    if (time === undefined) ignore('not a member with a bar on the session')
    else if (form === 'runBatchBacktest' && stampedDay(timestamp) !== day) ignore('stamped with another session')
    else if (seen.has(symbol)) ignore('listed twice')
    else {
      seen.add(symbol)
      const signal: Signal = { symbol, day, time, side: 1, score: typeof score === 'number' ? score : Number.NaN, data }
      if (classification === false) session.negatives.push(signal)
      else session.signals.push(signal)
    }
  }
  return session
}

/** The day an instance is stamped with: epoch milliseconds or a text that starts with YYYY-MM-DD; NaN for anything else. */
function stampedDay(timestamp: unknown): number {
  if (typeof timestamp === 'number') return Math.floor(timestamp / MS_PER_DAY)
  return typeof timestamp === 'string' ? parseDay(timestamp.slice(0, 10)) : Number.NaN
}
