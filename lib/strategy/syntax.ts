import { type Node as AcornNode, type Program, parse, type Token } from 'acorn'

/** Any node of the syntax tree; fields depend on `type` as ESTree has them. */
// biome-ignore lint/suspicious/noExplicitAny: ESTree nodes are read by their type field
export type Node = AcornNode & Record<string, any>

/** Something a strategy's code may not do, or a place where it cannot be read. Line and column count from 1. */
export interface Finding {
  line: number
  column: number
  reason: string
}

/** As many findings as are shown. */
export const MOST_FINDINGS = 20
/** Brackets open at once: more than code written from the deepest rule has, and fewer parentheses than the engine can read. */
const MOST_OPEN = 240
const OPENING = new Set(['(', '[', '{', '${'])
const CLOSING = new Set([')', ']', '}'])
/** Said where the place is not known. */
export const NESTED_TOO_DEEPLY = 'The code is nested too deeply to be read; split it into functions and constants.'
/** Said where it is. */
export const TOO_DEEP = `The code is nested too deeply to be read: more than ${MOST_OPEN} brackets are open here; split it into functions and constants.`

/** Ends the reading before it runs out of stack, at the place where the code got too deep. */
class TooDeep extends Error {
  readonly at: { line: number; column: number }
  constructor(at: { line: number; column: number }) {
    super(TOO_DEEP)
    this.at = at
  }
}

function countBrackets(): (token: Token) => void {
  let open = 0
  return ({ type, loc }) => {
    if (CLOSING.has(type.label)) open--
    if (OPENING.has(type.label) && ++open > MOST_OPEN) throw new TooDeep(loc!.start)
  }
}

/** The syntax tree of a JavaScript module, or where and why it cannot be read. */
export function parseModule(source: string): { tree: Program } | { finding: Finding } {
  try {
    const count = countBrackets()
    /** where tokens begin that no division can begin with: the first of the code, and those after `{` and `;` */
    const fresh = new Set<number>()
    let before = ';'
    const onToken = (token: Token): void => {
      count(token)
      if (before === '{' || before === ';') fresh.add(token.start)
      before = token.type.label
    }
    const tree = parse(source, { ecmaVersion: 2022, sourceType: 'module', locations: true, onToken })
    const finding = ambiguity(source, tree, fresh)
    return finding === undefined ? { tree } : { finding }
  } catch (error) {
    if (error instanceof TooDeep)
      return { finding: { line: error.at.line, column: error.at.column + 1, reason: error.message } }
    if (error instanceof SyntaxError) {
      const { loc } = error as SyntaxError & { loc?: { line: number; column: number } }
      const said = error.message.replace(/ \(\d+:\d+\)$/, '')
      const reason = /stack space/.test(said) ? NESTED_TOO_DEEPLY : `Syntax error: ${said}.${insteadOf(said)}`
      return { finding: { line: loc?.line ?? 1, column: (loc?.column ?? 0) + 1, reason } }
    }
    if (error instanceof RangeError) return { finding: { line: 1, column: 1, reason: NESTED_TOO_DEEPLY } }
    throw error
  }
}

/**
 * A statement that begins with a regular expression and does not stand first in its block or after a semicolon. The parser takes some divisions for one (`of`, a line end, `/ 2 / 3`):
 * the engine would run what was read here as the text of an expression.
 */
function ambiguity(source: string, tree: Program, fresh: ReadonlySet<number>): Finding | undefined {
  for (const node of nodesOf(tree)) {
    if (node.type === 'ExpressionStatement' && source[node.start] === '/' && !fresh.has(node.start))
      return findingAt(node, 'A statement cannot begin with a slash here; put a semicolon before it.')
  }
  return undefined
}

/** What to do about the syntax errors that are habits from elsewhere. */
function insteadOf(reason: string): string {
  if (/\bawait\b/.test(reason)) return ' A strategy never waits: every data function answers at once; leave out await.'
  if (/'with'/.test(reason)) return ' Name the object where its properties are read.'
  return ''
}

/** The child nodes of a node, in source order of its fields. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = []
  for (const key of Object.keys(node)) {
    if (key === 'loc') continue
    const value: unknown = node[key]
    if (Array.isArray(value)) {
      for (const each of value) if (isNode(each)) children.push(each)
    } else if (isNode(value)) children.push(value)
  }
  return children
}

/** A node and everything in it, in no particular order; without recursion, however deep it is. */
export function* nodesOf(root: AcornNode): Generator<Node> {
  const todo: Node[] = [root as Node]
  while (todo.length > 0) {
    const node = todo.pop()!
    yield node
    for (const child of childrenOf(node)) todo.push(child)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** A finding at the node's first character. */
export function findingAt(node: Node, reason: string): Finding {
  const { line, column } = node.loc!.start
  return { line, column: column + 1, reason }
}
