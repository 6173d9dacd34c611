import type { Expr } from '../../lib/rule/ast.ts'
import { expandDerived } from '../../lib/rule/derived.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { printExpression } from '../../lib/rule/print.ts'
import { withParts } from '../../lib/rule/tree.ts'

/** Derived names whose definitions are short enough to compare by: the rest are compared by name. */
const OPENED = new Set(
  'roc change gap rvol rising falling crosses_above crosses_below any all up down inside_bar outside_bar macd_hist dollar_volume day_rvol bb_mid'.split(
    ' ',
  ),
)
const FLIPPED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const
const CONTRARY = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' } as const
/** What means the same k bars ago as on its parts k bars ago. */
const POINTWISE = new Set(['abs', 'log', 'sqrt', 'floor', 'min', 'max', 'where'])

const number = (value: number): Expr => ({
  kind: 'number',
  value: Number(value.toPrecision(12)),
  percent: false,
  at: 0,
})
const text = printExpression
const sorted = (parts: readonly Expr[]): Expr[] => {
  const byText = new Map(parts.map((part) => [text(part), part]))
  return [...byText.keys()].sort().map((key) => byText.get(key)!)
}

/** One text for expressions that mean the same: order of and, or, + and *, sides of comparisons, chains, x/y-1 > c as x/y > 1+c. */
export function normalText(source: string): string {
  return text(normal(parseExpression(source)))
}

/** The parts that must hold together, each in its normal text. */
export function conjuncts(source: string): string[] {
  const expr = normal(parseExpression(source))
  return expr.kind === 'and' ? expr.parts.map(text) : [text(expr)]
}

function normal(expr: Expr): Expr {
  const opened = expr.kind === 'call' && OPENED.has(expr.name) ? expandDerived(expr) : undefined
  if (opened) return normal(opened)
  switch (expr.kind) {
    case 'number':
      return number(expr.value)
    case 'ago':
      return earlier(normal(expr.of), expr.bars)
    case 'negate': {
      const of = normal(expr.of)
      return of.kind === 'number' ? number(-of.value) : { ...expr, of }
    }
    case 'and':
    case 'or': {
      const parts = expr.parts.map(normal).flatMap((part) => (part.kind === expr.kind ? part.parts : [part]))
      const kept = sorted(parts)
      return kept.length === 1 ? kept[0] : { kind: expr.kind, parts: kept, at: 0 }
    }
    case 'not': {
      const of = normal(expr.of)
      if (of.kind === 'not') return of.of
      if (of.kind === 'compare' && of.ops.length === 1) return normal({ ...of, ops: [CONTRARY[of.ops[0]]] })
      if (of.kind === 'or')
        return normal({ kind: 'and', parts: of.parts.map((part) => ({ kind: 'not', of: part, at: 0 })), at: 0 })
      return { ...expr, of }
    }
    case 'arithmetic':
      return arithmetic({ ...expr, left: normal(expr.left), right: normal(expr.right) })
    case 'compare':
      return compared(expr)
    default:
      return withParts(expr, normal)
  }
}

function earlier(of: Expr, bars: number): Expr {
  if (bars === 0 || of.kind === 'number' || of.kind === 'string') return of
  if (of.kind === 'ago') return earlier(of.of, of.bars + bars)
  const through = of.kind !== 'call' && of.kind !== 'name' && of.kind !== 'in'
  if (through || (of.kind === 'call' && POINTWISE.has(of.name)))
    return normal(withParts(of, (part) => earlier(part, bars)))
  return { kind: 'ago', of, bars, at: 0 }
}

function arithmetic(expr: Extract<Expr, { kind: 'arithmetic' }>): Expr {
  const { op, left, right } = expr
  if (left.kind === 'number' && right.kind === 'number') {
    const [a, b] = [left.value, right.value]
    return number(op === '+' ? a + b : op === '-' ? a - b : op === '*' ? a * b : a / b)
  }
  if (op === '*' && left.kind === 'number' && left.value === 1) return right
  if ((op === '+' || op === '*') && text(left) > text(right)) return { ...expr, left: right, right: left }
  return expr
}

function compared(expr: Extract<Expr, { kind: 'compare' }>): Expr {
  const operands = expr.operands.map(normal)
  if (expr.ops.length > 1) {
    const parts = expr.ops.map((op, at) => compared({ ...expr, ops: [op], operands: [operands[at], operands[at + 1]] }))
    return { kind: 'and', parts: sorted(parts), at: 0 }
  }
  let [left, right] = operands
  let [op] = expr.ops
  if (left.kind === 'number' && right.kind !== 'number') [left, right, op] = [right, left, FLIPPED[op]]
  // x/y - 1 > c is x/y > 1 + c, and x - y > 0 is x > y
  if (right.kind === 'number' && left.kind === 'arithmetic' && left.op === '-') {
    if (left.right.kind === 'number')
      return compared({ ...expr, operands: [left.left, number(right.value + left.right.value)], ops: [op] })
    if (right.value === 0) return compared({ ...expr, operands: [left.left, left.right], ops: [op] })
  }
  if (
    right.kind !== 'number' &&
    (op === '<' || op === '<=' || ((op === '==' || op === '!=') && text(left) > text(right)))
  )
    [left, right, op] = [right, left, FLIPPED[op]]
  return { kind: 'compare', operands: [left, right], ops: [op], at: 0 }
}
