import type { Expr } from '../../lib/rule/ast.ts'
import { crossColumns } from '../../lib/rule/cross-section.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { partsOf } from '../../lib/rule/tree.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { conjuncts, normalText } from './normal-form.ts'
import { simulated } from './simulated.ts'

export interface Likeness {
  exact: boolean
  /** the share of common signals on simulated bars, or of common conditions where the rules need other data */
  jaccard: number
  /** clauses that mean something else */
  differ: string[]
}

const CONDITIONS: ReadonlySet<string> = new Set(['signal', 'short', 'exit', 'universe'])
const LEVELS: ReadonlySet<string> = new Set(['stop', 'trail', 'size', 'stop_after_target'])

/** How like two rules are in what they mean. RANK counts only where it is expected. */
export function likeness(got: RuleClauses, expected: RuleClauses): Likeness {
  const keys = new Set([...Object.keys(got), ...Object.keys(expected)]) as Set<keyof RuleClauses>
  if (expected.rank === undefined) keys.delete('rank')
  const differ = [...keys].filter((key) => !sameClause(key, got[key], expected[key]))
  const opening = expected.signal === undefined ? 'short' : 'signal'
  const exact = differ.length === 0
  return { exact, jaccard: exact ? 1 : overlap(got[opening] ?? '', expected[opening] ?? ''), differ }
}

function sameClause(key: string, got: unknown, expected: unknown): boolean {
  if (got === expected) return true
  if (typeof got !== 'string' || typeof expected !== 'string') return false
  if (CONDITIONS.has(key)) return sameText(got, expected) || sameSignals(got, expected)
  if (LEVELS.has(key)) return sameText(got, expected)
  const part =
    key === 'rank' ? /^(.*?)\s+(asc|desc)$/ : key === 'target' ? /^(?:([\d.]+)\s*%\s*at\s+)?(.*)$/ : undefined
  const [one, two] = [part?.exec(got), part?.exec(expected)]
  if (!one || !two) return false
  const [mine, theirs] =
    key === 'rank' ? [one, two].map(([, by, way]) => [by, way]) : [one, two].map(([, share, at]) => [at, share])
  return mine[1] === theirs[1] && sameText(mine[0], theirs[0])
}

function sameText(got: string, expected: string): boolean {
  try {
    return normalText(got) === normalText(expected)
  } catch {
    return false
  }
}

/** Conditions that look different may still be true on the same bars: equal when they are, somewhere, and speak of the same data. */
function sameSignals(got: string, expected: string): boolean {
  const [one, two] = [signals(got), signals(expected)]
  if (!one || !two || two.size === 0 || one.size !== two.size) return false
  if (namesOf(got) !== namesOf(expected)) return false
  for (const each of two) if (!one.has(each)) return false
  return true
}

function overlap(got: string, expected: string): number {
  const [one, two] = [signals(got), signals(expected)]
  if (one && two && one.size + two.size > 0) return share(one, two)
  try {
    return share(new Set(conjuncts(got)), new Set(conjuncts(expected)))
  } catch {
    return 0
  }
}

function share(one: ReadonlySet<string>, two: ReadonlySet<string>): number {
  const common = [...one].filter((each) => two.has(each)).length
  return common / (one.size + two.size - common)
}

/** Figures, symbols and indexes a condition reads. */
function namesOf(source: string): string {
  const names = new Set<string>()
  const walk = (expr: Expr) => {
    if (expr.kind === 'string') names.add(expr.value)
    if (expr.kind === 'name' && !['open', 'high', 'low', 'close'].includes(expr.name)) names.add(expr.name)
    for (const part of partsOf(expr)) walk(part)
  }
  walk(parseExpression(source))
  return [...names].sort().join()
}

const known = new Map<string, Set<string> | undefined>()

/** Symbol and bar where the condition is true on the simulated market; undefined where it needs data the market lacks. */
function signals(source: string): Set<string> | undefined {
  if (known.has(source)) return known.get(source)
  let found: Set<string> | undefined
  try {
    const market = simulated()
    const expr = parseExpression(source)
    const cross = crossColumns(market, market.symbols, [expr], parseExpression('stocks'))
    found = new Set()
    for (const symbol of market.symbols) {
      const column = createEvaluator(market, market.bars(symbol)!, { cross }).column(expr)
      for (let at = 0; at < column.length; at++) if (column[at] === 1) found.add(`${symbol} ${at}`)
    }
  } catch {
    found = undefined
  }
  known.set(source, found)
  return found
}
