/** A rule on one bar: every condition with its values, how far it is from its threshold, and why it is unknown where it is. */
import { signature } from '../strategy/series.ts'
import type { CompareOp, Expr } from './ast.ts'
import type { Evaluator } from './evaluate.ts'
import { inputsOf, isCrossCall } from './inputs.ts'
import { marginOf, shareOf } from './margin.ts'
import { opened } from './opened.ts'
import { Phrases } from './phrases.ts'
import { printExpression } from './print.ts'
import { termName } from './term-names.ts'
import { textValue } from './text-columns.ts'
import { contains } from './tree.ts'
import { type Unit, unitOf, unitOfBoth } from './unit.ts'
import { whyUndefined } from './why-undefined.ts'

/** Where a member stands among those compared with it on that day; rank 1 has the largest value, equal values share the mean rank. */
export interface Standing {
  rank: number
  members: number
  /** the value of `top(x, n)`'s last member */
  threshold?: number
}

export interface ValueAt {
  text: string
  name: string
  unit: Unit
  value: number | string | null
  /** why there is none */
  unknown?: string
  standing?: Standing
}

export interface MarginAt {
  /** in the condition's own units: above 0 it holds by so much, below 0 it falls short by so much */
  by: number
  /** the same as a share of the threshold; null where that is 0 */
  share: number | null
  unit: Unit
}

/** A condition at a bar; `holds` is null where it is unknown. JSON as it stands. */
export interface ConditionAt {
  text: string
  says: string
  holds: boolean | null
  unknown?: string
  /** how its parts make it up */
  op?: 'and' | 'or' | 'not'
  parts?: ConditionAt[]
  /** both sides of a comparison, and what they are computed from */
  values?: ValueAt[]
  inputs?: ValueAt[]
  margin?: MarginAt | null
}

export interface ExplainContext {
  evaluator: Evaluator
  /** the bar */
  t: number
  universe: Expr
  unit: 'day' | 'bar'
  /** where the symbol stands in a cross-sectional call, by its canonical text */
  standing?: (call: string) => Standing | undefined
}

/** Conditions shown of one clause, parts included. */
const MOST_CONDITIONS = 150

/** The tree of a condition at a bar. What depends on a position is unknown without one. */
export function explainCondition(expr: Expr, context: ExplainContext): ConditionAt {
  let left = MOST_CONDITIONS
  const phrases = new Phrases(context.unit, true)
  const visit = (part: Expr): ConditionAt => {
    left--
    const head = { text: printExpression(part), says: phrases.condition(part) }
    const inside = left > 0 ? opened(part) : part
    if (inside.kind === 'and' || inside.kind === 'or') {
      const parts = inside.parts.map(visit)
      return { ...head, holds: together(inside.kind, parts), op: inside.kind, parts }
    }
    if (inside.kind === 'not') {
      const of = visit(inside.of)
      return { ...head, holds: of.holds === null ? null : !of.holds, op: 'not', parts: [of] }
    }
    return { ...head, ...leafAt(inside, context) }
  }
  return visit(expr)
}

/** Three-valued: false decides an "and", true an "or". */
function together(kind: 'and' | 'or', parts: readonly ConditionAt[]): boolean | null {
  const decisive = kind === 'or'
  if (parts.some(({ holds }) => holds === decisive)) return decisive
  return parts.some(({ holds }) => holds === null) ? null : !decisive
}

function leafAt(expr: Expr, context: ExplainContext): Omit<ConditionAt, 'text' | 'says'> {
  const positional = positionNames(expr)
  if (positional.length > 0)
    return { holds: null, unknown: `depends on a position: ${positional.join(', ')}`, margin: null }
  const { evaluator, t, universe } = context
  const value = evaluator.column(expr)[t]
  const holds = Number.isNaN(value) ? null : value !== 0
  const why = holds === null ? { unknown: whyUndefined(expr, t, evaluator, universe) } : {}
  if (expr.kind === 'compare' && expr.ops.length === 1 && !expr.operands.some(({ kind }) => kind === 'string'))
    return { holds, ...why, ...comparedAt(expr.ops[0], expr.operands[0], expr.operands[1], context) }
  if (isCrossCall(expr)) return { holds, ...why, ...topAt(expr, context) }
  return { holds, ...why, values: textsOf(expr, context), margin: null }
}

function comparedAt(op: CompareOp, left: Expr, right: Expr, context: ExplainContext) {
  const { evaluator, t } = context
  const [a, b] = [evaluator.column(left)[t], evaluator.column(right)[t]]
  const by = marginOf(op, a, b)
  const inputs = inputsOf([left, right]).map((each) => valueAt(each, context))
  // What is compared stands beside what it is a rank or a score of.
  const compared = [left, right].filter(isCrossCall).map(({ args }) => valueAt(args[0], context))
  const unit = unitOfBoth(left, right)
  return {
    // A literal counts what it is compared with.
    values: [left, right].map((side) => ({
      ...valueAt(side, context),
      unit: unitOf(side) === 'number' ? unit : unitOf(side),
    })),
    inputs: [...inputs, ...compared],
    margin: Number.isNaN(by) ? null : { by, share: shareOf(by, b), unit },
  }
}

/** `top(x, n)`: x against the last of the n. */
function topAt(call: Expr & { kind: 'call' }, context: ExplainContext) {
  const value = valueAt(call.args[0], context)
  const standing = context.standing?.(printExpression(call))
  const threshold = standing?.threshold
  const known = typeof value.value === 'number' && threshold !== undefined
  const by = known ? (value.value as number) - threshold : Number.NaN
  return {
    values: [{ ...value, ...(standing && { standing }) }],
    margin: known ? { by, share: shareOf(by, threshold), unit: value.unit } : null,
  }
}

function valueAt(expr: Expr, context: ExplainContext): ValueAt {
  const { evaluator, t, universe } = context
  const text = printExpression(expr)
  const value = evaluator.column(expr)[t]
  const standing = isCrossCall(expr) ? context.standing?.(text) : undefined
  return {
    text,
    name: termName(expr),
    unit: unitOf(expr),
    value: Number.isNaN(value) ? null : value,
    ...(Number.isNaN(value) && { unknown: whyUndefined(expr, t, evaluator, universe) }),
    ...(standing && { standing }),
  }
}

/** Symbol, sector and industry, where a condition asks for one. */
function textsOf(expr: Expr, { evaluator }: ExplainContext): ValueAt[] {
  return ['symbol', 'sector', 'industry']
    .filter((name) => contains(expr, (part) => part.kind === 'name' && part.name === name))
    .map((name) => ({
      text: name,
      name,
      unit: 'number' as const,
      value: textValue(evaluator.market, evaluator.series.symbol, name) ?? null,
    }))
}

/** The names in an expression that only a position gives a value. */
function positionNames(expr: Expr): string[] {
  const found = new Set<string>()
  contains(expr, (part) => {
    const named = part.kind === 'name' || part.kind === 'call' ? signature(part.name, part.kind === 'call') : undefined
    if (named?.group === 'position') found.add(named.name)
    return false
  })
  return [...found]
}

/** The value of any expression at a bar. */
export const explainValue = valueAt
