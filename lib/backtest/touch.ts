import { atLeast, atMost } from '../rule/compare.ts'

/** Prices of one bar. */
export interface BarPrices {
  open: number
  high: number
  low: number
}

/** Where a level was reached: at the open (the bar opened beyond it) or within the bar, and the price of the fill. */
export interface Touch {
  at: 'open' | 'bar'
  price: number
}

/**
 * Where a bar reaches a level that lies on the losing side of a position (a stop): beyond it at the open fills at the open,
 * else at the level; null when it does not, or when the level is undefined.
 */
export function touchStop(side: 1 | -1, bar: BarPrices, level: number): Touch | null {
  return side === 1 ? touchBelow(bar, level) : touchAbove(bar, level)
}

/** The same on the winning side (a target). */
export function touchTarget(side: 1 | -1, bar: BarPrices, level: number): Touch | null {
  return side === 1 ? touchAbove(bar, level) : touchBelow(bar, level)
}

function touchBelow({ open, low }: BarPrices, level: number): Touch | null {
  if (atMost(open, level) === true) return { at: 'open', price: open }
  return atMost(low, level) === true ? { at: 'bar', price: level } : null
}

function touchAbove({ open, high }: BarPrices, level: number): Touch | null {
  if (atLeast(open, level) === true) return { at: 'open', price: open }
  return atLeast(high, level) === true ? { at: 'bar', price: level } : null
}
