/** The expressions of a rule's clauses, and what they become when a part of them is replaced. */
import type { Expr } from '../../rule/ast.ts'
import { parseExpression } from '../../rule/parse.ts'
import { printExpression } from '../../rule/print.ts'
import type { Clause } from '../../rule/scope.ts'
import { withParts } from '../../rule/tree.ts'
import type { RuleClauses } from '../../strategy/strategy.ts'

export type ExprKey = Exclude<Clause, 'value'>
export const EXPR_KEYS: readonly ExprKey[] = [
  'universe',
  'signal',
  'short',
  'exit',
  'stop',
  'target',
  'stop_after_target',
  'trail',
  'size',
  'rank',
]

/** An expression with what stands around it: the part sold at a target, the order of a rank. */
export interface ClauseExpr {
  key: ExprKey
  expr: Expr
  before: string
  after: string
}

export function clauseExprs(clauses: RuleClauses): ClauseExpr[] {
  return EXPR_KEYS.flatMap((key) => {
    const text = clauses[key]
    if (text === undefined) return []
    const [, before = '', expression, after = ''] =
      key === 'target'
        ? /^(\s*[\d.]+\s*%\s*at\s+)?(.*)$/s.exec(text)!
        : key === 'rank'
          ? /^()(.*?)(\s+(?:asc|desc)\s*)$/s.exec(text)!
          : ['', '', text, '']
    return [{ key, expr: parseExpression(expression), before, after }]
  })
}

/** The clauses with an expression in place of a clause's own; without the clause where it is undefined. */
export function withExpr(
  clauses: RuleClauses,
  { key, before, after }: Pick<ClauseExpr, 'key' | 'before' | 'after'>,
  expr: Expr | undefined,
): RuleClauses {
  const { [key]: _old, ...rest } = clauses
  return expr === undefined ? rest : { ...clauses, [key]: `${before}${printExpression(expr)}${after}` }
}

/** The expression with some of its nodes, told by identity, replaced. */
export function replaced(expr: Expr, change: (node: Expr) => Expr | undefined): Expr {
  return change(expr) ?? withParts(expr, (part) => replaced(part, change))
}

/** Conditions joined; one alone as it is. */
export function joinedBy(kind: 'and' | 'or', parts: readonly Expr[]): Expr {
  return parts.length === 1 ? parts[0] : { kind, parts: [...parts], at: 0 }
}
