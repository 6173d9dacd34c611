import type { Add } from './check-writes.ts'
import { childrenOf, type Node } from './syntax.ts'

const LOOPS = new Set(['ForStatement', 'WhileStatement', 'DoWhileStatement', 'ForInStatement', 'ForOfStatement'])

/** A loop whose condition is always true and that nothing in it leaves. */
export function checkEndless(node: Node, labels: readonly string[], add: Add): void {
  if (alwaysTrue(node) && !leaves(node.body, new Set(labels), true))
    add(node, 'This loop never ends: give it a condition that turns false, or a break or return inside.')
}

function alwaysTrue({ type, test }: Node): boolean {
  if (type !== 'ForStatement' && type !== 'WhileStatement' && type !== 'DoWhileStatement') return false
  return test === null || (test.type === 'Literal' && Boolean(test.value) && test.regex === undefined)
}

/**
 * Whether a statement of the loop's body may end the loop. `inside` are the labels of the loop itself and of what stands in
 * it; `own`: a plain break here would end the loop.
 */
function leaves(node: Node, inside: ReadonlySet<string>, own: boolean): boolean {
  switch (node.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
      return true
    case 'BreakStatement':
      // A break to the loop's own label ends it; labels further in are taken out of the set below.
      return node.label === null ? own : !inside.has(`in ${node.label.name}`)
    case 'ContinueStatement':
      return node.label !== null && !inside.has(node.label.name) && !inside.has(`in ${node.label.name}`)
    case 'LabeledStatement':
      return leaves(node.body, new Set([...inside, `in ${node.label.name}`]), own)
  }
  if (/Function|Class/.test(node.type)) return false
  const ownInside = own && !LOOPS.has(node.type) && node.type !== 'SwitchStatement'
  return childrenOf(node).some((child) => leaves(child, inside, ownInside))
}
