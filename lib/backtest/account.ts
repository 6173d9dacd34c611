import type { ExitReason } from './exits.ts'
import type { BacktestSettings } from './settings.ts'

/** One execution: shares as traded, positive bought, negative sold; the price holds the slippage. */
export interface Execution {
  day: number
  /** closing instant of the bar */
  time: number
  price: number
  shares: number
  commission: number
  /** what the slippage cost against the bar's price */
  slippage: number
  reason: 'entry' | ExitReason
}

/** Cash and the price of trading; every change of cash passes through here. */
export class Account {
  cash: number
  readonly #slip: number
  readonly #commission: number

  constructor({ cash, slippageBps, commission }: BacktestSettings) {
    this.cash = cash
    this.#slip = slippageBps / 10_000
    this.#commission = commission
  }

  /** Cash that one share bought (or sold short) at a bar's price ties up, with its costs. */
  unitCost(price: number, side: 1 | -1): number {
    return price * (side === 1 ? 1 + this.#slip : 1) * (1 + this.#commission)
  }

  /** Buys (shares > 0) or sells (shares < 0) at a bar's price; the fill is worse by the slippage. */
  trade(at: { day: number; time: number }, price: number, shares: number, reason: Execution['reason']): Execution {
    const paid = price * (1 + Math.sign(shares) * this.#slip)
    const commission = Math.abs(shares) * paid * this.#commission
    this.cash -= shares * paid + commission
    const slippage = Math.abs(shares) * price * this.#slip
    return { day: at.day, time: at.time, price: paid, shares, commission, slippage, reason }
  }

  /** Cash from outside trading: a dividend, negative when a short position is charged. */
  receive(amount: number): void {
    this.cash += amount
  }
}
