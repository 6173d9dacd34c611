import type { Expr } from './ast.ts'

/** How tightly a form binds, loosest first: what has less than its place asks for is put in parentheses. */
const OR = 0
const AND = 1
const NOT = 2
const COMPARE = 3
const SUM = 4
const PRODUCT = 5
const UNARY = 6
const POST = 7
const ATOM = 8

function binding(expr: Expr): number {
  switch (expr.kind) {
    case 'or':
      return OR
    case 'and':
      return AND
    case 'not':
      return NOT
    case 'compare':
    case 'in':
      return COMPARE
    case 'arithmetic':
      return expr.op === '+' || expr.op === '-' ? SUM : PRODUCT
    case 'negate':
      return UNARY
    case 'ago':
      return POST
    default:
      return ATOM
  }
}

/**
 * The canonical text of an expression: parsing it gives the same tree, and equal trees give equal texts, so it serves as
 * the identity of a series.
 */
export function printExpression(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return printNumber(expr.value, expr.percent)
    case 'string':
      return `'${expr.value}'`
    case 'name':
      return expr.name
    case 'call':
      return `${expr.name}(${expr.args.map(printExpression).join(', ')})`
    case 'ago':
      return `${within(expr.of, POST)}[${expr.bars}]`
    case 'negate':
      return `-${within(expr.of, UNARY)}`
    case 'arithmetic': {
      const level = binding(expr)
      return `${within(expr.left, level)} ${expr.op} ${within(expr.right, level + 1)}`
    }
    case 'compare':
      return expr.operands.map((operand, i) => `${i ? `${expr.ops[i - 1]} ` : ''}${within(operand, SUM)}`).join(' ')
    case 'in':
      return `${within(expr.of, SUM)} ${expr.negated ? 'not ' : ''}in (${expr.values.map((v) => `'${v}'`).join(', ')})`
    case 'not':
      return `not ${within(expr.of, NOT)}`
    case 'and':
      return expr.parts.map((part) => within(part, NOT)).join(' and ')
    case 'or':
      return expr.parts.map((part) => within(part, AND)).join(' or ')
  }
}

function within(expr: Expr, least: number): string {
  const text = printExpression(expr)
  return binding(expr) < least ? `(${text})` : text
}

/** The shortest decimal that reads back as the same double; a percentage is shifted in decimal, not multiplied. */
export function printNumber(value: number, percent = false): string {
  if (!percent) return String(value).replace('e+', 'e')
  const [digits, exponent] = value.toExponential().split('e') as [string, string]
  const [whole, fraction = ''] = digits.split('.') as [string, string?]
  return `${plainDecimal(whole + fraction, Number(exponent) + 3)}%`
}

/** The decimal 0.DIGITS x 10^point without an exponent. */
function plainDecimal(digits: string, point: number): string {
  if (point <= 0) return trimmed(`0.${'0'.repeat(-point)}${digits}`)
  if (digits.length <= point) return digits + '0'.repeat(point - digits.length)
  return trimmed(`${digits.slice(0, point)}.${digits.slice(point)}`)
}

function trimmed(decimal: string): string {
  return decimal.replace(/\.?0+$/, '') || '0'
}
