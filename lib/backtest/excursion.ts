/**
 * Worst and best price a position met, as fractions of its entry price (as paid), 0 or worse and 0 or better, from the bars it was
 * held: each counts whole, but a bar entered at its close not at all, one left at its open with that price alone, and one left
 * within at a level with that level and, on the losing side of a target, its extreme: what came first in it is unknown.
 */
export class Excursion {
  /** worst price move, 0 or less */
  mae = 0
  /** best price move, 0 or more */
  mfe = 0
  readonly #side: 1 | -1
  readonly #entry: number

  /** `entry`: price as traded */
  constructor(side: 1 | -1, entry: number) {
    this.#side = side
    this.#entry = entry
  }

  /** A price as traded; `splits`: product of the splits since the entry. */
  meet(price: number, splits: number): void {
    if (!(this.#entry > 0)) return
    const move = this.#side * ((price * splits) / this.#entry - 1)
    if (move < this.mae) this.mae = move
    if (move > this.mfe) this.mfe = move
  }
}
