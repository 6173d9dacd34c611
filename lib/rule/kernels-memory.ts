/** Functions that look back to an earlier bar, or over the whole history. */
import { newColumn } from './column-memory.ts'
import { order } from './compare.ts'

/** x, k bars earlier; undefined before the first bar. */
export function ago(
  x: Float64Array,
  k: number,
  out: Float64Array = newColumn(x.length),
  length = out.length,
): Float64Array {
  if (k === 0) return x
  // copies as if through a third column, so that x may be `out` itself
  if (k < length) out.set(x.subarray(0, length - k), k)
  out.fill(Number.NaN, 0, Math.min(k, length))
  return out
}

/** 0 where c is true, else bars since it last was; undefined before the first true. */
export function barsSince(c: Float64Array): Float64Array {
  const out = newColumn(c.length)
  let since = Number.NaN
  for (let i = 0; i < out.length; i++) {
    since = isTrue(c[i]) ? 0 : since + 1
    out[i] = since
  }
  return out
}

/** x at the latest bar (t included) where c was true; undefined before. */
export function valueWhen(c: Float64Array, x: Float64Array): Float64Array {
  const out = newColumn(c.length)
  let value = Number.NaN
  for (let i = 0; i < out.length; i++) {
    if (isTrue(c[i])) value = x[i]
    out[i] = value
  }
  return out
}

/** Largest x from the latest bar where c was true through t; undefined before, or if one x is. */
export function highestSince(c: Float64Array, x: Float64Array): Float64Array {
  return extremeSince(c, x, Math.max)
}

/** Smallest x from the latest bar where c was true through t; undefined before, or if one x is. */
export function lowestSince(c: Float64Array, x: Float64Array): Float64Array {
  return extremeSince(c, x, Math.min)
}

function extremeSince(c: Float64Array, x: Float64Array, pick: (a: number, b: number) => number): Float64Array {
  const out = newColumn(c.length)
  // NaN before the first true and after an undefined x: Math.max and Math.min keep it until the next true
  let value = Number.NaN
  for (let i = 0; i < out.length; i++) {
    value = isTrue(c[i]) ? x[i] : pick(value, x[i])
    out[i] = value
  }
  return out
}

/** On-balance volume: from 0 on the first bar, + volume on a higher close, - volume on a lower one. */
export function onBalanceVolume(close: Float64Array, volume: Float64Array): Float64Array {
  const out = newColumn(close.length)
  for (let i = 1; i < out.length; i++) out[i] = out[i - 1] + volume[i] * order(close[i], close[i - 1])
  return out
}

function isTrue(condition: number): boolean {
  return condition !== 0 && !Number.isNaN(condition)
}
