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
    return paid + (this.#charges('entry') ? this.#rate(paid) : 0)
  }

  /**
   * Most shares that `free` cash lets enter: what is bought is paid, what is sold short ties up its proceeds and as much again.
   * `pair`: the position opposite, of equal dollars, is entered with it. Each order's commission is the larger of the rate
   * and the minimum, so that the tightest of their combinations binds.
   */
  affordable(free: number, quote: Quote, pair: Quote | null): number {
    const legs = (pair === null ? [quote] : [quote, pair]).map((each) => {
      const ratio = quote.price / each.price
      const paid = this.paid(each.price, each.range, each.side)
      const tied = each.side === 1 ? paid : 2 * each.price - paid
      return { tied: ratio * tied, fee: this.#charges('entry') ? ratio * this.#rate(paid) : 0 }
    })
    const least = this.#charges('entry') ? this.#settings.commissionMinimum : 0
    let most = Number.POSITIVE_INFINITY
    for (let binding = 0; binding < (least > 0 ? 1 << legs.length : 1); binding++) {
      let cash = free
      let unit = 0
      for (const [i, { tied, fee }] of legs.entries()) {
        if ((binding >> i) & 1) cash -= least
        unit += tied + ((binding >> i) & 1 ? 0 : fee)
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

  #charges(on: 'entry' | 'exit'): boolean {
    const { commissionOn } = this.#settings
    return commissionOn === 'both' || commissionOn === on
  }
}
