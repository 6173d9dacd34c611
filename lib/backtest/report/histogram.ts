/** How many values lie in [from, to); the outermost bins take all that lies beyond them. */
export interface Bin {
  from: number
  to: number
  count: number
}

/** Widths a reader can count with. */
const STEPS = [1, 2, 2.5, 5, 10]

/**
 * Bins of equal width with an edge at 0, about as wide as Freedman and Diaconis propose (2 IQR / cube root of n) and at most 40;
 * values past the 1st and 99th percentile fall into the outermost ones. Empty for no values.
 */
export function histogram(values: readonly number[], most = 40): Bin[] {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  if (sorted.length === 0) return []
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]
  const [low, high] = [Math.min(0, at(0.01)), Math.max(0, at(0.99))]
  const wanted = (2 * (at(0.75) - at(0.25))) / Math.cbrt(sorted.length)
  const width = niceStep(Math.max(wanted, (high - low) / (most - 2), 1e-4))
  const first = Math.floor(low / width + 1e-9)
  const last = Math.max(first + 1, Math.ceil(high / width - 1e-9))
  const bins = Array.from({ length: last - first }, (_, i) => ({
    from: (first + i) * width,
    to: (first + i + 1) * width,
    count: 0,
  }))
  for (const value of sorted) {
    const k = Math.floor(value / width + 1e-9) - first
    bins[Math.min(bins.length - 1, Math.max(0, k))].count++
  }
  return bins
}

/** The smallest of 1, 2, 2.5, 5 x 10^k that is at least `least`. */
export function niceStep(least: number): number {
  const unit = 10 ** Math.floor(Math.log10(least))
  return unit * STEPS.find((step) => step * unit >= least * (1 - 1e-9))!
}
