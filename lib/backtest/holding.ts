import { AppError } from '../core/errors.ts'
import type { Account, Execution } from './account.ts'
import type { Candidate } from './candidate.ts'
import type { ExitReason } from './exits.ts'
import type { HeldBars } from './held-bars.ts'
import type { Leg, Trade } from './trades.ts'

/** An entry and everything that came of it; money in the currency of the bars, shares and prices as traded. */
export interface PortfolioTrade {
  symbol: string
  side: 1 | -1
  signalDay: number
  /** the instant the signal's bar ended */
  signalTime: number
  executions: Execution[]
  /** credited (short: charged) on ex-dates */
  dividends: number
  commission: number
  slippage: number
  /** after costs, dividends included; while open: with the rest valued at the last close */
  pnl: number
  /** pnl / value of what was bought (short: sold) to open */
  return: number
  barsHeld: number
  open: boolean
  exitReason: ExitReason | null
}

/** A position that is held: replays the exits of its trade on the shares really bought. */
export class Holding {
  readonly symbol: string
  /** the symbol's last bar in the data */
  readonly last: Candidate['last']
  readonly trade: Trade
  /** as traded, positive on either side */
  shares = 0
  /** price as traded it is valued at */
  mark: number
  /** index of the bar of the current session, as the trade counts bars; -1 when the symbol has none */
  today: number
  #bars: HeldBars | undefined
  /** the latest bar among those at hand */
  #at: number
  readonly #record: PortfolioTrade
  readonly #account: Account
  readonly #rebalanced: boolean
  #next: number
  #leg = 0
  /** share of the trade that its executed legs have left */
  #share = 1
  #opened = 0
  #cash = 0

  /** `rebalanced`: it is held to the next rebalance, not for the default number of bars. */
  constructor(candidate: Candidate, bars: HeldBars, trade: Trade, account: Account, rebalanced: boolean) {
    const { symbol, last, entry } = candidate
    this.symbol = symbol
    this.last = last
    this.#bars = bars
    this.#at = bars.time.indexOf(entry.fill?.time ?? Number.NaN)
    if (this.#at < 0) throw new AppError('internal', `The bar on which ${symbol} is entered is not at hand.`)
    this.trade = trade
    this.mark = trade.rawEntryPrice
    this.today = trade.entry
    this.#next = trade.entry + 1
    this.#account = account
    this.#rebalanced = rebalanced
    this.#record = {
      symbol,
      side: trade.side,
      signalDay: entry.day,
      signalTime: entry.time,
      executions: [],
      dividends: 0,
      commission: 0,
      slippage: 0,
      pnl: 0,
      return: 0,
      barsHeld: 0,
      open: true,
      exitReason: null,
    }
  }

  /** Price as traded at the open or close of the current session; the mark when the symbol has no bar. */
  price(at: 'open' | 'close'): number {
    return this.today < 0 ? this.mark : this.#bars![at][this.#at]
  }

  /** Goes on to the bars of the next span of days; undefined: the symbol has none there. */
  turn(bars: HeldBars | undefined): void {
    this.#bars = bars
    this.#at = -1
  }

  /** Moves to the session's bar, if the symbol has one: splits multiply the shares, then dividends are paid on them. */
  begin(time: number): void {
    const bars = this.#bars
    this.today = -1
    if (bars === undefined || bars.time[this.#at + 1] !== time) return
    this.today = this.#next++
    const i = ++this.#at
    this.shares *= bars.split[i]
    if (bars.dividend[i] === 0) return
    const amount = this.trade.side * this.shares * bars.dividend[i]
    this.#account.receive(amount)
    this.#cash += amount
    this.#record.dividends += amount
  }

  /** Executes the legs of the current bar that an earlier close decided: they fill at the open, before entries. */
  decidedExits(): void {
    this.#execute((leg) => leg.reason === 'exit' || leg.reason === 'hold')
  }

  /** Executes the legs that the bar's prices bring about; a symbol that has ended is sold at its last close. */
  reachedExits(ended: boolean): void {
    this.#execute(() => true)
    if (ended && this.shares > 0 && this.today >= 0 && this.#bars!.time[this.#at] === this.last.time)
      this.sell(this.shares, this.price('close'), 'delisted')
  }

  #execute(isDue: (leg: Leg) => boolean): void {
    const { legs } = this.trade
    while (this.#leg < legs.length && this.shares > 0) {
      const leg = legs[this.#leg]
      if (leg.index !== this.today || !isDue(leg)) return
      if (leg.reason === 'delisted' || (leg.reason === 'hold' && this.#rebalanced)) return
      this.#leg++
      const rest = this.#share - leg.share
      const part = this.shares * (leg.share / this.#share)
      this.#share = rest
      const shares = rest < 1e-12 ? this.shares : Number.isInteger(this.shares) ? Math.floor(part + 1e-9) : part
      if (shares > 0) this.sell(shares, leg.rawPrice, leg.reason)
    }
  }

  /** Opens or adds to the position at a price as traded. */
  buy(shares: number, price: number): void {
    const done = this.#trade(this.trade.side * shares, price, 'entry')
    this.shares += shares
    this.#opened += shares * done.price
  }

  /** Closes a part of the position, or all of it. */
  sell(shares: number, price: number, reason: ExitReason): void {
    this.#trade(-this.trade.side * shares, price, reason)
    this.shares = shares === this.shares ? 0 : this.shares - shares
    this.#record.exitReason = reason
  }

  #trade(signed: number, price: number, reason: Execution['reason']): Execution {
    const record = this.#record
    const at = { day: this.#bars!.day[this.#at], time: this.#bars!.time[this.#at] }
    const done = this.#account.trade(at, price, signed, reason)
    this.#cash -= done.shares * done.price + done.commission
    record.executions.push(done)
    record.commission += done.commission
    record.slippage += done.slippage
    record.barsHeld = this.today - this.trade.entry + 1
    return done
  }

  /** Values the position at the close of the current bar, if there is one. */
  atClose(): void {
    this.mark = this.price('close')
  }

  /** The record: closed when nothing is left, else marked at the last close. */
  finish(): PortfolioTrade {
    const record = this.#record
    record.open = this.shares > 0
    if (record.open) {
      record.exitReason = null
      record.barsHeld = this.#next - this.trade.entry
    }
    record.pnl = this.#cash + this.trade.side * this.shares * this.mark
    record.return = this.#opened > 0 ? record.pnl / this.#opened : 0
    return record
  }
}
