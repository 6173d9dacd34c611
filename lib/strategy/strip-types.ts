import { type Finding, findingAt, type Node } from './syntax.ts'

/** Removes TypeScript's types, leaving blanks: every other character keeps its line and column. Loads the compiler when first used. */
export async function stripTypes(source: string): Promise<{ code: string } | { finding: Finding }> {
  const { default: blankSpace } = await import('ts-blank-space')
  let offset = -1
  let kept = ''
  const code = blankSpace(source, (node) => {
    if (offset >= 0) return
    // Trees come without parents here: the node's text starts after the blanks at its position.
    const text = source.slice(node.pos, node.end)
    offset = node.pos + text.length - text.trimStart().length
    kept = text.trim().slice(0, 40)
  })
  if (offset < 0) return { code }
  const before = source.slice(0, offset).split('\n')
  const at = { loc: { start: { line: before.length, column: before[before.length - 1].length } } } as unknown as Node
  return {
    finding: findingAt(at, `TypeScript that leaves code behind is not accepted: ${kept}. Write it as JavaScript.`),
  }
}
