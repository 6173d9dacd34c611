import type { Expr } from './ast.ts'
import { printExpression } from './print.ts'
import { neverAbove } from './ranges.ts'

/** One comparison that must hold: `low < high`, or `low <= high`, as it was said. */
export interface Ordering {
  readonly low: Expr
  readonly high: Expr
  readonly strict: boolean
  readonly said: string
}

/** Most values compared in a circle; a rule has few. */
const MOST_VALUES = 24

/** What is known of the way from one value up to another: how many strict steps, how many that allow a tie, and who says so. */
interface Way {
  readonly strict: number
  readonly loose: number
  readonly said: readonly string[]
}

/**
 * The comparisons that go around in a circle, so that some value would be above itself, or undefined: `a > b`, `b > c` and
 * `c > a`, or a close above the upper band and below the lower. A tie allows each step that is not strict the tolerance, so a
 * circle counts only when it has at least as many strict steps.
 */
export function circle(orderings: readonly Ordering[]): readonly string[] | undefined {
  const values = new Map<string, Expr>()
  for (const { low, high } of orderings) values.set(printExpression(low), low).set(printExpression(high), high)
  const keys = [...values.keys()]
  if (keys.length > MOST_VALUES) return undefined
  const ways = new Map<string, Way>()
  const between = (from: string, to: string): string => `${from}\n${to}`
  const better = (key: string, way: Way): void => {
    const known = ways.get(key)
    if (known === undefined || way.strict - way.loose > known.strict - known.loose) ways.set(key, way)
  }
  for (const from of keys)
    for (const to of keys)
      if (from !== to && neverAbove(values.get(from)!, values.get(to)!))
        better(between(from, to), { strict: 0, loose: 0, said: [] })
  for (const { low, high, strict, said } of orderings)
    better(between(printExpression(low), printExpression(high)), {
      strict: strict ? 1 : 0,
      loose: strict ? 0 : 1,
      said: [said],
    })
  for (const via of keys)
    for (const from of keys)
      for (const to of keys) {
        const first = ways.get(between(from, via))
        const second = ways.get(between(via, to))
        if (first === undefined || second === undefined || from === via || via === to) continue
        const way = {
          strict: first.strict + second.strict,
          loose: first.loose + second.loose,
          said: [...first.said, ...second.said],
        }
        if (from !== to) better(between(from, to), way)
        else if (way.strict > 0 && way.strict >= way.loose)
          return saidOf(orderings).filter((each) => way.said.includes(each))
      }
  return undefined
}

/** What was said, each once and in the order it was said. */
function saidOf(orderings: readonly Ordering[]): string[] {
  return [...new Set(orderings.map(({ said }) => said))]
}
