/** Functions of the last n bars, t included: undefined if one of the n is undefined or there are fewer. */
import { newColumn } from './column-memory.ts'
import { isBelow, isEqual } from './compare.ts'
import { finite } from './kernels-pointwise.ts'

/**
 * Sums of the last n values. A running sum in plain doubles drifts (ties of averages then flip), so the rounding error of
 * every step is kept beside it (Knuth's TwoSum), the window is summed afresh every n bars, and also whenever the sum has
 * cancelled to a small rest of what went through it: a window of zeros sums to exactly 0.
 */
export function sum(x: Float64Array, n: number): Float64Array {
  return windowSums(x, n, 1)
}

/** Means of the last n values. */
export function sma(x: Float64Array, n: number): Float64Array {
  return windowSums(x, n, n)
}

/** The sums divided by `divisor`; an infinite sum is undefined. */
function windowSums(x: Float64Array, n: number, divisor: number): Float64Array {
  const length = x.length
  const out = newColumn(length)
  if (sumsAreExact(x, n)) return exactSums(x, n, divisor, out)
  let total = 0
  let error = 0
  let peak = 0
  let defined = 0
  let sinceFresh = 0
  for (let i = 0; i < length; i++) {
    const entering = x[i]
    if (Number.isNaN(entering)) {
      defined = 0
      out[i] = Number.NaN
      continue
    }
    if (++defined < n) {
      out[i] = Number.NaN
      continue
    }
    if (defined > n && sinceFresh < n) {
      const leaving = -x[i - n]
      const grown = total + entering
      let part = grown - total
      error += total - (grown - part) + (entering - part)
      const shrunk = grown + leaving
      part = shrunk - grown
      error += grown - (shrunk - part) + (leaving - part)
      total = shrunk
      sinceFresh++
      const grownSize = Math.abs(grown)
      if (grownSize > peak) peak = grownSize
      if (Math.abs(total) > 1e-6 * peak) {
        const v = total + error
        out[i] = (v - (v - v)) / divisor
        continue
      }
    }
    total = 0
    error = 0
    for (let k = i - n + 1; k <= i; k++) {
      const value = x[k]
      const grown = total + value
      const part = grown - total
      error += total - (grown - part) + (value - part)
      total = grown
    }
    const v = total + error
    out[i] = (v - (v - v)) / divisor
    peak = Math.abs(total)
    sinceFresh = 0
    defined = n
  }
  return out
}

/** Whether every sum of n of the values is a whole number that a double holds, as those of volumes are. */
function sumsAreExact(x: Float64Array, n: number): boolean {
  const most = Number.MAX_SAFE_INTEGER / (2 * n)
  for (let i = 0; i < x.length; i++) {
    const value = x[i]
    if (!(Math.floor(value) === value && Math.abs(value) <= most)) return false
  }
  return true
}

/** Running sums without any rounding error. */
function exactSums(x: Float64Array, n: number, divisor: number, out: Float64Array): Float64Array {
  const length = x.length
  let total = 0
  for (let i = 0; i < n && i < length; i++) {
    total += x[i]
    out[i] = Number.NaN
  }
  if (length >= n) out[n - 1] = total / divisor
  for (let i = n; i < length; i++) {
    total += x[i] - x[i - n]
    out[i] = total / divisor
  }
  return out
}

/** Population standard deviations of the last n values, in two passes per window; exactly 0 if all n are equal. */
export function stdev(x: Float64Array, n: number): Float64Array {
  const out = sma(x, n)
  const most = highest(x, n)
  const least = lowest(x, n)
  for (let i = n - 1; i < out.length; i++) {
    const mean = out[i]
    if (Number.isNaN(mean)) continue
    if (isEqual(least[i], most[i])) {
      out[i] = 0
      continue
    }
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
    out[i] = Math.sqrt((one + two + (three + four)) / n)
  }
  return finite(out)
}

/**
 * Largest of the last n values, by the method of van Herk: in blocks of n bars, extremes to the block's end and from its
 * start; every window is the end of one block and the start of the next. Three comparisons per bar whatever n; an undefined
 * value passes through Math.max.
 */
export function highest(x: Float64Array, n: number): Float64Array {
  const length = x.length
  const out = newColumn(length)
  const toEnd = newColumn(length)
  for (let start = 0; start < length; start += n) {
    const end = Math.min(start + n, length)
    let value = x[end - 1]
    toEnd[end - 1] = value
    for (let i = end - 2; i >= start; i--) toEnd[i] = value = Math.max(x[i], value)
    value = x[start]
    for (let i = start; i < end; i++) {
      value = Math.max(value, x[i])
      out[i] = i < n - 1 ? Number.NaN : Math.max(toEnd[i - n + 1], value)
    }
  }
  return out
}

/** Smallest of the last n values, as highest. */
export function lowest(x: Float64Array, n: number): Float64Array {
  const length = x.length
  const out = newColumn(length)
  const toEnd = newColumn(length)
  for (let start = 0; start < length; start += n) {
    const end = Math.min(start + n, length)
    let value = x[end - 1]
    toEnd[end - 1] = value
    for (let i = end - 2; i >= start; i--) toEnd[i] = value = Math.min(x[i], value)
    value = x[start]
    for (let i = start; i < end; i++) {
      value = Math.min(value, x[i])
      out[i] = i < n - 1 ? Number.NaN : Math.min(toEnd[i - n + 1], value)
    }
  }
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
