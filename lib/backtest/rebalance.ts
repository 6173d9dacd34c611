import type { Book } from './book.ts'
import type { Candidate } from './candidate.ts'

/** Which names the last rebalance chose, and the part of equity each of them gets. */
export class Rebalance {
  readonly #book: Book
  readonly #slots: number | null
  #chosen = new Map<string, Candidate>()
  #decided = false

  constructor(book: Book, slots: number | null) {
    this.#book = book
    this.#slots = slots
  }

  /** Takes the first signal of each symbol, at most as many as there are slots; returns how many found no slot. */
  choose(ordered: readonly Candidate[]): number {
    const symbols = new Map<string, Candidate>()
    for (const candidate of ordered) if (!symbols.has(candidate.symbol)) symbols.set(candidate.symbol, candidate)
    this.#chosen = new Map([...symbols].slice(0, this.#slots ?? symbols.size))
    this.#decided = true
    return symbols.size - this.#chosen.size
  }

  isChosen(candidate: Candidate): boolean {
    return this.#chosen.get(candidate.symbol) === candidate
  }

  /** Sells, where they trade, the positions that were not chosen on their side. */
  leave(at: 'open' | 'close', session: number): void {
    if (!this.#decided) return
    this.#book.leave(
      (holding) => {
        const chosen = this.#chosen.get(holding.symbol)
        return chosen?.entry.side !== holding.side
      },
      at,
      session,
    )
  }

  /** An equal part of what the account is worth at the prices of the moment. */
  part(at: 'open' | 'close'): number {
    return this.#book.equity(at) / this.#chosen.size
  }
}
