import { runAll } from '../core/engine.ts'
import { nyse } from '../market/calendar.ts'
import type { CrossColumns } from '../rule/evaluate.ts'
import { chunksFor, type Machines, styleOf } from '../signals/chunk-count.ts'
import { sampleOf } from '../signals/columns-engine.ts'
import { crossOf, crossPass } from '../signals/cross-pass.ts'
import type { ScanDeps } from '../signals/latest-pass.ts'
import { storedWithin } from '../signals/plan.ts'
import type { ScanInput } from '../signals/scan-input.ts'
import type { BacktestPlan } from './backtest-plan.ts'
import { chunkJob } from './chunk.ts'
import { cutsOf, type Recheck, type RecheckInput, recheckAll } from './honesty/recheck.ts'
import type { Claims, ListedSession } from './listed.ts'
import { type LostChunk, lostWarnings, skippingLost } from './partial.ts'
import { addUp, nothingReproved, type Reproved, type ReproveInput, reproveJob } from './reprove.ts'
import type { ScannedChunk } from './scanned.ts'

/** What the chunks of a backtest answered, and what is known of them all. */
export interface Scanned {
  answers: ScannedChunk[]
  chunks: number
  reproved: Reproved
  /** ranks of all symbols, for a strategy that has any */
  cross?: CrossColumns
  claims: Claims | null
  /** what the code listed and claimed on each session, where it lists instances itself */
  sessions: ListedSession[]
  /** the run done again with the future cut off; null where it was not asked for */
  recheck: Recheck | null
  /** whether symbols are missing that could not be computed */
  partial: boolean
  warnings: string[]
}

/** Scans every symbol over the window, split by symbols. */
export async function scanBySymbols(deps: ScanDeps, plan: BacktestPlan): Promise<Scanned> {
  const { strategy, universe, selection, catalog, dataEnd, engine, partial, progress } = plan
  const { from, to } = selection
  const { fill, benchmark } = plan.settings
  const chunks = chunksOf(deps.engine, plan, selection.symbols)
  await progress.planned(chunks.length)
  const window = { strategy, version: catalog.version, universe, from, to }
  const stored = catalog.symbols.map(storedWithin(plan.window))
  const asked = deps.engine.queued ? plan.chunks : undefined
  const cross = await crossPass(
    deps.engine,
    window,
    chunksFor(deps.engine, stored, { style: 'columns', shardMs: plan.shardMs, asked }),
  )
  const inputOf = (symbols: string[]): ScanInput => ({ ...window, symbols, cross: cross && crossOf(cross, symbols) })
  const how = { engine, dataEnd, fill, sumsReturns: benchmark === null }
  const inputs = chunks.map((symbols) => ({ ...inputOf(symbols), ...how }))
  const lost: LostChunk[] = []
  const chunkEngine = partial ? skippingLost(deps.engine, lost) : deps.engine
  const answers = await runAll(chunkEngine, chunkJob, inputs, progress.chunkDone)
  const reproved =
    engine === 'columns'
      ? await reproveSample(deps, plan, answers, (symbols) => ({ ...inputOf(symbols), fill }))
      : nothingReproved()
  const crossChunks = chunksFor(deps.engine, stored, { style: 'columns', shardMs: plan.shardMs, asked })
  const cutCrossOf = (cut: number) => crossPass(deps.engine, { ...window, to: cut, cut }, crossChunks)
  return {
    answers,
    chunks: chunks.length,
    reproved,
    cross,
    claims: null,
    sessions: [],
    recheck: plan.recheck ? await recheckSample(deps, plan, answers, { inputOf, cutCrossOf }) : null,
    partial: lost.length > 0,
    warnings: lostWarnings(lost),
  }
}

/**
 * Lets the code decide too on a sample of all symbols and on one of those with a true cell, so that agreeing on false is not
 * all that is shown. Both are drawn from the whole run: they do not depend on its chunks.
 */
async function reproveSample(
  deps: ScanDeps,
  plan: BacktestPlan,
  answers: readonly ScannedChunk[],
  inputOf: (symbols: string[]) => ReproveInput,
): Promise<Reproved> {
  const { selection, strategy, catalog } = plan
  const fired = answers.flatMap((answer) => answer.fired)
  const sample = new Set([...sampleOf(selection.symbols, strategy.hash), ...sampleOf(fired, strategy.hash)])
  const stored = catalog.symbols.filter(({ symbol }) => sample.has(symbol)).map(storedWithin(plan.window))
  const chunks = chunksFor(deps.engine, stored, { style: styleOf(strategy), shardMs: plan.shardMs })
  return addUp(await runAll(deps.engine, reproveJob, chunks.map(inputOf)))
}

/**
 * Cuts the future off after drawn sessions and lets a sample decide again: of all symbols, and of those with a true cell. Ranks are taken
 * again over the whole universe.
 */
async function recheckSample(
  deps: ScanDeps,
  plan: BacktestPlan,
  answers: readonly ScannedChunk[],
  how: { inputOf: (symbols: string[]) => ScanInput; cutCrossOf: (cut: number) => Promise<CrossColumns | undefined> },
): Promise<Recheck> {
  const { selection, strategy, engine } = plan
  const fired = answers.flatMap((answer) => answer.fired)
  const drawn = new Set([...sampleOf(selection.symbols, strategy.hash), ...sampleOf(fired, strategy.hash)])
  const symbols = [...drawn].sort()
  const sessions: number[] = []
  for (let day = selection.from; day <= plan.dataEnd; day++) if (nyse.isSession(day)) sessions.push(day)
  const inputs: RecheckInput[] = []
  for (const cut of cutsOf(sessions, strategy.hash)) {
    const cross = await how.cutCrossOf(cut)
    inputs.push({ ...how.inputOf(symbols), engine, cut, cutCross: cross && crossOf(cross, symbols) })
  }
  return recheckAll(deps.engine, inputs, symbols.length)
}

/** Parts a thread gets of a backtest on one machine, so that none waits long for another. */
export const CHUNKS_PER_THREAD = 4

/** The chunks of a backtest over some of the stored symbols, each symbol once: as many as were asked for, or as are best. */
export function chunksOf(engine: Machines, plan: BacktestPlan, symbols: readonly string[]): string[][] {
  const wanted = new Set(symbols)
  const stored = plan.catalog.symbols.filter(({ symbol }) => wanted.has(symbol)).map(storedWithin(plan.window))
  const { style, shardMs, chunks: asked } = plan
  return chunksFor(engine, stored, { style, shardMs, perThread: CHUNKS_PER_THREAD, asked })
}
