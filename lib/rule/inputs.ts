/** The values a formula is made of: what a person looks at to check it. */
import { signature } from '../strategy/series.ts'
import type { Expr } from './ast.ts'
import { typeOf } from './check.ts'
import { expandDerived } from './derived.ts'
import { printExpression } from './print.ts'
import { partsOf } from './tree.ts'

const MOST = 12

/** Derived values whose formula says more than their name; a smoothing's inner parts would only confuse. */
const WRITTEN_OUT: ReadonlySet<string> = new Set(
  'roc change gap rvol zscore macd macd_hist bb_upper bb_lower bb_width bb_pct kc_upper kc_lower day_rvol yoy'.split(
    ' ',
  ),
)

/** What the sides of a comparison are computed from, left to right, each once; the sides themselves and literals left out. */
export function inputsOf(sides: readonly Expr[]): Expr[] {
  const own = new Set(sides.map(printExpression))
  const found = new Map<string, Expr>()
  const visit = (expr: Expr, isSide: boolean): void => {
    if (found.size >= MOST || isLiteral(expr)) return
    const parts = madeOf(expr)
    if (parts !== undefined) {
      for (const part of parts) visit(part, false)
      return
    }
    const text = printExpression(expr)
    if (!isSide && !own.has(text) && typeOf(expr) === 'number') found.set(text, expr)
  }
  for (const side of sides) visit(side, true)
  return [...found.values()]
}

/** The values at the same bar that a value is computed from; undefined for what is taken as it is. */
function madeOf(expr: Expr): readonly Expr[] | undefined {
  switch (expr.kind) {
    case 'arithmetic':
    case 'negate':
      return partsOf(expr)
    case 'compare':
    case 'and':
    case 'or':
    case 'not':
      return expr.kind === 'compare' && expr.operands.some(({ kind }) => kind === 'string') ? [] : partsOf(expr)
    case 'name': {
      const definition = signature(expr.name, false)?.group === 'ratio' ? expandDerived(expr) : undefined
      return definition && [definition]
    }
    case 'call': {
      if (WRITTEN_OUT.has(expr.name)) return [expandDerived(expr)!]
      const group = signature(expr.name, true)?.group
      if (group === 'pointwise') return expr.args
      return undefined
    }
    default:
      return undefined
  }
}

function isLiteral(expr: Expr): boolean {
  return expr.kind === 'number' || expr.kind === 'string' || (expr.kind === 'negate' && isLiteral(expr.of))
}

/** Whether it compares the members of the universe. */
export const isCrossCall = (expr: Expr): expr is Expr & { kind: 'call' } =>
  expr.kind === 'call' && signature(expr.name, true)?.group === 'cross-section'
