import { finite, plain } from '../core/plain.ts'

/** A symbol on which the strategy is true on the screening date. */
export interface ScreenCandidate {
  symbol: string
  sector: string
  /** close as traded */
  price: number
  /** RANK's value, or what the strategy returned; NaN without */
  score: number
  data: Record<string, unknown>
}

/**
 * How scores order a screen: `asc` or `desc` by the rule's RANK (the score is then its percentile), `none` a rule without
 * RANK (every score is 1), `strategy` what the code returned, largest first, `listed` the order in which the code listed them.
 */
export type ScreenOrder = 'asc' | 'desc' | 'none' | 'strategy' | 'listed'

export interface RankedResult {
  symbol: string
  /** null when the rank is undefined, or the code returned none */
  score: number | null
  current_price: number | null
  sector: string
  data: Record<string, unknown>
}

export interface ScreenRanking {
  /** best first, at most `limit` */
  ranked_results: RankedResult[]
  /** of every symbol that passes, best first, also beyond the limit */
  scores: Record<string, number | null>
  universe_size: number
}

/**
 * Ranks the symbols that pass a screen: by RANK or the code's score, undefined last, ties by symbol. The score of a rule is
 * its rank as a percentile among them, 1 the best, equal values sharing the mean rank.
 */
export function rankScreen(
  candidates: readonly ScreenCandidate[],
  { order, limit, universeSize }: { order: ScreenOrder; limit?: number; universeSize: number },
): ScreenRanking {
  const ordered = inOrder(candidates, order)
  const scores = scoresOf(ordered, order)
  return {
    ranked_results: ordered.slice(0, limit).map(({ symbol, sector, price, data }, i) => ({
      symbol,
      score: scores[i],
      current_price: finite(price),
      sector,
      data: plain(data) as Record<string, unknown>,
    })),
    scores: Object.fromEntries(ordered.map(({ symbol }, i) => [symbol, scores[i]])),
    universe_size: universeSize,
  }
}

function inOrder(candidates: readonly ScreenCandidate[], order: ScreenOrder): ScreenCandidate[] {
  if (order === 'listed') return [...candidates]
  const sign = order === 'asc' ? 1 : -1
  return [...candidates].sort((a, b) => {
    if (order !== 'none' && a.score !== b.score) {
      if (Number.isNaN(a.score) !== Number.isNaN(b.score)) return Number.isNaN(a.score) ? 1 : -1
      if (a.score < b.score) return -sign
      if (a.score > b.score) return sign
    }
    return a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0
  })
}

function scoresOf(ordered: readonly ScreenCandidate[], order: ScreenOrder): (number | null)[] {
  if (order === 'none') return ordered.map(() => 1)
  if (order === 'strategy' || order === 'listed') return ordered.map(({ score }) => finite(score))
  const ranked = ordered.filter(({ score }) => !Number.isNaN(score)).length
  const percentiles: (number | null)[] = ordered.map(() => null)
  for (let i = 0; i < ranked; ) {
    let end = i + 1
    while (end < ranked && ordered[end].score === ordered[i].score) end++
    // places i .. end-1 are equal: all get the mean of theirs
    const place = (i + end - 1) / 2
    percentiles.fill(ranked === 1 ? 1 : (ranked - 1 - place) / (ranked - 1), i, end)
    i = end
  }
  return percentiles
}
