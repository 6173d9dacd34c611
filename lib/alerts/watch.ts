import type { Clock } from '../core/clock.ts'
import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import type { Limits } from '../sandbox/sandbox.ts'
import type { LatestBar } from '../signals/latest.ts'
import { latestListed } from '../signals/latest-listed.ts'
import { type LatestRequest, latestPass, type ScanDeps } from '../signals/latest-pass.ts'
import { latestReceipt, latestWarnings } from '../signals/latest-receipt.ts'
import { marketWarnings } from '../signals/market-warnings.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { alertAnswer, type MonitoredSymbol } from './answer.ts'
import { fires } from './fires.ts'

/** An alert looks at one bar of each symbol, again and again: it gets less time than a backtest. */
const ALERT_LIMITS: Partial<Limits> = { cpuMs: 5_000, wallMs: 10_000 }

export interface WatchDeps extends ScanDeps {
  dataVersion: () => Promise<string>
  clock: Clock
  cpuMs: () => number
}

/** Scans the latest session and answers with the guide's JSON: what has just become true, and the state of every symbol. */
export async function watch(
  deps: WatchDeps,
  strategy: Strategy,
  request: LatestRequest,
): Promise<Record<string, unknown>> {
  const started = { wall: deps.clock(), cpu: deps.cpuMs() }
  const form = (['runRealtimeAlert', 'runScreening'] as const).find((each) => strategy.entry_points.includes(each))
  const bySymbol = strategy.entry_points.some((entry) => entry === 'classifySymbol' || entry === 'classifyShort')
  if (form === undefined && !bySymbol) {
    const exported = strategy.entry_points.join(', ')
    throw new AppError(
      'bad_request',
      `Strategy ${strategy.strategy_id} serves no alert: its code exports ${exported}. Export classifySymbol or runRealtimeAlert.`,
    )
  }
  const listed = form !== undefined && (form === 'runRealtimeAlert' || !bySymbol)
  const pass = listed
    ? await latestListed(deps, strategy, form, { ...request, limits: ALERT_LIMITS, limit: Number.MAX_SAFE_INTEGER })
    : await latestPass(deps, strategy, { ...request, limits: ALERT_LIMITS })
  return {
    success: true,
    strategy_id: strategy.strategy_id,
    execution_mode: 'alert',
    ...alertAnswer(pass.bars.filter((bar) => bar.member).map((bar) => monitored(bar, strategy.rule?.fire ?? 'edge'))),
    date: isoDay(pass.day),
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
function monitored(bar: LatestBar, fire: 'edge' | 'session'): MonitoredSymbol {
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
