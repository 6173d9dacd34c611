import { type Definition, type Figure, known } from './figure.ts'

/** A metric: what it came to, and how. */
export interface Entry extends Definition {
  figure: Figure
}
export type Entries = Record<string, Entry>

/** Entries of one frequency and number of periods, each from its formula in words and its figure or number. */
export function entries(
  frequency: string,
  periods: number,
  figures: Record<string, [formula: string, figure: Figure | number]>,
): Entries {
  return Object.fromEntries(
    Object.entries(figures).map(([name, [formula, figure]]) => [
      name,
      { formula, frequency, periods, figure: typeof figure === 'number' ? known(figure) : figure },
    ]),
  )
}
