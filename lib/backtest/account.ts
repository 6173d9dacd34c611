import { Costs, type Quote } from './costs.ts'
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
  /** the rest of an exit that an earlier bar did not take (its volume was too small, or there was none) */
  late?: true
}

/** Cash and the price of trading; every change of cash passes through here. */
export class Account {
  cash: number
  readonly costs: Costs

  constructor(settings: BacktestSettings) {
    this.cash = settings.cash
    this.costs = new Costs(settings)
  }

  /** Buys (shares > 0) or sells (shares < 0) at a bar's price; the fill is worse by the slippage. */
  trade(
    at: { day: number; time: number },
    { price, range }: Pick<Quote, 'price' | 'range'>,
    shares: number,
    reason: Execution['reason'],
  ): Execution {
    const size = Math.abs(shares)
    const paid = this.costs.paid(price, range, Math.sign(shares))
    const commission = this.costs.commission(size, paid, reason === 'entry' ? 'entry' : 'exit')
    this.cash -= shares * paid + commission
    return { day: at.day, time: at.time, price: paid, shares, commission, slippage: shares * (paid - price), reason }
  }

  /** Cash from outside trading: a dividend, negative when a short position is charged. */
  receive(amount: number): void {
    this.cash += amount
  }
}
