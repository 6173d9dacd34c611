/** Where a number stands in a rule, and the rule with another in its place. */
import type { Expr } from '../../rule/ast.ts'
import { printExpression } from '../../rule/print.ts'
import { partsOf } from '../../rule/tree.ts'
import type { RuleClauses } from '../../strategy/strategy.ts'
import { type ClauseExpr, clauseExprs, replaced, withExpr } from './clause-exprs.ts'
import { namesOf } from './topics.ts'
import type { SaidNumber } from './words.ts'

const WHOLE = ['limit', 'maxpos', 'cooldown'] as const
const WHOLE_NAMES = {
  limit: ['limit', 'top', 'first', 'result', 'show', 'best'],
  maxpos: ['position', 'slot', 'most', 'maximum', 'max', 'holding', 'portfolio'],
  cooldown: ['cooldown', 'pause', 'wait', 're-entry', 'reentry'],
} as const

/** Where a number stands: as an operand, a window, so many bars ago, a level beside 1, or a clause of its own. */
export interface Occurrence {
  /** equal for places that are one: the window of the same average, wherever it stands */
  group: string
  /** the smallest condition or clause around it, for people */
  where: string
  names: ReadonlySet<string>
  role: 'operand' | 'window' | 'ago' | 'level' | 'clause'
  with(clauses: RuleClauses, value: SaidNumber): RuleClauses
}

const same = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
const exact = (value: number): number => Number(value.toPrecision(12))

/** Every place of a number in a rule. */
export function occurrencesOf(clauses: RuleClauses, said: SaidNumber): Occurrence[] {
  const found = clauseExprs(clauses).flatMap((clause) => inClause(clause, said))
  const whole = WHOLE.filter((key) => said.kind === 'plain' && clauses[key] === said.value).map(
    (key): Occurrence => ({
      group: key,
      where: `${key.toUpperCase()}: ${clauses[key]}`,
      names: new Set<string>(WHOLE_NAMES[key]),
      role: 'clause',
      with: (rule, { value }) => ({ ...rule, [key]: value }),
    }),
  )
  return [...found, ...whole]
}

interface Around {
  condition: Expr
  /** the innermost call, or the comparison */
  holder: Expr
  isWindow: boolean
  /** the other factor, where it is a level such as entry_price*0.95 */
  factorOf?: Expr
}

function inClause(clause: ClauseExpr, said: SaidNumber): Occurrence[] {
  const found: Occurrence[] = []
  const { key, before, after } = clause
  const isLevel = key === 'stop' || key === 'target' || key === 'trail' || key === 'stop_after_target'
  const add = (node: Expr, role: Occurrence['role'], around: Around, to: (value: SaidNumber) => Expr) => {
    const inEntry = key === 'signal' || key === 'short' || key === 'exit' || key === 'universe'
    const text = printExpression(inEntry ? around.condition : clause.expr)
    const place = printExpression(around.holder)
    found.push({
      group: role === 'window' ? place : `${key} ${place} ${role}`,
      where: inEntry ? text : `${key.toUpperCase()}: ${before}${text}${after}`,
      names: namesOf(key, inEntry ? around.condition : clause.expr),
      role,
      with: (rule, value) => {
        // The clause as it is by then: several places are changed one after the other.
        const current = clauseExprs(rule).find((each) => each.key === key)!
        const at = pathTo(clause.expr, node)
        const target = nodeAt(current.expr, at)
        return withExpr(
          rule,
          current,
          replaced(current.expr, (part) => (part === target ? to(value) : undefined)),
        )
      },
    })
  }
  const visit = (expr: Expr, around: Around): void => {
    if (expr.kind === 'number') {
      const role = around.isWindow ? ('window' as const) : ('operand' as const)
      if (matches(expr, said)) add(expr, role, around, (value) => literalFor(expr, said, value))
      else if (
        isLevel &&
        said.kind === 'percent' &&
        same(Math.abs(expr.value - 1), said.value / 100) &&
        around.factorOf
      )
        add(expr, 'level', around, ({ value }) => ({
          ...expr,
          value: exact(1 + (Math.sign(expr.value - 1) * value) / 100),
        }))
      return
    }
    if (expr.kind === 'ago' && said.kind === 'plain' && expr.bars === said.value)
      add(expr, 'ago', { ...around, holder: expr }, ({ value }) => ({ ...expr, bars: value }))
    for (const part of partsOf(expr)) {
      const condition = expr.kind === 'and' || expr.kind === 'or' || expr.kind === 'not' ? part : around.condition
      const holder =
        expr.kind === 'call' || expr.kind === 'compare'
          ? expr
          : expr.kind === 'and' || expr.kind === 'or'
            ? part
            : around.holder
      const factorOf =
        expr.kind === 'arithmetic' && expr.op === '*' ? (expr.left === part ? expr.right : expr.left) : undefined
      visit(part, { condition, holder, isWindow: expr.kind === 'call', factorOf })
    }
  }
  visit(clause.expr, { condition: clause.expr, holder: clause.expr, isWindow: false })
  return found
}

function matches(node: Expr & { kind: 'number' }, said: SaidNumber): boolean {
  if (said.kind === 'percent') return same(node.value, said.value / 100)
  return same(node.value, said.value)
}

/** A literal written as the old one was: a percentage stays one. */
export function literalFor(old: Expr & { kind: 'number' }, saidOld: SaidNumber | undefined, to: SaidNumber): Expr {
  const asShare =
    to.kind === 'percent' ||
    (saidOld?.kind === 'percent' && to.kind === 'plain') ||
    (old.percent && to.kind === 'plain')
  return { ...old, value: asShare ? exact(to.value / 100) : to.value }
}

function pathTo(root: Expr, node: Expr): number[] | undefined {
  if (root === node) return []
  for (const [i, part] of partsOf(root).entries()) {
    const rest = pathTo(part, node)
    if (rest !== undefined) return [i, ...rest]
  }
  return undefined
}

const nodeAt = (root: Expr, path: number[] | undefined): Expr =>
  (path ?? []).reduce((node, i) => partsOf(node)[i], root)
