import { SERIES } from '../strategy/series.ts'

/** Every name of the rule language, calls and bare names, once. */
export const NAMES: readonly string[] = [...new Set(SERIES.map((entry) => entry.name))]

/**
 * The candidate nearest to what was written, or undefined when none is near: at most a third of the letters changed
 * (Damerau-Levenshtein distance, case and underscores ignored), or one begins with the other, or has a word that does.
 */
export function closest(written: string, candidates: Iterable<string>): string | undefined {
  const target = plain(written)
  if (target.length < 2 || target.length > 64) return undefined
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const known = plain(candidate)
    let distance = editDistance(target, known)
    const shorter = Math.min(target.length, known.length)
    if (shorter >= 4 && (known.startsWith(target) || target.startsWith(known))) distance = Math.min(distance, 1.5)
    if (target.length >= 4 && words(candidate).some((word) => word.startsWith(target))) distance = Math.min(distance, 2)
    if (distance <= Math.max(1, Math.max(target.length, known.length) / 3) && distance < least) {
      best = candidate
      least = distance
    }
  }
  return best
}

function words(name: string): string[] {
  return name.toLowerCase().split(/[_\s-]/)
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[_\s-]/g, '')
}

/** Optimal string alignment: insertions, deletions, changes and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + changed)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1)
      next.push(least)
    }
    before = row
    row = next
  }
  return row[b.length]!
}

/** Words of other tools for what the rule language calls otherwise. */
export const OTHER_WORDS: Readonly<Record<string, string>> = {
  price: 'close',
  vol: 'volume',
  ma: 'sma',
  avg: 'sma',
  mean: 'sma',
  average: 'sma',
  std: 'stdev',
  stddev: 'stdev',
  rank: 'xrank',
  percentile: 'xrank',
  percentrank: 'pct_rank',
  ref: 'x[k]',
  lag: 'x[k]',
  shift: 'x[k]',
  delay: 'x[k]',
  iff: 'where',
  if: 'where',
  cross: 'crosses_above',
  crossover: 'crosses_above',
  crossunder: 'crosses_below',
  crossabove: 'crosses_above',
  crossbelow: 'crosses_below',
  hhv: 'highest',
  llv: 'lowest',
  hullma: 'hma',
  sar: 'psar',
  parabolicsar: 'psar',
  donchian: 'donchian_upper',
  aroon: 'aroon_osc',
  chaikinmoneyflow: 'cmf',
  ultimateoscillator: 'ultosc',
  uo: 'ultosc',
  slope: 'linreg_slope',
  linreg: 'linreg_slope',
  marketcap: 'mcap',
  pricetoearnings: 'pe',
  pricetobook: 'pb',
  eps: 'eps_ttm',
  revenue: 'revenue_ttm',
  ln: 'log',
  return: 'roc',
  returns: 'roc',
  percentchange: 'roc',
  plusdi: 'pdi',
  minusdi: 'mdi',
  williamsr: 'willr',
  peratio: 'pe',
  pbratio: 'pb',
}

/** What to write instead of an unknown name, or undefined. */
export function instead(written: string, candidates: Iterable<string> = NAMES): string | undefined {
  const other = OTHER_WORDS[plain(written)]
  return (Object.hasOwn(OTHER_WORDS, plain(written)) ? other : undefined) ?? closest(written, candidates)
}
