import { CONTRACT_GLOBALS } from './contract.ts'
import type { References } from './scopes.ts'
import type { Node } from './syntax.ts'

/** Why something is refused and what to do; a function where that takes long to say: of many findings few are shown. */
export type Reason = string | (() => string)
/** Notes a finding at a node. */
export type Add = (node: Node, reason: Reason) => void

const GLOBALS = new Set(CONTRACT_GLOBALS)
/** Methods that change what they are called on. */
const MUTATING = new Set([
  'push',
  'pop',
  'shift',
  'unshift',
  'splice',
  'sort',
  'reverse',
  'fill',
  'copyWithin',
  'set',
  'add',
  'delete',
  'clear',
])
/** Functions of Object that change their first argument. */
const MUTATING_OBJECT = new Set([
  'assign',
  'defineProperty',
  'defineProperties',
  'setPrototypeOf',
  'freeze',
  'seal',
  'preventExtensions',
])

/** Assignments may change only what was made inside the call. */
export function checkWrite(node: Node, target: Node, depth: number, references: References, add: Add) {
  switch (target.type) {
    case 'ObjectPattern':
      for (const each of target.properties)
        checkWrite(node, each.type === 'RestElement' ? each.argument : each.value, depth, references, add)
      return
    case 'ArrayPattern':
      for (const each of target.elements) if (each !== null) checkWrite(node, each, depth, references, add)
      return
    case 'AssignmentPattern':
      return checkWrite(node, target.left, depth, references, add)
    case 'RestElement':
      return checkWrite(node, target.argument, depth, references, add)
  }
  const root = target.type === 'Identifier' ? target : heldBy(target, references)
  if (root === undefined) return
  const reference = references.get(root)
  if (reference === undefined) return
  // The top level runs afresh for every symbol: it may build its own tables.
  if (reference.binding === undefined || depth > 0) checkWriteRoot(node, root, references, add)
}

function checkWriteRoot(node: Node, root: Node | undefined, references: References, add: Add) {
  const reference = root === undefined ? undefined : references.get(root)
  if (reference === undefined) return
  if (reference.binding === undefined) {
    if (GLOBALS.has(reference.name)) add(node, `${reference.name} belongs to every strategy and cannot be changed.`)
  } else if (reference.binding.module) add(node, outlives(reference.name))
}

function outlives(name: string): string {
  return `${name} lives outside the call: no state survives from bar to bar. Keep it in a local variable, or read earlier bars.`
}

/** The identifier a member chain starts from. */
function rootOf(node: Node): Node | undefined {
  let at = node
  for (let i = 0; i < MOST_MEMBERS && (at.type === 'MemberExpression' || at.type === 'ChainExpression'); i++)
    at = at.type === 'ChainExpression' ? at.expression : at.object
  return at.type === 'Identifier' ? at : undefined
}

/** Constants that are other names of constants are followed this far. */
export const MOST_NAMES = 8
/** Members of members are followed this far. */
const MOST_MEMBERS = 100

/** The name whose value a member chain changes: other names of it are followed (const rows = table.rows; rows[0] = 1). */
function heldBy(node: Node, references: References): Node | undefined {
  let root = rootOf(node)
  for (let i = 0; i < MOST_NAMES && root !== undefined; i++) {
    const binding = references.get(root)?.binding
    if (binding === undefined || binding.module || binding.kind !== 'const' || binding.init === null) return root
    const next = rootOf(binding.init)
    if (next === undefined) return root
    root = next
  }
  return root
}

/** Calls inside a function that change something of the module: list.push(1), Object.assign(list, ...). */
export function checkMutation(node: Node, method: string, references: References, add: Add) {
  const { object } = node.callee
  if (MUTATING.has(method)) {
    const root = heldBy(object, references)
    const binding = root === undefined ? undefined : references.get(root)?.binding
    if (binding?.module && binding.kind !== 'function') add(node, outlives(binding.name))
  }
  if (MUTATING_OBJECT.has(method) && object.name === 'Object' && node.arguments.length > 0) {
    checkWriteRoot(node, heldBy(node.arguments[0], references), references, add)
  }
}
