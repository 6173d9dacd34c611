import { AppError } from '../core/errors.ts'
import type { BarSeries } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import type { MarketSource } from '../market/source.ts'
import { createEvaluator, type Evaluator } from '../rule/evaluate.ts'
import type { GuestError, GuestSession, Need, Outcome, UniverseList } from '../sandbox/sandbox.ts'
import { isCrossSectional, referencedSymbols } from './dependencies.ts'
import { figureExpressions, guestBars, guestSymbol, OtherSymbols, StartOver } from './other-symbols.ts'
import type { StrategyView } from './strategy-view.ts'
import { universeList } from './universe-lists.ts'

/** Symbols handed over before the session is told to forget them, so that its memory does not grow with the universe. */
const MOST_LOADED = 64
/** Symbols whose bars are loaded at once where an evaluation asks for many. */
const BATCH = 64
/** Lists of scanUniverse at hand for the next evaluation. */
const MOST_LISTS = 64

export interface GuestDataOptions {
  session: GuestSession
  source: MarketSource
  /** the market of the scan: its bars hold the lookback the strategy declares */
  market: Market
  from: number
  to: number
  strategy: Pick<StrategyView, 'lookback' | 'series' | 'seriesLookback' | 'readsFigures'>
  /** room for other symbols, in place of the defaults */
  others?: ConstructorParameters<typeof OtherSymbols>[0]
}

/** The symbol under evaluation: its bars and one column per declared series, in their order. */
export interface GuestTarget {
  series: BarSeries
  columns: Float64Array[]
  evaluator: Evaluator
}

/**
 * Hands bars, figures and universe lists to a guest session and answers its needs: whatever the guest asked for and did not
 * have is loaded and the evaluation is run again, also when the guest swallowed the exception. Symbols that earlier evaluations
 * asked for are at hand for later ones; history and figures are not, since they change what a symbol holds.
 */
export class GuestData {
  readonly #options: GuestDataOptions
  readonly #others: OtherSymbols
  readonly #lists = new Map<string, UniverseList>()
  #figures: boolean
  /** whether the bars before the lookback are wanted: then all of them, whatever was asked for, so that one answer serves any */
  #whole = false
  /** symbols handed over since the session was last cleared; -1: it must be cleared first */
  #loaded = -1

  constructor(options: GuestDataOptions) {
    this.#options = options
    this.#others = new OtherSymbols(options.others)
    this.#figures = options.strategy.readsFigures
  }

  /**
   * Runs `call` with the target's data, and what the guest asked for before, in place until it needs nothing more; the session's
   * time limits count all rounds together. `offset` is how many bars were handed over before the target's first one (history the
   * guest asked for).
   */
  async evaluate<Answer>(target: GuestTarget | null, call: (offset: number) => Outcome<Answer>): Promise<Answer> {
    this.#begin()
    for (;;) {
      const offset = await this.#place(target)
      const outcome = call(offset)
      if (outcome.kind === 'done') return outcome.answer
      if (outcome.kind === 'failed') throw guestFailure(outcome.error, target?.series.symbol)
      try {
        await this.#answer(outcome.needs)
      } catch (error) {
        if (!(error instanceof StartOver)) throw error
        this.#forget()
      }
      this.#loaded = -1
    }
  }

  #begin(): void {
    if (this.#whole || this.#figures !== this.#options.strategy.readsFigures) this.#forget()
    if (this.#lists.size > MOST_LISTS) {
      this.#lists.clear()
      this.#loaded = -1
    }
    this.#others.begin()
  }

  /** Nothing is at hand but what every evaluation begins with. */
  #forget(): void {
    this.#others.clear()
    this.#whole = false
    this.#figures = this.#options.strategy.readsFigures
    this.#loaded = -1
  }

  async #place(target: GuestTarget | null): Promise<number> {
    const { session, strategy } = this.#options
    if (this.#loaded < 0 || this.#loaded >= MOST_LOADED) {
      session.clear()
      this.#loaded = 0
      for (const list of this.#lists.values()) session.loadUniverse(list)
      for (const other of this.#others.values()) session.load(other)
    }
    if (target === null) return 0
    this.#loaded++
    const { series, columns, evaluator } = target
    const deep = this.#whole && series.cut ? await this.#deepened(target) : { long: series, columns }
    const offset = deep.long.length - series.length
    session.load({
      ...guestBars(deep.long),
      columns: deep.columns,
      warmUp: deep.long.cut ? Math.min(strategy.seriesLookback, series.length) : 0,
      // Figures are read at the bar under evaluation alone, which lies in the window.
      figures: this.#figures ? figureExpressions.map((expr) => padded(evaluator.column(expr), offset)) : undefined,
    })
    return offset
  }

  /** The target's whole history. Its declared series are those of the scan where it had warmed up, and the whole history's before. */
  async #deepened({ series, columns }: GuestTarget): Promise<{ long: BarSeries; columns: Float64Array[] }> {
    const { series: declared, seriesLookback } = this.#options.strategy
    const market = await this.#load([series.symbol, ...referencedSymbols(declared)])
    const long = market.bars(series.symbol) ?? series
    const offset = long.length - series.length
    const evaluator = createEvaluator(market, long)
    return {
      long,
      columns: columns.map((column, i) => {
        // Ranks over the universe exist for the window and its lookback.
        if (isCrossSectional([declared[i]])) return padded(column, offset)
        const whole = evaluator.column(declared[i]).slice()
        whole.set(column.subarray(seriesLookback), Math.min(offset + seriesLookback, whole.length))
        return whole
      }),
    }
  }

  /** A market that holds the symbols with the history asked for: the scan's own where that is enough. */
  async #load(symbols: readonly string[]): Promise<Market> {
    const { source, market, from, to, strategy } = this.#options
    if (!this.#whole && symbols.every((symbol) => market.bars(symbol) !== undefined)) return market
    const depth = this.#whole ? Number.POSITIVE_INFINITY : strategy.lookback
    return source.load({ timeframe: market.timeframe, symbols, from, to, lookback: depth })
  }

  async #answer(needs: readonly Need[]): Promise<void> {
    const { source, market, from, to } = this.#options
    const symbols = new Set(needs.flatMap((need) => (need.kind === 'bars' ? [need.symbol] : [])))
    for (const need of needs) {
      if (need.kind !== 'universe' || this.#lists.has(need.key)) continue
      const { filters, key } = need
      this.#lists.set(key, await universeList(source, { filters, key, from, to, timeframe: market.timeframe }))
    }
    const whole = this.#whole || needs.some((need) => need.kind === 'history')
    const figures = this.#figures || needs.some((need) => need.kind === 'figures')
    if (whole !== this.#whole || figures !== this.#figures) {
      // What is at hand lacks the history or the figures that are wanted now.
      for (const { symbol } of this.#others.values()) symbols.add(symbol)
      this.#forget()
      this.#whole = whole
      this.#figures = figures
    }
    await this.#take([...symbols])
  }

  async #take(symbols: readonly string[]): Promise<void> {
    for (let at = 0; at < symbols.length; at += BATCH) {
      const batch = symbols.slice(at, at + BATCH)
      const market = await this.#load(batch)
      for (const symbol of batch) this.#others.add(guestSymbol(market, symbol, this.#figures))
    }
  }
}

function padded(column: Float64Array, offset: number): Float64Array {
  if (offset === 0) return column
  const longer = new Float64Array(column.length + offset).fill(Number.NaN)
  longer.set(column, offset)
  return longer
}

/** The AppError for a guest that hit a limit or broke outside a bar: the run fails. What the code itself could mend is `guest_error`. */
export function guestFailure(error: GuestError, symbol?: string): AppError {
  const place = error.column === undefined ? `line ${error.line}` : `line ${error.line}, column ${error.column}`
  const where = error.line === undefined ? '' : ` (${place})`
  const whom = symbol === undefined ? '' : ` on ${symbol}`
  const message = `The strategy's code ended with a ${error.kind} error${whom}: ${error.message}${where}`
  const code = error.kind === 'timeout' || error.kind === 'memory' ? 'limit' : 'guest_error'
  return new AppError(code, message, { ...error, symbol })
}
