import type { Program } from 'acorn'
import type { References } from '../strategy/scopes.ts'
import { type Node, nodesOf } from '../strategy/syntax.ts'
import { declaresSeries } from './direct-reads.ts'
import { Constants, callsMath } from './numbers.ts'

/** Operators that make one primitive value of others; `in` and `instanceof` look into objects, `delete` changes them. */
const OPERATORS = new Set('+ - * / % ** == != === !== < <= > >= << >> >>> & | ^ ! ~ typeof void'.split(' '))
const PRIMITIVE_NAMES = new Set(['NaN', 'Infinity', 'undefined'])

/**
 * The module-level names that hold functions, arrays and objects, when those frozen leave nothing in which a strategy could
 * keep something from one bar to the next; null when that is not certain, and every bar needs a fresh start of the module.
 * Certain is only what is listed here: series, functions, primitive values, and arrays and objects made of these.
 */
export function keepable(tree: Program, references: References): string[] | null {
  const values = new Values(references)
  const held: string[] = []
  for (const each of tree.body as Node[]) {
    const statement: Node | null = each.type === 'ExportNamedDeclaration' ? each.declaration : each
    if (statement === null || isDirective(statement)) continue
    if (statement.type === 'FunctionDeclaration') held.push(statement.id.name)
    else if (statement.type === 'VariableDeclaration' && statement.kind === 'const') {
      for (const { id, init } of statement.declarations) {
        if (id.type !== 'Identifier' || !values.isConstant(init)) return null
        if (isFunction(init) || init.type === 'ArrayExpression' || init.type === 'ObjectExpression') held.push(id.name)
      }
    } else return null
  }
  return rebindsModule(tree, references) ? null : held
}

const isDirective = (node: Node): boolean =>
  node.type === 'EmptyStatement' || (node.type === 'ExpressionStatement' && node.directive !== undefined)
const isFunction = (node: Node): boolean =>
  node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression'

/** What is certain of the values of initialisers. */
class Values {
  readonly #references: References
  readonly #primitives = new Constants()
  readonly #series = new Constants()
  readonly #constants = new Constants()

  constructor(references: References) {
    this.#references = references
  }

  /** Whether a value never changes once what it is made of is frozen, and no code of the strategy runs when it is made. */
  readonly isConstant = (node: Node | null): boolean => {
    if (node === null) return false
    switch (node.type) {
      case 'ArrayExpression':
        return node.elements.every(this.isConstant)
      case 'ObjectExpression':
        return node.properties.every(
          (each: Node) =>
            each.type === 'Property' &&
            each.kind === 'init' &&
            !each.computed &&
            (each.key.name ?? each.key.value) !== '__proto__' &&
            this.isConstant(each.value),
        )
      case 'Identifier': {
        const binding = this.#bindingOf(node)
        if (binding?.kind === 'function' || this.#constants.answer(binding, this.isConstant)) return true
      }
    }
    return isFunction(node) || this.#isSeries(node) || this.#isPrimitive(node)
  }

  /** Whether a value is a number, a text, a truth or nothing, made of such alone. */
  readonly #isPrimitive = (node: Node): boolean => {
    switch (node.type) {
      case 'Literal':
        return node.regex === undefined
      case 'TemplateLiteral':
        return node.expressions.every(this.#isPrimitive)
      case 'UnaryExpression':
        return OPERATORS.has(node.operator) && this.#isPrimitive(node.argument)
      case 'BinaryExpression':
        return OPERATORS.has(node.operator) && this.#isPrimitive(node.left) && this.#isPrimitive(node.right)
      case 'LogicalExpression':
        return this.#isPrimitive(node.left) && this.#isPrimitive(node.right)
      case 'ConditionalExpression':
        return [node.test, node.consequent, node.alternate].every(this.#isPrimitive)
      case 'CallExpression':
        return callsMath(node, this.#references) && node.arguments.every(this.#isPrimitive)
      case 'Identifier':
        return this.#isGlobal(node)
          ? PRIMITIVE_NAMES.has(node.name)
          : this.#primitives.answer(this.#bindingOf(node), this.#isPrimitive)
      default:
        return false
    }
  }

  /** Whether a value is a series: one of the contract, a name of one, or a declaration of one from series and primitive values. */
  readonly #isSeries = (node: Node): boolean => {
    if (node.type === 'Identifier' && !this.#isGlobal(node))
      return this.#series.answer(this.#bindingOf(node), this.#isSeries)
    if (!declaresSeries(node, this.#references)) return false
    return (
      node.type === 'Identifier' ||
      (!node.optional && node.arguments.every((each: Node) => this.#isSeries(each) || this.#isPrimitive(each)))
    )
  }

  #isGlobal(node: Node): boolean {
    return this.#references.get(node)?.binding === undefined
  }

  #bindingOf(node: Node) {
    const binding = this.#references.get(node)?.binding
    return binding?.module ? binding : undefined
  }
}

/** Whether any assignment goes to a name of the module: functions declared by name can be given another value. */
function rebindsModule(tree: Program, references: References): boolean {
  for (const node of nodesOf(tree)) {
    const target: Node | undefined =
      node.type === 'AssignmentExpression' || node.type === 'ForInStatement' || node.type === 'ForOfStatement'
        ? node.left
        : node.type === 'UpdateExpression'
          ? node.argument
          : undefined
    if (target !== undefined && namesIn(target).some((name) => references.get(name)?.binding?.module)) return true
  }
  return false
}

/** The names an assignment target writes to; names that stand in a member expression are only read. */
function namesIn(target: Node): Node[] {
  switch (target.type) {
    case 'Identifier':
      return [target]
    case 'ObjectPattern':
      return target.properties.flatMap((each: Node) =>
        namesIn(each.type === 'RestElement' ? each.argument : each.value),
      )
    case 'ArrayPattern':
      return target.elements.flatMap((each: Node | null) => (each === null ? [] : namesIn(each)))
    case 'AssignmentPattern':
      return namesIn(target.left)
    case 'RestElement':
      return namesIn(target.argument)
    default:
      return []
  }
}
