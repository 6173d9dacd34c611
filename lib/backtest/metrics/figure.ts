/** A number, or why there is none. */
export type Figure = { value: number } | { reason: string }

/** What a number is: its formula in words, on what it is computed and how many of those there were. */
export interface Definition {
  formula: string
  frequency: string
  periods: number
}

export const known = (value: number): Figure => ({ value })
export const unknown = (reason: string): Figure => ({ reason })

/** The figure of a list that must not be empty. */
export function figureOf<Item>(
  list: readonly Item[],
  reason: string,
  value: (list: readonly Item[]) => number | Figure,
): Figure {
  if (list.length === 0) return unknown(reason)
  const found = value(list)
  return typeof found === 'number' ? known(found) : found
}

/** `over / under`, unless what it is divided by is not above 0. */
export function ratio(over: number, under: number, reason: string): Figure {
  return under > 0 ? known(over / under) : unknown(reason)
}

/** A figure of two others: unknown for the first reason among them. */
export function both(a: Figure, b: Figure, value: (a: number, b: number) => Figure): Figure {
  if ('reason' in a) return a
  if ('reason' in b) return b
  return value(a.value, b.value)
}
