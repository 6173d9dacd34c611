import { seeded } from '../core/random.ts'
import { SESSION_BARS } from '../market/intraday-grid.ts'
import type { MarketSource } from '../market/source.ts'
import { crossColumns } from '../rule/cross-section.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { isCrossSectional, referencedSymbols } from '../signals/dependencies.ts'
import { scan } from '../signals/scan.ts'
import { barsOf, expressionsOf, type StrategyView } from '../signals/strategy-view.ts'
import { compareSymbol, type Tally } from './proof-compare.ts'

/** Cells compared at most: code that builds arrays per bar costs some 50 times more than code that reads series. */
const MOST_CELLS = { series: 600_000, arrays: 60_000 }
/** Bars of each symbol that are evaluated alone: the last one, true ones and any others. */
const LEAST_ALONE = 6
const SESSIONS_PER_DAY = 252 / 365

export interface StoredComparison {
  view: StrategyView
  symbols: readonly string[]
  from: number
  to: number
  source: MarketSource
  sandbox: Sandbox
  tally: Tally
}

/** Compares rule and code on the stored bars of the window; true when only a sample of the symbols was compared. */
export async function compareStored(comparison: StoredComparison): Promise<boolean> {
  const { view, symbols, from, to, source, sandbox, tally } = comparison
  const most = view.readsArrays ? MOST_CELLS.arrays : MOST_CELLS.series
  const perSymbol = Math.max(1, Math.round((to - from) * SESSIONS_PER_DAY * SESSION_BARS[view.timeframe]))
  const chosen = sampleSymbols(symbols, Math.max(1, Math.floor(most / perSymbol)))
  const expressions = expressionsOf(view)
  // The members of a cross-section are the whole universe, whatever is sampled.
  const wanted = isCrossSectional(expressions) ? symbols : [...chosen, ...referencedSymbols(expressions)]
  const market = await source.load({ ...barsOf(view), symbols: wanted, from, to, lookback: view.lookback })
  const cross = crossColumns(market, market.symbols, expressions, view.universe)
  const depth = {
    isolated: Math.max(LEAST_ALONE, Math.ceil(400 / chosen.length)),
    positions: Math.ceil(600 / chosen.length),
    scores: Math.ceil(4_000 / chosen.length),
  }
  for await (const scanned of scan({ strategy: view, market, symbols: chosen, from, to, cross }, source, sandbox)) {
    await compareSymbol(scanned, view.rule, depth, tally)
  }
  return chosen.length < symbols.length
}

/** A seeded choice of at most `most` symbols, in symbol order. */
export function sampleSymbols(symbols: readonly string[], most: number): readonly string[] {
  if (symbols.length <= most) return symbols
  const uniform = seeded(symbols.length)
  const drawn = symbols.map((symbol) => ({ symbol, draw: uniform() })).sort((a, b) => a.draw - b.draw)
  return drawn
    .slice(0, most)
    .map((each) => each.symbol)
    .sort()
}
