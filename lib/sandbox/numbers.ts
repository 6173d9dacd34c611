import type { Binding, References } from '../strategy/scopes.ts'
import type { Node } from '../strategy/syntax.ts'
import { directRead } from './direct-reads.ts'

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

/** Answers about the constants of one module, each found once: following names again and again takes exponential time. */
export class Constants {
  readonly #answers = new Map<Binding, boolean>()

  /** What `holds` says of the constant's initialiser; false for what is no constant, or depends on itself. */
  answer(binding: Binding | undefined, holds: (init: Node) => boolean): boolean {
    if (binding?.kind !== 'const' || binding.init === null) return false
    const known = this.#answers.get(binding)
    if (known !== undefined) return known
    this.#answers.set(binding, false)
    const found = holds(binding.init)
    this.#answers.set(binding, found)
    return found
  }
}

/** Which expressions of a module are certainly numbers, whatever the bar: no code of the strategy runs when they are evaluated. */
export class Numbers {
  readonly references: References
  readonly #constants = new Constants()

  constructor(references: References) {
    this.references = references
  }

  readonly has = (node: Node): boolean => {
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'number'
      case 'UnaryExpression':
        return (node.operator === '-' || node.operator === '+') && this.has(node.argument)
      case 'BinaryExpression':
        return ARITHMETIC.has(node.operator) && this.has(node.left) && this.has(node.right)
      case 'Identifier': {
        const binding = this.references.get(node)?.binding
        return isSetBefore(node, binding) && this.#constants.answer(binding, this.has)
      }
      case 'CallExpression':
        return (
          directRead(node, this.references) !== undefined ||
          (callsMath(node, this.references) && node.arguments.every(this.has))
        )
      default:
        return false
    }
  }
}

/** Whether a constant has its value where it is read: those of the module do once an entry point runs, local ones further down. */
export function isSetBefore(node: Node, binding: Binding | undefined): boolean {
  return binding !== undefined && (binding.module || (binding.init !== null && binding.init.end <= node.start))
}

/** Whether a node calls a plain function of Math. */
export function callsMath({ optional, callee }: Node, references: References): boolean {
  if (optional || callee.type !== 'MemberExpression' || callee.computed || callee.optional) return false
  const { object, property } = callee
  return (
    object.type === 'Identifier' &&
    object.name === 'Math' &&
    references.get(object)?.binding === undefined &&
    MATH.has(property.name)
  )
}
