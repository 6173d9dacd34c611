import { defineJob, type Engine, runAll } from '../core/engine.ts'
import { sharedFloats } from '../core/shared-memory.ts'
import type { MarketSource } from '../market/source.ts'
import { type CrossInput, type CrossNode, crossInputs, crossPlan, crossRank } from '../rule/cross-section.ts'
import type { CrossColumns } from '../rule/evaluate.ts'
import { isCrossSectional } from './dependencies.ts'
import { prepareScan, type ScanInput } from './scan-input.ts'
import { expressionsOf, viewStrategy } from './strategy-view.ts'

/** The first pass of a cross-sectional strategy: one level's inner columns for a chunk of symbols. */
export const crossJob = defineJob<ScanInput & { level: number }, CrossInput[]>('cross-inputs')

export async function crossChunk(input: ScanInput & { level: number }, source: MarketSource): Promise<CrossInput[]> {
  const { view, market } = await prepareScan(input, source)
  const { universe, levels } = crossPlan(expressionsOf(view), view.universe)
  const inputs = crossInputs(market, input.symbols, universe, levels[input.level], input.cross)
  return inputs.map((each) => ({ ...each, at: sharedFloats(each.at), columns: each.columns.map(sharedFloats) }))
}

/** The second half: one level's ranks by date over all symbols. */
export const rankJob = defineJob<{ level: readonly CrossNode[]; inputs: CrossInput[] }, CrossColumns>('cross-rank')

export function rankLevel({ level, inputs }: { level: readonly CrossNode[]; inputs: CrossInput[] }): CrossColumns {
  const shared = (columns: ReadonlyMap<string, Float64Array>) =>
    new Map([...columns].map(([symbol, column]) => [symbol, sharedFloats(column)]))
  return new Map([...crossRank(level, inputs)].map(([key, columns]) => [key, shared(columns)]))
}

/**
 * Ranks every bar of the window, lookback included, over all symbols of the data: the columns a cross-sectional strategy
 * reads, or undefined for a strategy that looks at one symbol at a time. `symbols` are all stored ones: what a run is
 * narrowed to does not change whom its symbols are compared with. `seen` is told what was ranked.
 */
export async function crossPass(
  engine: Engine,
  input: Omit<ScanInput, 'symbols' | 'cross'>,
  chunks: readonly string[][],
  seen: (level: readonly CrossNode[], inputs: readonly CrossInput[]) => void = () => {},
): Promise<CrossColumns | undefined> {
  const view = viewStrategy(input.strategy, input.universe)
  const expressions = expressionsOf(view)
  if (!isCrossSectional(expressions)) return undefined
  const { levels } = crossPlan(expressions, view.universe)
  const known = new Map<string, ReadonlyMap<string, Float64Array>>()
  for (let level = 0; level < levels.length; level++) {
    const inputs = chunks.map((symbols) => ({ ...input, symbols, level, cross: crossOf(known, symbols) }))
    const parts = await runAll(engine, crossJob, inputs)
    const ranks = await engine.run(rankJob, { level: levels[level], inputs: parts.flat() })
    seen(levels[level], parts.flat())
    for (const [key, columns] of ranks) known.set(key, columns)
  }
  return known
}

/** The part of the ranks that a chunk needs. */
export function crossOf(cross: CrossColumns, symbols: readonly string[]): CrossColumns {
  return new Map(
    [...cross].map(([key, columns]) => [
      key,
      new Map(symbols.filter((symbol) => columns.has(symbol)).map((symbol) => [symbol, columns.get(symbol)!])),
    ]),
  )
}
