import type { Part } from './cover.ts'

/** Words that stand before a condition and are nothing without it ("not", "two consecutive", "the first"): none of them is lost. */
export class Waiting {
  private word: { part: Part; question: string } | undefined
  private first: Part | undefined

  /** A word that waits for the next condition; without a question it is "first", which waits for its days. */
  forCondition(part: Part, question: string | undefined): void {
    if (question === undefined) this.first = part
    else this.word = { part, question }
  }

  met(): void {
    this.word = undefined
  }

  daysSaid(): undefined {
    this.first = undefined
  }

  /** What still waits where its clause ends, with what to ask; `isFirst`: which one is the first needs no days. */
  end(isFirst: boolean): { part: Part; question: string }[] {
    const asked = this.word ? [this.word] : []
    if (this.first && !isFirst) asked.push({ part: this.first, question: 'The first in how many days?' })
    this.word = this.first = undefined
    return asked
  }
}
