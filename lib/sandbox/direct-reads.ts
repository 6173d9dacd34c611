import { CONTRACT_SERIES, entryPointOf, SERIES_FUNCTION } from '../strategy/contract.ts'
import type { Reference, References } from '../strategy/scopes.ts'
import type { Node } from '../strategy/syntax.ts'

/** A read `handle.ago(bars)` with a literal bars, of what is certainly a series. */
export interface DirectRead {
  handle: string
  bars: number
}

const CALLS = new Set([
  SERIES_FUNCTION.name,
  ...CONTRACT_SERIES.filter(({ signature }) => signature.args !== undefined).flatMap(({ spellings }) => spellings),
])
const BARE = new Set(
  CONTRACT_SERIES.filter(({ signature }) => signature.args === undefined).flatMap(({ spellings }) => spellings),
)

/** The read a node is, or undefined: its handle is a bare name of the contract or a module-level constant that declares a series. */
export function directRead(node: Node, references: References): DirectRead | undefined {
  if (node.type !== 'CallExpression' || node.optional || node.arguments.length !== 1) return undefined
  const { callee } = node
  if (callee.type !== 'MemberExpression' || callee.computed || callee.optional || callee.property.name !== 'ago')
    return undefined
  const [bars] = node.arguments
  if (bars.type !== 'Literal' || node.loc!.start.line !== node.loc!.end.line) return undefined
  if (!Number.isInteger(bars.value) || bars.value < 0 || bars.value >= 1e6) return undefined
  return isHandle(callee.object, references) ? { handle: callee.object.name, bars: bars.value } : undefined
}

/** Whether an expression is the name of what is certainly a series handle. */
export function isHandle(node: Node, references: References): boolean {
  if (node.type !== 'Identifier') return false
  const reference: Reference | undefined = references.get(node)
  if (reference === undefined) return false
  const { binding, name } = reference
  if (binding === undefined) return BARE.has(name)
  // A name that two scopes could mean is left alone: entry points are functions, never handles.
  if (!binding.module || binding.kind !== 'const' || binding.init === null || entryPointOf(name) !== undefined)
    return false
  return declaresSeries(binding.init, references)
}

/** Whether an expression is a bare series of the contract or a call that declares one. */
export function declaresSeries(node: Node, references: References): boolean {
  if (node.type === 'Identifier') return references.get(node)?.binding === undefined && BARE.has(node.name)
  return (
    node.type === 'CallExpression' &&
    node.callee.type === 'Identifier' &&
    references.get(node.callee)?.binding === undefined &&
    CALLS.has(node.callee.name)
  )
}
