import type { BarSeries } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import type { MarketSource } from '../market/source.ts'
import type { CrossColumns } from '../rule/evaluate.ts'
import { expressionsOf, referencedSymbols } from './dependencies.ts'
import { type ScanStrategy, type StrategyView, viewStrategy } from './strategy-view.ts'

/** What every chunk of a run is given: plain data that crosses threads and queues. */
export interface ScanInput {
  strategy: ScanStrategy
  /** a UNIVERSE expression in place of the rule's */
  universe?: string
  symbols: string[]
  /** days reported on, both included */
  from: number
  to: number
  /** ranks over all symbols, of the chunk's symbols only; absent unless the strategy is cross-sectional */
  cross?: CrossColumns
}

/** The parsed strategy and the bars a chunk works on: its symbols with their lookback, and those the rule reads by name. */
export async function prepareScan(
  input: ScanInput,
  source: MarketSource,
): Promise<{ view: StrategyView; market: Market }> {
  const view = viewStrategy(input.strategy, input.universe)
  const market = await source.load({
    timeframe: '1d',
    symbols: [...input.symbols, ...referencedSymbols(expressionsOf(view))],
    from: input.from,
    to: input.to,
    lookback: view.lookback,
  })
  return { view, market }
}

/** close against the close of the bar before, as a fraction; null on the first bar. */
export function dailyChange(series: BarSeries, bar: number): number | null {
  return bar > 0 && series.close[bar - 1] > 0 ? series.close[bar] / series.close[bar - 1] - 1 : null
}
