/** " Did you mean X?" for the nearest known name, at most two changes away; else nothing. */
export function guess(name: string, known: readonly string[], prefix = ''): string {
  const near = [...new Set(known)]
    .map((candidate) => ({ candidate, changes: distance(name, candidate) }))
    .filter(({ candidate, changes }) => changes <= 2 && changes < candidate.length)
    .sort((a, b) => a.changes - b.changes)[0]
  return near ? ` Did you mean ${prefix}${near.candidate}?` : ''
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]
}
