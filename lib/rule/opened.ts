/** Conditions seen from the inside: derived names written out, so that the comparisons they are made of can be shown and counted. */
import type { Expr } from './ast.ts'
import { typeOf } from './check.ts'
import { expandDerived } from './derived.ts'
import { withParts } from './tree.ts'

/** Calls that read their argument on other bars; what is pointwise within comes out of them unchanged. */
const ELSEWHERE: ReadonlySet<string> = new Set(['wk', 'mo', 'pd', 'on'])
/** A streak of more comparisons is shown as one condition. */
const LONGEST_STREAK = 12

/** The conditions that must all be true, left to right, whatever parentheses they stand in. */
export function conditionsOf(expr: Expr): readonly Expr[] {
  return expr.kind === 'and' ? expr.parts.flatMap(conditionsOf) : [expr]
}

/**
 * The same condition with its outermost name written out: a crossing as its two comparisons, a chain as pairs, `wk(a > b)` as
 * `wk(a) > wk(b)`. What is no condition, or has nothing within to show, is given back as it is.
 */
export function opened(expr: Expr): Expr {
  if (expr.kind === 'compare' && expr.ops.length > 1 && !expr.operands.some((operand) => operand.kind === 'string')) {
    const { ops, operands, at } = expr
    const parts = ops.map(
      (op, i): Expr => ({ kind: 'compare', ops: [op], operands: [operands[i], operands[i + 1]], at }),
    )
    return { kind: 'and', parts, at }
  }
  if (expr.kind === 'ago' && typeOf(expr.of) === 'condition')
    return moved(expr, expr.of, (of) => ({ kind: 'ago', of, bars: expr.bars, at: expr.at }))
  if (expr.kind !== 'call' || typeOf(expr) !== 'condition') return expr
  if (ELSEWHERE.has(expr.name)) {
    const last = expr.args.length - 1
    return moved(expr, expr.args[last], (of) => ({ ...expr, args: [...expr.args.slice(0, last), of] }))
  }
  const window = expr.args.at(-1)
  const streak = expr.name === 'rising' || expr.name === 'falling'
  if (streak && window?.kind === 'number' && window.value > LONGEST_STREAK) return expr
  return expandDerived(expr) ?? expr
}

/** What is read elsewhere, part by part: a literal is the same there. */
function moved(whole: Expr, inner: Expr, move: (part: Expr) => Expr): Expr {
  const within = opened(inner)
  switch (within.kind) {
    case 'and':
    case 'or':
    case 'not':
      return withParts(within, move)
    case 'compare':
      if (within.operands.some((operand) => operand.kind === 'string')) return whole
      return withParts(within, (operand) => (isNumber(operand) ? operand : move(operand)))
    default:
      return whole
  }
}

const isNumber = (expr: Expr): boolean =>
  expr.kind === 'number' || (expr.kind === 'negate' && expr.of.kind === 'number')
