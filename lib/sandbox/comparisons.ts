/** The contract's comparisons written out in place: a call costs more than the rest of a condition. */
import type { References } from '../strategy/scopes.ts'
import type { Node } from '../strategy/syntax.ts'
import { isHandle } from './direct-reads.ts'
import { literalOf, type Numbers } from './numbers.ts'
import { greatestNotAbove, leastNotBelow } from './thresholds.ts'

/** Names of the three scratch variables a comparison keeps its sides and their distance in. */
export interface Scratch {
  x: string
  y: string
  d: string
}

export type Comparison = 'isAbove' | 'isBelow' | 'atLeast' | 'atMost' | 'isEqual'

const COMPARISONS = new Map<string, Comparison>([
  ['isAbove', 'isAbove'],
  ['is_above', 'isAbove'],
  ['isBelow', 'isBelow'],
  ['is_below', 'isBelow'],
  ['atLeast', 'atLeast'],
  ['at_least', 'atLeast'],
  ['atMost', 'atMost'],
  ['at_most', 'atMost'],
  ['isEqual', 'isEqual'],
  ['is_equal', 'isEqual'],
])
const MIRRORED: Record<Comparison, Comparison> = {
  isAbove: 'isBelow',
  isBelow: 'isAbove',
  atLeast: 'atMost',
  atMost: 'atLeast',
  isEqual: 'isEqual',
}
const CROSSINGS = new Map<string, [now: Comparison, before: Comparison]>([
  ['crossesAbove', ['isAbove', 'atMost']],
  ['crosses_above', ['isAbove', 'atMost']],
  ['crossesBelow', ['isBelow', 'atLeast']],
  ['crosses_below', ['isBelow', 'atLeast']],
])

/** The comparison a node calls with two plain arguments, both certainly numbers; undefined for any other node. */
export function comparisonOf(node: Node, numbers: Numbers): Comparison | undefined {
  const name = contractCall(node, numbers.references)
  const comparison = name === undefined ? undefined : COMPARISONS.get(name)
  if (comparison === undefined || !node.arguments.every(numbers.has)) return undefined
  return comparison
}

/** The comparisons of a crossing between series handles, one of which may be a number literal: now, and one bar ago. */
export function crossingOf(node: Node, references: References): readonly Comparison[] | undefined {
  const name = contractCall(node, references)
  const crossing = name === undefined ? undefined : CROSSINGS.get(name)
  if (crossing === undefined || node.loc!.start.line !== node.loc!.end.line) return undefined
  const literals = node.arguments.filter((each: Node) => literalOf(each) !== undefined).length
  const handles = node.arguments.filter((each: Node) => isHandle(each, references)).length
  return literals + handles === 2 && handles > 0 ? crossing : undefined
}

/**
 * What stands before the first side, between the two, and after the second. A side that is a literal is left out of the
 * text (its neighbours join): the tolerance then is in a threshold.
 */
export function comparisonText(comparison: Comparison, [a, b]: readonly Node[], scratch: Scratch): string[] {
  const right = literalOf(b)
  if (right !== undefined) {
    const [before, after] = thresholdText(comparison, right, scratch)
    return [before, after]
  }
  const left = literalOf(a)
  if (left !== undefined) return thresholdText(MIRRORED[comparison], left, scratch)
  const { x, y, d } = scratch
  const exceeds = (p: string, q: string) => `((${d}=${p}-${q})>1e-12&&${d}>1e-9*${p}&&${d}>-1e-9*${q}||${d}===1/0)`
  const [operator, rest] = {
    isAbove: ['>', `&&${exceeds(x, y)}`],
    isBelow: ['<', `&&${exceeds(y, x)}`],
    atLeast: ['>=', `||${x}<${y}&&!${exceeds(y, x)}`],
    atMost: ['<=', `||${x}>${y}&&!${exceeds(x, y)}`],
    isEqual: ['===', `||(${x}>${y}?!${exceeds(x, y)}:${x}<${y}&&!${exceeds(y, x)})`],
  }[comparison]
  return [`((${x}=`, `)${operator}(${y}=`, `)${rest})`]
}

/** What stands around the one side that is no literal. */
function thresholdText(comparison: Comparison, literal: number, { x }: Scratch): string[] {
  const least = `(${leastNotBelow(literal)})`
  const greatest = `(${greatestNotAbove(literal)})`
  switch (comparison) {
    case 'isAbove':
      return ['((', `)>${greatest})`]
    case 'isBelow':
      return ['((', `)<${least})`]
    case 'atLeast':
      return ['((', `)>=${least})`]
    case 'atMost':
      return ['((', `)<=${greatest})`]
    case 'isEqual':
      return [`((${x}=`, `)>=${least}&&${x}<=${greatest})`]
  }
}

function contractCall(node: Node, references: References): string | undefined {
  if (node.type !== 'CallExpression' || node.optional || node.callee.type !== 'Identifier') return undefined
  if (node.arguments.length !== 2 || references.get(node.callee)?.binding !== undefined) return undefined
  return node.callee.name
}
