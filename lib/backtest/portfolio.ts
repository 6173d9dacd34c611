import { dateParts } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { Book } from './book.ts'
import type { Candidate, PortfolioEntry, PortfolioSymbol } from './candidate.ts'
import type { Position } from './exits.ts'
import type { HeldBars } from './held-bars.ts'
import type { PortfolioTrade } from './holding.ts'
import { byRank } from './order.ts'
import { Rebalance } from './rebalance.ts'
import { type BacktestSettings, DEFAULT_SLOTS } from './settings.ts'
import type { Trade } from './trades.ts'

export interface PortfolioRequest {
  symbols: readonly PortfolioSymbol[]
  /** last day simulated */
  to: number
  /** every session of the range and when it closes, ascending: the account has an equity on each of them */
  sessions: readonly { day: number; time: number }[]
  settings: BacktestSettings
  /** which scores come first when there are more signals than slots; null: by symbol alone */
  rankOrder: 'asc' | 'desc' | null
  /** last day of the data: a symbol whose bars end more than a week before it is sold at its last close */
  dataEnd: number
  /** of how long a span the bars are asked for at once; a year when absent */
  span?: 'year' | 'month'
  /** SIZE: shares on the split-adjusted scale of the data, NaN when undefined */
  size?: (entry: PortfolioEntry, position: Position) => number
  /** SIZE reads no price, so that its number means shares as traded */
  sizeAsTraded?: boolean
  /** STOP, TARGET, TRAIL or EXIT refer to the account's equity: each trade is asked for when it is entered */
  tradesNeedEquity?: boolean
  /** REBALANCE: whether the signals of a day decide what the portfolio holds */
  rebalance?: (day: number) => boolean
}

/** One entry per session, at its close. */
export interface EquityCurve {
  day: number[]
  equity: number[]
  cash: number[]
  /** value of all positions, shorts counted positive too */
  gross: number[]
  positions: number[]
}

/** What became of the signals, counted. */
export interface SignalCounts {
  /** opened a position */
  taken: number
  /** named a position that a rebalance keeps */
  kept: number
  no_next_bar: number
  already_held: number
  no_free_slot: number
  cooldown: number
  no_cash: number
  undefined_size: number
}

export interface PortfolioResult {
  curve: EquityCurve
  /** by entry, then symbol */
  trades: PortfolioTrade[]
  signals: SignalCounts
  finalEquity: number
}

/**
 * What a simulation needs to go on: the bars of some symbols over the days `from` to `to` (answered by symbol; one without
 * bars there is absent), or the trade of a signal under the account's equity at its bar.
 */
export type PortfolioNeed =
  | { kind: 'bars'; symbols: string[]; from: number; to: number }
  | { kind: 'trade'; candidate: Candidate; equity: number }
export type PortfolioAnswer = ReadonlyMap<string, HeldBars> | Trade | null
type Steps<Result> = Generator<PortfolioNeed, Result, PortfolioAnswer>

/**
 * Trades all signals in one account over the sessions of all symbols: shared cash, one position per symbol. Within a session
 * the exits decided before come first, then entries by rank and symbol, then what prices bring about, then the valuation; each
 * in symbol order, so that no sum depends on how the signals were produced. It goes through the years (or months) one by one and asks
 * for the bars of one when it comes to it: those of the symbols that it holds or may enter then.
 */
export function simulatePortfolio(request: PortfolioRequest): Steps<PortfolioResult> {
  return new Simulation(request).run()
}

class Simulation {
  private readonly request: PortfolioRequest
  private readonly book: Book
  private readonly rebalance: Rebalance | null
  /** closing instants of the clock, ascending, and the day of each */
  private readonly times: number[]
  private readonly days: number[]
  private readonly equityAt = new Map<number, number>()
  /** signals by the instant of the bar they fill on, and, for a rebalance, of their own bar */
  private readonly fills = new Map<number, Candidate[]>()
  private readonly signalled = new Map<number, Candidate[]>()
  private readonly counts: SignalCounts = {
    taken: 0,
    kept: 0,
    no_next_bar: 0,
    already_held: 0,
    no_free_slot: 0,
    cooldown: 0,
    no_cash: 0,
    undefined_size: 0,
  }
  private session = -1
  /** the bars of the current span */
  private bars: ReadonlyMap<string, HeldBars> = new Map()

  constructor(request: PortfolioRequest) {
    this.request = request
    this.book = new Book(request.settings, request.dataEnd)
    this.rebalance = request.rebalance === undefined ? null : new Rebalance(this.book, request.settings.slots)
    this.times = request.sessions.map(({ time }) => time)
    this.days = request.sessions.map(({ day }) => day)
    const symbols = [...request.symbols].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
    for (const each of symbols) this.schedule(each)
  }

  private schedule({ symbol, last, entries }: PortfolioSymbol): void {
    for (const entry of entries) {
      const candidate = { symbol, last, score: entry.score, entry }
      if (entry.fill === null || entry.fill.day > this.request.to) this.counts.no_next_bar++
      else file(this.fills, entry.fill.time, candidate)
      if (this.rebalance !== null) file(this.signalled, entry.time, candidate)
    }
  }

  *run(): Steps<PortfolioResult> {
    const curve: EquityCurve = { day: [], equity: [], cash: [], gross: [], positions: [] }
    const { book, times, days } = this
    let span = Number.NaN
    for (let k = 0; k < times.length; k++) {
      if (this.spanOf(days[k]) !== span) {
        span = this.spanOf(days[k])
        yield* this.turn(k)
      }
      const isLast = days[k + 1] !== days[k]
      if (days[k - 1] !== days[k]) this.session++
      yield* this.step(times[k], isLast && this.request.rebalance?.(days[k]) === true)
      const equity = book.equity('close')
      this.equityAt.set(times[k], equity)
      if (!isLast) continue
      curve.day.push(days[k])
      curve.equity.push(equity)
      curve.cash.push(book.account.cash)
      curve.gross.push(book.gross())
      curve.positions.push(book.holdings.length)
    }
    const finalEquity = curve.equity.at(-1) ?? this.request.settings.cash
    return { curve, trades: book.trades(), signals: this.counts, finalEquity }
  }

  private spanOf(day: number): number {
    const { year, month } = dateParts(day)
    return this.request.span === 'month' ? year * 12 + month : year
  }

  /** Asks for the bars of the span that begins with session k. */
  private *turn(k: number): Steps<void> {
    const { times, days, book } = this
    const span = this.spanOf(days[k])
    const symbols = new Set(book.holdings.map((holding) => holding.symbol))
    let end = k
    for (; end < times.length && this.spanOf(days[end]) === span; end++)
      for (const { symbol } of this.fills.get(times[end]) ?? []) symbols.add(symbol)
    this.bars = new Map()
    if (symbols.size > 0) {
      const need = { kind: 'bars' as const, symbols: [...symbols], from: days[k], to: days[end - 1] }
      this.bars = (yield need) as ReadonlyMap<string, HeldBars>
    }
    book.turn(this.bars)
  }

  private *step(time: number, chooses: boolean): Steps<void> {
    const { book, session, rebalance } = this
    const atClose = this.request.settings.fill === 'close'
    book.open(time, session)
    if (!atClose) {
      rebalance?.leave('open', session)
      yield* this.enter(time, 'open')
    }
    book.close(session)
    if (chooses)
      this.counts.no_free_slot += rebalance!.choose(byRank(this.signalled.get(time) ?? [], this.request.rankOrder))
    if (!atClose) return
    this.equityAt.set(time, book.equity('close'))
    rebalance?.leave('close', session)
    yield* this.enter(time, 'close')
  }

  private *enter(time: number, at: 'open' | 'close'): Steps<void> {
    const arriving = this.fills.get(time)
    if (arriving === undefined) return
    // with every slot taken the order decides nothing
    const isFull = this.rebalance === null && this.book.isFull
    const ordered = isFull ? arriving : byRank(arriving, this.request.rankOrder)
    if (this.rebalance !== null) {
      yield* this.resize(
        ordered.filter((each) => this.rebalance!.isChosen(each)),
        at,
      )
      return
    }
    for (const candidate of ordered) {
      if (this.book.find(candidate.symbol) !== undefined) this.counts.already_held++
      else if (this.book.isFull) this.counts.no_free_slot++
      else yield* this.take(candidate, null)
    }
  }

  /** Makes the positions those of the chosen names: what is too large is sold first, then the rest is bought by rank. */
  private *resize(chosen: readonly Candidate[], at: 'open' | 'close'): Steps<void> {
    const { book, session, counts } = this
    if (chosen.length === 0) return
    const part = this.rebalance!.part(at)
    const wanted = new Map<Candidate, number>()
    for (const candidate of chosen) {
      const held = book.find(candidate.symbol)
      const trade = held === undefined ? null : yield* this.tradeOf(candidate)
      if (held === undefined || trade === null) continue
      const shares = book.whole(this.wanted(candidate, trade, part))
      if (Number.isNaN(shares)) counts.undefined_size++
      else wanted.set(candidate, shares)
      if (shares < held.shares) held.sell(held.shares - shares, held.price(at), 'rebalance')
    }
    book.release(session)
    for (const candidate of chosen) {
      const held = book.find(candidate.symbol)
      if (held === undefined) yield* this.take(candidate, part)
      else {
        counts.kept++
        book.add(held, (wanted.get(candidate) ?? held.shares) - held.shares, at)
      }
    }
  }

  /** Opens a position; `part`: the part of equity a rebalance gives it. */
  private *take(candidate: Candidate, part: number | null): Steps<void> {
    const { book, counts, session } = this
    const { cooldown } = this.request.settings
    if (cooldown > 0 && book.sessionsSinceExit(candidate.symbol, session) <= cooldown) {
      counts.cooldown++
      return
    }
    const trade = yield* this.tradeOf(candidate)
    const wanted = trade === null ? 0 : this.wanted(candidate, trade, part)
    if (trade === null) counts.no_next_bar++
    else if (!(wanted > 0)) counts.undefined_size++
    else if (book.enter(candidate, this.barsOf(candidate), trade, wanted, part !== null)) counts.taken++
    else counts.no_cash++
  }

  private barsOf({ symbol }: Candidate): HeldBars {
    const bars = this.bars.get(symbol)
    if (bars === undefined) throw new AppError('internal', `The bars of ${symbol} are not at hand where it is entered.`)
    return bars
  }

  private *tradeOf(candidate: Candidate): Steps<Trade | null> {
    if (this.request.tradesNeedEquity !== true) return candidate.entry.trade
    return (yield { kind: 'trade', candidate, equity: this.equityAtSignal(candidate) }) as Trade | null
  }

  /** Shares as traded that SIZE, the rebalance or the equal weight asks for, before cash and rounding. */
  private wanted(candidate: Candidate, trade: Trade, part: number | null): number {
    const { size, sizeAsTraded, settings } = this.request
    const equity = this.equityAtSignal(candidate)
    if (size !== undefined) {
      const { signal, entry, entryPrice, side, stop } = trade
      const initialRisk = stop === null ? Number.NaN : entryPrice - stop
      const shares = size(candidate.entry, { signal, entry, entryPrice, side, equity, initialRisk })
      return sizeAsTraded ? shares : shares / candidate.entry.fill!.factor
    }
    const money = part ?? equity / (settings.slots ?? DEFAULT_SLOTS)
    return money / this.book.account.unitCost(trade.rawEntryPrice, trade.side)
  }

  private equityAtSignal({ entry }: Candidate): number {
    return this.equityAt.get(entry.time) ?? this.request.settings.cash
  }
}

function file(map: Map<number, Candidate[]>, time: number, candidate: Candidate): void {
  const found = map.get(time)
  if (found === undefined) map.set(time, [candidate])
  else found.push(candidate)
}
