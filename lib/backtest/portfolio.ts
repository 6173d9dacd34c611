import { type BarSeries, firstAt } from '../market/bars.ts'
import { Book } from './book.ts'
import type { Candidate, PortfolioEntry } from './candidate.ts'
import type { Position } from './exits.ts'
import type { PortfolioTrade } from './holding.ts'
import { byRank } from './order.ts'
import { Rebalance } from './rebalance.ts'
import { type BacktestSettings, DEFAULT_SLOTS } from './settings.ts'
import type { Trade } from './trades.ts'

export type { PortfolioEntry }

export interface PortfolioSymbol {
  series: BarSeries
  entries: readonly PortfolioEntry[]
}

export interface PortfolioRequest {
  symbols: readonly PortfolioSymbol[]
  /** days simulated, both included */
  from: number
  to: number
  /** sessions of the range beside those on which the symbols here have bars: a day without bars has an equity too */
  sessions?: readonly { day: number; time: number }[]
  settings: BacktestSettings
  /** which scores come first when there are more signals than slots; null: by symbol alone */
  rankOrder: 'asc' | 'desc' | null
  /** last day of the data: a symbol whose bars end more than a week before it is sold at its last close */
  dataEnd: number
  /** SIZE: shares on the split-adjusted scale of the series, NaN when undefined */
  size?: (series: BarSeries, position: Position) => number
  /** SIZE reads no price, so that its number means shares as traded */
  sizeAsTraded?: boolean
  /** the trade under the account's equity at the signal, where STOP, TARGET, TRAIL or EXIT refer to it */
  tradeAt?: (series: BarSeries, entry: PortfolioEntry, equity: number) => Trade | null
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
 * Trades all signals in one account over the sessions of all symbols: shared cash, one position per symbol. Within a session
 * the exits decided before come first, then entries by rank and symbol, then what prices bring about, then the valuation; each
 * in symbol order, so that no sum depends on how the signals were produced.
 */
export function simulatePortfolio(request: PortfolioRequest): PortfolioResult {
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
  /** signals by the instant of the bar they fill on, and of their own bar */
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

  constructor(request: PortfolioRequest) {
    this.request = request
    this.book = new Book(request.settings, request.dataEnd)
    this.rebalance = request.rebalance === undefined ? null : new Rebalance(this.book, request.settings.slots)
    const symbols = [...request.symbols].sort((a, b) => (a.series.symbol < b.series.symbol ? -1 : 1))
    const clock = new Map<number, number>(request.sessions?.map(({ day, time }) => [time, day]))
    for (const { series } of symbols) {
      const { day, time, length } = series
      for (let i = firstAt(day, request.from); i < length && day[i] <= request.to; i++) clock.set(time[i], day[i])
    }
    this.times = [...clock.keys()].sort((a, b) => a - b)
    this.days = this.times.map((time) => clock.get(time)!)
    for (const { series, entries } of symbols) this.schedule(series, entries)
  }

  private schedule(series: BarSeries, entries: readonly PortfolioEntry[]): void {
    const wait = this.request.settings.fill === 'close' ? 0 : 1
    for (const entry of entries) {
      const candidate = { symbol: series.symbol, series, score: entry.score, entry }
      const bar = entry.bar + wait
      if (bar >= series.length || series.day[bar] > this.request.to) this.counts.no_next_bar++
      else file(this.fills, series.time[bar], candidate)
      file(this.signalled, series.time[entry.bar], candidate)
    }
  }

  run(): PortfolioResult {
    const curve: EquityCurve = { day: [], equity: [], cash: [], gross: [], positions: [] }
    const { book, times, days } = this
    for (let k = 0; k < times.length; k++) {
      const isLast = days[k + 1] !== days[k]
      if (days[k - 1] !== days[k]) this.session++
      this.step(times[k], isLast && this.request.rebalance?.(days[k]) === true)
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

  private step(time: number, chooses: boolean): void {
    const { book, session, rebalance } = this
    const atClose = this.request.settings.fill === 'close'
    book.open(time, session)
    if (!atClose) {
      rebalance?.leave('open', session)
      this.enter(time, 'open')
    }
    book.close(session)
    if (chooses)
      this.counts.no_free_slot += rebalance!.choose(byRank(this.signalled.get(time) ?? [], this.request.rankOrder))
    if (!atClose) return
    this.equityAt.set(time, book.equity('close'))
    rebalance?.leave('close', session)
    this.enter(time, 'close')
  }

  private enter(time: number, at: 'open' | 'close'): void {
    const arriving = this.fills.get(time)
    if (arriving === undefined) return
    // with every slot taken the order decides nothing
    const isFull = this.rebalance === null && this.book.isFull
    const ordered = isFull ? arriving : byRank(arriving, this.request.rankOrder)
    if (this.rebalance !== null) {
      this.resize(
        ordered.filter((each) => this.rebalance!.isChosen(each)),
        at,
      )
      return
    }
    for (const candidate of ordered) {
      if (this.book.find(candidate.symbol) !== undefined) this.counts.already_held++
      else if (this.book.isFull) this.counts.no_free_slot++
      else this.take(candidate, null)
    }
  }

  /** Makes the positions those of the chosen names: what is too large is sold first, then the rest is bought by rank. */
  private resize(chosen: readonly Candidate[], at: 'open' | 'close'): void {
    const { book, session, counts } = this
    if (chosen.length === 0) return
    const part = this.rebalance!.part(at)
    const wanted = new Map<Candidate, number>()
    for (const candidate of chosen) {
      const held = book.find(candidate.symbol)
      const trade = held === undefined ? null : this.tradeOf(candidate)
      if (held === undefined || trade === null) continue
      const shares = book.whole(this.wanted(candidate, trade, part))
      if (Number.isNaN(shares)) counts.undefined_size++
      else wanted.set(candidate, shares)
      if (shares < held.shares) held.sell(held.shares - shares, held.price(at), 'rebalance')
    }
    book.release(session)
    for (const candidate of chosen) {
      const held = book.find(candidate.symbol)
      if (held === undefined) this.take(candidate, part)
      else {
        counts.kept++
        book.add(held, (wanted.get(candidate) ?? held.shares) - held.shares, at)
      }
    }
  }

  /** Opens a position; `part`: the part of equity a rebalance gives it. */
  private take(candidate: Candidate, part: number | null): void {
    const { book, counts, session } = this
    const { cooldown } = this.request.settings
    if (cooldown > 0 && book.sessionsSinceExit(candidate.symbol, session) <= cooldown) {
      counts.cooldown++
      return
    }
    const trade = this.tradeOf(candidate)
    const wanted = trade === null ? 0 : this.wanted(candidate, trade, part)
    if (trade === null) counts.no_next_bar++
    else if (!(wanted > 0)) counts.undefined_size++
    else if (book.enter(candidate.series, trade, wanted, part !== null)) counts.taken++
    else counts.no_cash++
  }

  private tradeOf(candidate: Candidate): Trade | null {
    const { series, entry } = candidate
    return this.request.tradeAt === undefined
      ? entry.trade
      : this.request.tradeAt(series, entry, this.equityAtSignal(candidate))
  }

  /** Shares as traded that SIZE, the rebalance or the equal weight asks for, before cash and rounding. */
  private wanted(candidate: Candidate, trade: Trade, part: number | null): number {
    const { size, sizeAsTraded, settings } = this.request
    const { series } = candidate
    const equity = this.equityAtSignal(candidate)
    if (size !== undefined) {
      const { signal, entry, entryPrice, side, stop } = trade
      const initialRisk = stop === null ? Number.NaN : entryPrice - stop
      const shares = size(series, { signal, entry, entryPrice, side, equity, initialRisk })
      return sizeAsTraded ? shares : shares / series.factor[entry]
    }
    const money = part ?? equity / (settings.slots ?? DEFAULT_SLOTS)
    return money / this.book.account.unitCost(trade.rawEntryPrice, trade.side)
  }

  private equityAtSignal({ series, entry }: Candidate): number {
    return this.equityAt.get(series.time[entry.bar]) ?? this.request.settings.cash
  }
}

function file(map: Map<number, Candidate[]>, time: number, candidate: Candidate): void {
  const found = map.get(time)
  if (found === undefined) map.set(time, [candidate])
  else found.push(candidate)
}
