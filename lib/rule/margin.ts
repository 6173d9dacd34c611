/** How far a comparison is from its threshold. */
import type { CompareOp, Expr } from './ast.ts'
import type { Evaluator } from './evaluate.ts'
import { opened } from './opened.ts'

/** Above 0 by how much the comparison holds, below 0 by how much it falls short; NaN where a side is undefined. */
export function marginOf(op: CompareOp, left: number, right: number): number {
  switch (op) {
    case '>':
    case '>=':
      return left - right
    case '<':
    case '<=':
      return right - left
    case '==':
      return -Math.abs(left - right)
    case '!=':
      return Math.abs(left - right)
  }
}

/** A margin as a share of the threshold; null where the threshold is 0 or undefined. */
export function shareOf(margin: number, threshold: number): number | null {
  const share = margin / Math.abs(threshold)
  return Number.isFinite(share) ? share : null
}

/** By how much a condition falls short at bar t: 0 where it is true, a share of its threshold, Infinity where no number tells, NaN where it is unknown. */
export type Shortfall = (t: number) => number

/**
 * The shortfall of a condition: of an "and" its worst part's, of an "or" its best one's. A threshold of 0 is replaced by the mean size
 * of the other side over the symbol's loaded bars.
 */
export function shortfallOf(expr: Expr, evaluator: Evaluator): Shortfall {
  const whole = evaluator.column(expr)
  const inside = insideOf(expr, evaluator)
  return (t) => {
    const value = whole[t]
    if (Number.isNaN(value)) return Number.NaN
    return value !== 0 ? 0 : Math.max(inside(t), LEAST)
  }
}

/** A strict comparison of equal values falls short by nothing, and still falls short. */
const LEAST = Number.MIN_VALUE
const unmeasured: Shortfall = () => Number.POSITIVE_INFINITY

function insideOf(expr: Expr, evaluator: Evaluator): Shortfall {
  const open = opened(expr)
  switch (open.kind) {
    case 'and': {
      const parts = open.parts.map((part) => shortfallOf(part, evaluator))
      return (t) => parts.reduce((worst, part) => Math.max(worst, part(t) || 0), 0)
    }
    case 'or': {
      const parts = open.parts.map((part) => shortfallOf(part, evaluator))
      return (t) => parts.reduce((best, part) => Math.min(best, known(part(t))), Number.POSITIVE_INFINITY)
    }
    case 'not': {
      const opposite = negated(open.of)
      return opposite === undefined ? unmeasured : insideOf(opposite, evaluator)
    }
    case 'compare': {
      const [left, right] = open.operands
      if (open.ops.length !== 1 || left.kind === 'string' || right.kind === 'string') return unmeasured
      const [a, b] = [evaluator.column(left), evaluator.column(right)]
      const usual = once(() => meanSize(a))
      return (t) => Math.abs(marginOf(open.ops[0], a[t], b[t])) / (Math.abs(b[t]) || usual() || 1)
    }
    default:
      return unmeasured
  }
}

const known = (shortfall: number): number => (Number.isNaN(shortfall) ? Number.POSITIVE_INFINITY : shortfall)

const OPPOSITE: Readonly<Record<CompareOp, CompareOp>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
}

/** What is true where the condition is false; undefined for what has no opposite of its own. */
function negated(expr: Expr): Expr | undefined {
  const open = opened(expr)
  if (open.kind === 'not') return open.of
  if (open.kind === 'compare' && open.ops.length === 1) return { ...open, ops: [OPPOSITE[open.ops[0]]] }
  if (open.kind !== 'and' && open.kind !== 'or') return undefined
  const parts = open.parts.map((of): Expr => ({ kind: 'not', of, at: of.at }))
  return { kind: open.kind === 'and' ? 'or' : 'and', parts, at: open.at }
}

function meanSize(column: Float64Array): number {
  let sum = 0
  let count = 0
  for (const value of column) {
    if (Number.isNaN(value)) continue
    sum += Math.abs(value)
    count++
  }
  return count === 0 ? 0 : sum / count
}

function once(make: () => number): () => number {
  let made: number | undefined
  return () => (made ??= make())
}
