/** Optimal string alignment distance, cut off above `limit` (then limit + 1). */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2] + 1)
      row.push(cost)
      if (cost < least) least = cost
    }
    if (least > limit) return limit + 1
    before = last
    last = row
  }
  return last[b.length]
}

/**
 * The one word of the vocabulary (by first letter; words of five letters or more) a misspelt word stands for: at most one slip (two in words of nine letters or more), the
 * first letter kept, and no second word as near. Undefined when there is none: then the word is not understood.
 */
export function corrected(word: string, vocabulary: ReadonlyMap<string, readonly string[]>): string | undefined {
  if (word.length < 4) return undefined
  const limit = word.length >= 9 ? 2 : 1
  let best: string | undefined
  let distance = limit + 1
  let tie = false
  for (const known of vocabulary.get(word[0]) ?? []) {
    if (Math.abs(known.length - word.length) > limit) continue
    const one = editDistance(word, known, Math.min(limit, distance))
    if (one > limit || one > distance) continue
    tie = one === distance && best !== undefined
    best = one <= distance ? known : best
    distance = Math.min(distance, one)
  }
  return tie ? undefined : best
}
