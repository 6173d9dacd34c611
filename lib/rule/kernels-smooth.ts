/** Exponential means: they walk over the defined values only. */
import { newColumn } from './column-memory.ts'
import { ABSOLUTE_TOLERANCE } from './compare.ts'
import { finite } from './kernels-pointwise.ts'

/** Exponential mean with a = 2/(n+1). */
export function ema(x: Float64Array, n: number): Float64Array {
  return smooth(x, n, 2 / (n + 1))
}

/** Wilder's mean, a = 1/n. */
export function rma(x: Float64Array, n: number): Float64Array {
  return smooth(x, n, 1 / n)
}

/**
 * Undefined until n values are defined; the first result is their mean; then v = v + a*(x - v). On a bar where x is
 * undefined the result is undefined and v is kept.
 */
function smooth(x: Float64Array, n: number, a: number): Float64Array {
  const length = x.length
  const out = newColumn(length)
  let seen = 0
  let total = 0
  let error = 0
  let mean = 0
  for (let i = 0; i < length; i++) {
    const value = x[i]
    if (Number.isNaN(value)) {
      out[i] = Number.NaN
    } else if (seen >= n) {
      mean += a * (value - mean)
      out[i] = mean
    } else {
      const grown = total + value
      const part = grown - total
      error += total - (grown - part) + (value - part)
      total = grown
      if (++seen === n) {
        mean = (total + error) / n
        out[i] = mean
      } else out[i] = Number.NaN
    }
  }
  return finite(out)
}

/**
 * rsi(x,n) in one pass: the same operations in the same order as its definition (Wilder's means of the rises and falls), so
 * the same bits. A test holds the two together.
 */
export function relativeStrength(x: Float64Array, n: number): Float64Array {
  const length = x.length
  const out = newColumn(length)
  const a = 1 / n
  let seen = 0
  let rise = 0
  let fall = 0
  let riseError = 0
  let fallError = 0
  let before = Number.NaN
  for (let i = 0; i < length; i++) {
    const up = x[i] - before
    before = x[i]
    if (Number.isNaN(up)) {
      out[i] = Number.NaN
      continue
    }
    // the larger of up and 0, and of -up and 0, without a branch that no processor can foresee
    const half = 0.5 * up
    const size = Math.abs(half)
    const gain = size + half
    const loss = size - half
    if (seen >= n) {
      rise += a * (gain - rise)
      fall += a * (loss - fall)
    } else {
      let grown = rise + gain
      let part = grown - rise
      riseError += rise - (grown - part) + (gain - part)
      rise = grown
      grown = fall + loss
      part = grown - fall
      fallError += fall - (grown - part) + (loss - part)
      fall = grown
      if (++seen < n) {
        out[i] = Number.NaN
        continue
      }
      rise = (rise + riseError) / n
      fall = (fall + fallError) / n
    }
    // both are >= 0: equal to 0 within the tolerance of comparisons
    if (fall <= ABSOLUTE_TOLERANCE) out[i] = rise > ABSOLUTE_TOLERANCE ? 100 : 50
    else {
      const ratio = rise / fall
      out[i] = ratio === Number.POSITIVE_INFINITY ? Number.NaN : 100 - 100 / (1 + ratio)
    }
  }
  return out
}

/** tr() in one pass; undefined on the first bar. */
export function trueRange(high: Float64Array, low: Float64Array, close: Float64Array): Float64Array {
  const out = newColumn(high.length)
  out[0] = Number.NaN
  for (let i = 1; i < out.length; i++) {
    // the largest of the three differences is that between the outermost of the three prices
    const before = close[i - 1]
    const top = before > high[i] ? before : high[i]
    const bottom = before < low[i] ? before : low[i]
    out[i] = top - bottom + (before - before)
  }
  return finite(out)
}
