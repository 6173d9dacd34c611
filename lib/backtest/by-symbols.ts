import { runAll } from '../core/engine.ts'
import type { Catalog } from '../market/catalog.ts'
import type { CrossColumns } from '../rule/evaluate.ts'
import { type EngineName, sampleOf } from '../signals/columns-engine.ts'
import { crossOf, crossPass } from '../signals/cross-pass.ts'
import { type ScanDeps, stored } from '../signals/latest-pass.ts'
import { planChunks } from '../signals/plan.ts'
import type { ScanInput } from '../signals/scan-input.ts'
import type { Selection } from '../signals/selection.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { chunkJob } from './chunk.ts'
import type { Claims } from './listed.ts'
import { addUp, nothingReproved, type Reproved, reproveJob } from './reprove.ts'
import type { ScannedChunk } from './scanned.ts'

/** What a backtest scans, and in how many pieces. */
export interface BacktestPlan {
  strategy: Strategy
  universe?: string
  selection: Selection
  catalog: Catalog
  dataEnd: number
  chunks: number
  /** what decides on each bar */
  engine: EngineName
  progress: { planned(chunks: number): Promise<void>; chunkDone(chunk: number): Promise<void> }
}

/** What the chunks of a backtest answered, and what is known of them all. */
export interface Scanned {
  answers: ScannedChunk[]
  chunks: number
  reproved: Reproved
  /** ranks of all symbols, for a strategy that has any */
  cross?: CrossColumns
  claims: Claims | null
  warnings: string[]
}

/** Scans every symbol over the window, split by symbols. */
export async function scanBySymbols(deps: ScanDeps, plan: BacktestPlan): Promise<Scanned> {
  const { strategy, universe, selection, catalog, dataEnd, engine, progress } = plan
  const { from, to } = selection
  const chunks = chunksOf(plan, selection.symbols, plan.chunks)
  await progress.planned(chunks.length)
  const window = { strategy, version: catalog.version, universe, from, to }
  const everyone = planChunks(catalog.symbols.map(stored), deps.engine.size)
  const cross = await crossPass(deps.engine, window, everyone)
  const inputOf = (symbols: string[]): ScanInput => ({ ...window, symbols, cross: cross && crossOf(cross, symbols) })
  const inputs = chunks.map((symbols) => ({ ...inputOf(symbols), engine, dataEnd }))
  const answers = await runAll(deps.engine, chunkJob, inputs, progress.chunkDone)
  const reproved = engine === 'columns' ? await reproveSample(deps, plan, answers, inputOf) : nothingReproved()
  return { answers, chunks: chunks.length, reproved, cross, claims: null, warnings: [] }
}

/**
 * Lets the code decide too on a sample of all symbols and on one of those with a true cell, so that agreeing on false is not
 * all that is shown. Both are drawn from the whole run: they do not depend on its chunks.
 */
async function reproveSample(
  deps: ScanDeps,
  plan: BacktestPlan,
  answers: readonly ScannedChunk[],
  inputOf: (symbols: string[]) => ScanInput,
): Promise<Reproved> {
  const { selection, strategy } = plan
  const fired = answers.flatMap((answer) => answer.fired)
  const sample = [...sampleOf(selection.symbols, strategy.hash), ...sampleOf(fired, strategy.hash)]
  const chunks = chunksOf(plan, sample, deps.engine.size)
  return addUp(await runAll(deps.engine, reproveJob, chunks.map(inputOf)))
}

/** Chunks of some of the stored symbols, each symbol once. */
export function chunksOf({ catalog }: BacktestPlan, symbols: readonly string[], count: number): string[][] {
  const wanted = new Set(symbols)
  return planChunks(catalog.symbols.filter((each) => wanted.has(each.symbol)).map(stored), count)
}
