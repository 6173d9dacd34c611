import type { Expr } from './ast.ts'

/** The direct parts of an expression, left to right. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'name':
      return []
    case 'call':
      return expr.args
    case 'ago':
    case 'negate':
    case 'in':
    case 'not':
      return [expr.of]
    case 'arithmetic':
      return [expr.left, expr.right]
    case 'compare':
      return expr.operands
    case 'and':
    case 'or':
      return expr.parts
  }
}

/** The same expression with its direct parts replaced. */
export function withParts(expr: Expr, replace: (part: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'name':
      return expr
    case 'call':
      return { ...expr, args: expr.args.map(replace) }
    case 'ago':
    case 'negate':
    case 'in':
    case 'not':
      return { ...expr, of: replace(expr.of) }
    case 'arithmetic':
      return { ...expr, left: replace(expr.left), right: replace(expr.right) }
    case 'compare':
      return { ...expr, operands: expr.operands.map(replace) }
    case 'and':
    case 'or':
      return { ...expr, parts: expr.parts.map(replace) }
  }
}

/** Whether the test holds for the expression or any part of it. */
export function contains(expr: Expr, test: (part: Expr) => boolean): boolean {
  return test(expr) || partsOf(expr).some((part) => contains(part, test))
}

/** A number literal, as it would be parsed. */
export function literal(value: number): Expr {
  const positive: Expr = { kind: 'number', value: Math.abs(value), percent: false, at: 0 }
  return value < 0 ? { kind: 'negate', of: positive, at: 0 } : positive
}
