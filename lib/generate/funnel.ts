import type { Expr, Rule } from '../rule/ast.ts'
import { printExpression } from '../rule/print.ts'
import type { ScannedSymbol } from '../signals/scan.ts'
import type { FunnelStep } from '../strategy/strategy.ts'

/** On how many cells a condition is true, and all conditions before it too. */
export interface ConditionCount {
  true: number
  together: number
}

/** The clause whose conditions are counted: what opens positions. */
export const opensBy = (rule: Rule | null): Expr | undefined => rule?.signal ?? rule?.short

/** The conditions that must all be true. */
const conditionsOf = (expr: Expr): readonly Expr[] => (expr.kind === 'and' ? expr.parts : [expr])

/** Counts on one symbol's bars, added to `counts`. */
export function countConditions({ evaluator, from, to }: ScannedSymbol, expr: Expr, counts: ConditionCount[]): void {
  const columns = conditionsOf(expr).map((part) => evaluator.column(part))
  const stillTrue = new Uint8Array(to - from).fill(1)
  for (const [i, column] of columns.entries()) {
    counts[i] ??= { true: 0, together: 0 }
    for (let bar = from; bar < to; bar++) {
      if (column[bar] === 1) counts[i].true++
      else stillTrue[bar - from] = 0
      counts[i].together += stillTrue[bar - from]
    }
  }
}

/** The funnel of a rule: how much each of its conditions lets through. */
export function funnelOf(rule: Rule, counts: readonly ConditionCount[]): FunnelStep[] {
  const expr = opensBy(rule)
  if (expr === undefined || counts.length === 0) return []
  return conditionsOf(expr).map((part, i) => ({
    condition: printExpression(part),
    true_cells: counts[i].true,
    together: counts[i].together,
  }))
}
