/** Means and slopes whose weights change along the window, and the mean that adapts its own. */
import { newColumn } from './column-memory.ts'
import { ABSOLUTE_TOLERANCE } from './compare.ts'
import { finite } from './kernels-pointwise.ts'

/**
 * Linearly weighted mean of the last n values: n times the value at t, n - 1 times the one before, ... once the oldest,
 * over n(n+1)/2. Every window is summed afresh: nothing drifts.
 */
export function weightedMean(x: Float64Array, n: number): Float64Array {
  const length = x.length
  const out = newColumn(length)
  const weights = (n * (n + 1)) / 2
  let defined = 0
  for (let i = 0; i < length; i++) {
    defined = Number.isNaN(x[i]) ? 0 : defined + 1
    if (defined < n) {
      out[i] = Number.NaN
      continue
    }
    let total = 0
    for (let k = i - n + 1, weight = 1; weight <= n; k++, weight++) total += weight * x[k]
    out[i] = total / weights
  }
  return finite(out)
}

/** Slope per bar of the least-squares line through the last n values; undefined for n = 1, exactly 0 when all n are equal. */
export function slope(x: Float64Array, n: number): Float64Array {
  const length = x.length
  const out = newColumn(length)
  const squares = (n * (n * n - 1)) / 12
  let defined = 0
  for (let i = 0; i < length; i++) {
    const now = x[i]
    defined = Number.isNaN(now) ? 0 : defined + 1
    if (defined < n) {
      out[i] = Number.NaN
      continue
    }
    let total = 0
    for (let k = i - n + 1, place = (1 - n) / 2; k <= i; k++, place++) total += place * (x[k] - now)
    out[i] = total / squares
  }
  return finite(out)
}

/**
 * Kaufman's adaptive mean. It walks over the defined values only; the first result is the n-th of them itself, then
 * v = v + s*s*(x - v) with s = e*(2/(fast+1) - 2/(slow+1)) + 2/(slow+1) and the efficiency e = |x - x n values ago| over the sum
 * of the n absolute changes between them (1 where nothing changed).
 */
export function adaptiveMean(x: Float64Array, n: number, fast = 2, slow = 30): Float64Array {
  const known = definedOf(x)
  const quickest = 2 / (fast + 1)
  const slowest = 2 / (slow + 1)
  const out = newColumn(x.length).fill(Number.NaN)
  let value = Number.NaN
  let i = -1
  for (let k = 0; k < known.length; k++) {
    do i++
    while (Number.isNaN(x[i]))
    if (k < n - 1) continue
    if (k === n - 1) value = known[k]
    else {
      let path = 0
      for (let j = k - n + 1; j <= k; j++) path += Math.abs(known[j] - known[j - 1])
      const efficiency = path <= ABSOLUTE_TOLERANCE ? 1 : Math.abs(known[k] - known[k - n]) / path
      const speed = efficiency * (quickest - slowest) + slowest
      value += speed * speed * (known[k] - value)
    }
    out[i] = value
  }
  return finite(out)
}

function definedOf(x: Float64Array): Float64Array {
  let count = 0
  for (let i = 0; i < x.length; i++) if (!Number.isNaN(x[i])) count++
  if (count === x.length) return x
  const known = newColumn(count)
  let next = 0
  for (let i = 0; i < x.length; i++) if (!Number.isNaN(x[i])) known[next++] = x[i]
  return known
}
