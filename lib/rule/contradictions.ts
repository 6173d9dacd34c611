import type { CompareOp, Expr } from './ast.ts'
import { typeOf } from './check.ts'
import { expandDerived } from './derived.ts'
import { circle, type Ordering } from './orderings.ts'
import { printExpression } from './print.ts'
import {
  EVERYTHING,
  intersect,
  isEmpty,
  type Linear,
  linear,
  MIRRORED,
  neverAbove,
  OPPOSITE,
  type Range,
  range,
  rangeOf,
  standard,
} from './ranges.ts'
import { isNonNegative } from './settled.ts'

/** Most combinations of alternatives that are looked through; past it nothing is claimed. */
const MOST_BRANCHES = 256

/** What is known of one value along a branch: its range, and the conditions that narrowed it. */
interface Known {
  readonly range: Range
  readonly because: readonly string[]
}
interface Branch {
  readonly values: ReadonlyMap<string, Known>
  readonly texts: ReadonlyMap<
    string,
    { only: readonly string[] | undefined; not: readonly string[]; because: readonly string[] }
  >
  readonly orderings: readonly Ordering[]
}
const NOTHING: Branch = { values: new Map(), texts: new Map(), orderings: [] }

/**
 * Why a condition can never be true whatever the bars hold, in one sentence, or undefined when it can for all that is seen
 * here: the same value compared with bounds that exclude each other or leave its range, and values that contain each other.
 */
export function neverTrue(expr: Expr): string | undefined {
  return new Search().impossible([{ expr, negated: false }], NOTHING)
}

/** Whether a condition is true wherever it is defined. */
export function alwaysTrue(expr: Expr): boolean {
  return new Search().impossible([{ expr, negated: true }], NOTHING) !== undefined
}

interface Goal {
  readonly expr: Expr
  readonly negated: boolean
}

class Search {
  private branches = 0

  /** Tries to make every goal true at once; the reason when no branch succeeds. */
  impossible(goals: readonly Goal[], branch: Branch): string | undefined {
    if (goals.length === 0 || ++this.branches > MOST_BRANCHES) return undefined
    const [{ expr, negated }, ...rest] = goals as [Goal, ...Goal[]]
    switch (expr.kind) {
      case 'not':
        return this.impossible([{ expr: expr.of, negated: !negated }, ...rest], branch)
      case 'and':
      case 'or': {
        const parts = expr.parts.map((part) => ({ expr: part, negated }))
        if ((expr.kind === 'and') !== negated) return this.impossible([...parts, ...rest], branch)
        // alternatives are left for last, when more is known
        if (rest.some((goal) => !isChoice(goal)))
          return this.impossible(
            [...rest.filter((g) => !isChoice(g)), ...[goals[0]!], ...rest.filter(isChoice)],
            branch,
          )
        let reason: string | undefined
        for (const part of parts) {
          const why = this.impossible([part, ...rest], branch)
          if (why === undefined) return undefined
          reason ??= why
        }
        return reason
      }
      case 'compare': {
        if (expr.ops.length > 1) {
          const pairs = expr.ops.map(
            (op, i): Expr => ({ kind: 'compare', operands: expr.operands.slice(i, i + 2), ops: [op], at: expr.at }),
          )
          return this.impossible([{ expr: { kind: 'and', parts: pairs, at: expr.at }, negated }, ...rest], branch)
        }
        return this.atom(expr, negated, rest, branch)
      }
      default:
        return this.atom(expr, negated, rest, branch)
    }
  }

  private atom(expr: Expr, negated: boolean, rest: readonly Goal[], branch: Branch): string | undefined {
    const next = assume(expr, negated, branch)
    if (typeof next === 'string') return next
    const goals = [...rest]
    const definition = expandDerived(expr) ?? (expr.kind === 'ago' ? expandAgo(expr) : undefined)
    if (definition !== undefined && typeOf(definition) === 'condition') goals.unshift({ expr: definition, negated })
    // true on all of the last n bars is true now; on none of them, not now
    if (expr.kind === 'call' && expr.name === (negated ? 'any' : 'all')) goals.unshift({ expr: expr.args[0]!, negated })
    return goals.length === 0 ? undefined : this.impossible(goals, next)
  }
}

/** Whether making the goal true means choosing among alternatives. */
function isChoice({ expr, negated }: Goal): boolean {
  if (expr.kind === 'not') return isChoice({ expr: expr.of, negated: !negated })
  if (expr.kind === 'compare') return negated && expr.ops.length > 1
  return (expr.kind === 'or' && !negated) || (expr.kind === 'and' && negated)
}

/** `up()[1]` by the definition of up, one bar ago. */
function expandAgo(expr: Expr & { kind: 'ago' }): Expr | undefined {
  const definition = expandDerived(expr.of)
  return definition?.kind === 'compare' && definition.operands.every((part) => part.kind !== 'number')
    ? { ...definition, operands: definition.operands.map((of) => ({ kind: 'ago', of, bars: expr.bars, at: of.at })) }
    : undefined
}

/** The branch with one more condition, or why they cannot all hold. */
function assume(expr: Expr, negated: boolean, branch: Branch): Branch | string {
  const said = negated ? `not (${printExpression(expr)})` : printExpression(expr)
  if (expr.kind === 'in')
    return assumeText((expr.of as { name: string }).name, expr.values, expr.negated !== negated, said, branch)
  if (expr.kind === 'compare') {
    const text = expr.operands.find((side) => side.kind === 'string')
    if (text !== undefined && text.kind === 'string') {
      const name = expr.operands.find((side) => side !== text) as { name: string }
      return assumeText(name.name, [text.value], (expr.ops[0] === '!=') !== negated, said, branch)
    }
    return assumeCompare(expr, negated, said, branch)
  }
  // any other condition is a value that is 1 or 0
  return assumeValue(
    expr,
    { ...EVERYTHING, low: negated ? 0 : 1, lowIn: true, high: negated ? 0 : 1, highIn: true },
    said,
    branch,
  )
}

function assumeCompare(
  expr: Expr & { kind: 'compare' },
  negated: boolean,
  said: string,
  branch: Branch,
): Branch | string {
  const op = negated ? OPPOSITE[expr.ops[0]!] : expr.ops[0]!
  const [a, b] = expr.operands as [Expr, Expr]
  if ((op === '>' && neverAbove(a, b)) || (op === '<' && neverAbove(b, a))) return never(said, contained(a, b))
  return assumeSides(a, op, b, said, branch)
}

function assumeSides(a: Expr, op: CompareOp, b: Expr, said: string, branch: Branch): Branch | string {
  const left = linear(standard(a))
  const right = linear(standard(b))
  const next = boundOn(left, op, right, said, branch) ?? branch
  return typeof next === 'string' ? next : inOrder(left, op, right, said, next)
}

/** What a comparison of two values says about their order, and whether it closes a circle. */
function inOrder(left: Linear, op: CompareOp, right: Linear, said: string, branch: Branch): Branch | string {
  const same = left.factor === right.factor && left.summand === right.summand
  if (left.base === undefined || right.base === undefined || !same || op === '!=') return branch
  const [a, b] = left.factor < 0 ? [right.base, left.base] : [left.base, right.base]
  const strict = op === '<' || op === '>'
  const found: Ordering[] = []
  if (!op.startsWith('>')) found.push({ low: a, high: b, strict, said })
  if (!op.startsWith('<')) found.push({ low: b, high: a, strict, said })
  const orderings = [...branch.orderings, ...found]
  const why = circle(orderings)
  return why === undefined ? { ...branch, orderings } : together(why)
}

/** What one comparison says about a value: a bound on it, on a ratio, or on a difference. */
function boundOn(
  left: Linear,
  op: CompareOp,
  right: Linear,
  said: string,
  branch: Branch,
): Branch | string | undefined {
  const free = right.summand - left.summand
  if (left.base === undefined && right.base === undefined) return holds(0, op, free) ? branch : never(said)
  if (right.base === undefined) return bound(left.base!, left.factor, op, free, said, branch)
  if (left.base === undefined) return bound(right.base, right.factor, MIRRORED[op], -free, said, branch)
  if (printExpression(left.base) === printExpression(right.base)) {
    const factor = left.factor - right.factor
    if (factor === 0) return holds(0, op, free) ? branch : never(said)
    return bound(left.base, factor, op, free, said, branch)
  }
  // a > 2*b with b >= 0 speaks of a/b
  const pure = left.summand === 0 && right.summand === 0 && left.factor > 0 && right.factor > 0
  if (pure && isNonNegative(left.base) && isNonNegative(right.base))
    return assumeRatio(left.base, right.base, op, right.factor / left.factor, said, branch)
  if (left.factor !== right.factor || left.factor <= 0) return undefined
  const ordered = printExpression(left.base) < printExpression(right.base)
  const [p, q, way, gap] = ordered ? [left, right, op, free] : [right, left, MIRRORED[op], -free]
  return assumeValue(ratio('-', p.base!, q.base!), range(way, gap / p.factor), said, branch)
}

/** Bounds a/b, put in one order so that a > 2*b, b < a/2 and a/b > 2 meet. */
function assumeRatio(a: Expr, b: Expr, op: CompareOp, limit: number, said: string, branch: Branch): Branch | string {
  if (printExpression(a) < printExpression(b)) return assumeValue(ratio('/', a, b), range(op, limit), said, branch)
  return assumeValue(ratio('/', b, a), range(MIRRORED[op], 1 / limit), said, branch)
}

const ratio = (op: '/' | '-', left: Expr, right: Expr): Expr => ({ kind: 'arithmetic', op, left, right, at: 0 })

function bound(
  base: Expr,
  factor: number,
  op: CompareOp,
  limit: number,
  said: string,
  branch: Branch,
): Branch | string {
  if (factor === 0) return holds(0, op, limit) ? branch : never(said)
  const way = factor < 0 ? MIRRORED[op] : op
  const edge = limit / factor
  if (
    base.kind === 'arithmetic' &&
    base.op === '/' &&
    edge > 0 &&
    isNonNegative(base.left) &&
    isNonNegative(base.right)
  )
    return assumeRatio(base.left, base.right, way, edge, said, branch)
  if (base.kind === 'arithmetic' && base.op === '-') {
    if (edge === 0) return assumeSides(base.left, way, base.right, said, branch)
    const swapped = printExpression(base.left) > printExpression(base.right)
    if (swapped) return assumeValue(ratio('-', base.right, base.left), range(MIRRORED[way], -edge), said, branch)
  }
  return assumeValue(base, range(way, edge), said, branch)
}

function holds(a: number, op: CompareOp, b: number): boolean {
  return !isEmpty(intersect(range('==', a), range(op, b)))
}

function assumeValue(base: Expr, allowed: Range, said: string, branch: Branch): Branch | string {
  const key = printExpression(base)
  const before = branch.values.get(key)
  const alone = intersect(rangeOf(base), allowed)
  if (isEmpty(alone)) return never(said, limits(base))
  const both = intersect(before?.range ?? rangeOf(base), allowed)
  const because = [...(before?.because ?? []), said]
  if (isEmpty(both)) return together(because)
  return { ...branch, values: new Map(branch.values).set(key, { range: both, because }) }
}

function assumeText(
  name: string,
  values: readonly string[],
  negated: boolean,
  said: string,
  branch: Branch,
): Branch | string {
  const before = branch.texts.get(name) ?? { only: undefined, not: [], because: [] }
  const not = negated ? [...before.not, ...values] : before.not
  const only = negated ? before.only : values.filter((value) => before.only?.includes(value) ?? true)
  const because = [...before.because, said]
  if (only?.every((value) => not.includes(value))) return together(because)
  return { ...branch, texts: new Map(branch.texts).set(name, { only, not, because }) }
}

function together(because: readonly string[]): string {
  return because.length === 1
    ? never(because[0]!)
    : `${because.map((each) => `"${each}"`).join(' and ')} cannot hold at the same time`
}

function never(said: string, why = ''): string {
  return `"${said}" is never true${why === '' ? '' : `: ${why}`}`
}

function contained(a: Expr, b: Expr): string {
  const [inner, window] = b.kind === 'call' || b.kind === 'ago' ? [a, b] : [b, a]
  const text = printExpression(window)
  if (window.kind === 'call' && (window.name === 'highest' || window.name === 'lowest'))
    return `${text} includes the current bar; for the bars before it write ${text}[1]`
  return printExpression(inner) === text ? 'both sides are the same' : ''
}

function limits(base: Expr): string {
  const { low, high } = rangeOf(base)
  const text = printExpression(base)
  if (Number.isFinite(low) && Number.isFinite(high)) return `${text} lies between ${low} and ${high}`
  return Number.isFinite(low) ? `${text} is never below ${low}` : ''
}
