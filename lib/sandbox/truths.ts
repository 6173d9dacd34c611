import type { References } from '../strategy/scopes.ts'
import type { Node } from '../strategy/syntax.ts'
import { comparisonOf, crossingOf } from './comparisons.ts'
import { isNumber, MOST_STEPS } from './numbers.ts'

const RELATIONS = new Set(['<', '<=', '>', '>=', '===', '!==', '==', '!='])

/** Whether an expression is certainly true or false, and made of numbers alone: no code of the strategy runs in it. */
export function isTruth(node: Node, references: References, steps = MOST_STEPS): boolean {
  if (steps === 0) return false
  const truth = (each: Node): boolean => isTruth(each, references, steps - 1)
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'boolean'
    case 'UnaryExpression':
      return node.operator === '!' && (truth(node.argument) || isNumber(node.argument, references))
    case 'LogicalExpression':
      return node.operator !== '??' && truth(node.left) && truth(node.right)
    case 'BinaryExpression':
      return RELATIONS.has(node.operator) && isNumber(node.left, references) && isNumber(node.right, references)
    case 'Identifier': {
      const binding = references.get(node)?.binding
      return binding?.kind === 'const' && binding.init !== null && truth(binding.init)
    }
    case 'CallExpression':
      return comparisonOf(node, references) !== undefined || crossingOf(node, references) !== undefined
    default:
      return false
  }
}

/** Whether a function's body is constants made of numbers and truths, and then the truth it returns. */
export function isPlainCondition({ body }: Node, references: References): boolean {
  const statements: Node[] = body.body
  return statements.every((statement, i) => {
    if (i === statements.length - 1) {
      const { type, argument } = statement
      return type === 'ReturnStatement' && argument !== null && isTruth(argument, references)
    }
    return (
      statement.type === 'VariableDeclaration' &&
      statement.kind === 'const' &&
      statement.declarations.every(
        ({ id, init }: Node) => id.type === 'Identifier' && (isNumber(init, references) || isTruth(init, references)),
      )
    )
  })
}
