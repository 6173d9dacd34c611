import type { Add } from './check-writes.ts'
import { CONTRACT_SERIES, SERIES_FUNCTION } from './contract.ts'
import type { References } from './scopes.ts'
import type { Node } from './syntax.ts'

const BARE = new Set(
  CONTRACT_SERIES.filter(({ signature }) => signature.args === undefined).flatMap((each) => each.spellings),
)
/** Calls that declare a series; crossesAbove and crossesBelow compare inside a function, so they may stand there. */
const DECLARING = new Set([
  SERIES_FUNCTION.name,
  ...CONTRACT_SERIES.filter(
    ({ name, signature }) => signature.args !== undefined && !name.startsWith('crosses_'),
  ).flatMap((each) => each.spellings),
])
const MATH_INSTEAD: Readonly<Record<string, string>> = {
  abs: 'Math.abs',
  floor: 'Math.floor',
  log: 'Math.log',
  max: 'Math.max',
  min: 'Math.min',
  sqrt: 'Math.sqrt',
}

/** Series are declared once at module level, and read with ago: they are neither numbers nor lists. */
export function checkSeries(node: Node, parent: Node | null, depth: number, references: References, add: Add): void {
  for (const value of valuesIn(node)) {
    const name = seriesName(value, references)
    if (name !== undefined) add(value, `${name} is a series; read its value now with ${name}.ago(0).`)
    else if (depth === 0 && declares(value, references))
      add(
        value,
        `${value.callee.name}(...) is a series, which has no value here; declare each (const x = ${value.callee.name}(...)) and read x.ago(0) inside, or write all of it as one: series('sma(close, 5) - sma(close, 20)').`,
      )
  }
  if (node.type === 'MemberExpression') checkMember(node, parent, references, add)
  if (node.type !== 'CallExpression') return
  const { callee } = node
  if (depth > 0 && declares(node, references)) {
    const instead = Object.hasOwn(MATH_INSTEAD, callee.name)
      ? ` For plain numbers use ${MATH_INSTEAD[callee.name]}.`
      : ''
    add(
      node,
      `A series is declared once at module level (const x = ${callee.name}(...)) and read here with x.ago(0).${instead}`,
    )
  }
  if (callee.type === 'MemberExpression' && nameOf(callee) === 'ago') checkAgo(node, add)
}

function checkMember(node: Node, parent: Node | null, references: References, add: Add): void {
  const key = nameOf(node)
  if (key === 'ago') {
    if (parent?.type !== 'CallExpression' || parent.callee !== node)
      add(node.property, 'Call ago where the value is read: close.ago(1).')
    return
  }
  const name = seriesName(node.object, references)
  if (name !== undefined) add(node, `${name} is a series; read it with ${name}.ago(k), k bars ago.`)
}

function checkAgo(node: Node, add: Add): void {
  const [bars] = node.arguments
  if (node.arguments.length !== 1) add(node, 'ago takes one number: how many bars ago.')
  else if (bars.type === 'UnaryExpression' && bars.operator === '-')
    add(bars, 'ago looks back: k is a whole number >= 0. Later bars do not exist.')
  else if (bars.type !== 'Literal' || typeof bars.value !== 'number')
    add(
      bars,
      'ago takes a literal whole number >= 0, so that the bars needed are known; for a loop over bars use getPriceData or a series such as highest(close, 20).',
    )
  else if (!Number.isInteger(bars.value) || bars.value < 0) add(bars, 'ago takes a whole number of bars >= 0.')
}

/** What a node takes for numbers or truths. */
function valuesIn(node: Node): Node[] {
  switch (node.type) {
    case 'BinaryExpression':
      return node.operator === 'instanceof' || node.operator === 'in' ? [] : [node.left, node.right]
    case 'UnaryExpression':
      return ['-', '+', '!', '~'].includes(node.operator) ? [node.argument] : []
    case 'AssignmentExpression':
      return node.operator === '=' ? [] : [node.right]
    case 'LogicalExpression':
      return [node.left]
    case 'IfStatement':
    case 'ConditionalExpression':
      return [node.test]
    case 'CallExpression':
      return node.callee.type === 'MemberExpression' && node.callee.object.name === 'Math' ? node.arguments : []
    default:
      return []
  }
}

/** The name of a series: one of the contract, or a constant of the module that declares one. */
function seriesName(node: Node, references: References): string | undefined {
  if (node.type !== 'Identifier') return undefined
  const reference = references.get(node)
  if (reference === undefined) return undefined
  const { binding, name } = reference
  if (binding === undefined) return BARE.has(name) ? name : undefined
  const declared = binding.module && binding.kind === 'const' && binding.init !== null
  return declared && declares(binding.init!, references) ? name : undefined
}

function declares({ type, callee }: Node, references: References): boolean {
  return (
    type === 'CallExpression' &&
    callee.type === 'Identifier' &&
    references.get(callee)?.binding === undefined &&
    DECLARING.has(callee.name)
  )
}

const nameOf = ({ computed, property }: Node): string | undefined =>
  computed ? (property.type === 'Literal' ? String(property.value) : undefined) : property.name
