/**
 * The one comparison of numbers: two numbers are equal when |a-b| <= max(1e-9 * max(|a|,|b|), 1e-12), as Python's
 * math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12). Prices in cents are no exact doubles; with it a tie is a tie on every engine.
 */
export const RELATIVE_TOLERANCE = 1e-9
export const ABSOLUTE_TOLERANCE = 1e-12

/** 0 when equal within the tolerance, else 1 when a is greater and -1 when it is less; NaN when a side is undefined. */
export function order(a: number, b: number): number {
  if (a === b) return 0
  const difference = a - b
  const size = Math.max(Math.abs(a), Math.abs(b))
  if (Math.abs(difference) <= Math.max(RELATIVE_TOLERANCE * size, ABSOLUTE_TOLERANCE)) return 0
  return difference > 0 ? 1 : difference < 0 ? -1 : Number.NaN
}

/** a > b; null (unknown) when a side is undefined. */
export function isAbove(a: number, b: number): boolean | null {
  const found = order(a, b)
  return Number.isNaN(found) ? null : found === 1
}

/** a < b; null (unknown) when a side is undefined. */
export function isBelow(a: number, b: number): boolean | null {
  const found = order(a, b)
  return Number.isNaN(found) ? null : found === -1
}

/** a >= b; null (unknown) when a side is undefined. */
export function atLeast(a: number, b: number): boolean | null {
  const found = order(a, b)
  return Number.isNaN(found) ? null : found !== -1
}

/** a <= b; null (unknown) when a side is undefined. */
export function atMost(a: number, b: number): boolean | null {
  const found = order(a, b)
  return Number.isNaN(found) ? null : found !== 1
}

/** a == b; null (unknown) when a side is undefined. */
export function isEqual(a: number, b: number): boolean | null {
  const found = order(a, b)
  return Number.isNaN(found) ? null : found === 0
}
