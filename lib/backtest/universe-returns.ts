/** What the symbols of a run returned on each day, all counting alike: added up by whoever has their bars, in any order. */
import type { BarSeries } from '../market/bars.ts'

/** Sums by day from the window's first on: of returns in units of 2^-30, and how many there were. */
export interface UniverseReturns {
  sum: Float64Array
  count: Int32Array
}

/**
 * Returns are rounded to this grid, so that sums are whole numbers: exact in any order below 2^53, which 131,072 symbols with
 * returns of 64 on one day reach.
 */
const UNITS = 2 ** 30
const MOST = 64

export const noReturns = (from: number, to: number): UniverseReturns => ({
  sum: new Float64Array(Math.max(to - from + 1, 0)),
  count: new Int32Array(Math.max(to - from + 1, 0)),
})

/**
 * Adds a symbol's total returns from close to close, dividends included, within the window; `isMember` says whether the symbol belongs
 * to the universe at a bar: a return counts when it did at the close before.
 */
export function addReturns(
  { sum, count }: UniverseReturns,
  { day, close, dividend, length }: BarSeries,
  from: number,
  isMember: (bar: number) => boolean = () => true,
): void {
  let before = -1
  let paid = 0
  for (let i = 0; i < length; i++) {
    if (day[i] < from) continue
    if (day[i] - from >= sum.length) break
    paid += dividend[i]
    // within the day only the last close counts
    if (i + 1 < length && day[i + 1] === day[i]) continue
    if (before >= 0 && isMember(before) && close[before] > 0) {
      const change = Math.min((close[i] + paid) / close[before] - 1, MOST)
      sum[day[i] - from] += Math.round(change * UNITS)
      count[day[i] - from]++
    }
    before = i
    paid = 0
  }
}

export function addAll(total: UniverseReturns, part: UniverseReturns): void {
  for (let i = 0; i < total.sum.length; i++) {
    total.sum[i] += part.sum[i]
    total.count[i] += part.count[i]
  }
}

/** Mean return of a day; 0 where no symbol had one. */
export function meanReturn({ sum, count }: UniverseReturns, index: number): number {
  return count[index] === 0 ? 0 : sum[index] / UNITS / count[index]
}
