import type { Expr, Rule } from '../rule/ast.ts'
import type { Evaluator } from '../rule/evaluate.ts'
import { compilePosition } from '../rule/position.ts'
import { contains } from '../rule/tree.ts'
import type { ExitRules, Fill } from './exits.ts'

/**
 * What ends a position of this rule, on one symbol's bars. `codeExits`: the code's exitPosition decides EXIT, so that what is
 * seen is what ran; the rule's own EXIT is then left out. `fill`: of the run, whatever the rule's clause says.
 */
export function exitRules(rule: Rule | null, evaluator: Evaluator, codeExits: boolean, fill: Fill): ExitRules {
  if (rule === null) return { fill }
  const level = (expr: Rule['stop']) => (expr === undefined ? undefined : compilePosition(expr, evaluator))
  return {
    fill,
    exit: codeExits ? undefined : level(rule.exit),
    stop: level(rule.stop),
    target: rule.target && { share: rule.target.share, level: compilePosition(rule.target.level, evaluator) },
    stopAfterTarget: level(rule.stopAfterTarget),
    trail: level(rule.trail),
    flat: rule.clauses.flat !== undefined,
  }
}

/** EXIT and the levels of a rule. */
export function exitExpressions(rule: Rule | null): Expr[] {
  const parts = [rule?.exit, rule?.stop, rule?.target?.level, rule?.stopAfterTarget, rule?.trail]
  return parts.filter((expr) => expr !== undefined)
}

/** Whether a level or EXIT refers to the account's equity: the trade then depends on the portfolio. */
export function exitsReadEquity(rule: Rule | null): boolean {
  return exitExpressions(rule).some((expr) => contains(expr, (part) => part.kind === 'name' && part.name === 'equity'))
}
