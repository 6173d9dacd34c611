import type { Node } from '../strategy/syntax.ts'
import { comparisonOf, crossingOf } from './comparisons.ts'
import { Constants, isSetBefore, type Numbers } from './numbers.ts'

const RELATIONS = new Set(['<', '<=', '>', '>=', '===', '!==', '==', '!='])

/** Which expressions of a module are certainly true or false, and made of numbers alone: no code of the strategy runs in them. */
export class Truths {
  readonly #numbers: Numbers
  readonly #constants = new Constants()

  constructor(numbers: Numbers) {
    this.#numbers = numbers
  }

  readonly has = (node: Node): boolean => {
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'boolean'
      case 'UnaryExpression':
        return node.operator === '!' && (this.has(node.argument) || this.#numbers.has(node.argument))
      case 'LogicalExpression':
        return node.operator !== '??' && this.has(node.left) && this.has(node.right)
      case 'BinaryExpression':
        return RELATIONS.has(node.operator) && this.#numbers.has(node.left) && this.#numbers.has(node.right)
      case 'Identifier': {
        const binding = this.#numbers.references.get(node)?.binding
        return isSetBefore(node, binding) && this.#constants.answer(binding, this.has)
      }
      case 'CallExpression':
        return (
          comparisonOf(node, this.#numbers) !== undefined || crossingOf(node, this.#numbers.references) !== undefined
        )
      default:
        return false
    }
  }

  /** Whether a function's body is constants made of numbers and truths, and then the truth it returns. */
  isPlainCondition({ body }: Node): boolean {
    const statements: Node[] = body.body
    return statements.every((statement, i) => {
      if (i === statements.length - 1) {
        const { type, argument } = statement
        return type === 'ReturnStatement' && argument !== null && this.has(argument)
      }
      return (
        statement.type === 'VariableDeclaration' &&
        statement.kind === 'const' &&
        statement.declarations.every(
          ({ id, init }: Node) => id.type === 'Identifier' && (this.#numbers.has(init) || this.has(init)),
        )
      )
    })
  }
}
