import { AppError } from '../core/errors.ts'
import { type BarSeries, firstAt } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import type { MarketSource } from '../market/source.ts'
import { createEvaluator, type Evaluator } from '../rule/evaluate.ts'
import { parseExpression } from '../rule/parse.ts'
import type { GuestError, GuestSession, GuestSymbol, Need, Outcome, UniverseList } from '../sandbox/sandbox.ts'
import { FIGURE_FIELDS, universeExpression } from '../strategy/contract.ts'

/** A guest that asks again and again for something new is cut off here. */
const MOST_ROUNDS = 64
/** Symbols handed over before the session is told to forget them, so that its memory does not grow with the universe. */
const MOST_LOADED = 64
/** Bars before the window that scanUniverse's filters may look back on (a year). */
const UNIVERSE_LOOKBACK = 260

const figureExpressions = FIGURE_FIELDS.map((field) => parseExpression(field.expr))

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
 * have is loaded and the evaluation is run again, also when the guest swallowed the exception.
 */
export class GuestData {
  readonly #options: GuestDataOptions
  /** symbols other than the evaluated one that the guest has asked for */
  readonly #others = new Set<string>()
  readonly #lists = new Map<string, UniverseList>()
  readonly #markets = new Map<string, Market>()
  #figures = false
  #history = 0
  /** symbols handed over since the session was last cleared; -1: it must be cleared first */
  #loaded = -1

  constructor(options: GuestDataOptions) {
    this.#options = options
  }

  /**
   * Runs `call` with the target's data, and what the guest asked for before, in place until it needs nothing more.
   * `offset` is how many bars were handed over before the target's first one (history the guest asked for).
   */
  async evaluate<Answer>(target: GuestTarget | null, call: (offset: number) => Outcome<Answer>): Promise<Answer> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const offset = await this.#place(target)
      const outcome = call(offset)
      if (outcome.kind === 'done') return outcome.answer
      if (outcome.kind === 'failed') throw guestFailure(outcome.error, target?.series.symbol)
      for (const need of outcome.needs) await this.#answer(need)
      this.#loaded = -1
    }
    throw new AppError(
      'limit',
      `The strategy asked for new data ${MOST_ROUNDS} times in one evaluation; ask for it in one call.`,
    )
  }

  /** Names symbols that a whole-universe form is called with, so that they are handed over before it asks. */
  expect(symbols: readonly string[]): void {
    for (const symbol of symbols) this.#others.add(symbol)
  }

  async #place(target: GuestTarget | null): Promise<number> {
    const { session } = this.#options
    if (this.#loaded < 0 || this.#loaded >= MOST_LOADED) {
      session.clear()
      this.#loaded = 0
      for (const list of this.#lists.values()) session.loadUniverse(list)
      for (const symbol of this.#others) session.load(await this.#other(symbol))
    }
    if (target === null) return 0
    this.#loaded++
    const { series, columns, evaluator } = target
    const long =
      series.cut && this.#history > 0 ? ((await this.#market(series.symbol)).bars(series.symbol) ?? series) : series
    const offset = long.length - series.length
    session.load({
      ...guestBars(long),
      columns: columns.map((column) => padded(column, offset)),
      figures: this.#figures ? figureExpressions.map((expr) => padded(evaluator.column(expr), offset)) : undefined,
    })
    return offset
  }

  async #other(symbol: string): Promise<GuestSymbol> {
    const market = await this.#market(symbol)
    const series = market.bars(symbol)
    if (series === undefined) return emptySymbol(symbol)
    if (!this.#figures) return guestBars(series)
    const evaluator = createEvaluator(market, series)
    return { ...guestBars(series), figures: figureExpressions.map((expr) => evaluator.column(expr)) }
  }

  /** A market that holds the symbol with the history asked for: the scan's own where that is enough. */
  async #market(symbol: string): Promise<Market> {
    const { source, market, from, to, lookback } = this.#options
    if (this.#history === 0 && market.bars(symbol) !== undefined) return market
    let loaded = this.#markets.get(symbol)
    if (loaded === undefined) {
      const depth = Math.max(lookback, this.#history)
      const symbols = market.bars(symbol) === undefined ? [symbol] : market.symbols
      loaded = await source.load({ timeframe: market.timeframe, symbols, from, to, lookback: depth })
      for (const each of symbols) this.#markets.set(each, loaded)
    }
    return loaded
  }

  async #answer(need: Need): Promise<void> {
    if (need.kind === 'bars') this.#others.add(need.symbol)
    if (need.kind === 'figures') this.#figures = true
    if (need.kind === 'universe') this.#lists.set(need.key, await this.#universe(need))
    if (need.kind === 'history' && need.days > this.#history) {
      this.#history = need.days
      this.#markets.clear()
    }
  }

  /** Which symbols pass scanUniverse's filters as of each closing instant: by market capitalisation, then by symbol. */
  async #universe(need: Extract<Need, { kind: 'universe' }>): Promise<UniverseList> {
    const { source, market, from, to } = this.#options
    const passes = parseExpression(universeExpression(need.filters))
    const size = parseExpression('mcap')
    const all = await source.load({ timeframe: market.timeframe, from, to, lookback: UNIVERSE_LOOKBACK })
    const found = new Map<number, { symbol: string; size: number }[]>()
    for (const symbol of all.symbols) {
      const series = all.bars(symbol)!
      const evaluator = createEvaluator(all, series)
      const pass = evaluator.column(passes)
      const sizes = evaluator.column(size)
      for (let i = firstAt(series.day, from); i < series.length; i++) {
        const at = series.time[i]
        if (!found.has(at)) found.set(at, [])
        if (pass[i] === 1) found.get(at)!.push({ symbol, size: sizes[i] })
      }
    }
    const time = Float64Array.from([...found.keys()].sort((a, b) => a - b))
    const symbols = Array.from(time, (at) =>
      found
        .get(at)!
        .sort((a, b) => (b.size || 0) - (a.size || 0) || (a.symbol < b.symbol ? -1 : 1))
        .map((entry) => entry.symbol),
    )
    return { key: need.key, time, symbols }
  }
}

function guestBars(series: BarSeries): GuestSymbol {
  const { symbol, time, open, high, low, close, volume, cut } = series
  return { symbol, time, open, high, low, close, volume, cut }
}

function emptySymbol(symbol: string): GuestSymbol {
  const none = new Float64Array(0)
  const bars = { time: none, open: none, high: none, low: none, close: none, volume: none }
  return { symbol, ...bars, cut: false, figures: FIGURE_FIELDS.map(() => none) }
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
