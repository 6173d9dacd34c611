/** What planning needs to know of a stored symbol. */
export interface StoredSymbol {
  symbol: string
  shard: number
  rows: number
}

/**
 * Splits symbols into at most `count` chunks of about equal stored rows. Symbols of one stored shard stay together where
 * they can, so that each object is read by few chunks. Every symbol is in exactly one chunk.
 */
export function planChunks(stored: readonly StoredSymbol[], count: number): string[][] {
  const ordered = [...stored].sort((a, b) => a.shard - b.shard || (a.symbol < b.symbol ? -1 : 1))
  const total = ordered.reduce((sum, each) => sum + each.rows, 0)
  const chunks: string[][] = Array.from({ length: Math.max(1, Math.min(count, ordered.length)) }, () => [])
  let before = 0
  for (const { symbol, rows } of ordered) {
    const middle = before + rows / 2
    chunks[Math.min(chunks.length - 1, Math.floor((middle / Math.max(1, total)) * chunks.length))].push(symbol)
    before += rows
  }
  return chunks.filter((chunk) => chunk.length > 0)
}
