import type { Program } from 'acorn'
import type { References } from '../strategy/scopes.ts'
import { childrenOf, type Node } from '../strategy/syntax.ts'
import { declaresSeries } from './direct-reads.ts'

/** Initialisers whose value has properties. */
const HOLDERS = new Set(['ArrowFunctionExpression', 'FunctionExpression', 'ArrayExpression', 'ObjectExpression'])
/** Constants made of constants are followed this far. */
const MOST_STEPS = 32

/**
 * The module-level names that hold functions, arrays and objects, when those frozen leave nothing in which a strategy could
 * keep something from one bar to the next; null when that is not certain, and every bar needs a fresh start of the module.
 */
export function keepable(tree: Program, references: References): string[] | null {
  const held: string[] = []
  for (const each of tree.body as Node[]) {
    const statement: Node | null = each.type === 'ExportNamedDeclaration' ? each.declaration : each
    if (statement === null || isDirective(statement)) continue
    if (statement.type === 'FunctionDeclaration') held.push(statement.id.name)
    else if (statement.type === 'VariableDeclaration' && statement.kind === 'const') {
      for (const { id, init } of statement.declarations) {
        if (id.type !== 'Identifier' || init === null) return null
        if (declaresSeries(init, references)) continue
        if (!isConstant(init, references, MOST_STEPS)) return null
        if (HOLDERS.has(init.type)) held.push(id.name)
      }
    } else return null
  }
  return rebindsModule(tree, references) ? null : held
}

const isDirective = (node: Node): boolean =>
  node.type === 'EmptyStatement' || (node.type === 'ExpressionStatement' && node.directive !== undefined)

/** Whether an initialiser is made of literals, functions and arithmetic on such: frozen, it never changes. */
function isConstant(node: Node, references: References, steps: number): boolean {
  if (steps === 0) return false
  const constant = (each: Node | null): boolean => each !== null && isConstant(each, references, steps - 1)
  switch (node.type) {
    case 'Literal':
      return node.regex === undefined
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return true
    case 'TemplateLiteral':
      return node.expressions.every(constant)
    case 'UnaryExpression':
      return constant(node.argument)
    case 'BinaryExpression':
    case 'LogicalExpression':
      return constant(node.left) && constant(node.right)
    case 'ArrayExpression':
      return node.elements.every(constant)
    case 'ObjectExpression':
      return node.properties.every(
        (each: Node) => each.type === 'Property' && each.kind === 'init' && !each.computed && constant(each.value),
      )
    case 'Identifier': {
      const binding = references.get(node)?.binding
      if (binding === undefined) return node.name === 'NaN' || node.name === 'Infinity' || node.name === 'undefined'
      if (!binding.module) return false
      return binding.kind === 'function' || (binding.kind === 'const' && constant(binding.init))
    }
    default:
      return false
  }
}

/** Whether any assignment goes to a name of the module: functions declared by name can be given another value. */
function rebindsModule(tree: Program, references: References): boolean {
  const todo: Node[] = [tree as Node]
  while (todo.length > 0) {
    const node = todo.pop()!
    const target: Node | undefined =
      node.type === 'AssignmentExpression' || node.type === 'ForInStatement' || node.type === 'ForOfStatement'
        ? node.left
        : node.type === 'UpdateExpression'
          ? node.argument
          : undefined
    if (target !== undefined && namesIn(target).some((name) => references.get(name)?.binding?.module)) return true
    todo.push(...childrenOf(node))
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
