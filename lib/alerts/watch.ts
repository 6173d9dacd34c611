import type { Clock } from '../core/clock.ts'
import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { newYorkText } from '../market/new-york.ts'
import type { Limits } from '../sandbox/sandbox.ts'
import type { HistoryBar, LatestBar } from '../signals/latest.ts'
import { latestListed } from '../signals/latest-listed.ts'
import { type LatestPass, type LatestRequest, latestPass, type ScanDeps } from '../signals/latest-pass.ts'
import { latestReceipt, latestWarnings } from '../signals/latest-receipt.ts'
import { marketWarnings } from '../signals/market-warnings.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { alertAnswer, type MonitoredSymbol } from './answer.ts'
import { type FireRule, fires } from './fires.ts'

/** An alert looks at one bar of each symbol, again and again: it gets less time than a backtest. */
const ALERT_LIMITS: Partial<Limits> = { cpuMs: 5_000, wallMs: 10_000 }

export interface WatchDeps extends ScanDeps {
  dataVersion: () => Promise<string>
  clock: Clock
  cpuMs: () => number
  /** when the run was begun, epoch ms; now when absent */
  begun?: number
}

/** The screening date, and every member of the universe on it: who fires, and the state of the others. */
interface WatchPass {
  pass: LatestPass
  monitored: MonitoredSymbol[]
}

/** What one look at a session found; plain data. */
export interface SessionWatch {
  /** the screening date: an earlier one where too few symbols have a bar on the day that was asked for */
  day: number
  /** the bars are those of the simulated market */
  simulated: boolean
  monitored: MonitoredSymbol[]
  /** members of the universe on which the condition is unknown, and symbols on which the code threw */
  unknown: number
  guest_errors: number
}

/** The whole-universe form that an alert calls; undefined for a strategy that decides symbol by symbol. */
export function listedForm(strategy: Strategy): 'runRealtimeAlert' | 'runScreening' | undefined {
  const form = (['runRealtimeAlert', 'runScreening'] as const).find((each) => strategy.entry_points.includes(each))
  const bySymbol = strategy.entry_points.some((entry) => entry === 'classifySymbol' || entry === 'classifyShort')
  if (form === undefined && !bySymbol) {
    const exported = strategy.entry_points.join(', ')
    throw new AppError(
      'bad_request',
      `Strategy ${strategy.strategy_id} serves no alert: its code exports ${exported}. Export classifySymbol or runRealtimeAlert.`,
    )
  }
  return form === 'runScreening' && bySymbol ? undefined : form
}

/** Looks at the latest session on or before `asOf` for the symbols, or for all. */
export async function watchSession(
  deps: ScanDeps,
  strategy: Strategy,
  request: Pick<LatestRequest, 'symbols' | 'asOf'>,
): Promise<SessionWatch> {
  const { pass, monitored } = await watchPass(deps, strategy, request)
  return {
    day: pass.day,
    simulated: pass.catalog.simulated,
    monitored,
    unknown: pass.bars.filter((bar) => bar.member && bar.unknown).length,
    guest_errors: pass.bars.filter((bar) => bar.error !== null).length,
  }
}

async function watchPass(deps: ScanDeps, strategy: Strategy, request: LatestRequest): Promise<WatchPass> {
  const form = listedForm(strategy)
  const limited = { ...request, limits: ALERT_LIMITS }
  const pass =
    form === undefined
      ? await latestPass(deps, strategy, limited)
      : await latestListed(deps, strategy, form, { ...limited, limit: Number.MAX_SAFE_INTEGER })
  const members = pass.bars.filter((bar) => bar.member)
  const rule = { fire: strategy.rule?.fire ?? ('edge' as const), once: strategy.rule?.once !== undefined }
  return { pass, monitored: members.map((bar) => monitored(bar, rule)) }
}

/** Scans the latest session and answers with the guide's JSON: what has just become true, and the state of every symbol. */
export async function watch(
  deps: WatchDeps,
  strategy: Strategy,
  request: LatestRequest,
): Promise<Record<string, unknown>> {
  const started = { wall: deps.begun ?? deps.clock(), cpu: deps.cpuMs() }
  const { pass, monitored } = await watchPass(deps, strategy, request)
  return {
    success: true,
    strategy_id: strategy.strategy_id,
    execution_mode: 'alert',
    ...alertAnswer(monitored),
    date: isoDay(pass.day),
    ...(pass.time === undefined ? {} : { time: newYorkText(pass.time) }),
    receipt: await latestReceipt(deps, strategy, pass, started),
    assumptions: strategy.assumptions,
    warnings: [
      ...(await marketWarnings(deps.source, pass.catalog, request.universe ?? strategy.rule?.universe, false)),
      ...strategy.warnings,
      ...latestWarnings(pass, started.wall, request.asOf),
    ],
  }
}

/** A side fires when it is true now and, for `edge`, was not on the symbol's previous bar. */
function monitored(bar: LatestBar, rule: FireRule): MonitoredSymbol {
  if (bar.history !== undefined) return monitoredInSession(bar, bar.history, rule)
  const { fire } = rule
  const fired = bar.signals.find((signal) => {
    const before = { day: bar.day - 1, isTrue: bar.previousSides.includes(signal.side) }
    return fires({ fire }, [before, { day: bar.day, isTrue: true }])[1]
  })
  const told = fired ?? bar.signals[0]
  return {
    symbol: bar.symbol,
    time: bar.time,
    price: bar.price,
    change: bar.change,
    signal: told !== undefined ? true : bar.unknown ? null : false,
    fires: fired !== undefined,
    side: told?.side ?? 1,
    data: told?.data ?? {},
  }
}

/**
 * On intraday bars a symbol fires once in a session, on the first of its bars that does; whoever looks later in the session finds the
 * same fire, so that bars that came between two looks are not missed.
 */
function monitoredInSession(bar: LatestBar, history: readonly HistoryBar[], rule: FireRule): MonitoredSymbol {
  let first: { at: HistoryBar; side: 1 | -1 } | undefined
  for (const side of [1, -1] as const) {
    const isTrue = ({ signals }: HistoryBar) => signals.some((signal) => signal.side === side)
    const fired = fires(
      rule,
      history.map((each) => ({ day: each.day, isTrue: isTrue(each) })),
    )
    const at = history.find((each, i) => fired[i] && each.day === bar.day)
    if (at !== undefined && (first === undefined || at.time < first.at.time)) first = { at, side }
  }
  const now = bar.signals[0]
  const state: MonitoredSymbol = {
    symbol: bar.symbol,
    time: bar.time,
    price: bar.price,
    change: bar.change,
    signal: now !== undefined ? true : bar.unknown ? null : false,
    fires: first !== undefined,
    side: now?.side ?? 1,
    data: now?.data ?? {},
  }
  if (first === undefined) return state
  const { at, side } = first
  const data = at.signals.find((signal) => signal.side === side)!.data
  return { ...state, fired: { time: at.time, price: at.price, change: at.change, side, data } }
}
