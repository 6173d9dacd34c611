import { cutSource } from '../market/cut.ts'
import type { Market } from '../market/market.ts'
import type { MarketSource } from '../market/source.ts'
import type { CrossColumns } from '../rule/evaluate.ts'
import type { Limits } from '../sandbox/sandbox.ts'
import type { EngineName } from './columns-engine.ts'
import { referencedSymbols } from './dependencies.ts'
import { barsOf, expressionsOf, type ScanStrategy, type StrategyView, viewStrategy } from './strategy-view.ts'

/** What every chunk of a run is given: plain data that crosses threads and queues. */
export interface ScanInput {
  strategy: ScanStrategy
  /** version of the stored bars the run was planned on: a chunk on any other fails with `conflict` */
  version: string
  /** a UNIVERSE expression in place of the rule's */
  universe?: string
  symbols: string[]
  /** days reported on, both included */
  from: number
  to: number
  /** ranks over all symbols, of the chunk's symbols only; absent unless the strategy is cross-sectional */
  cross?: CrossColumns
  /** last day that is known: later bars, splits, figures and memberships are not there */
  cut?: number
  /** what decides; the code in the sandbox when absent */
  engine?: EngineName
  /** limits of the code in place of the defaults */
  limits?: Partial<Limits>
}

/**
 * The parsed strategy, the bars a chunk works on (its symbols with their lookback, and those the rule reads by name), and where
 * to get more of the same version.
 */
export async function prepareScan(
  input: ScanInput,
  latest: MarketSource,
): Promise<{ view: StrategyView; market: Market; source: MarketSource }> {
  const all = pinned(latest, input.version)
  const source = input.cut === undefined ? all : cutSource(all, input.cut)
  const view = viewStrategy(input.strategy, input.universe)
  const market = await source.load({
    ...barsOf(view),
    symbols: [...input.symbols, ...referencedSymbols(expressionsOf(view))],
    from: input.from,
    to: input.to,
    lookback: view.lookback,
  })
  return { view, market, source }
}

/** The same bars for the whole of a run: loading fails with `conflict` once others are stored. */
export function pinned(source: MarketSource, version: string): MarketSource {
  return {
    load: (request) => source.load({ ...request, version }),
    symbols: (timeframe) => source.symbols(timeframe, version),
    kept: source.keptOf?.(version),
  }
}
