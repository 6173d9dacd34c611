import type { Program } from 'acorn'
import type { Add } from './check-writes.ts'
import { childrenOf, type Node } from './syntax.ts'

const LOOPS = new Set(['ForStatement', 'WhileStatement', 'DoWhileStatement', 'ForInStatement', 'ForOfStatement'])
/** Nothing in a statement leaves what stands around it. */
const STAYS = Number.POSITIVE_INFINITY

/** What stands around a statement within its function: how many statements, which loop is nearest, where the labels are. */
interface Around {
  depth: number
  /** the depth of what a plain break ends */
  breaks: number
  labels: ReadonlyMap<string, number>
}

/** Loops whose condition is always true and that nothing in them leaves. */
export function checkLoops(tree: Program, add: Add): void {
  /** The least depth of what a statement may end: it leaves everything deeper than that. */
  const leaves = (node: Node, around: Around): number => {
    switch (node.type) {
      case 'ReturnStatement':
      case 'ThrowStatement':
        return -1
      case 'BreakStatement':
        return node.label === null ? around.breaks : (around.labels.get(node.label.name) ?? STAYS)
      case 'ContinueStatement':
        // It goes on with the labelled loop, and leaves those within.
        return node.label === null ? STAYS : (around.labels.get(node.label.name) ?? STAYS) + 1
    }
    const { depth } = around
    if (/Function|Class/.test(node.type)) {
      inside(node, OUTSIDE)
      return STAYS
    }
    if (node.type === 'LabeledStatement') {
      const labels = new Map(around.labels).set(node.label.name, depth)
      return inside(node, { ...around, labels, depth: LOOPS.has(node.body.type) ? depth : depth + 1 })
    }
    if (!LOOPS.has(node.type) && node.type !== 'SwitchStatement') return inside(node, around)
    const left = inside(node, { ...around, depth: depth + 1, breaks: depth })
    if (alwaysTrue(node) && left > depth)
      add(node, 'This loop never ends: give it a condition that turns false, or a break or return inside.')
    return left
  }
  const inside = (node: Node, around: Around): number => {
    let least = STAYS
    for (const child of childrenOf(node)) least = Math.min(least, leaves(child, around))
    return least
  }
  inside(tree as Node, OUTSIDE)
}

const OUTSIDE: Around = { depth: 0, breaks: STAYS, labels: new Map() }

function alwaysTrue({ type, test }: Node): boolean {
  if (type !== 'ForStatement' && type !== 'WhileStatement' && type !== 'DoWhileStatement') return false
  return test === null || (test.type === 'Literal' && Boolean(test.value) && test.regex === undefined)
}
