/**
 * Functions of one bar. Columns hold numbers, NaN for undefined; conditions hold 1 (true), 0 (false), NaN (unknown).
 * A kernel leaves its inputs alone and writes a new column, or the first `length` values of the `out` it is given (which may be
 * one of its inputs); no result is ever infinite.
 */

import type { ArithmeticOp, CompareOp } from './ast.ts'
import { newColumn } from './column-memory.ts'
import { order } from './compare.ts'

/** A column, or one number standing for a column of it. */
export type Operand = Float64Array | number

/** a op b, bar by bar; overflow and division by zero are undefined. At least one side is a column. */
export function arithmetic(
  op: ArithmeticOp,
  a: Operand,
  b: Operand,
  out: Float64Array = newColumn((typeof a === 'number' ? (b as Float64Array) : a).length),
  length = out.length,
): Float64Array {
  // v - (v - v) is v, and undefined for an infinite v
  if (typeof a === 'number') return withNumberFirst(op, a, b as Float64Array, out, length)
  if (typeof b === 'number') return withNumberLast(op, a, b, out, length)
  if (op === '+')
    for (let i = 0; i < length; i++) {
      const v = a[i] + b[i]
      out[i] = v - (v - v)
    }
  else if (op === '-')
    for (let i = 0; i < length; i++) {
      const v = a[i] - b[i]
      out[i] = v - (v - v)
    }
  else if (op === '*')
    for (let i = 0; i < length; i++) {
      const v = a[i] * b[i]
      out[i] = v - (v - v)
    }
  else
    for (let i = 0; i < length; i++) {
      const v = a[i] / b[i]
      out[i] = v - (v - v)
    }
  return out
}

function withNumberLast(op: ArithmeticOp, a: Float64Array, k: number, out: Float64Array, length: number): Float64Array {
  if (op === '+')
    for (let i = 0; i < length; i++) {
      const v = a[i] + k
      out[i] = v - (v - v)
    }
  else if (op === '-') return withNumberLast('+', a, -k, out, length)
  else if (op === '*')
    for (let i = 0; i < length; i++) {
      const v = a[i] * k
      out[i] = v - (v - v)
    }
  else
    for (let i = 0; i < length; i++) {
      const v = a[i] / k
      out[i] = v - (v - v)
    }
  return out
}

function withNumberFirst(
  op: ArithmeticOp,
  k: number,
  b: Float64Array,
  out: Float64Array,
  length: number,
): Float64Array {
  if (op === '+' || op === '*') return withNumberLast(op, b, k, out, length)
  if (op === '-')
    for (let i = 0; i < length; i++) {
      const v = k - b[i]
      out[i] = v - (v - v)
    }
  else
    for (let i = 0; i < length; i++) {
      const v = k / b[i]
      out[i] = v - (v - v)
    }
  return out
}

/** Makes infinities undefined, in place: only for a column the caller has just made. */
export function finite(column: Float64Array): Float64Array {
  const length = column.length
  for (let i = 0; i < length; i++) {
    const v = column[i]
    column[i] = v - (v - v)
  }
  return column
}

/** The verdict of each comparison for "greater", "equal" and "less". */
const VERDICTS: Record<CompareOp, Float64Array> = {
  '>': Float64Array.of(1, 0, 0),
  '>=': Float64Array.of(1, 1, 0),
  '<': Float64Array.of(0, 0, 1),
  '<=': Float64Array.of(0, 1, 1),
  '==': Float64Array.of(0, 1, 0),
  '!=': Float64Array.of(1, 0, 1),
}

/**
 * a op b with the tolerance of compare.ts, bar by bar. Which of two prices is larger no processor foresees, so the verdict is
 * computed from the sign of the difference; only what lies near the tolerance is looked at more closely.
 */
export function compare(
  op: CompareOp,
  a: Float64Array,
  b: Operand,
  out: Float64Array = newColumn(a.length),
  length = out.length,
): Float64Array {
  if (typeof b === 'number') return compareWith(op, a, b, out, length)
  const verdicts = VERDICTS[op]
  const middle = (verdicts[0] + verdicts[2]) / 2
  const slope = (verdicts[0] - verdicts[2]) / 2
  for (let i = 0; i < length; i++) {
    const x = a[i]
    const y = b[i]
    const difference = x - y
    const size = Math.abs(difference)
    // twice the tolerance or more: what lies beyond it needs no closer look
    if (size > 2e-9 * (Math.abs(x) + Math.abs(y)) + 2e-12 && size < Number.POSITIVE_INFINITY)
      out[i] = middle + slope * (difference / size)
    else out[i] = verdict(order(x, y), verdicts)
  }
  return out
}

/** Comparison with one number: beyond twice the tolerance on either side of it there is no closer look. */
function compareWith(op: CompareOp, a: Float64Array, k: number, out: Float64Array, length: number): Float64Array {
  const verdicts = VERDICTS[op]
  const middle = (verdicts[0] + verdicts[2]) / 2
  const slope = (verdicts[0] - verdicts[2]) / 2
  const clear = 4e-9 * Math.abs(k) + 4e-12
  for (let i = 0; i < length; i++) {
    const difference = a[i] - k
    const size = Math.abs(difference)
    if (size > clear && size < Number.POSITIVE_INFINITY) out[i] = middle + slope * (difference / size)
    else out[i] = verdict(order(a[i], k), verdicts)
  }
  return out
}

/** a op factor*b[bars]: what most comparisons with an average are, without the two columns between. */
export function compareScaled(
  op: CompareOp,
  a: Float64Array,
  b: Float64Array,
  bars: number,
  factor: number,
  out: Float64Array,
  length: number,
): Float64Array {
  const verdicts = VERDICTS[op]
  const middle = (verdicts[0] + verdicts[2]) / 2
  const slope = (verdicts[0] - verdicts[2]) / 2
  out.fill(Number.NaN, 0, Math.min(bars, length))
  for (let i = bars; i < length; i++) {
    const x = a[i]
    const scaled = factor * b[i - bars]
    const y = scaled - (scaled - scaled)
    const difference = x - y
    const size = Math.abs(difference)
    if (size > 2e-9 * (Math.abs(x) + Math.abs(y)) + 2e-12 && size < Number.POSITIVE_INFINITY)
      out[i] = middle + slope * (difference / size)
    else out[i] = verdict(order(x, y), verdicts)
  }
  return out
}

function verdict(ordered: number, verdicts: Float64Array): number {
  return Number.isNaN(ordered) ? ordered : verdicts[1 - ordered]
}

/** Three-valued and: false wins over unknown. Conditions are 1, 0 or NaN, so their product is the answer where both are known. */
export function and(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array = newColumn(a.length),
  length = out.length,
): Float64Array {
  for (let i = 0; i < length; i++) {
    const x = a[i]
    const y = b[i]
    const both = x * y
    out[i] = !Number.isNaN(both) ? both : x === 0 || y === 0 ? 0 : Number.NaN
  }
  return out
}

/** Three-valued or: true wins over unknown. */
export function or(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array = newColumn(a.length),
  length = out.length,
): Float64Array {
  for (let i = 0; i < length; i++) {
    const x = a[i]
    const y = b[i]
    const either = x + y - x * y
    out[i] = !Number.isNaN(either) ? either : x === 1 || y === 1 ? 1 : Number.NaN
  }
  return out
}

/** Three-valued not: unknown stays unknown. */
export function not(a: Float64Array, out: Float64Array = newColumn(a.length), length = out.length): Float64Array {
  for (let i = 0; i < length; i++) {
    out[i] = 1 - a[i]
  }
  return out
}

/** x where c is true, y (undefined when omitted) where false, undefined where unknown; c is 1, 0 or NaN. */
export function where(c: Float64Array, x: Float64Array, y?: Float64Array): Float64Array {
  const length = c.length
  const out = newColumn(length)
  if (y === undefined) {
    for (let i = 0; i < length; i++) {
      const v = x[i] / c[i]
      out[i] = v - (v - v)
    }
    return out
  }
  for (let i = 0; i < length; i++) {
    const chosen = c[i]
    // one of the two products is the value and the other 0, unless a value is undefined
    const v = chosen * x[i] + (1 - chosen) * y[i]
    out[i] = !Number.isNaN(v) ? v : chosen === 1 ? x[i] : chosen === 0 ? y[i] : Number.NaN
  }
  return out
}

/** The smaller value; undefined if one is. */
export function min(a: Float64Array, b: Float64Array): Float64Array {
  const out = newColumn(a.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.min(a[i], b[i])
  return out
}

/** The larger value; undefined if one is. */
export function max(a: Float64Array, b: Float64Array): Float64Array {
  const out = newColumn(a.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.max(a[i], b[i])
  return out
}

/** -x. */
export function negate(a: Float64Array, out: Float64Array = newColumn(a.length), length = out.length): Float64Array {
  for (let i = 0; i < length; i++) out[i] = -a[i]
  return out
}

/** |x|. */
export function absolute(a: Float64Array): Float64Array {
  const out = newColumn(a.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(a[i])
  return out
}

/** Natural logarithm; undefined for x <= 0. */
export function logarithm(a: Float64Array): Float64Array {
  const out = newColumn(a.length)
  for (let i = 0; i < out.length; i++) out[i] = a[i] > 0 ? Math.log(a[i]) : Number.NaN
  return out
}

/** Square root; undefined for x < 0. */
export function squareRoot(a: Float64Array): Float64Array {
  const out = newColumn(a.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(a[i])
  return out
}

/** The largest integer <= x. */
export function floor(a: Float64Array): Float64Array {
  const out = newColumn(a.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.floor(a[i])
  return out
}
