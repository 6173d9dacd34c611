import { adjustedLevels } from './adjusted-levels.ts'
import type { Expr, Rule } from './ast.ts'
import { typeOf } from './check.ts'
import { alwaysTrue, neverTrue } from './contradictions.ts'
import { printExpression } from './print.ts'

/** What should be said before a rule runs; a `contradiction` is a reason not to run it. */
export interface RuleWarning {
  readonly kind: 'contradiction' | 'always' | 'look-ahead'
  /** the clause it stands in, such as SIGNAL */
  readonly clause: string
  /** one or two sentences, whole */
  readonly message: string
}

/** What is wrong or doubtful about a rule by its text alone: never or always true, and adjusted levels that look ahead. */
export function ruleWarnings(rule: Rule): RuleWarning[] {
  return [...conditions(rule).flatMap(([clause, expr]) => truths(clause, expr)), ...together(rule), ...levels(rule)]
}

function conditions(rule: Rule): [string, Expr][] {
  const all: [string, Expr | undefined][] = [
    ['UNIVERSE', rule.clauses.universe === undefined ? undefined : rule.universe],
    ['SIGNAL', rule.signal],
    ['SHORT', rule.short],
    ['EXIT', rule.exit],
  ]
  return all.filter((entry): entry is [string, Expr] => entry[1] !== undefined)
}

function truths(clause: string, expr: Expr): RuleWarning[] {
  const why = neverTrue(expr)
  if (why !== undefined) return [{ kind: 'contradiction', clause, message: `${clause} can never be true: ${why}.` }]
  if (clause === 'UNIVERSE') return []
  if (alwaysTrue(expr))
    return [{ kind: 'always', clause, message: `${clause} is true on every bar on which its values are known.` }]
  if (expr.kind !== 'and') return []
  return expr.parts
    .filter((part) => typeOf(part) === 'condition' && alwaysTrue(part))
    .map((part) => ({
      kind: 'always',
      clause,
      message: `${clause}: "${printExpression(part)}" is true wherever it is known, so it selects nothing.`,
    }))
}

/** UNIVERSE and SIGNAL that exclude each other, where each alone is fine. */
function together(rule: Rule): RuleWarning[] {
  if (neverTrue(rule.universe) !== undefined) return []
  const found: RuleWarning[] = []
  for (const [clause, expr] of [
    ['SIGNAL', rule.signal],
    ['SHORT', rule.short],
  ] as const) {
    if (expr === undefined || neverTrue(expr) !== undefined) continue
    const why = neverTrue({ kind: 'and', parts: [rule.universe, expr], at: 0 })
    if (why !== undefined)
      found.push({ kind: 'contradiction', clause, message: `${clause} is never true inside UNIVERSE: ${why}.` })
  }
  return found
}

function levels(rule: Rule): RuleWarning[] {
  const clauses: [string, Expr | undefined][] = [...conditions(rule), ['RANK', rule.rank?.by]]
  return clauses.flatMap(([clause, expr]) =>
    expr === undefined
      ? []
      : adjustedLevels(expr).map(
          ({ text, level, instead }): RuleWarning => ({
            kind: 'look-ahead',
            clause,
            message: `${clause}: "${text}" looks ahead: ${level} is adjusted for later splits, which were not known then.${
              instead === undefined ? ' Compare ratios, or values as traded.' : ` Use ${instead}, the value as traded.`
            }`,
          }),
        ),
  )
}
