import type { BarSeries } from '../market/bars.ts'
import type { Kept } from '../market/source.ts'
import type { Expr } from '../rule/ast.ts'
import { type Evaluator, keyOf } from '../rule/evaluate.ts'
import { contains } from '../rule/tree.ts'
import { type SeriesGroup, signature } from '../strategy/series.ts'

/** Groups of names whose values depend on more than the symbol's own bars and the calendar. */
const OUTSIDE: ReadonlySet<SeriesGroup> = new Set(['text', 'cross-section', 'figure', 'ratio', 'intraday', 'position'])
const OUTSIDE_NAMES = new Set(['on', 'index_member', 'all', 'stocks'])
/** Shorter than this, a column is computed faster than it is found. */
const LEAST_BARS = 64

/**
 * A column a strategy declares, computed once for all strategies that ask for it: kept where it depends on nothing but the
 * symbol's bars, which the version of the stored bars and the span name.
 */
export function declaredColumn(kept: Kept | undefined, evaluator: Evaluator, expr: Expr): Float64Array {
  const { series } = evaluator
  if (kept === undefined || series.length < LEAST_BARS || !readsBarsOnly(expr)) return evaluator.column(expr)
  const key = `${spanOf(series)} ${keyOf(expr)}`
  const known = kept.get(key) as Float64Array | undefined
  if (known !== undefined) return known
  // An evaluator's columns share larger buffers: a kept one must not hold its neighbours.
  const column = evaluator.column(expr).slice()
  kept.set(key, column, column.byteLength + key.length)
  return column
}

function readsBarsOnly(expr: Expr): boolean {
  return !contains(expr, (part) => {
    if (part.kind === 'string' || part.kind === 'in') return true
    if (part.kind !== 'name' && part.kind !== 'call') return false
    const group = signature(part.name, part.kind === 'call')?.group
    return group === undefined || OUTSIDE.has(group) || OUTSIDE_NAMES.has(part.name)
  })
}

const spanOf = ({ symbol, timeframe, day, length }: BarSeries): string =>
  `${symbol} ${timeframe} ${day[0]} ${day[length - 1]} ${length}`
