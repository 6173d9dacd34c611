import type { Reader } from './grammar.ts'
import { COST, type Phrase } from './phrase.ts'

export interface Part {
  phrase: Phrase | null
  /** token positions */
  from: number
  to: number
}

/**
 * The cheapest way to read every token as part of exactly one phrase (dynamic programming from the end). Tokens no phrase
 * reads come out as parts without a phrase; they cost so much that they only stay when nothing else is possible.
 */
export function cover(reader: Reader): Part[] {
  const { length } = reader.tokens
  const cost = new Float64Array(length + 1)
  const choice: (Part | undefined)[] = []
  for (let at = length - 1; at >= 0; at--) {
    let best: Part = { phrase: null, from: at, to: at + 1 }
    let least = COST.unread + cost[at + 1]
    for (const one of reader.parse('phrase', at)) {
      const total = one.cost + cost[one.end]
      // among equals the longer phrase says more
      if (total < least || (total === least && one.end > best.to)) {
        least = total
        best = { phrase: one.value as Phrase, from: at, to: one.end }
      }
    }
    cost[at] = least
    choice[at] = best
  }
  const parts: Part[] = []
  for (let at = 0; at < length; at = choice[at]!.to) parts.push(choice[at]!)
  return parts
}
