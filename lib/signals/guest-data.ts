import { AppError } from '../core/errors.ts'
import type { BarSeries } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import type { MarketSource } from '../market/source.ts'
import type { Evaluator } from '../rule/evaluate.ts'
import type { GuestError, GuestSession, Need, Outcome, UniverseList } from '../sandbox/sandbox.ts'
import { figureExpressions, guestBars, guestSymbol, OtherSymbols } from './other-symbols.ts'
import { universeList } from './universe-lists.ts'

/** Symbols handed over before the session is told to forget them, so that its memory does not grow with the universe. */
const MOST_LOADED = 64
/** Symbols whose bars are loaded at once where an evaluation asks for many. */
const BATCH = 64

export interface GuestDataOptions {
  session: GuestSession
  source: MarketSource
  /** the market of the scan: its bars hold the lookback the strategy declares */
  market: Market
  from: number
  to: number
  lookback: number
}

/** The symbol under evaluation: its bars and one column per declared series. */
export interface GuestTarget {
  series: BarSeries
  columns: Float64Array[]
  evaluator: Evaluator
}

/**
 * Hands bars, figures and universe lists to a guest session and answers its needs: whatever the guest asked for and did not
 * have is loaded and the evaluation is run again, also when the guest swallowed the exception. What earlier evaluations asked
 * for is at hand for later ones: that changes how fast they are, never what they answer.
 */
export class GuestData {
  readonly #options: GuestDataOptions
  readonly #others = new OtherSymbols()
  readonly #lists = new Map<string, UniverseList>()
  #figures = false
  #history = 0
  /** symbols handed over since the session was last cleared; -1: it must be cleared first */
  #loaded = -1

  constructor(options: GuestDataOptions) {
    this.#options = options
  }

  /**
   * Runs `call` with the target's data, and what the guest asked for before, in place until it needs nothing more; the session's
   * time limits count all rounds together. `offset` is how many bars were handed over before the target's first one (history the
   * guest asked for).
   */
  async evaluate<Answer>(target: GuestTarget | null, call: (offset: number) => Outcome<Answer>): Promise<Answer> {
    this.#others.begin()
    for (;;) {
      const offset = await this.#place(target)
      const outcome = call(offset)
      if (outcome.kind === 'done') return outcome.answer
      if (outcome.kind === 'failed') throw guestFailure(outcome.error, target?.series.symbol)
      await this.#answer(outcome.needs)
      this.#loaded = -1
    }
  }

  async #place(target: GuestTarget | null): Promise<number> {
    const { session, market } = this.#options
    if (this.#loaded < 0 || this.#loaded >= MOST_LOADED) {
      session.clear()
      this.#loaded = 0
      for (const list of this.#lists.values()) session.loadUniverse(list)
      for (const other of this.#others.values()) session.load(other)
    }
    if (target === null) return 0
    this.#loaded++
    const { series, columns, evaluator } = target
    const deep = series.cut && this.#history > 0 ? await this.#load([series.symbol]) : market
    const long = deep.bars(series.symbol) ?? series
    const offset = long.length - series.length
    session.load({
      ...guestBars(long),
      columns: columns.map((column) => padded(column, offset)),
      figures: this.#figures ? figureExpressions.map((expr) => padded(evaluator.column(expr), offset)) : undefined,
    })
    return offset
  }

  /** A market that holds the symbols with the history asked for: the scan's own where that is enough. */
  async #load(symbols: readonly string[]): Promise<Market> {
    const { source, market, from, to, lookback } = this.#options
    if (this.#history === 0 && symbols.every((symbol) => market.bars(symbol) !== undefined)) return market
    const depth = Math.max(lookback, this.#history)
    return source.load({ timeframe: market.timeframe, symbols, from, to, lookback: depth })
  }

  async #answer(needs: readonly Need[]): Promise<void> {
    const { source, market, from, to } = this.#options
    const symbols = new Set(needs.flatMap((need) => (need.kind === 'bars' ? [need.symbol] : [])))
    for (const need of needs) {
      if (need.kind === 'universe' && !this.#lists.has(need.key)) {
        const { filters, key } = need
        this.#lists.set(key, await universeList(source, { filters, key, from, to, timeframe: market.timeframe }))
      }
      const deeper = need.kind === 'history' && need.days > this.#history
      if (deeper) this.#history = need.days
      // What is at hand lacks the figures or the history that are asked for now.
      if (deeper || (need.kind === 'figures' && !this.#figures)) {
        for (const { symbol } of this.#others.values()) symbols.add(symbol)
        this.#others.clear()
      }
      if (need.kind === 'figures') this.#figures = true
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
