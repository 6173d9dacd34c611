import { dateParts } from '../core/days.ts'
import { Book } from './book.ts'
import type { Candidate, PortfolioSymbol } from './candidate.ts'
import { Entering } from './entering.ts'
import type { HeldBars } from './held-bars.ts'
import type { PortfolioTrade } from './holding.ts'
import { byRank } from './order.ts'
import type { PortfolioRequest, Steps } from './portfolio-request.ts'
import { Rebalance } from './rebalance.ts'
import { noSignals, type SignalCounts } from './signal-counts.ts'

/** One entry per session, at its close. */
export interface EquityCurve {
  day: number[]
  equity: number[]
  cash: number[]
  /** value of all positions, shorts counted positive too */
  gross: number[]
  positions: number[]
}

export type { PortfolioAnswer, PortfolioNeed, PortfolioRequest } from './portfolio-request.ts'
export type { SignalCounts }

export interface PortfolioResult {
  curve: EquityCurve
  /** by entry, then symbol */
  trades: PortfolioTrade[]
  signals: SignalCounts
  finalEquity: number
}

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
  private readonly entering: Entering
  /** closing instants of the clock, ascending, and the day of each */
  private readonly times: number[]
  private readonly days: number[]
  private readonly equityAt = new Map<number, number>()
  /** signals by the instant of the bar they fill on, and, for a rebalance, of their own bar */
  private readonly fills = new Map<number, Candidate[]>()
  private readonly signalled = new Map<number, Candidate[]>()
  private readonly counts = noSignals()
  private session = -1

  constructor(request: PortfolioRequest) {
    this.request = request
    this.book = new Book(request.settings, request.dataEnd)
    this.rebalance = request.rebalance === undefined ? null : new Rebalance(this.book, request.settings.slots)
    this.entering = new Entering(request, this.book, this.rebalance, this.counts, this.equityAt)
    this.times = request.sessions.map(({ time }) => time)
    this.days = request.sessions.map(({ day }) => day)
    const symbols = [...request.symbols].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
    for (const each of symbols) this.schedule(each)
  }

  private schedule({ symbol, last, entries }: PortfolioSymbol): void {
    const { to, settings } = this.request
    // entered at the close of the last bar, a position that ends there would be left at the price of its fill, or before it
    const sellsLast = settings.endPositions !== 'mark' && settings.fill === 'close'
    const end = this.times[this.times.length - 1]
    for (const entry of entries) {
      const candidate = { symbol, last, score: entry.score, entry }
      const { fill } = entry
      if (fill === null || fill.day > to || (sellsLast && (fill.time === last.time || fill.time === end)))
        this.counts.no_next_bar++
      else file(this.fills, fill.time, candidate)
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
      yield* this.step(k, isLast && this.request.rebalance?.(days[k]) === true)
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
    const { times, days, book, entering } = this
    const span = this.spanOf(days[k])
    const symbols = new Set(book.holdings.map((holding) => holding.symbol))
    let end = k
    for (; end < times.length && this.spanOf(days[end]) === span; end++)
      for (const { symbol } of this.fills.get(times[end]) ?? []) symbols.add(symbol)
    entering.bars = new Map()
    if (symbols.size > 0) {
      if (this.request.pair !== undefined) symbols.add(this.request.pair.symbol)
      const need = { kind: 'bars' as const, symbols: [...symbols], from: days[k], to: days[end - 1] }
      entering.bars = (yield need) as ReadonlyMap<string, HeldBars>
    }
    book.turn(entering.bars)
  }

  private *step(k: number, chooses: boolean): Steps<void> {
    const { book, session, rebalance, entering } = this
    const { fill, endPositions } = this.request.settings
    const time = this.times[k]
    const isEnd = k === this.times.length - 1
    const arriving = this.fills.get(time)
    book.open(this.days[k], time, session)
    if (fill === 'next_open') {
      rebalance?.leave('open', session)
      if (arriving !== undefined) yield* entering.enter(arriving, 'open', session)
    }
    if (endPositions === 'close_open') book.end('open', isEnd, session)
    book.close(session)
    if (endPositions === 'close_last') book.end('close', isEnd, session)
    if (chooses)
      this.counts.no_free_slot += rebalance!.choose(byRank(this.signalled.get(time) ?? [], this.request.rankOrder))
    if (fill === 'next_open') return
    this.equityAt.set(time, book.equity('close'))
    rebalance?.leave('close', session)
    if (arriving !== undefined) yield* entering.enter(arriving, 'close', session)
  }
}

function file(map: Map<number, Candidate[]>, time: number, candidate: Candidate): void {
  const found = map.get(time)
  if (found === undefined) map.set(time, [candidate])
  else found.push(candidate)
}
