/** What explaining a strategy is planned on: the stored bars, and the ranks of all symbols where it reads any. */
import type { Catalog } from '../market/catalog.ts'
import type { CrossInput, CrossNode } from '../rule/cross-section.ts'
import type { CrossColumns } from '../rule/evaluate.ts'
import { chunksFor, type Style } from './chunk-count.ts'
import { crossOf, crossPass } from './cross-pass.ts'
import type { ScanDeps } from './latest-pass.ts'
import { shardMs, storedWithin } from './plan.ts'
import type { ScanInput } from './scan-input.ts'
import { type ScanStrategy, viewStrategy } from './strategy-view.ts'

export interface ExplainWindow {
  strategy: ScanStrategy
  universe?: string
  from: number
  to: number
}

/** The inputs of a job over these symbols, in chunks; `seen` is told what was ranked over all. */
export async function chunkInputs(
  deps: Pick<ScanDeps, 'engine'>,
  catalog: Catalog,
  { strategy, universe, from, to }: ExplainWindow,
  { symbols, style }: { symbols: readonly string[]; style: Style },
  seen?: (level: readonly CrossNode[], inputs: readonly CrossInput[]) => void,
): Promise<{ inputs: ScanInput[]; cross: CrossColumns | undefined }> {
  const window = { strategy, version: catalog.version, universe, from, to }
  const planned = { from, to, lookback: viewStrategy(strategy, universe).lookback }
  const stored = catalog.symbols.map(storedWithin(planned))
  const reading = shardMs(catalog, planned)
  const everyone = chunksFor(deps.engine, stored, { style: 'columns', shardMs: reading })
  const cross = await crossPass(deps.engine, window, everyone, seen)
  const wanted = new Set(symbols)
  const asked = stored.filter((each) => wanted.has(each.symbol))
  const chunks = chunksFor(deps.engine, asked, { style, shardMs: reading })
  const inputs = chunks.map((chunk) => ({ ...window, symbols: chunk, cross: cross && crossOf(cross, chunk) }))
  return { inputs, cross }
}
