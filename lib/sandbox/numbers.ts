import type { References } from '../strategy/scopes.ts'
import type { Node } from '../strategy/syntax.ts'
import { directRead } from './direct-reads.ts'

/** Constants made of constants are followed this far. */
export const MOST_STEPS = 32
const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '**'])
const MATH = new Set([
  'abs',
  'ceil',
  'exp',
  'floor',
  'log',
  'log10',
  'log2',
  'max',
  'min',
  'pow',
  'round',
  'sign',
  'sqrt',
])

/** The finite number a literal is, its sign included, or undefined. */
export function literalOf(node: Node): number | undefined {
  if (node.type === 'UnaryExpression' && node.operator === '-') {
    const negated = literalOf(node.argument)
    return negated === undefined ? undefined : -negated
  }
  return node.type === 'Literal' && Number.isFinite(node.value) ? node.value : undefined
}

/** Whether an expression is certainly a number, whatever the bar: then no code of the strategy runs when it is evaluated. */
export function isNumber(node: Node, references: References, steps = MOST_STEPS): boolean {
  if (steps === 0) return false
  const number = (each: Node): boolean => isNumber(each, references, steps - 1)
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'number'
    case 'UnaryExpression':
      return (node.operator === '-' || node.operator === '+') && number(node.argument)
    case 'BinaryExpression':
      return ARITHMETIC.has(node.operator) && number(node.left) && number(node.right)
    case 'Identifier': {
      const binding = references.get(node)?.binding
      return binding?.kind === 'const' && binding.init !== null && number(binding.init)
    }
    case 'CallExpression':
      return directRead(node, references) !== undefined || (isMath(node, references) && node.arguments.every(number))
    default:
      return false
  }
}

function isMath({ optional, callee }: Node, references: References): boolean {
  if (optional || callee.type !== 'MemberExpression' || callee.computed || callee.optional) return false
  const { object, property } = callee
  return (
    object.type === 'Identifier' &&
    object.name === 'Math' &&
    references.get(object)?.binding === undefined &&
    MATH.has(property.name)
  )
}
