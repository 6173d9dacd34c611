import { isoDay } from '../core/days.ts'
import { runAll } from '../core/engine.ts'
import { AppError } from '../core/errors.ts'
import { firstAt } from '../market/bars.ts'
import { coverage } from '../market/coverage.ts'
import type { Market } from '../market/market.ts'
import type { ScanDeps } from '../signals/latest-pass.ts'
import { pinned } from '../signals/scan-input.ts'
import type { Signal } from '../signals/signals.ts'
import { universeJob } from '../signals/universe-scan.ts'
import type { BacktestPlan, Scanned } from './by-symbols.ts'
import { type Instance, instanceOf } from './instances.ts'
import { claimsOf, ignoredWarnings } from './listed.ts'

/** Calls runBatchBacktest once per session of the window, split by sessions; each instance is followed on its own bars. */
export async function scanByDates(deps: ScanDeps, plan: BacktestPlan): Promise<Scanned> {
  const { strategy, universe, selection, catalog, dataEnd, progress } = plan
  const { symbols, from, to } = selection
  const market = await pinned(deps.source, catalog.version).load({ timeframe: '1d', symbols, from, to, lookback: 0 })
  const days = sessionsOf(market, from, to)
  if (days.length === 0) throw new AppError('no_data', `No bars are stored between ${isoDay(from)} and ${isoDay(to)}.`)
  const size = Math.ceil(days.length / Math.min(plan.chunks, days.length))
  const chunks = Array.from({ length: Math.ceil(days.length / size) }, (_, i) => days.slice(i * size, (i + 1) * size))
  await progress.planned(chunks.length)
  const inputs = chunks.map((chunk) => {
    const window = {
      strategy,
      version: catalog.version,
      universe,
      symbols,
      from: chunk[0],
      to: chunk[chunk.length - 1],
    }
    return { ...window, form: 'runBatchBacktest' as const, days: chunk, start: from, limit: symbols.length }
  })
  const parts = await runAll(deps.engine, universeJob, inputs, progress.chunkDone)
  const sessions = parts.flat()
  const follow = (signal: Signal, classification: boolean): Instance => {
    const series = market.bars(signal.symbol)!
    const bar = firstAt(series.day, signal.day)
    return instanceOf(
      series,
      bar,
      signal,
      { fill: 'next_open' },
      classification ? { dataEnd } : { dataEnd, classification },
    )
  }
  return {
    instances: sessions.flatMap(({ signals, negatives }) => [
      ...signals.map((signal) => follow(signal, true)),
      ...negatives.map((signal) => follow(signal, false)),
    ]),
    coverage: market.symbols.map((symbol) => ({
      ...coverage(market.bars(symbol)!, market.calendar, from, to, dataEnd),
      unknownBars: 0,
      guestErrors: 0,
    })),
    errors: [],
    reproved: 0,
    members: new Set(sessions.flatMap((session) => session.symbols)).size,
    skipped: symbols
      .filter((symbol) => market.bars(symbol) === undefined)
      .map((symbol) => ({ symbol, reason: 'no bars in the window' })),
    chunks: chunks.length,
    lookback: 0,
    claims: claimsOf(sessions),
    warnings: ignoredWarnings(sessions),
  }
}

/** Days of the window on which any symbol has a bar. */
function sessionsOf(market: Market, from: number, to: number): number[] {
  const days = new Set<number>()
  for (const symbol of market.symbols) {
    const { day } = market.bars(symbol)!
    for (let i = firstAt(day, from); i < day.length && day[i] <= to; i++) days.add(day[i])
  }
  return [...days].sort((a, b) => a - b)
}
