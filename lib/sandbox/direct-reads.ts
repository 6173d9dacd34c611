import type { Program } from 'acorn'
import { CONTRACT_SERIES, entryPointOf, SERIES_FUNCTION } from '../strategy/contract.ts'
import type { Reference, References } from '../strategy/scopes.ts'
import { childrenOf, type Node } from '../strategy/syntax.ts'

/** A stretch of one line replaced by a longer one that holds it: `before` + the stretch + `after`. */
export interface Edit {
  line: number
  /** 0-based column and offset of the stretch, and its length */
  column: number
  offset: number
  length: number
  before: string
  after: string
}

export interface DirectReads {
  edits: Edit[]
  /** names of handles whose columns are read, in the order of their column variables */
  handles: string[]
}

const CALLS = new Set([
  SERIES_FUNCTION.name,
  ...CONTRACT_SERIES.filter(({ signature }) => signature.args !== undefined).flatMap(({ spellings }) => spellings),
])
const BARE = new Set(
  CONTRACT_SERIES.filter(({ signature }) => signature.args === undefined).flatMap(({ spellings }) => spellings),
)

/**
 * Finds reads `x.ago(k)` with a literal k whose x is certainly a series handle: a bare name of the contract, or a module-level
 * constant that declares a series. Each becomes `(bar >= k ? column[bar - k] : x.ago(k))`: the plain case reads the column
 * itself, the handle keeps the checks. Twice to three times as fast.
 */
export function directReads(tree: Program, references: References, prefix: string): DirectReads {
  const edits: Edit[] = []
  const handles: string[] = []
  const todo: Node[] = [tree as Node]
  while (todo.length > 0) {
    const node = todo.pop()!
    todo.push(...childrenOf(node))
    const bars = literalAgo(node)
    if (bars === undefined) continue
    const object: Node = node.callee.object
    if (!isHandle(references.get(object), references)) continue
    let index = handles.indexOf(object.name)
    if (index < 0) index = handles.push(object.name) - 1
    const column = `${prefix}c${index}`
    const at = bars === 0 ? `${prefix}bar` : `${prefix}bar-${bars}`
    const { line, column: start } = node.loc!.start
    const [before, after] = [`(${prefix}bar>=${bars}?${column}[${at}]:`, ')']
    edits.push({ line, column: start, offset: node.start, length: node.end - node.start, before, after })
  }
  return { edits: edits.sort((a, b) => a.offset - b.offset), handles }
}

/** k of `x.ago(k)` on one line, or undefined. */
function literalAgo(node: Node): number | undefined {
  if (node.type !== 'CallExpression' || node.optional || node.arguments.length !== 1) return undefined
  const { callee } = node
  if (callee.type !== 'MemberExpression' || callee.computed || callee.optional || callee.property.name !== 'ago')
    return undefined
  const [bars] = node.arguments
  if (callee.object.type !== 'Identifier' || bars.type !== 'Literal' || node.loc!.start.line !== node.loc!.end.line)
    return undefined
  return Number.isInteger(bars.value) && bars.value >= 0 && bars.value < 1e6 ? bars.value : undefined
}

function isHandle(reference: Reference | undefined, references: References): boolean {
  if (reference === undefined) return false
  const { binding, name } = reference
  if (binding === undefined) return BARE.has(name)
  // A name that two scopes could mean is left alone: entry points are functions, never handles.
  if (!binding.module || binding.kind !== 'const' || binding.init === null || entryPointOf(name) !== undefined)
    return false
  const { init } = binding
  if (init.type === 'Identifier') return references.get(init)?.binding === undefined && BARE.has(init.name)
  return (
    init.type === 'CallExpression' &&
    init.callee.type === 'Identifier' &&
    references.get(init.callee)?.binding === undefined &&
    CALLS.has(init.callee.name)
  )
}

/** The source with its edits made. */
export function edited(source: string, edits: readonly Edit[]): string {
  let text = ''
  let at = 0
  for (const { offset, length, before, after } of edits) {
    text += `${source.slice(at, offset)}${before}${source.slice(offset, offset + length)}${after}`
    at = offset + length
  }
  return text + source.slice(at)
}

/** The column (from 1) in the source of a column in the edited text of the same line. */
export function originalColumn(edits: readonly Edit[], line: number, column: number): number {
  let shift = 0
  for (const edit of edits) {
    if (edit.line !== line) continue
    const start = edit.column + 1 + shift
    if (column < start) break
    if (column < start + edit.before.length) return edit.column + 1
    if (column < start + edit.before.length + edit.length) return column - edit.before.length - shift
    shift += edit.before.length + edit.after.length
  }
  return column - shift
}
