import { isoDay } from '../core/days.ts'
import { runAll } from '../core/engine.ts'
import { AppError } from '../core/errors.ts'
import { partsFor, workOf } from '../signals/chunk-count.ts'
import type { ScanDeps } from '../signals/latest-pass.ts'
import { storedWithin } from '../signals/plan.ts'
import { universeJob } from '../signals/universe-scan.ts'
import type { BacktestPlan } from './backtest-plan.ts'
import { CHUNKS_PER_THREAD, chunksOf, type Scanned } from './by-symbols.ts'
import { daysJob, type FollowInput, followJob } from './follow.ts'
import { addRechecks, compareListed, cutsOf } from './honesty/recheck.ts'
import { claimsOf, ignoredWarnings } from './listed.ts'
import { nothingReproved } from './reprove.ts'

/** Calls runBatchBacktest once per session of the window, split by sessions; then follows what it listed, split by symbols. */
export async function scanByDates(deps: ScanDeps, plan: BacktestPlan): Promise<Scanned> {
  const { strategy, universe, selection, catalog, dataEnd, progress } = plan
  const { fill, benchmark } = plan.settings
  const { symbols, from, to } = selection
  const { version } = catalog
  const groups = chunksOf(deps.engine, plan, symbols)
  const windows = groups.map((group) => ({ version, symbols: group, from, to }))
  const days = ascending(await runAll(deps.engine, daysJob, windows))
  if (days.length === 0) throw new AppError('no_data', `No bars are stored between ${isoDay(from)} and ${isoDay(to)}.`)
  const wanted = new Set(symbols)
  const stored = catalog.symbols.filter(({ symbol }) => wanted.has(symbol)).map(storedWithin(plan.window))
  const how = { shardMs: plan.shardMs, perThread: CHUNKS_PER_THREAD }
  const parts = plan.chunks ?? partsFor(deps.engine, workOf(stored, plan.style), how)
  const size = Math.ceil(days.length / Math.min(parts, days.length))
  const chunks = Array.from({ length: Math.ceil(days.length / size) }, (_, i) => days.slice(i * size, (i + 1) * size))
  await progress.planned(chunks.length)
  const inputs = chunks.map((chunk) => {
    const window = { strategy, version, universe, symbols, from: chunk[0], to: chunk[chunk.length - 1] }
    return { ...window, form: 'runBatchBacktest' as const, days: chunk, start: from, limit: symbols.length }
  })
  const sessions = (await runAll(deps.engine, universeJob, inputs, progress.chunkDone)).flat()
  const groupOf = new Map(groups.flatMap((group, i) => group.map((symbol) => [symbol, i] as const)))
  const members = new Set(sessions.flatMap((session) => session.symbols))
  const follows = windows.map((window): FollowInput => {
    return {
      ...window,
      dataEnd,
      fill,
      sumsReturns: benchmark === null,
      listed: [],
      members: window.symbols.filter((symbol) => members.has(symbol)).length,
    }
  })
  for (const { signals, negatives } of sessions) {
    for (const signal of signals) follows[groupOf.get(signal.symbol)!].listed.push({ signal, negative: false })
    for (const signal of negatives) follows[groupOf.get(signal.symbol)!].listed.push({ signal, negative: true })
  }
  const answers = await runAll(deps.engine, followJob, follows)
  const cutAt = (day: number) => {
    const window = { strategy, version, universe, symbols, from: day, to: day, cut: day }
    return { ...window, form: 'runBatchBacktest' as const, days: [day], start: from, limit: symbols.length }
  }
  const cuts = plan.recheck ? cutsOf(days, strategy.hash) : []
  const again = await runAll(deps.engine, universeJob, cuts.map(cutAt))
  const compared = again.flat().map((cut) => compareListed(sessions.find(({ day }) => day === cut.day)!, cut))
  return {
    answers,
    chunks: chunks.length,
    reproved: nothingReproved(),
    claims: claimsOf(sessions),
    sessions: sessions.map(({ day, ignored, claims }) => ({ day, ignored, claims })),
    recheck: plan.recheck ? addRechecks(cuts, symbols.length, compared) : null,
    partial: false,
    warnings: ignoredWarnings(sessions),
  }
}

function ascending(days: readonly number[][]): number[] {
  return [...new Set(days.flat())].sort((a, b) => a - b)
}
