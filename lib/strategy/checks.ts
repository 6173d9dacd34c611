import type { Program } from 'acorn'
import { checkLoops } from './check-loops.ts'
import { type Add, checkMutation, checkWrite, type Reason } from './check-writes.ts'
import { CONTRACT_GLOBALS, CONTRACT_SERIES, SERIES_FUNCTION } from './contract.ts'
import { buildsText, constantText, keyOf, whyOutOfReach } from './property-names.ts'
import { REFLECTION, REFUSED_NODES, unknownGlobal } from './reasons.ts'
import type { Reference, References } from './scopes.ts'
import { childrenOf, type Finding, findingAt, MOST_FINDINGS, type Node } from './syntax.ts'

const GLOBALS = new Set(CONTRACT_GLOBALS)
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
/** What the contract does not allow in the module, in source order: the first of it, as many as are shown. */
export function checkModule(tree: Program, references: References): Finding[] {
  const found: { node: Node; reason: Reason }[] = []
  const add: Add = (node, reason) => {
    found.push({ node, reason })
  }
  const visit = (node: Node, parent: Node | null, depth: number): void => {
    checkNode(node, parent, depth, references, add)
    const inside = depth + (/Function/.test(node.type) ? 1 : 0)
    for (const child of childrenOf(node)) visit(child, node, inside)
  }
  visit(tree as Node, null, 0)
  checkLoops(tree, add)
  return found
    .sort((a, b) => a.node.start - b.node.start)
    .slice(0, MOST_FINDINGS)
    .map(({ node, reason }) => findingAt(node, typeof reason === 'string' ? reason : reason()))
}

function checkNode(node: Node, parent: Node | null, depth: number, references: References, add: Add) {
  const refused = REFUSED_NODES[node.type]
  if (refused !== undefined) return add(node, refused)
  switch (node.type) {
    case 'Identifier': {
      const reference = references.get(node)
      if (reference !== undefined && reference.binding === undefined) checkGlobal(node, reference, add)
      return
    }
    case 'Literal':
      if (node.bigint !== undefined) add(node, 'BigInt is not part of the contract; use numbers.')
      if (node.value === Number.POSITIVE_INFINITY)
        add(node, `${String(node.raw).slice(0, 40)} is larger than any number; write Infinity or a smaller one.`)
      return
    case 'MetaProperty':
      if (node.meta.name === 'import')
        add(node, 'import.meta is refused; a strategy sees no files and no host, only what the data functions answer.')
      return
    case 'ExportNamedDeclaration':
      if (node.source) add(node, 'A strategy imports nothing.')
      return
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      if (node.async) add(node, 'async functions are refused: every data function answers at once; leave out async.')
      if (node.generator) add(node, 'Generators are refused; use a loop.')
      return
    case 'ForOfStatement':
      if (node.await) add(node, 'A strategy never waits; leave out await.')
      if (node.left.type !== 'VariableDeclaration') checkWrite(node, node.left, depth, references, add)
      return
    case 'NewExpression':
      if (depth === 0 && node.arguments.length === 0 && isGlobal(node.callee, 'Date', references))
        add(node, `A Date without arguments ${AS_OF_A_BAR}`)
      return
    case 'Property':
    case 'MethodDefinition':
      if (depth === 0 && (node.kind === 'get' || node.kind === 'set'))
        add(node, 'A getter or setter at module level is refused; use a function.')
      if (node.type === 'Property') {
        const why = whyOutOfReach(keyOf(node, references), node.computed)
        if (why !== undefined) add(node, why)
      }
      return
    case 'MemberExpression':
      return checkMember(node, parent, references, add)
    case 'CallExpression':
      return checkCall(node, depth, references, add)
    case 'AssignmentExpression':
      return checkWrite(node, node.left, depth, references, add)
    case 'UpdateExpression':
      return checkWrite(node, node.argument, depth, references, add)
    case 'ForInStatement':
      if (node.left.type !== 'VariableDeclaration') checkWrite(node, node.left, depth, references, add)
      return
    case 'UnaryExpression':
      if (node.operator === 'delete') checkWrite(node, node.argument, depth, references, add)
      return
    case 'BinaryExpression':
      for (const side of [node.left, node.right]) {
        const bare = bareHandle(side, references)
        if (bare !== undefined && node.operator !== 'instanceof' && node.operator !== 'in')
          add(side, `${bare} is a series; read its value now with ${bare}.ago(0).`)
      }
      return
  }
}

function checkGlobal(node: Node, reference: Reference, add: Add) {
  if (!GLOBALS.has(reference.name)) add(node, () => unknownGlobal(reference.name))
}

function checkMember(node: Node, parent: Node | null, references: References, add: Add) {
  const key = node.computed ? constantText(node.property, references) : node.property.name
  const why = whyOutOfReach(key, node.computed)
  if (why !== undefined && !isMethodOfKind(node, parent, references)) return add(node.property, why)
  if (node.computed && key === undefined && buildsText(node.property, references)) {
    return add(
      node.property,
      'A property name put together from text is refused; write the name, or keep such keys in a Map.',
    )
  }
  if (key !== undefined && Object.hasOwn(REFLECTION, key) && isGlobal(node.object, 'Object', references))
    return add(node, REFLECTION[key])
  if (key === 'ago' && !(parent?.type === 'CallExpression' && parent.callee === node)) {
    return add(node.property, 'Call ago where the value is read: close.ago(1).')
  }
  const bare = bareHandle(node.object, references)
  if (bare !== undefined && key !== 'ago') add(node, `${bare} is a series; read it with ${bare}.ago(k), k bars ago.`)
}

/** Array.prototype.slice and the like: a method of a kind of values, read to be called on one. */
function isMethodOfKind(node: Node, parent: Node | null, references: References): boolean {
  return (
    !node.computed &&
    node.property.name === 'prototype' &&
    parent?.type === 'MemberExpression' &&
    parent.object === node &&
    node.object.type === 'Identifier' &&
    references.get(node.object)?.binding === undefined
  )
}

const AS_OF_A_BAR = 'answers as of a bar: call it inside an entry point, not at module level.'

function isGlobal(node: Node, name: string, references: References): boolean {
  return node.type === 'Identifier' && node.name === name && references.get(node)?.binding === undefined
}

function checkCall(node: Node, depth: number, references: References, add: Add) {
  const { callee } = node
  if (callee.type === 'Identifier') {
    const reference = references.get(callee)
    if (reference?.binding === undefined && depth > 0 && DECLARING.has(callee.name)) {
      const instead = Object.hasOwn(MATH_INSTEAD, callee.name)
        ? ` For plain numbers use ${MATH_INSTEAD[callee.name]}.`
        : ''
      add(
        node,
        `A series is declared once at module level (const x = ${callee.name}(...)) and read here with x.ago(0).${instead}`,
      )
    }
    return
  }
  if (callee.type !== 'MemberExpression') return
  const method = callee.computed ? constantText(callee.property, references) : callee.property.name
  if (method === 'ago') return checkAgo(node, add)
  if (depth === 0 && method === 'now' && isGlobal(callee.object, 'Date', references))
    add(node, `Date.now ${AS_OF_A_BAR}`)
  if (depth === 0 && method === 'random' && isGlobal(callee.object, 'Math', references))
    add(node, `Math.random ${AS_OF_A_BAR}`)
  if (depth > 0 && method !== undefined) checkMutation(node, method, references, add)
}

const MATH_INSTEAD: Readonly<Record<string, string>> = {
  abs: 'Math.abs',
  floor: 'Math.floor',
  log: 'Math.log',
  max: 'Math.max',
  min: 'Math.min',
  sqrt: 'Math.sqrt',
}

function checkAgo(node: Node, add: Add) {
  const [bars] = node.arguments
  if (node.arguments.length !== 1) return add(node, 'ago takes one number: how many bars ago.')
  if (bars.type === 'UnaryExpression' && bars.operator === '-') {
    return add(bars, 'ago looks back: k is a whole number >= 0. Later bars do not exist.')
  }
  if (bars.type !== 'Literal' || typeof bars.value !== 'number') {
    return add(
      bars,
      'ago takes a literal whole number >= 0, so that the bars needed are known; for a loop over bars use getPriceData or a series such as highest(close, 20).',
    )
  }
  if (!Number.isInteger(bars.value) || bars.value < 0) add(bars, 'ago takes a whole number of bars >= 0.')
}

/** The name of a bare series handle (close, pe), read directly. */
function bareHandle(node: Node, references: References): string | undefined {
  if (node.type !== 'Identifier' || !BARE.has(node.name)) return undefined
  const reference = references.get(node)
  return reference !== undefined && reference.binding === undefined ? node.name : undefined
}
