import { AppError } from '../core/errors.ts'
import type { BarSeries } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import { createEvaluator } from '../rule/evaluate.ts'
import { parseExpression } from '../rule/parse.ts'
import type { GuestSymbol } from '../sandbox/sandbox.ts'
import { FIGURE_FIELDS } from '../strategy/contract.ts'

/** Most bytes of other symbols' data that one evaluation may ask for; as much is kept for the evaluations after it. */
const MOST_BYTES = 256 * 2 ** 20

export const figureExpressions = FIGURE_FIELDS.map((field) => parseExpression(field.expr))

/**
 * The symbols beside the evaluated one that strategies have asked for, the least recently asked for dropped first. What an
 * evaluation itself asked for stays until it ends: it would only ask again.
 */
export class OtherSymbols {
  readonly #held = new Map<string, GuestSymbol>()
  readonly #asked = new Set<string>()
  #bytes = 0
  #askedBytes = 0

  /** A new evaluation has asked for nothing yet. */
  begin(): void {
    this.#asked.clear()
    this.#askedBytes = 0
  }

  clear(): void {
    this.#held.clear()
    this.#bytes = 0
    this.begin()
  }

  has(symbol: string): boolean {
    return this.#held.has(symbol)
  }

  values(): IterableIterator<GuestSymbol> {
    return this.#held.values()
  }

  /** Keeps what the evaluation under way asked for; throws `limit` when that is more than an evaluation may hold. */
  add(data: GuestSymbol): void {
    const bytes = bytesOf(data)
    this.#drop(data.symbol)
    this.#held.set(data.symbol, data)
    this.#asked.add(data.symbol)
    this.#bytes += bytes
    this.#askedBytes += bytes
    if (this.#askedBytes > MOST_BYTES)
      throw new AppError(
        'limit',
        `The strategy asked for bars of ${this.#asked.size} other symbols in one evaluation, more than ${MOST_BYTES / 2 ** 20} MB.`,
        { kind: 'memory' },
      )
    for (const symbol of this.#held.keys()) {
      if (this.#bytes <= MOST_BYTES) break
      if (!this.#asked.has(symbol)) this.#drop(symbol)
    }
  }

  #drop(symbol: string): void {
    const held = this.#held.get(symbol)
    if (held === undefined) return
    this.#held.delete(symbol)
    this.#bytes -= bytesOf(held)
  }
}

/** What a symbol costs beside its columns, also one that does not exist. */
const LEAST_BYTES = 4_096

function bytesOf({ time, figures = [] }: GuestSymbol): number {
  return LEAST_BYTES + (6 + figures.length) * time.byteLength
}

/** A symbol's bars as the guest gets them, with its figures when they are wanted. */
export function guestSymbol(market: Market, symbol: string, figures: boolean): GuestSymbol {
  const series = market.bars(symbol)
  if (series === undefined) return emptySymbol(symbol)
  if (!figures) return guestBars(series)
  const evaluator = createEvaluator(market, series)
  return { ...guestBars(series), figures: figureExpressions.map((expr) => evaluator.column(expr)) }
}

export function guestBars(series: BarSeries): GuestSymbol {
  const { symbol, time, open, high, low, close, volume, cut } = series
  return { symbol, time, open, high, low, close, volume, cut }
}

function emptySymbol(symbol: string): GuestSymbol {
  const none = new Float64Array(0)
  const bars = { time: none, open: none, high: none, low: none, close: none, volume: none }
  return { symbol, ...bars, cut: false, figures: FIGURE_FIELDS.map(() => none) }
}
