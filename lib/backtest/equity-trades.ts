import type { BarSeries } from '../market/bars.ts'
import type { MarketSource } from '../market/source.ts'
import { type CrossColumns, createEvaluator } from '../rule/evaluate.ts'
import { referencedSymbols } from '../signals/dependencies.ts'
import { barsOf, expressionsOf, type StrategyView } from '../signals/strategy-view.ts'
import type { Candidate } from './candidate.ts'
import { exitRules } from './exit-rules.ts'
import type { ExitRules, Fill } from './exits.ts'
import { standAloneTrade, type Trade } from './trades.ts'

/** Bars kept at hand: a symbol that was long not asked for is loaded again. */
const MOST_BARS = 1_000_000

export interface EquityTradesOptions {
  view: StrategyView
  /** where bars of the run's version come from */
  source: MarketSource
  from: number
  to: number
  dataEnd: number
  /** when a signal is filled */
  fill: Fill
  /** ranks of the signalled symbols, when the strategy has any */
  cross?: CrossColumns
}

/**
 * Trades of a rule whose levels or EXIT speak of the account's equity: each is made anew for the equity it meets, by the rule's
 * own EXIT, proven equal to the code's. Only symbols that are entered are loaded, one at a time.
 */
export class EquityTrades {
  readonly #options: EquityTradesOptions
  /** the latest asked for last */
  readonly #kept = new Map<string, { series: BarSeries; rules: ExitRules }>()
  #bars = 0

  constructor(options: EquityTradesOptions) {
    this.#options = options
  }

  async trade({ symbol, entry }: Candidate, equity: number): Promise<Trade | null> {
    const { series, rules } = await this.#of(symbol)
    return standAloneTrade(series, entry.bar, entry.side, rules, { equity, dataEnd: this.#options.dataEnd })
  }

  async #of(symbol: string): Promise<{ series: BarSeries; rules: ExitRules }> {
    const kept = this.#kept.get(symbol) ?? (await this.#load(symbol))
    this.#kept.delete(symbol)
    this.#kept.set(symbol, kept)
    for (const [oldest, { series }] of this.#kept) {
      if (this.#bars <= MOST_BARS || oldest === symbol) break
      this.#kept.delete(oldest)
      this.#bars -= series.length
    }
    return kept
  }

  async #load(symbol: string): Promise<{ series: BarSeries; rules: ExitRules }> {
    const { view, source, from, to, fill, cross } = this.#options
    const symbols = [symbol, ...referencedSymbols(expressionsOf(view))]
    const market = await source.load({ ...barsOf(view), symbols, from, to, lookback: view.lookback })
    const series = market.bars(symbol)!
    this.#bars += series.length
    return { series, rules: exitRules(view.rule, createEvaluator(market, series, { cross }), false, fill) }
  }
}
