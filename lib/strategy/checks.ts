import type { Program } from 'acorn'
import { checkLoops } from './check-loops.ts'
import { checkSeries } from './check-series.ts'
import { type Add, checkMutation, checkWrite, MOST_NAMES, type Reason } from './check-writes.ts'
import { CONTRACT_GLOBALS } from './contract.ts'
import { buildsText, constantText, keyOf, whyOutOfReach } from './property-names.ts'
import { REFLECTION, REFUSED_NODES, unknownGlobal } from './reasons.ts'
import type { Reference, References } from './scopes.ts'
import { childrenOf, type Finding, findingAt, MOST_FINDINGS, type Node } from './syntax.ts'

const GLOBALS = new Set(CONTRACT_GLOBALS)
/** What the contract does not allow in the module, in source order: the first of it, as many as are shown. */
export function checkModule(tree: Program, references: References): Finding[] {
  const found: { node: Node; reason: Reason }[] = []
  const add: Add = (node, reason) => {
    found.push({ node, reason })
  }
  const visit = (node: Node, parent: Node | null, depth: number): void => {
    checkNode(node, parent, depth, references, add)
    checkSeries(node, parent, depth, references, add)
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
    case 'ArrowFunctionExpression': {
      // A method begins before its name.
      const at = parent?.method || parent?.type === 'MethodDefinition' ? parent : node
      if (node.async) add(at, 'async functions are refused: every data function answers at once; leave out async.')
      if (node.generator) add(at, 'Generators are refused; use a loop.')
      return
    }
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
    case 'VariableDeclarator':
      if (node.id.type === 'ObjectPattern' && node.init !== null && isGlobal(node.init, 'Object', references))
        for (const { type, computed, key } of node.id.properties)
          if (type === 'Property' && !computed && Object.hasOwn(REFLECTION, key.name)) add(key, REFLECTION[key.name])
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

/** Whether an expression is a global, by its own name or by that of a constant. */
function isGlobal(node: Node, name: string, references: References): boolean {
  let at = node
  for (let i = 0; i < MOST_NAMES && at.type === 'Identifier'; i++) {
    const binding = references.get(at)?.binding
    if (binding === undefined) return at.name === name
    if (binding.kind !== 'const' || binding.init === null) return false
    at = binding.init
  }
  return false
}

function checkCall(node: Node, depth: number, references: References, add: Add) {
  const { callee } = node
  if (callee.type !== 'MemberExpression') return
  const method = callee.computed ? constantText(callee.property, references) : callee.property.name
  if (depth === 0 && method === 'now' && isGlobal(callee.object, 'Date', references))
    add(node, `Date.now ${AS_OF_A_BAR}`)
  if (depth === 0 && method === 'random' && isGlobal(callee.object, 'Math', references))
    add(node, `Math.random ${AS_OF_A_BAR}`)
  if (depth > 0 && method !== undefined) checkMutation(node, method, references, add)
}
