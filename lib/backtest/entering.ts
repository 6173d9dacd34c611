import { AppError } from '../core/errors.ts'
import type { Book } from './book.ts'
import type { Candidate } from './candidate.ts'
import { type HeldBars, quoteAt } from './held-bars.ts'
import { byRank } from './order.ts'
import type { PortfolioRequest, Steps } from './portfolio-request.ts'
import type { Rebalance } from './rebalance.ts'
import { DEFAULT_SLOTS } from './settings.ts'
import type { SignalCounts } from './signal-counts.ts'
import type { Trade } from './trades.ts'

/** Turns the signals that arrive at one instant into positions, by rank and then by symbol, and counts what becomes of them. */
export class Entering {
  /** bars of the current span, by symbol */
  bars: ReadonlyMap<string, HeldBars> = new Map()
  readonly #request: PortfolioRequest
  readonly #book: Book
  readonly #rebalance: Rebalance | null
  readonly #counts: SignalCounts
  readonly #equityAt: ReadonlyMap<number, number>

  /** `equityAt`: the account's equity by the instant of the close. */
  constructor(
    request: PortfolioRequest,
    book: Book,
    rebalance: Rebalance | null,
    counts: SignalCounts,
    equityAt: ReadonlyMap<number, number>,
  ) {
    this.#request = request
    this.#book = book
    this.#rebalance = rebalance
    this.#counts = counts
    this.#equityAt = equityAt
  }

  *enter(arriving: readonly Candidate[], at: 'open' | 'close', session: number): Steps<void> {
    const rebalance = this.#rebalance
    // with every slot taken the order decides nothing
    const isFull = rebalance === null && this.#book.isFull
    const ordered = isFull ? arriving : byRank(arriving, this.#request.rankOrder)
    if (rebalance !== null) {
      const chosen = ordered.filter((each) => rebalance.isChosen(each))
      yield* this.#resize(chosen, rebalance.part(at), at, session)
      return
    }
    for (const candidate of ordered) {
      if (this.#book.find(candidate.symbol) !== undefined) this.#counts.already_held++
      else if (this.#book.isFull) this.#counts.no_free_slot++
      else yield* this.#take(candidate, null, session)
    }
  }

  /** Makes the positions those of the chosen names: what is too large is sold first, then the rest is bought by rank. */
  *#resize(chosen: readonly Candidate[], part: number, at: 'open' | 'close', session: number): Steps<void> {
    const book = this.#book
    const wanted = new Map<Candidate, number>()
    for (const candidate of chosen) {
      const held = this.#kept(candidate)
      const trade = held === undefined ? null : yield* this.#tradeOf(candidate)
      if (held === undefined || trade === null) continue
      const shares = book.account.costs.whole(this.#wanted(candidate, trade, part))
      if (Number.isNaN(shares)) this.#counts.undefined_size++
      else wanted.set(candidate, shares)
      if (shares < held.shares) held.sell(held.shares - shares, held.main.price(at), 'rebalance', at)
    }
    book.release(session)
    for (const candidate of chosen) {
      const held = this.#kept(candidate)
      if (held !== undefined) {
        this.#counts.kept++
        book.add(held, (wanted.get(candidate) ?? held.shares) - held.shares, at)
      } else if (book.find(candidate.symbol) !== undefined) this.#counts.already_held++
      else yield* this.#take(candidate, part, session)
    }
  }

  /** The position that a chosen name goes on with: on its side, and not on its way out for a reason of its own. */
  #kept({ symbol, entry }: Candidate) {
    const held = this.#book.find(symbol)
    if (held === undefined || held.side !== entry.side) return undefined
    if (held.leavesByRebalance) held.keepRest()
    return held.shares > 0 ? held : undefined
  }

  /** Opens a position; `part`: the part of equity a rebalance gives it. */
  *#take(candidate: Candidate, part: number | null, session: number): Steps<void> {
    const book = this.#book
    const counts = this.#counts
    const { cooldown } = this.#request.settings
    if (cooldown > 0 && book.sessionsSinceExit(candidate.symbol, session) <= cooldown) {
      counts.cooldown++
      return
    }
    const trade = yield* this.#tradeOf(candidate)
    const wanted = trade === null ? 0 : this.#wanted(candidate, trade, part)
    if (trade === null) counts.no_next_bar++
    else if (!(wanted > 0)) counts.undefined_size++
    else {
      const bars = this.#barsOf(candidate)
      const entered = book.enter({ candidate, trade, bars, pair: this.#pair(), rebalanced: part !== null }, wanted)
      counts[entered]++
      if (entered === 'partly_filled') counts.taken++
    }
  }

  #barsOf({ symbol }: Candidate): HeldBars {
    const bars = this.bars.get(symbol)
    if (bars === undefined) throw new AppError('internal', `The bars of ${symbol} are not at hand where it is entered.`)
    return bars
  }

  #pair() {
    const { pair } = this.#request
    return pair === undefined ? null : { ...pair, bars: this.bars.get(pair.symbol) }
  }

  *#tradeOf(candidate: Candidate): Steps<Trade | null> {
    if (this.#request.tradesNeedEquity !== true) return candidate.entry.trade
    return (yield { kind: 'trade', candidate, equity: this.#equityAtSignal(candidate) }) as Trade | null
  }

  /** Shares as traded that SIZE, the rebalance or the equal weight asks for, before cash and rounding. */
  #wanted(candidate: Candidate, trade: Trade, part: number | null): number {
    const { size, sizeAsTraded, settings } = this.#request
    const equity = this.#equityAtSignal(candidate)
    if (size !== undefined) {
      const { signal, entry, entryPrice, side, stop } = trade
      const initialRisk = stop === null ? Number.NaN : entryPrice - stop
      const shares = size(candidate.entry, { signal, entry, entryPrice, side, equity, initialRisk })
      return sizeAsTraded ? shares : shares / candidate.entry.fill!.factor
    }
    const money = part ?? equity / (settings.slots ?? DEFAULT_SLOTS)
    return money / this.#unit(candidate, trade)
  }

  /** Money one share takes of an equal weight, with the equal dollars of its pair: both sides together are the weight. */
  #unit({ symbol, entry }: Candidate, { at, side }: Trade): number {
    const { costs } = this.#book.account
    const { time } = entry.fill!
    const quote = quoteAt(this.bars.get(symbol), time, at, side)!
    const pair = this.#pair()
    const other = pair && quoteAt(pair.bars, time, at, side === 1 ? -1 : 1)
    return costs.unit(quote) + (other ? (costs.unit(other) * quote.price) / other.price : 0)
  }

  #equityAtSignal({ entry }: Candidate): number {
    return this.#equityAt.get(entry.time) ?? this.#request.settings.cash
  }
}
