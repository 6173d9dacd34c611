import type { Expr } from '../rule/ast.ts'
import { contains, partsOf } from '../rule/tree.ts'
import { signature } from '../strategy/series.ts'

/** Whether a value depends on the other symbols of the universe: such a strategy takes two passes. */
export function isCrossSectional(expressions: readonly Expr[]): boolean {
  const ranks = (part: Expr) => part.kind === 'call' && signature(part.name, true)?.group === 'cross-section'
  return expressions.some((expr) => contains(expr, ranks))
}

/** Symbols that expressions read by name, `on('SPY', ...)`: they are loaded beside whatever is scanned. */
export function referencedSymbols(expressions: readonly Expr[]): string[] {
  const found = new Set<string>()
  const visit = (expr: Expr): void => {
    if (expr.kind === 'call' && expr.name === 'on' && expr.args[0]?.kind === 'string') found.add(expr.args[0].value)
    partsOf(expr).forEach(visit)
  }
  expressions.forEach(visit)
  return [...found].sort()
}
