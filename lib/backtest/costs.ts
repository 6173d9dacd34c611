import type { BacktestSettings } from './settings.ts'

/** An order's bar as the account meets it: the price before costs, high less low and the volume, as traded, and the side taken. */
export interface Quote {
  price: number
  range: number
  volume: number
  /** of the position: 1 is bought to enter, -1 sold */
  side: 1 | -1
}

/** Days of the year over which the fee for borrowed shares is spread. */
const BORROW_DAYS = 365

/**
 * What trading costs. Slippage: a fill is worse than the bar's price by a part of that price and a part of the bar's range, never
 * below 0 for a seller. Commission of one fill: a part of its value and money for each share as traded, at least the minimum.
 */
export class Costs {
  readonly #settings: BacktestSettings

  constructor(settings: BacktestSettings) {
    this.#settings = settings
  }

  /** Price of a fill: `sign` 1 buys, -1 sells. */
  paid(price: number, range: number, sign: number): number {
    const { slippageBps, slippageRange } = this.#settings
    return Math.max(0, price * (1 + (sign * slippageBps) / 10_000) + sign * slippageRange * range)
  }

  /** Commission of one fill of `shares` (positive) at the price paid. */
  commission(shares: number, paid: number, on: 'entry' | 'exit'): number {
    if (shares === 0 || !this.#charges(on)) return 0
    return Math.max(this.#settings.commissionMinimum, shares * this.#rate(paid))
  }

  /** Money of an equal weight that one share takes to enter: what it is worth with its commission, without the minimum. */
  unit({ price, range, side }: Quote): number {
    const paid = side === 1 ? this.paid(price, range, 1) : price
    return paid + this.#entryRate(paid)
  }

  /**
   * Most shares that `free` cash lets enter. What is bought is paid with its commission; a short may bring at most as much money,
   * after its commission, as is free (shorts are as large as longs; afterwards it ties up its proceeds and as much again).
   * `pair`: the position opposite, of equal dollars, is entered with it, and the costs of both are paid from what is free.
   */
  affordable(free: number, quote: Quote, pair: Quote | null): number {
    if (pair === null && quote.side === -1) {
      const paid = this.paid(quote.price, quote.range, -1)
      return Math.max(0, free / (paid - this.#entryRate(paid)))
    }
    const legs = (pair === null ? [quote] : [quote, pair]).map((each) => {
      const ratio = quote.price / each.price
      const paid = this.paid(each.price, each.range, each.side)
      const tied = each.side === 1 ? paid : 2 * each.price - paid
      return { tied: ratio * tied, fee: ratio * this.#entryRate(paid) }
    })
    // an order's commission is the larger of rate and minimum: the tightest of their combinations binds
    const least = this.#charges('entry') ? this.#settings.commissionMinimum : 0
    let most = Number.POSITIVE_INFINITY
    for (let binding = 0; binding < (least > 0 ? 1 << legs.length : 1); binding++) {
      let cash = free
      let unit = 0
      for (const [i, { tied, fee }] of legs.entries()) {
        const binds = ((binding >> i) & 1) === 1
        if (binds) cash -= least
        unit += binds ? tied : tied + fee
      }
      most = Math.min(most, cash / unit)
    }
    return Math.max(0, most)
  }

  /** Most shares one order takes of a bar. */
  cap(volume: number): number {
    const { volumeShare } = this.#settings
    return volumeShare === null ? Number.POSITIVE_INFINITY : this.whole(volumeShare * volume)
  }

  /** Fee for shares sold short, worth `value`, over calendar days: rate x value x days / 365. */
  borrow(value: number, days: number): number {
    return (this.#settings.borrowRate * value * days) / BORROW_DAYS
  }

  /** Rounded down to whole shares, unless fractions are held; 99.9999999999 shares are 100. */
  whole(shares: number): number {
    return this.#settings.fractional ? shares : Math.floor(shares + 1e-9)
  }

  #rate(paid: number): number {
    return paid * this.#settings.commission + this.#settings.commissionPerShare
  }

  #entryRate(paid: number): number {
    return this.#charges('entry') ? this.#rate(paid) : 0
  }

  #charges(on: 'entry' | 'exit'): boolean {
    const { commissionOn } = this.#settings
    return commissionOn === 'both' || commissionOn === on
  }
}
