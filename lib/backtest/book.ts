import { Account } from './account.ts'
import type { Quote } from './costs.ts'
import type { HeldBars } from './held-bars.ts'
import { quoteAt } from './held-bars.ts'
import { Holding, type Opening, type PortfolioTrade } from './holding.ts'
import type { BacktestSettings } from './settings.ts'

/** What became of an order to enter: opened, or why not. */
export type Entered = 'taken' | 'partly_filled' | 'no_cash' | 'no_volume' | 'no_pair'

/** The account's positions, by symbol, and the trades that are over. */
export class Book {
  readonly account: Account
  readonly finished: PortfolioTrade[] = []
  #holdings: Holding[] = []
  readonly #bySymbol = new Map<string, Holding>()
  readonly #settings: BacktestSettings
  readonly #dataEnd: number
  /** ordinal of the session in which a symbol was last left */
  readonly #left = new Map<string, number>()

  constructor(settings: BacktestSettings, dataEnd: number) {
    this.account = new Account(settings)
    this.#settings = settings
    this.#dataEnd = dataEnd
  }

  /** By symbol, ascending: every sum over them runs in that order. */
  get holdings(): readonly Holding[] {
    return this.#holdings
  }

  get isFull(): boolean {
    return this.#settings.slots !== null && this.#holdings.length >= this.#settings.slots
  }

  find(symbol: string): Holding | undefined {
    return this.#bySymbol.get(symbol)
  }

  /** The session's open: splits, dividends, borrow fees, and the exits that were decided before it. */
  open(day: number, time: number, session: number): void {
    for (const holding of this.#holdings) holding.open(day, time)
    this.release(session)
  }

  /** What the session's prices bring about, then the closing marks. */
  close(session: number): void {
    for (const holding of this.#holdings) holding.reached(this.#dataEnd)
    this.release(session)
    for (const holding of this.#holdings) holding.atClose()
  }

  /** Sells what is on its symbol's last bar, as the settings say where positions end; `last`: everything. */
  end(at: 'open' | 'close', last: boolean, session: number): void {
    for (const holding of this.#holdings) holding.end(at, last, this.#dataEnd)
    this.release(session)
  }

  /** Cash plus positions; at the open, those with a bar are valued at its open. */
  equity(at: 'open' | 'close'): number {
    let equity = this.account.cash
    for (const holding of this.#holdings) equity += holding.value(at)
    return equity
  }

  gross(): number {
    let gross = 0
    for (const holding of this.#holdings) gross += holding.gross()
    return gross
  }

  /** What may be spent without margin: a short ties up its proceeds and as much again. */
  #free(at: 'open' | 'close'): number {
    let free = this.account.cash
    for (const holding of this.#holdings) free -= holding.tied(at)
    return free
  }

  /** Adds shares to a position, with as much of its pair, as many as can be had; less than one does nothing. */
  add(holding: Holding, wanted: number, at: 'open' | 'close'): void {
    const { main, pair } = holding
    if (!(wanted > 0) || !main.hasBar || (pair !== null && !pair.hasBar)) return
    const filled = this.#fill(wanted, main.quote(at), pair === null ? null : pair.quote(at), at)
    if (typeof filled === 'string') return
    holding.buy(filled.shares, at, filled.pair)
    holding.leaveUnfilled(filled.unfilled)
  }

  /** Goes on to the bars of the next span of days. */
  turn(bars: ReadonlyMap<string, HeldBars>): void {
    for (const holding of this.#holdings) holding.turn(bars)
  }

  /** Opens a position of at most the wanted shares. */
  enter(opening: Opening, wanted: number): Entered {
    const { candidate, trade, bars, pair } = opening
    const { time } = candidate.entry.fill!
    const other = pair && quoteAt(pair.bars, time, trade.at, trade.side === 1 ? -1 : 1)
    if (pair !== null && (other === null || pair.symbol === candidate.symbol)) return 'no_pair'
    const filled = this.#fill(wanted, quoteAt(bars, time, trade.at, trade.side)!, other, trade.at)
    if (typeof filled === 'string') return filled
    const holding = new Holding(opening, this.account)
    holding.buy(filled.shares, trade.at, filled.pair)
    holding.leaveUnfilled(filled.unfilled)
    if (trade.at === 'close') holding.atClose()
    const at = this.#holdings.findIndex((each) => each.symbol > candidate.symbol)
    this.#holdings.splice(at < 0 ? this.#holdings.length : at, 0, holding)
    this.#bySymbol.set(candidate.symbol, holding)
    return filled.unfilled > 0 ? 'partly_filled' : 'taken'
  }

  /** How many of the wanted shares the free cash and the volumes of the bars allow, and of the pair for equal dollars. */
  #fill(
    wanted: number,
    quote: Quote,
    pair: Quote | null,
    at: 'open' | 'close',
  ): { shares: number; pair: number; unfilled: number } | Exclude<Entered, 'taken' | 'partly_filled'> {
    const { costs } = this.account
    const bought = costs.whole(Math.min(wanted, costs.affordable(this.#free(at), quote, pair)))
    if (!(bought > 0)) return 'no_cash'
    const other = pair === null ? Number.POSITIVE_INFINITY : (costs.cap(pair.volume) * pair.price) / quote.price
    const shares = costs.whole(Math.min(bought, costs.cap(quote.volume), other))
    if (!(shares > 0)) return 'no_volume'
    const opposite = pair === null ? 0 : costs.whole((shares * quote.price) / pair.price)
    if (pair !== null && !(opposite > 0)) return 'no_pair'
    return { shares, pair: opposite, unfilled: bought - shares }
  }

  /** Sells every position for which `leaves` holds and whose symbol trades in this session. */
  leave(leaves: (holding: Holding) => boolean, at: 'open' | 'close', session: number): void {
    for (const holding of this.#holdings)
      if (holding.main.hasBar && holding.shares > 0 && leaves(holding))
        holding.sell(holding.shares, holding.main.price(at), 'rebalance', at)
    this.release(session)
  }

  /** Sessions begun since the symbol was last left; Infinity when it never was held. */
  sessionsSinceExit(symbol: string, session: number): number {
    return session - (this.#left.get(symbol) ?? Number.NEGATIVE_INFINITY)
  }

  /** All trades, by entry, then symbol; those still open are marked at the last close. */
  trades(): PortfolioTrade[] {
    const all = [...this.finished, ...this.#holdings.map((holding) => holding.finish())]
    return all.sort(
      (a, b) => a.executions[0].time - b.executions[0].time || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0),
    )
  }

  /** Moves what is no longer held to the finished trades. */
  release(session: number): void {
    if (!this.#holdings.some((holding) => holding.isOver)) return
    for (const holding of this.#holdings) {
      if (!holding.isOver) continue
      this.finished.push(holding.finish())
      this.#bySymbol.delete(holding.symbol)
      this.#left.set(holding.symbol, session)
    }
    this.#holdings = this.#holdings.filter((holding) => !holding.isOver)
  }
}
