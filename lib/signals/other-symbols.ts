import { AppError } from '../core/errors.ts'
import type { BarSeries } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import { createEvaluator } from '../rule/evaluate.ts'
import { parseExpression } from '../rule/parse.ts'
import type { GuestSymbol } from '../sandbox/sandbox.ts'
import { FIGURE_FIELDS } from '../strategy/contract.ts'

/** Most bytes of other symbols' data that one evaluation may ask for, and how much of it is at hand for the next one. */
const MOST_BYTES = 256 * 2 ** 20
const AT_HAND_BYTES = 64 * 2 ** 20

export const figureExpressions = FIGURE_FIELDS.map((field) => parseExpression(field.expr))

/** The room is used up, but not by this evaluation alone: it is begun again with nothing at hand. */
export class StartOver extends Error {}

/**
 * The symbols beside the evaluated one that strategies have asked for. All that is held counts as asked for by the evaluation
 * under way; one that runs out of room while others' symbols are at hand is begun again without them, so that they never decide.
 */
export class OtherSymbols {
  readonly #held = new Map<string, GuestSymbol>()
  readonly #atHandBytes: number
  readonly #mostBytes: number
  #bytes = 0
  #fromBefore = false

  constructor({ mostBytes = MOST_BYTES, atHandBytes = AT_HAND_BYTES } = {}) {
    this.#mostBytes = mostBytes
    this.#atHandBytes = atHandBytes
  }

  /** A new evaluation begins: of what is held, the least recently asked for is dropped first. */
  begin(): void {
    for (const symbol of this.#held.keys()) {
      if (this.#bytes <= this.#atHandBytes) break
      this.#drop(symbol)
    }
    this.#fromBefore = this.#held.size > 0
  }

  clear(): void {
    this.#held.clear()
    this.#bytes = 0
    this.#fromBefore = false
  }

  values(): IterableIterator<GuestSymbol> {
    return this.#held.values()
  }

  /** Keeps what the evaluation under way asked for; throws `limit` when that is more than an evaluation may hold. */
  add(data: GuestSymbol): void {
    this.#drop(data.symbol)
    this.#held.set(data.symbol, data)
    this.#bytes += bytesOf(data)
    if (this.#bytes <= this.#mostBytes) return
    if (this.#fromBefore) throw new StartOver()
    throw new AppError(
      'limit',
      `The strategy asked for bars of ${this.#held.size} other symbols in one evaluation, more than ${this.#mostBytes / 2 ** 20} MB.`,
      { kind: 'memory' },
    )
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
