import type { Clock } from '../core/clock.ts'
import { receiptCost, type Usage } from '../core/cost.ts'
import { isoDay } from '../core/days.ts'
import { lastClosedSession, nyse, sessionsBetween } from '../market/calendar.ts'
import { ENGINE_VERSION, type Strategy } from '../strategy/strategy.ts'
import type { LatestPass } from './latest-pass.ts'

/** How many sessions have ended after that of a day, at an instant. */
function sessionsSince(day: number, now: number): number {
  return sessionsBetween(nyse, day + 1, lastClosedSession(nyse, now))
}

/** What a screen or an alert rests on. */
export async function latestReceipt(
  deps: { clock: Clock; cpuMs: () => number; dataVersion: () => Promise<string>; spent?: () => Usage },
  strategy: Strategy,
  pass: LatestPass,
  started: { wall: number; cpu: number },
): Promise<Record<string, unknown>> {
  const closed = pass.time ?? nyse.closeInstant(pass.day)
  const looked = pass.bars.length + pass.skipped.length
  const cost = receiptCost(pass.estimate, deps.spent?.())
  return {
    strategy_hash: strategy.hash,
    engine_version: ENGINE_VERSION,
    data_version: await deps.dataVersion(),
    simulated: pass.catalog.simulated,
    coverage: {
      symbols: looked,
      bars_expected: looked,
      bars_got: pass.bars.length,
      last_bar: isoDay(pass.day),
      unknown_bars: pass.bars.filter((bar) => bar.member && bar.unknown).length,
      guest_errors: pass.bars.filter((bar) => bar.error !== null).length,
    },
    skipped: pass.skipped,
    chunks: pass.chunks,
    wall_ms: deps.clock() - started.wall,
    cpu_ms: Math.round(deps.cpuMs() - started.cpu),
    cost_cents: cost.cents,
    cost,
    as_of: new Date(closed).toISOString(),
    newest_bar: new Date(closed).toISOString(),
    newest_bar_age_sessions: sessionsSince(pass.day, started.wall),
    newest_bar_age_seconds: Math.floor((started.wall - closed) / 1_000),
  }
}

/** Old bars, guest errors and skipped symbols of a screen or an alert, in words; a day that was asked for may be old. */
export function latestWarnings(pass: LatestPass, now: number, asOf: number | undefined): string[] {
  const warnings: string[] = []
  const age = sessionsSince(pass.day, now)
  if (age > 1 && asOf === undefined && !pass.catalog.simulated)
    warnings.push(
      `The newest bar is of ${isoDay(pass.day)}: ${age} sessions have ended since. Fetch or import newer bars.`,
    )
  const failed = pass.bars.filter((bar) => bar.error !== null)
  if (failed.length > 0) {
    warnings.push(
      `The code threw an error on ${failed.length} symbols, which count as no signal; first on ${failed[0].symbol}: ${failed[0].error!.message}`,
    )
  }
  if (!pass.bars.some((bar) => bar.member)) warnings.push(`UNIVERSE matches no symbol on ${isoDay(pass.day)}.`)
  if (pass.skipped.length > 0) {
    warnings.push(
      `${pass.skipped.length} symbols have no bar on ${isoDay(pass.day)} and were skipped; the receipt names them.`,
    )
  }
  return warnings
}
