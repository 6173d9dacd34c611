import { type Node as AcornNode, type Program, parse } from 'acorn'

/** Any node of the syntax tree; fields depend on `type` as ESTree has them. */
// biome-ignore lint/suspicious/noExplicitAny: ESTree nodes are read by their type field
export type Node = AcornNode & Record<string, any>

/** Something a strategy's code may not do, or a place where it cannot be read. Line and column count from 1. */
export interface Finding {
  line: number
  column: number
  reason: string
}

/** The syntax tree of a JavaScript module, or where and why it cannot be read. */
export function parseModule(source: string): { tree: Program } | { finding: Finding } {
  try {
    return { tree: parse(source, { ecmaVersion: 2022, sourceType: 'module', locations: true }) }
  } catch (error) {
    if (error instanceof SyntaxError) {
      const { loc } = error as SyntaxError & { loc?: { line: number; column: number } }
      const reason = error.message.replace(/ \(\d+:\d+\)$/, '')
      return { finding: { line: loc?.line ?? 1, column: (loc?.column ?? 0) + 1, reason: `Syntax error: ${reason}.` } }
    }
    if (error instanceof RangeError)
      return { finding: { line: 1, column: 1, reason: 'The code is nested too deeply to be read.' } }
    throw error
  }
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

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

/** A finding at the node's first character. */
export function findingAt(node: Node, reason: string): Finding {
  const { line, column } = node.loc!.start
  return { line, column: column + 1, reason }
}
