import { AppError } from '../core/errors.ts'
import type { Account, Execution } from './account.ts'
import type { Quote } from './costs.ts'
import type { ExitReason } from './exits.ts'
import { barAt, type HeldBars } from './held-bars.ts'

/** What a lot came to; money in the currency of the bars. */
export interface LotSums {
  executions: Execution[]
  /** credited (short: charged) on ex-dates */
  dividends: number
  /** fee for the shares borrowed */
  borrow: number
  commission: number
  slippage: number
  /** all money that came (positive) and went */
  cash: number
  /** value of what was bought (short: sold) to open */
  opened: number
}

/** What is left of parts of shares, as a share of them, is nothing. */
const ROUNDING = 1e-12

/**
 * Shares of one symbol on one side, bar by bar. An exit that the bar's volume does not take, or that falls on a session on which
 * the symbol has no bar, leaves a rest that goes at the opens of the next bars, as much as each of them takes.
 */
export class Lot {
  readonly symbol: string
  readonly side: 1 | -1
  /** as traded, positive on either side */
  shares = 0
  /** price as traded it is valued at */
  mark: number
  /** bars since the one it was entered on; whether the symbol has one in the current session */
  passed = 0
  hasBar = true
  /** product of the splits since the entry */
  splits = 1
  readonly sums: LotSums = {
    executions: [],
    dividends: 0,
    borrow: 0,
    commission: 0,
    slippage: 0,
    cash: 0,
    opened: 0,
  }
  readonly #account: Account
  #bars: HeldBars | undefined
  /** the latest bar among those at hand */
  #at: number
  /** the session it has come to */
  #day: number
  #time: number
  /** ordered out and not yet taken */
  #rest = 0
  #restReason: ExitReason = 'exit'

  /** Begins on the bar that ends at `time`; throws `internal` when that is not at hand. */
  constructor(symbol: string, side: 1 | -1, bars: HeldBars | undefined, time: number, account: Account) {
    this.symbol = symbol
    this.side = side
    this.#account = account
    this.#bars = bars
    this.#at = barAt(bars, time)
    if (bars === undefined || this.#at < 0)
      throw new AppError('internal', `The bar on which ${symbol} is entered is not at hand.`)
    this.#day = bars.day[this.#at]
    this.#time = time
    this.mark = bars.close[this.#at]
  }

  /** Shares that no order to leave has named. */
  get staying(): number {
    const staying = this.shares - this.#rest
    return staying < ROUNDING * this.shares ? 0 : staying
  }

  /** Price as traded at the open or close of the current session; the mark when the symbol has no bar. */
  price(at: 'open' | 'close'): number {
    return this.hasBar ? this.#bars![at][this.#at] : this.mark
  }

  high(): number {
    return this.#bars!.high[this.#at]
  }

  low(): number {
    return this.#bars!.low[this.#at]
  }

  /** Closing instant of the session that it has come to. */
  get time(): number {
    return this.#time
  }

  /** The current bar as an order at its open or close meets it. */
  quote(at: 'open' | 'close'): Quote {
    return { ...this.#quote(this.price(at)), side: this.side }
  }

  #quote(price: number): Omit<Quote, 'side'> {
    const i = this.#at
    const bars = this.#bars
    if (!this.hasBar || bars === undefined) return { price, range: 0, volume: 0 }
    return { price, range: bars.high[i] - bars.low[i], volume: bars.volume[i] }
  }

  /** Goes on to the bars of the next span of days; undefined: the symbol has none there. */
  turn(bars: HeldBars | undefined): void {
    this.#bars = bars
    this.#at = -1
    this.hasBar = false
  }

  /**
   * Moves to the session: borrowed shares are paid for since the last one, on their value at the last close; then, with a bar, splits
   * multiply the shares and dividends are paid on them.
   */
  begin(day: number, time: number): void {
    if (this.side === -1 && day > this.#day && this.shares > 0) {
      const fee = this.#account.costs.borrow(this.shares * this.mark, day - this.#day)
      this.#receive(-fee)
      this.sums.borrow += fee
    }
    this.#day = day
    this.#time = time
    const bars = this.#bars
    this.hasBar = false
    while (bars !== undefined && bars.time[this.#at + 1] <= time) {
      const i = ++this.#at
      this.passed++
      this.hasBar = bars.time[i] === time
      if (bars.split[i] !== 1) {
        this.shares *= bars.split[i]
        this.#rest *= bars.split[i]
        this.splits *= bars.split[i]
        this.mark /= bars.split[i]
      }
      if (bars.dividend[i] === 0 || this.shares === 0) continue
      const amount = this.side * this.shares * bars.dividend[i]
      this.#receive(amount)
      this.sums.dividends += amount
    }
  }

  /** Opens or adds to the lot at a price of the current bar. */
  buy(shares: number, price: number): void {
    const done = this.#trade(this.side * shares, price, 'entry')
    this.shares += shares
    this.sums.opened += shares * done.price
  }

  /** Orders a part out at a price of the current bar; what the bar does not take is the rest. */
  sell(shares: number, price: number, reason: ExitReason): void {
    const now = this.hasBar ? Math.min(shares, this.#cap()) : 0
    if (now < shares) {
      this.#rest += shares - now
      this.#restReason = reason
    }
    if (now > 0) this.#leave(now, price, reason)
  }

  /** At the open: as much of the rest as the bar takes. */
  sellRest(): void {
    if (this.#rest === 0 || !this.hasBar) return
    const now = Math.min(this.#rest, this.#cap())
    if (!(now > 0)) return
    const all = now === this.#rest
    this.#rest = all ? 0 : this.#rest - now
    this.#leave(now, this.price('open'), this.#restReason).late = true
  }

  /** Takes back the order for the rest. */
  keepRest(): void {
    this.#rest = 0
  }

  /** Everything at once, whatever the volume: there is no later bar. */
  sellOut(price: number, reason: ExitReason): void {
    this.#rest = 0
    if (this.shares > 0) this.#leave(this.shares, price, reason)
  }

  /** Values the lot at the close of the current bar, if there is one. */
  atClose(): void {
    this.mark = this.price('close')
  }

  #cap(): number {
    return this.#account.costs.cap(this.#bars!.volume[this.#at])
  }

  #leave(shares: number, price: number, reason: ExitReason): Execution {
    const done = this.#trade(-this.side * shares, price, reason)
    const left = this.shares - shares
    this.shares = left < ROUNDING * shares ? 0 : left
    return done
  }

  #trade(signed: number, price: number, reason: Execution['reason']): Execution {
    const { sums } = this
    const at = { day: this.#day, time: this.#time }
    const done = this.#account.trade(at, this.#quote(price), signed, reason)
    sums.cash -= done.shares * done.price + done.commission
    sums.executions.push(done)
    sums.commission += done.commission
    sums.slippage += done.slippage
    return done
  }

  #receive(amount: number): void {
    this.#account.receive(amount)
    this.sums.cash += amount
  }
}
