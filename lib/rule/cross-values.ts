/**
 * Values of one date over its members, in symbol order: x in, one result per member out. They compare exactly as doubles,
 * without the tolerance of rules: nothing here may depend on which of two nearly equal members is met first.
 */

/** Ascending percentile (r-1)/(m-1), equal values sharing the mean rank; undefined for one member. */
export function rankPercentile(x: Float64Array, out: Float64Array): void {
  const sorted = x.slice().sort()
  for (let i = 0; i < x.length; i++) {
    const less = firstNotBelow(sorted, x[i])
    let equal = 1
    while (sorted[less + equal] === x[i]) equal++
    out[i] = x.length < 2 ? Number.NaN : (less + (equal - 1) / 2) / (x.length - 1)
  }
}

/** (x - mean) / population deviation, cut to -3..3; undefined if the deviation is 0. */
export function standardScore(x: Float64Array, out: Float64Array): void {
  let total = 0
  let least = x[0]
  let most = x[0]
  for (let i = 0; i < x.length; i++) {
    total += x[i]
    least = Math.min(least, x[i])
    most = Math.max(most, x[i])
  }
  const mean = total / x.length
  let squares = 0
  for (let i = 0; i < x.length; i++) squares += (x[i] - mean) * (x[i] - mean)
  const deviation = least === most ? 0 : Math.sqrt(squares / x.length)
  for (let i = 0; i < x.length; i++) {
    const score = (x[i] - mean) / deviation
    out[i] = Number.isFinite(score) ? Math.min(3, Math.max(-3, score)) : Number.NaN
  }
}

/** 1 for the n members with the largest x (all, if fewer), equal x in symbol order; else 0. */
export function topMembers(x: Float64Array, out: Float64Array, n: number): void {
  if (x.length <= n) {
    out.fill(1)
    return
  }
  const sorted = x.slice().sort()
  const threshold = sorted[x.length - n]
  let left = n
  for (let i = 0; i < x.length; i++) if (x[i] > threshold) left--
  for (let i = 0; i < x.length; i++) out[i] = x[i] > threshold || (x[i] === threshold && left-- > 0) ? 1 : 0
}

/** Share of members for which the condition is true. */
export function breadth(c: Float64Array, out: Float64Array): void {
  let found = 0
  for (let i = 0; i < c.length; i++) if (c[i] !== 0) found++
  out.fill(found / c.length)
}

/** Median over the members of the same sector (even number: mean of the middle two); undefined without a sector. */
export function sectorMedian(x: Float64Array, out: Float64Array, sectorOf: (member: number) => string): void {
  const sectors = new Map<string, number[]>()
  for (let i = 0; i < x.length; i++) {
    const sector = sectorOf(i)
    const members = sectors.get(sector)
    if (members) members.push(i)
    else sectors.set(sector, [i])
  }
  for (const [sector, members] of sectors) {
    const sorted = Float64Array.from(members, (i) => x[i]).sort()
    const middle = sorted.length >> 1
    const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    for (const i of members) out[i] = sector === '' ? Number.NaN : median
  }
}

function firstNotBelow(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}
