import { Account } from './account.ts'
import type { Candidate } from './candidate.ts'
import { hasEnded } from './exits.ts'
import type { HeldBars } from './held-bars.ts'
import { Holding, type PortfolioTrade } from './holding.ts'
import type { BacktestSettings } from './settings.ts'
import type { Trade } from './trades.ts'

/** The account's positions, by symbol, and the trades that are over. */
export class Book {
  readonly account: Account
  readonly finished: PortfolioTrade[] = []
  #holdings: Holding[] = []
  readonly #settings: BacktestSettings
  readonly #dataEnd: number
  /** ordinal of the session in which a symbol was last left */
  readonly #left = new Map<string, number>()

  constructor(settings: BacktestSettings, dataEnd: number) {
    this.account = new Account(settings)
    this.#settings = settings
    this.#dataEnd = dataEnd
  }

  get holdings(): readonly Holding[] {
    return this.#holdings
  }

  get isFull(): boolean {
    return this.#settings.slots !== null && this.#holdings.length >= this.#settings.slots
  }

  find(symbol: string): Holding | undefined {
    return this.#holdings.find((holding) => holding.symbol === symbol)
  }

  /** The session's open: splits, dividends, and the exits that were decided before it. */
  open(time: number, session: number): void {
    for (const holding of this.#holdings) {
      holding.begin(time)
      holding.decidedExits()
    }
    this.release(session)
  }

  /** What the session's prices bring about, then the closing marks. */
  close(session: number): void {
    for (const holding of this.#holdings) holding.reachedExits(hasEnded(holding.last.day, this.#dataEnd))
    this.release(session)
    for (const holding of this.#holdings) holding.atClose()
  }

  /** Cash plus positions; at the open, those with a bar are valued at its open. */
  equity(at: 'open' | 'close'): number {
    let equity = this.account.cash
    for (const holding of this.#holdings) equity += holding.trade.side * holding.shares * holding.price(at)
    return equity
  }

  gross(): number {
    let gross = 0
    for (const { shares, mark } of this.#holdings) gross += shares * mark
    return gross
  }

  /** What may be spent without margin: a short ties up its proceeds and as much again. */
  #free(at: 'open' | 'close'): number {
    let free = this.account.cash
    for (const holding of this.#holdings) if (holding.trade.side === -1) free -= 2 * holding.shares * holding.price(at)
    return free
  }

  /** How many of the wanted shares the free cash allows, whole ones unless fractions are held. */
  private affordable(wanted: number, price: number, side: 1 | -1, at: 'open' | 'close'): number {
    return this.whole(Math.max(0, Math.min(wanted, this.#free(at) / this.account.unitCost(price, side))))
  }

  /** Rounded down to whole shares, unless fractions are held; 99.9999999999 shares are 100. */
  whole(shares: number): number {
    return this.#settings.fractional ? shares : Math.floor(shares + 1e-9)
  }

  /** Adds shares to a position, as many as can be had; less than one does nothing. */
  add(holding: Holding, wanted: number, at: 'open' | 'close'): void {
    const price = holding.price(at)
    const shares = this.affordable(wanted, price, holding.trade.side, at)
    if (shares > 0) holding.buy(shares, price)
  }

  /** Goes on to the bars of the next span of days. */
  turn(bars: ReadonlyMap<string, HeldBars>): void {
    for (const holding of this.#holdings) holding.turn(bars.get(holding.symbol))
  }

  /** Opens a position, unless no share can be had; says whether it did. */
  enter(candidate: Candidate, bars: HeldBars, trade: Trade, wanted: number, rebalanced: boolean): boolean {
    const shares = this.affordable(wanted, trade.rawEntryPrice, trade.side, trade.at)
    if (!(shares > 0)) return false
    const holding = new Holding(candidate, bars, trade, this.account, rebalanced)
    holding.buy(shares, trade.rawEntryPrice)
    if (trade.at === 'close') holding.atClose()
    const at = this.#holdings.findIndex((other) => other.symbol > candidate.symbol)
    this.#holdings.splice(at < 0 ? this.#holdings.length : at, 0, holding)
    return true
  }

  /** Sells every position for which `leaves` holds and whose symbol trades in this session. */
  leave(leaves: (holding: Holding) => boolean, at: 'open' | 'close', session: number): void {
    for (const holding of this.#holdings)
      if (holding.today >= 0 && leaves(holding)) holding.sell(holding.shares, holding.price(at), 'rebalance')
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
    if (this.#holdings.every((holding) => holding.shares > 0)) return
    for (const holding of this.#holdings) {
      if (holding.shares > 0) continue
      this.finished.push(holding.finish())
      this.#left.set(holding.symbol, session)
    }
    this.#holdings = this.#holdings.filter((holding) => holding.shares > 0)
  }
}
