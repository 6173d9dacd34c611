import type { References } from './scopes.ts'
import type { Node } from './syntax.ts'

const NO_ACCESSORS = 'write a function instead'
/** Properties that lead to the engine's own objects, where functions can be made from text or shared state be changed; what to do. */
const DANGEROUS: ReadonlyMap<string, string> = new Map([
  ['constructor', 'to tell kinds of values apart use typeof, Array.isArray or Number.isFinite'],
  ['prototype', 'call the method on the value itself, or write a function'],
  ['__proto__', 'an object holds what is written in it; copy another with { ...other }'],
  ['__defineGetter__', NO_ACCESSORS],
  ['__defineSetter__', NO_ACCESSORS],
  ['__lookupGetter__', NO_ACCESSORS],
  ['__lookupSetter__', NO_ACCESSORS],
  ['caller', 'pass what the function needs as a parameter'],
  ['callee', 'give the function a name and call it by that'],
])
/** Names whose only use under a text in brackets is to make code. */
const CODE_FROM_TEXT = new Set(['eval', 'Function'])
/** Steps that a text is followed for; no dangerous name is longer than the most characters. */
const MOST_STEPS = 200
const MOST_CHARACTERS = 64

/** The name of a property in an object, a class or a pattern, where it is always the same. */
export function keyOf(node: Node, references: References): string | undefined {
  if (node.computed) return constantText(node.key, references)
  return node.key.type === 'Identifier' ? node.key.name : String(node.key.value)
}

/** Why a property is out of reach and what to do instead; undefined when it is not. */
export function whyOutOfReach(key: string | undefined, fromText: boolean): string | undefined {
  if (key === undefined) return undefined
  if (fromText && CODE_FROM_TEXT.has(key))
    return `${key} makes code from text, which is refused; write the code itself.`
  const instead = DANGEROUS.get(key)
  return instead === undefined ? undefined : `The property ${key} is out of reach; ${instead}.`
}

/** The text of an expression that is always the same, or undefined; names are followed to what they were declared with. */
export function constantText(node: Node, references: References): string | undefined {
  let steps = MOST_STEPS
  const textOf = (each: Node): string | undefined => {
    if (--steps < 0) return undefined
    const text = followed(each)
    return text !== undefined && text.length > MOST_CHARACTERS ? undefined : text
  }
  const followed = (each: Node): string | undefined => {
    switch (each.type) {
      case 'Literal':
        return String(each.value)
      case 'Identifier': {
        const init = references.get(each)?.binding?.init
        return init ? textOf(init) : undefined
      }
      case 'TemplateLiteral':
        if (each.expressions.length > MOST_STEPS) return undefined
        return joined(
          each.quasis.flatMap((quasi: Node, i: number) => [
            quasi.value.cooked as string,
            i < each.expressions.length ? textOf(each.expressions[i]) : '',
          ]),
        )
      case 'BinaryExpression':
        return each.operator === '+' ? joined([textOf(each.left), textOf(each.right)]) : undefined
      case 'ArrayExpression':
        return each.elements.length === 1 && each.elements[0] !== null ? textOf(each.elements[0]) : undefined
      case 'SequenceExpression':
        return textOf(each.expressions[each.expressions.length - 1])
      default:
        return undefined
    }
  }
  return textOf(node)
}

function joined(parts: (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join('')
}

/** Whether an expression puts text together. */
export function buildsText(node: Node, references: References): boolean {
  const builds = (each: Node): boolean => buildsText(each, references)
  /** text that is dangerous, or that cannot be known */
  const mayBeDangerous = (each: Node): boolean => {
    const text = constantText(each, references)
    return text === undefined ? builds(each) : whyOutOfReach(text, true) !== undefined
  }
  switch (node.type) {
    case 'TemplateLiteral':
    case 'ArrayExpression':
    case 'ObjectExpression':
      return true
    case 'Literal':
      return typeof node.value === 'string'
    case 'BinaryExpression':
      return node.operator === '+' && (builds(node.left) || builds(node.right))
    case 'ConditionalExpression':
      return mayBeDangerous(node.consequent) || mayBeDangerous(node.alternate)
    case 'LogicalExpression':
      return mayBeDangerous(node.left) || mayBeDangerous(node.right)
    case 'CallExpression': {
      if (node.callee.type !== 'MemberExpression') return false
      const { object, property } = node.callee
      return (
        object.type === 'ArrayExpression' ||
        builds(object) ||
        ['join', 'fromCharCode', 'concat'].includes(property.name)
      )
    }
    default:
      return false
  }
}
