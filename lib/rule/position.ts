/** EXIT, STOP, TARGET, TRAIL and SIZE: expressions that also see the position. */
import { AppError } from '../core/errors.ts'
import { signature } from '../strategy/series.ts'
import type { CompareOp, Expr } from './ast.ts'
import { order } from './compare.ts'
import type { Evaluator } from './evaluate.ts'
import { contains } from './tree.ts'

/** What a rule may know of a position; `signal` and `entry` are bar indices of the evaluator's series. */
export interface PositionState {
  /** the bar whose close decided the entry */
  readonly signal: number
  /** the bar of the fill */
  readonly entry: number
  readonly entryPrice: number
  readonly side: 1 | -1
  /** the account's equity at the close of the signal bar */
  readonly equity: number
  /** entry price less the first STOP; NaN without one */
  readonly initialRisk: number
}

/** The value at bar t of a position: a number, NaN for undefined; conditions 1, 0 or NaN. */
export type PositionValue = (t: number, position: PositionState) => number

/** Compiles an expression of a position clause; what does not concern the position is read from whole columns. */
export function compilePosition(expr: Expr, evaluator: Pick<Evaluator, 'column'>): PositionValue {
  const compile = (part: Expr): PositionValue => compilePosition(part, evaluator)
  if (!contains(expr, isPositional)) {
    const column = evaluator.column(expr)
    return (t) => column[t]
  }
  switch (expr.kind) {
    case 'negate': {
      const of = compile(expr.of)
      return (t, position) => -of(t, position)
    }
    case 'arithmetic': {
      const left = compile(expr.left)
      const right = compile(expr.right)
      const combine = ARITHMETIC[expr.op]
      return (t, position) => defined(combine(left(t, position), right(t, position)))
    }
    case 'compare': {
      const operands = expr.operands.map(compile)
      const { ops } = expr
      return (t, position) =>
        all(ops.length, (i) => verdict(ops[i], order(operands[i](t, position), operands[i + 1](t, position))))
    }
    case 'not': {
      const of = compile(expr.of)
      return (t, position) => not(of(t, position))
    }
    case 'and': {
      const parts = expr.parts.map(compile)
      return (t, position) => all(parts.length, (i) => parts[i](t, position))
    }
    case 'or': {
      const parts = expr.parts.map(compile)
      return (t, position) => not(all(parts.length, (i) => not(parts[i](t, position))))
    }
    case 'name':
      return NAMES[expr.name]
    case 'call':
      return call(expr, compile)
    default:
      throw new AppError('bad_rule', 'A value of the position is one number: it has no history and no window.')
  }
}

function isPositional(expr: Expr): boolean {
  if (expr.kind === 'name') return Object.hasOwn(NAMES, expr.name)
  return expr.kind === 'call' && signature(expr.name, true)?.group === 'position'
}

/** Here the bare name equity is the account's; inside ratios (roe) it stays the shareholders'. */
const NAMES: Readonly<Record<string, PositionValue>> = {
  entry_price: (_, position) => position.entryPrice,
  bars_held: (t, position) => t - position.entry + 1,
  initial_risk: (_, position) => position.initialRisk,
  side: (_, position) => position.side,
  equity: (_, position) => position.equity,
}

function call(expr: Expr & { kind: 'call' }, compile: (part: Expr) => PositionValue): PositionValue {
  const args = expr.args.map(compile)
  const [x, y, z] = args
  switch (expr.name) {
    case 'entry':
      return (_, position) => x(position.signal, position)
    case 'since_entry_high':
      return sinceEntry(x, Math.max)
    case 'since_entry_low':
      return sinceEntry(x, Math.min)
    case 'where':
      return (t, position) => {
        const chosen = x(t, position)
        if (Number.isNaN(chosen)) return Number.NaN
        return chosen !== 0 ? y(t, position) : z ? z(t, position) : Number.NaN
      }
    case 'min':
      return (t, position) => Math.min(x(t, position), y(t, position))
    case 'max':
      return (t, position) => Math.max(x(t, position), y(t, position))
    case 'abs':
      return (t, position) => Math.abs(x(t, position))
    case 'floor':
      return (t, position) => Math.floor(x(t, position))
    case 'sqrt':
      return (t, position) => Math.sqrt(x(t, position))
    case 'log':
      return (t, position) => defined(Math.log(x(t, position)))
    default:
      throw new AppError('bad_rule', `A value of the position is one number and cannot stand inside ${expr.name}().`)
  }
}

/**
 * The extreme of x from the entry bar through t; undefined before the entry bar, or if one x is undefined. Asked bar after
 * bar it goes on from where it was, so that a long hold costs its bars once.
 */
function sinceEntry(x: PositionValue, pick: (a: number, b: number) => number): PositionValue {
  let of: PositionState | undefined
  let through = -1
  let value = Number.NaN
  return (t, position) => {
    if (t < position.entry) return Number.NaN
    if (of === undefined || !samePosition(of, position) || through > t) {
      through = position.entry
      value = x(position.entry, position)
    }
    while (through < t) value = pick(value, x(++through, position))
    of = { ...position }
    return value
  }
}

function samePosition(a: PositionState, b: PositionState): boolean {
  return (
    a.entry === b.entry &&
    a.signal === b.signal &&
    a.entryPrice === b.entryPrice &&
    a.side === b.side &&
    Object.is(a.equity, b.equity) &&
    Object.is(a.initialRisk, b.initialRisk)
  )
}

const ARITHMETIC = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
}

function defined(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN
}

function not(value: number): number {
  return value === 0 ? 1 : !Number.isNaN(value) ? 0 : Number.NaN
}

/** Three-valued and of n values: false wins over unknown. */
function all(n: number, valueAt: (i: number) => number): number {
  let result = 1
  for (let i = 0; i < n; i++) {
    const value = valueAt(i)
    if (value === 0) return 0
    if (Number.isNaN(value)) result = Number.NaN
  }
  return result
}

function verdict(op: CompareOp, ordered: number): number {
  if (Number.isNaN(ordered)) return Number.NaN
  switch (op) {
    case '<':
      return Number(ordered === -1)
    case '<=':
      return Number(ordered !== 1)
    case '>':
      return Number(ordered === 1)
    case '>=':
      return Number(ordered !== -1)
    case '==':
      return Number(ordered === 0)
    case '!=':
      return Number(ordered !== 0)
  }
}
