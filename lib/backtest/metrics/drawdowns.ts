/** Falls of a curve from its peak to the bar on which the peak is reached again. */

export interface Drawdown {
  /** places of the curve: the peak, the lowest value after it, and where the peak is reached again (null: not yet) */
  peak: number
  trough: number
  recovery: number | null
  /** fraction of the peak lost at the trough, above 0 */
  depth: number
}

/** Largest fall from a peak as a fraction of it, 0 or more; the start counts as a peak. */
export function maxDrawdown(curve: readonly number[]): number {
  let peak = Number.NEGATIVE_INFINITY
  let worst = 0
  for (const value of curve) {
    if (value > peak) peak = value
    if (peak > 0) worst = Math.max(worst, 1 - value / peak)
  }
  return worst
}

/** Every drawdown of a curve, in time. */
export function drawdownsOf(curve: readonly number[]): Drawdown[] {
  const found: Drawdown[] = []
  let peak = 0
  let open = null as Drawdown | null
  for (let i = 1; i < curve.length; i++) {
    if (curve[i] >= curve[peak]) {
      if (open !== null) found.push({ ...open, recovery: i })
      open = null
      peak = i
      continue
    }
    const depth = curve[peak] > 0 ? 1 - curve[i] / curve[peak] : 0
    if (depth <= 0) continue
    if (open === null) open = { peak, trough: i, recovery: null, depth }
    else if (depth > open.depth) open = { ...open, trough: i, depth }
  }
  if (open !== null) found.push(open)
  return found
}
