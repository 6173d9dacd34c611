import type { Node } from './syntax.ts'

/** Properties that lead to the engine's own objects, where functions can be made from text or shared state be changed. */
const DANGEROUS = new Set([
  'constructor',
  '__proto__',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
  'caller',
  'callee',
])
/** The name of a property in an object, a class or a pattern, where it is always the same. */
export function keyOf(node: Node): string | undefined {
  return node.computed
    ? constantText(node.key)
    : node.key.type === 'Identifier'
      ? node.key.name
      : String(node.key.value)
}

/** Whether the property leads out of the strategy's own objects. */
export function isDangerous(key: string | undefined): boolean {
  return key !== undefined && DANGEROUS.has(key)
}

/** The text of an expression that is always the same, or undefined. */
export function constantText(node: Node): string | undefined {
  if (node.type === 'Literal') return String(node.value)
  if (node.type === 'TemplateLiteral') {
    const parts = node.expressions.map((each: Node) => constantText(each))
    if (parts.includes(undefined)) return undefined
    return node.quasis.map((each: Node, i: number) => each.value.cooked + (parts[i] ?? '')).join('')
  }
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    const left = constantText(node.left)
    const right = constantText(node.right)
    return left === undefined || right === undefined ? undefined : left + right
  }
  if (node.type === 'ArrayExpression' && node.elements.length === 1 && node.elements[0] !== null)
    return constantText(node.elements[0])
  return undefined
}

/** Whether an expression puts text together. */
export function buildsText(node: Node): boolean {
  if (node.type === 'TemplateLiteral') return true
  if (node.type === 'ArrayExpression' || node.type === 'ObjectExpression') return true
  if (node.type === 'Literal') return typeof node.value === 'string'
  if (node.type === 'BinaryExpression')
    return node.operator === '+' && (buildsText(node.left) || buildsText(node.right))
  if (node.type === 'ConditionalExpression') return constantDanger(node.consequent) || constantDanger(node.alternate)
  if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
    const { object, property } = node.callee
    return (
      object.type === 'ArrayExpression' ||
      buildsText(object) ||
      ['join', 'fromCharCode', 'concat'].includes(property.name)
    )
  }
  return false
}

function constantDanger(node: Node): boolean {
  return isDangerous(constantText(node)) || (buildsText(node) && constantText(node) === undefined)
}
