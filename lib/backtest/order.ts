/**
 * Candidates in the order in which they are served: by score (undefined last), then by symbol; equal ones keep their order.
 * Scores compare exactly, so that the order is one.
 */
export function byRank<T extends { symbol: string; score: number }>(
  candidates: readonly T[],
  rankOrder: 'asc' | 'desc' | null,
): T[] {
  const sign = rankOrder === 'desc' ? -1 : 1
  return [...candidates].sort((a, b) => {
    if (rankOrder !== null && a.score !== b.score) {
      if (Number.isNaN(a.score) !== Number.isNaN(b.score)) return Number.isNaN(a.score) ? 1 : -1
      if (a.score < b.score) return -sign
      if (a.score > b.score) return sign
    }
    return a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0
  })
}
