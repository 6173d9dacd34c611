/** Functions of the last n bars, t included: undefined if one of the n is undefined or there are fewer. */
import { giveScratch, newColumn, takeScratch } from './column-memory.ts'
import { isBelow, isEqual } from './compare.ts'
import { finite } from './kernels-pointwise.ts'

/**
 * Sums of the last n values. A running sum in plain doubles drifts (ties of averages then flip): decimals are summed as whole
 * numbers, and of others every window is put together from sums within blocks of n bars, those to the end of one block and
 * those from the start of the next. Only the n values themselves ever show in a window's sum, whatever stood before.
 */
export function sum(x: Float64Array, n: number): Float64Array {
  return windowSums(x, n, 1)
}

/** Means of the last n values. */
export function sma(x: Float64Array, n: number): Float64Array {
  return windowSums(x, n, n)
}

/** Prices are whole ten-thousandths, most of them, and volumes whole numbers. */
const SCALE = 10_000
/** Added and taken away again it rounds to a whole number; larger sums are not whole in a double. */
const ROUNDING = 1.5 * 2 ** 52
const MOST_EXACT = 2 ** 51

/** The sums divided by `divisor`; an undefined value or an infinite sum makes its windows undefined. */
function windowSums(x: Float64Array, n: number, divisor: number): Float64Array {
  const out = newColumn(x.length)
  if (!decimalSums(x, n, SCALE * divisor, out)) blockSums(x, n, divisor, out)
  return out.fill(Number.NaN, 0, Math.min(n - 1, x.length))
}

/** Running sums in whole ten-thousandths, without any rounding error; false when a value or a sum is not one. */
function decimalSums(x: Float64Array, n: number, divisor: number, out: Float64Array): boolean {
  const { length } = x
  let total = 0
  for (let i = 0; i < length; i++) {
    const value = x[i]
    const scaled = value * SCALE + ROUNDING - ROUNDING
    if (scaled / SCALE !== value) return false
    total += scaled
    if (i >= n) total -= x[i - n] * SCALE + ROUNDING - ROUNDING
    // also what is too large for the rounding
    if (!(Math.abs(total) < MOST_EXACT)) return false
    out[i] = total / divisor
  }
  return true
}

/**
 * Sums put together in blocks; the rounding error of every addition is kept beside the sum (Knuth's TwoSum), so that a window
 * sums to the nearest double.
 */
function blockSums(x: Float64Array, n: number, divisor: number, out: Float64Array): void {
  const { length } = x
  const toEnd = takeScratch(length)
  const toEndError = takeScratch(length)
  for (let start = 0; start < length; start += n) {
    const last = Math.min(start + n, length) - 1
    let total = 0
    let error = 0
    for (let i = last; i >= start; i--) {
      const value = x[i]
      const grown = total + value
      const part = grown - total
      error += total - (grown - part) + (value - part)
      toEnd[i] = total = grown
      toEndError[i] = error
    }
    total = 0
    error = 0
    for (let i = start; i <= last; i++) {
      const value = x[i]
      const grown = total + value
      const part = grown - total
      error += total - (grown - part) + (value - part)
      total = grown
      if (i - start === n - 1) {
        const v = total + error
        out[i] = (v - (v - v)) / divisor
      } else if (i >= n) {
        const before = toEnd[i - n + 1]
        const whole = total + before
        const rest = whole - total
        const v = whole + (total - (whole - rest) + (before - rest) + (error + toEndError[i - n + 1]))
        out[i] = (v - (v - v)) / divisor
      }
    }
  }
  giveScratch(toEnd)
  giveScratch(toEndError)
}

/** Population standard deviations of the last n values, in two passes per window; exactly 0 if all n are equal. */
export function stdev(x: Float64Array, n: number): Float64Array {
  const out = sma(x, n)
  for (let i = n - 1; i < out.length; i++) {
    const mean = out[i]
    if (Number.isNaN(mean)) continue
    // four sums at once keep the processor busy; their order is fixed
    let one = 0
    let two = 0
    let three = 0
    let four = 0
    let k = i - n + 1
    for (; k + 3 <= i; k += 4) {
      const a = x[k] - mean
      const b = x[k + 1] - mean
      const c = x[k + 2] - mean
      const d = x[k + 3] - mean
      one += a * a
      two += b * b
      three += c * c
      four += d * d
    }
    for (; k <= i; k++) one += (x[k] - mean) * (x[k] - mean)
    const variance = (one + two + (three + four)) / n
    // values that are equal within the tolerance deviate by less than it; only then is it worth looking at each
    const clear = variance > 1e-17 * mean * mean + 1e-23
    out[i] = !clear && allEqual(x, i - n + 1, i) ? 0 : Math.sqrt(variance)
  }
  return finite(out)
}

function allEqual(x: Float64Array, from: number, to: number): boolean {
  let least = x[from]
  let most = least
  for (let k = from + 1; k <= to; k++) {
    least = Math.min(least, x[k])
    most = Math.max(most, x[k])
  }
  return isEqual(least, most) === true
}

/**
 * Largest of the last n values, by the method of van Herk: in blocks of n bars, extremes to the block's end and from its
 * start; every window is the end of one block and the start of the next. Three comparisons per bar whatever n.
 */
export function highest(x: Float64Array, n: number): Float64Array {
  if (hasUndefined(x)) return extremes(x, n, Math.max)
  const length = x.length
  const out = newColumn(length)
  const toEnd = takeScratch(length)
  for (let start = 0; start < length; start += n) {
    const end = Math.min(start + n, length)
    let value = x[end - 1]
    for (let i = end - 1; i >= start; i--) toEnd[i] = value = x[i] > value ? x[i] : value
    value = x[start]
    for (let i = start; i < end; i++) {
      value = x[i] > value ? x[i] : value
      const before = i < n - 1 ? Number.NaN : toEnd[i - n + 1]
      out[i] = before < value ? value : before
    }
  }
  giveScratch(toEnd)
  return out
}

/** Smallest of the last n values, as highest. */
export function lowest(x: Float64Array, n: number): Float64Array {
  if (hasUndefined(x)) return extremes(x, n, Math.min)
  const length = x.length
  const out = newColumn(length)
  const toEnd = takeScratch(length)
  for (let start = 0; start < length; start += n) {
    const end = Math.min(start + n, length)
    let value = x[end - 1]
    for (let i = end - 1; i >= start; i--) toEnd[i] = value = x[i] < value ? x[i] : value
    value = x[start]
    for (let i = start; i < end; i++) {
      value = x[i] < value ? x[i] : value
      const before = i < n - 1 ? Number.NaN : toEnd[i - n + 1]
      out[i] = before > value ? value : before
    }
  }
  giveScratch(toEnd)
  return out
}

function hasUndefined(x: Float64Array): boolean {
  let probe = 0
  for (let i = 0; i < x.length; i++) probe += x[i] - x[i]
  return Number.isNaN(probe)
}

/** As highest and lowest, with Math.max or Math.min, which an undefined value passes through. */
function extremes(x: Float64Array, n: number, pick: (a: number, b: number) => number): Float64Array {
  const length = x.length
  const out = newColumn(length)
  const toEnd = takeScratch(length)
  for (let start = 0; start < length; start += n) {
    const end = Math.min(start + n, length)
    let value = x[end - 1]
    for (let i = end - 1; i >= start; i--) toEnd[i] = value = pick(x[i], value)
    value = x[start]
    for (let i = start; i < end; i++) {
      value = pick(value, x[i])
      out[i] = i < n - 1 ? Number.NaN : pick(toEnd[i - n + 1], value)
    }
  }
  giveScratch(toEnd)
  return out
}

/** On how many of the last n bars c was true; undefined if it is unknown on one of them. */
export function count(c: Float64Array, n: number): Float64Array {
  const length = c.length
  const out = newColumn(length)
  let known = 0
  let found = 0
  for (let i = 0; i < length; i++) {
    const value = c[i]
    if (Number.isNaN(value)) {
      known = 0
      found = 0
    } else {
      known++
      if (value !== 0) found++
      if (known > n && c[i - n] !== 0) found--
    }
    out[i] = known < n ? Number.NaN : found
  }
  return out
}

/** Share of the n values before t that are less than the value at t. */
export function percentRank(x: Float64Array, n: number): Float64Array {
  const length = x.length
  const out = newColumn(length)
  let defined = 0
  for (let i = 0; i < length; i++) {
    const value = x[i]
    defined = !Number.isNaN(value) ? defined + 1 : 0
    if (defined <= n) {
      out[i] = Number.NaN
      continue
    }
    let less = 0
    for (let k = i - n; k < i; k++) if (isBelow(x[k], value)) less++
    out[i] = less / n
  }
  return out
}

/** Commodity channel index of typical prices p: (p - mean) / (0.015 * mean absolute deviation); undefined when all n are equal. */
export function commodityChannel(p: Float64Array, n: number): Float64Array {
  const out = sma(p, n)
  for (let i = 0; i < out.length; i++) {
    const mean = out[i]
    if (Number.isNaN(mean)) continue
    let deviation = 0
    let least = p[i]
    let most = least
    for (let k = i - n + 1; k <= i; k++) {
      const value = p[k]
      if (value < least) least = value
      else if (value > most) most = value
      deviation += Math.abs(value - mean)
    }
    out[i] = isEqual(least, most) ? Number.NaN : (p[i] - mean) / (0.015 * (deviation / n))
  }
  return finite(out)
}
