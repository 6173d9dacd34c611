/**
 * Functions of one bar. Columns hold numbers, NaN for undefined; conditions hold 1 (true), 0 (false), NaN (unknown).
 * Every kernel writes a new column and leaves its inputs alone; no result is ever infinite.
 */
import type { ArithmeticOp, CompareOp } from './ast.ts'
import { order } from './compare.ts'

/** A column, or one number standing for a column of it. */
export type Operand = Float64Array | number

/** a op b, bar by bar; overflow and division by zero are undefined. At least one side is a column. */
export function arithmetic(op: ArithmeticOp, a: Operand, b: Operand): Float64Array {
  // v - (v - v) is v, and undefined for an infinite v
  if (typeof a === 'number') return withNumberFirst(op, a, b as Float64Array)
  if (typeof b === 'number') return withNumberLast(op, a, b)
  const length = a.length
  const out = new Float64Array(length)
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

function withNumberLast(op: ArithmeticOp, a: Float64Array, k: number): Float64Array {
  const length = a.length
  const out = new Float64Array(length)
  if (op === '+')
    for (let i = 0; i < length; i++) {
      const v = a[i] + k
      out[i] = v - (v - v)
    }
  else if (op === '-') return withNumberLast('+', a, -k)
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

function withNumberFirst(op: ArithmeticOp, k: number, b: Float64Array): Float64Array {
  if (op === '+' || op === '*') return withNumberLast(op, b, k)
  const length = b.length
  const out = new Float64Array(length)
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
const VERDICTS: Record<CompareOp, readonly [number, number, number]> = {
  '>': [1, 0, 0],
  '>=': [1, 1, 0],
  '<': [0, 0, 1],
  '<=': [0, 1, 1],
  '==': [0, 1, 0],
  '!=': [1, 0, 1],
}

/** a op b with the tolerance of compare.ts, bar by bar. */
export function compare(op: CompareOp, a: Float64Array, b: Operand): Float64Array {
  const [greater, equal, less] = VERDICTS[op]
  const length = a.length
  const out = new Float64Array(length)
  const k = typeof b === 'number' ? b : Number.NaN
  const column = typeof b === 'number' ? undefined : b
  for (let i = 0; i < length; i++) {
    const x = a[i]
    const y = column === undefined ? k : column[i]
    const difference = x - y
    // twice the tolerance or more: what lies beyond it needs no closer look
    const clear = 2e-9 * (Math.abs(x) + Math.abs(y)) + 2e-12
    if (difference > clear) out[i] = greater
    else if (difference < -clear) out[i] = less
    else {
      const found = order(x, y)
      out[i] = found === 0 ? equal : found === 1 ? greater : found === -1 ? less : Number.NaN
    }
  }
  return out
}

/** Three-valued and: false wins over unknown. */
export function and(a: Float64Array, b: Float64Array): Float64Array {
  const length = a.length
  const out = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const x = a[i]
    const y = b[i]
    out[i] = x === 0 || y === 0 ? 0 : !Number.isNaN(x) && !Number.isNaN(y) ? 1 : Number.NaN
  }
  return out
}

/** Three-valued or: true wins over unknown. */
export function or(a: Float64Array, b: Float64Array): Float64Array {
  const length = a.length
  const out = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const x = a[i]
    const y = b[i]
    // unknown is NaN, so "not zero and not NaN" is "true"
    out[i] =
      (x !== 0 && !Number.isNaN(x)) || (y !== 0 && !Number.isNaN(y))
        ? 1
        : !Number.isNaN(x) && !Number.isNaN(y)
          ? 0
          : Number.NaN
  }
  return out
}

/** Three-valued not: unknown stays unknown. */
export function not(a: Float64Array): Float64Array {
  return a.map((x) => (x === 0 ? 1 : !Number.isNaN(x) ? 0 : Number.NaN))
}

/** x where c is true, y (undefined when omitted) where false, undefined where unknown. */
export function where(c: Float64Array, x: Float64Array, y?: Float64Array): Float64Array {
  const length = c.length
  const out = new Float64Array(length)
  for (let i = 0; i < length; i++) {
    const chosen = c[i]
    out[i] = chosen === 0 ? (y ? y[i] : Number.NaN) : !Number.isNaN(chosen) ? x[i] : Number.NaN
  }
  return out
}

/** The smaller value; undefined if one is. */
export function min(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.min(a[i], b[i])
  return out
}

/** The larger value; undefined if one is. */
export function max(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.max(a[i], b[i])
  return out
}

/** -x. */
export function negate(a: Float64Array): Float64Array {
  const out = new Float64Array(a.length)
  for (let i = 0; i < out.length; i++) out[i] = -a[i]
  return out
}

/** |x|. */
export function absolute(a: Float64Array): Float64Array {
  const out = new Float64Array(a.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(a[i])
  return out
}

/** Natural logarithm; undefined for x <= 0. */
export function logarithm(a: Float64Array): Float64Array {
  const out = new Float64Array(a.length)
  for (let i = 0; i < out.length; i++) out[i] = a[i] > 0 ? Math.log(a[i]) : Number.NaN
  return out
}

/** Square root; undefined for x < 0. */
export function squareRoot(a: Float64Array): Float64Array {
  const out = new Float64Array(a.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(a[i])
  return out
}

/** The largest integer <= x. */
export function floor(a: Float64Array): Float64Array {
  const out = new Float64Array(a.length)
  for (let i = 0; i < out.length; i++) out[i] = Math.floor(a[i])
  return out
}
