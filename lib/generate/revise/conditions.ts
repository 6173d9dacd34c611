/** The single conditions of a rule: where each stands, and the rule without it or with another in its place. */
import type { Expr } from '../../rule/ast.ts'
import { conditionsOf } from '../../rule/opened.ts'
import { printExpression } from '../../rule/print.ts'
import type { RuleClauses } from '../../strategy/strategy.ts'
import { type ClauseExpr, clauseExprs, joinedBy, withExpr } from './clause-exprs.ts'
import { isAbout, namesOf } from './topics.ts'

export interface Placed {
  clause: ClauseExpr
  expr: Expr
  /** the conditions it stands among, and how they are joined */
  among: readonly Expr[]
  joint: 'and' | 'or'
}

const ENTRY = ['signal', 'short'] as const

/** Every condition of entries and exits, and what UNIVERSE is made of: an exit's are its ways out. */
export function placedConditions(clauses: RuleClauses): Placed[] {
  return clauseExprs(clauses).flatMap((clause) => {
    const { key, expr } = clause
    if (key !== 'signal' && key !== 'short' && key !== 'exit' && key !== 'universe') return []
    const joint = key === 'exit' && expr.kind === 'or' ? ('or' as const) : ('and' as const)
    const among = joint === 'or' && expr.kind === 'or' ? expr.parts : conditionsOf(expr)
    return among.map((each) => ({ clause, expr: each, among, joint }))
  })
}

/** Those that words speak of: of entries where there are any, else of the others. */
export function conditionsAbout(clauses: RuleClauses, words: string): Placed[] {
  const found = placedConditions(clauses).filter(({ clause, expr }) => isAbout(words, namesOf(clause.key, expr)))
  const entries = found.filter(({ clause }) => (ENTRY as readonly string[]).includes(clause.key))
  return entries.length > 0 && !/\b(exit|sell|universe)\b/i.test(words) ? entries : found
}

/** The rule with another condition in place of one, or without it. */
export function withCondition(
  clauses: RuleClauses,
  { clause, expr, among, joint }: Placed,
  other: Expr | undefined,
): RuleClauses {
  const rest = among.flatMap((each) => (each === expr ? (other ?? []) : each))
  return withExpr(clauses, clause, rest.length === 0 ? undefined : joinedBy(joint, rest))
}

export const textOf = ({ expr }: Pick<Placed, 'expr'>): string => printExpression(expr)
