import { runAll } from '../core/engine.ts'
import type { Catalog } from '../market/catalog.ts'
import { type EngineName, sampleOf } from '../signals/columns-engine.ts'
import { crossOf, crossPass } from '../signals/cross-pass.ts'
import { type ScanDeps, stored } from '../signals/latest-pass.ts'
import { planChunks } from '../signals/plan.ts'
import type { Selection } from '../signals/selection.ts'
import { viewStrategy } from '../signals/strategy-view.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { chunkJob, requireFew, type ScannedChunk } from './chunk.ts'
import type { Claims } from './listed.ts'

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

/** All chunks of a backtest put together. */
export interface Scanned extends ScannedChunk {
  chunks: number
  /** bars before the window that the instances' bars are counted with */
  lookback: number
  claims: Claims | null
  warnings: string[]
}

/** Scans every symbol over the window, split by symbols; the parts are put together in symbol order. */
export async function scanBySymbols(deps: ScanDeps, plan: BacktestPlan): Promise<Scanned> {
  const { strategy, universe, selection, catalog, dataEnd, progress } = plan
  const { symbols, from, to } = selection
  const wanted = new Set(symbols)
  const chunks = planChunks(catalog.symbols.filter((each) => wanted.has(each.symbol)).map(stored), plan.chunks)
  await progress.planned(chunks.length)
  const window = { strategy, version: catalog.version, universe, from, to }
  const everyone = planChunks(catalog.symbols.map(stored), deps.engine.size)
  const cross = await crossPass(deps.engine, window, everyone)
  const { engine } = plan
  const sample = engine === 'columns' ? sampleOf(chunks.flat(), strategy.hash) : undefined
  const inputs = chunks.map((symbols) => ({
    ...window,
    symbols,
    dataEnd,
    engine,
    sample,
    cross: cross && crossOf(cross, symbols),
  }))
  const parts = await runAll(deps.engine, chunkJob, inputs, progress.chunkDone)
  requireFew(parts.reduce((sum, part) => sum + part.instances.length, 0))
  const { lookback } = viewStrategy(strategy, universe)
  return { ...together(parts), chunks: chunks.length, lookback, claims: null, warnings: [] }
}

const bySymbol = (a: { symbol: string }, b: { symbol: string }): number =>
  a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0

/** The parts as one, in symbol order, whatever chunks they came in. */
export function together(parts: readonly ScannedChunk[]): ScannedChunk {
  return {
    instances: parts
      .flatMap((part) => part.instances)
      .sort((a, b) => bySymbol(a, b) || a.bar - b.bar || b.side - a.side),
    coverage: parts.flatMap((part) => part.coverage).sort(bySymbol),
    errors: parts.flatMap((part) => part.errors).sort(bySymbol),
    skipped: parts.flatMap((part) => part.skipped).sort(bySymbol),
    members: parts.reduce((sum, part) => sum + part.members, 0),
    reproved: parts.reduce((sum, part) => sum + part.reproved, 0),
  }
}
