import type { CompareOp, Expr } from './ast.ts'
import { expandDerived } from './derived.ts'
import { printExpression } from './print.ts'
import { isNonNegative, isPositive } from './settled.ts'

/** A set of numbers between two ends, each in it or not, less single points. */
export interface Range {
  readonly low: number
  readonly lowIn: boolean
  readonly high: number
  readonly highIn: boolean
  readonly without: readonly number[]
}

export const EVERYTHING: Range = {
  low: Number.NEGATIVE_INFINITY,
  lowIn: false,
  high: Number.POSITIVE_INFINITY,
  highIn: false,
  without: [],
}
const between = (low: number, high: number): Range => ({ low, lowIn: true, high, highIn: true, without: [] })
const ABOVE_ZERO: Range = { ...EVERYTHING, low: 0 }
const FROM_ZERO: Range = { ...EVERYTHING, low: 0, lowIn: true }

const CALLS: Readonly<Record<string, Range>> = {
  rsi: between(0, 100),
  stoch_k: between(0, 100),
  stoch_d: between(0, 100),
  adx: between(0, 100),
  pdi: between(0, 100),
  mdi: between(0, 100),
  mfi: between(0, 100),
  ultosc: between(0, 100),
  aroon_up: between(0, 100),
  aroon_down: between(0, 100),
  aroon_osc: between(-100, 100),
  cmf: between(-1, 1),
  willr: between(-100, 0),
  xrank: between(0, 1),
  breadth: between(0, 1),
  pct_rank: between(0, 1),
  close_pos: between(0, 1),
  xz: between(-3, 3),
  fscore: between(0, 9),
  barssince: FROM_ZERO,
  rvol: FROM_ZERO,
  day_rvol: FROM_ZERO,
  dollar_volume: FROM_ZERO,
  tod: { ...between(0, 390), lowIn: false },
  bar_of_day: between(1, 390),
}
const NAMES: Readonly<Record<string, Range>> = {
  pe: ABOVE_ZERO,
  pb: ABOVE_ZERO,
  bars_held: { ...EVERYTHING, low: 1, lowIn: true },
  bars_since_earnings: FROM_ZERO,
  side: between(-1, 1),
}

/** What lies between the values of its first argument: means, extremes, and the same value at another time or place. */
const BETWEEN = new Set('sma ema rma wma kama vwma highest lowest wk mo pd on sec_median entry'.split(' '))

/** The values an expression can take where it is defined, whatever the bars hold. */
export function rangeOf(expr: Expr): Range {
  if (expr.kind === 'ago') return rangeOf(expr.of)
  if (expr.kind === 'call' && BETWEEN.has(expr.name)) return rangeOf(expr.args.find(({ kind }) => kind !== 'string')!)
  if (expr.kind === 'name' && NAMES[expr.name] !== undefined) return NAMES[expr.name]!
  if (expr.kind === 'call') {
    if (expr.name === 'count' && expr.args[1]?.kind === 'number') return between(0, expr.args[1].value)
    if (CALLS[expr.name] !== undefined) return CALLS[expr.name]!
  }
  if (['compare', 'in', 'not', 'and', 'or'].includes(expr.kind)) return between(0, 1)
  if (isPositive(expr)) return ABOVE_ZERO
  return isNonNegative(expr) ? FROM_ZERO : EVERYTHING
}

/** The numbers for which `number op limit` holds. */
export function range(op: CompareOp, limit: number): Range {
  switch (op) {
    case '<':
      return { ...EVERYTHING, high: limit }
    case '<=':
      return { ...EVERYTHING, high: limit, highIn: true }
    case '>':
      return { ...EVERYTHING, low: limit }
    case '>=':
      return { ...EVERYTHING, low: limit, lowIn: true }
    case '==':
      return { low: limit, lowIn: true, high: limit, highIn: true, without: [] }
    case '!=':
      return { ...EVERYTHING, without: [limit] }
  }
}

export const OPPOSITE: Readonly<Record<CompareOp, CompareOp>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
}
export const MIRRORED: Readonly<Record<CompareOp, CompareOp>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
}

/** What is in both. */
export function intersect(a: Range, b: Range): Range {
  const [low, lowIn] =
    a.low === b.low ? [a.low, a.lowIn && b.lowIn] : a.low > b.low ? [a.low, a.lowIn] : [b.low, b.lowIn]
  const [high, highIn] =
    a.high === b.high ? [a.high, a.highIn && b.highIn] : a.high < b.high ? [a.high, a.highIn] : [b.high, b.highIn]
  return { low, lowIn, high, highIn, without: [...a.without, ...b.without] }
}

/** Nothing is in it; ends that differ only by the language's tolerance count as the same number. */
export function isEmpty(range: Range): boolean {
  const { low, high } = range
  if (!Number.isFinite(low) || !Number.isFinite(high)) return low > high
  const same = low === high || Math.abs(low - high) <= Math.max(1e-9 * Math.max(Math.abs(low), Math.abs(high)), 1e-12)
  if (!same) return low > high
  return !(range.lowIn && range.highIn) || range.without.some((point) => Math.abs(point - low) <= 1e-12)
}

const SPELLINGS = new Set(['gap', 'roc', 'rvol', 'change', 'macd_hist', 'aroon_osc'])

/** One spelling for values that have several: gap() and open/close[1] - 1. */
export function standard(expr: Expr): Expr {
  return expr.kind === 'call' && SPELLINGS.has(expr.name) ? expandDerived(expr)! : expr
}

/** s*base + o: what is left of an expression when literal factors and summands are taken off; no base for a literal. */
export interface Linear {
  readonly base: Expr | undefined
  readonly factor: number
  readonly summand: number
}

export function linear(expr: Expr): Linear {
  // a number written out was the same before
  if (expr.kind === 'ago') {
    const of = linear(expr.of)
    return of.base === undefined ? of : { base: expr, factor: 1, summand: 0 }
  }
  if (expr.kind === 'number') return { base: undefined, factor: 0, summand: expr.value }
  if (expr.kind === 'negate') return scaled(linear(expr.of), -1)
  if (expr.kind === 'arithmetic') {
    const left = linear(expr.left)
    const right = linear(expr.right)
    if (expr.op === '*' && right.base === undefined) return scaled(left, right.summand)
    if (expr.op === '*' && left.base === undefined) return scaled(right, left.summand)
    if (expr.op === '/' && right.base === undefined && right.summand !== 0) return scaled(left, 1 / right.summand)
    const sign = expr.op === '-' ? -1 : 1
    if (expr.op === '+' || expr.op === '-') {
      if (right.base === undefined) return { ...left, summand: left.summand + sign * right.summand }
      if (left.base === undefined) return { ...scaled(right, sign), summand: left.summand + sign * right.summand }
    }
  }
  return { base: expr, factor: 1, summand: 0 }
}

function scaled({ base, factor, summand }: Linear, by: number): Linear {
  return { base: by === 0 ? undefined : base, factor: factor * by, summand: summand * by }
}

/** Whether a <= b on every bar by what they are: today's value and the highest of a window that holds it, low and close. */
export function neverAbove(a: Expr, b: Expr): boolean {
  if (printExpression(a) === printExpression(b)) return true
  const [x, k] = aged(a)
  const [y, m] = aged(b)
  if (k === m && x.kind === 'name' && y.kind === 'name') {
    const raw = x.name.startsWith('raw_') && y.name.startsWith('raw_')
    const [p, q] = raw ? [x.name.slice(4), y.name.slice(4)] : [x.name, y.name]
    if (p === 'low' && ['open', 'close', 'high'].includes(q)) return true
    if (q === 'high' && ['open', 'close', 'low'].includes(p)) return true
  }
  if (k === m) {
    if (bandsInOrder(x, y)) return true
    if (x.kind === 'call' && (x.name === 'floor' || x.name === 'min') && x.args.some((part) => neverAbove(part, y)))
      return true
    if (y.kind === 'call' && y.name === 'max' && y.args.some((part) => neverAbove(x, part))) return true
  }
  const highest = windowed(y, 'highest')
  if (highest !== undefined) {
    const inner = windowed(x, 'highest')
    if (inner !== undefined && k >= m && k + inner.n <= m + highest.n && neverAbove(inner.of, highest.of)) return true
    if (k >= m && k < m + highest.n && neverAbove(x, highest.of)) return true
  }
  const lowest = windowed(x, 'lowest')
  if (lowest === undefined) return false
  const inner = windowed(y, 'lowest')
  if (inner !== undefined && m >= k && m + inner.n <= k + lowest.n && neverAbove(lowest.of, inner.of)) return true
  return m >= k && m < k + lowest.n && neverAbove(lowest.of, y)
}

const BANDS = /^(bb|kc|donchian)_(lower|mid|upper)$/
const PLACES = ['lower', 'mid', 'upper']

/** The lower and the upper band of one study, or one of them and the middle, however wide they are. */
function bandsInOrder(x: Expr, y: Expr): boolean {
  if (x.kind !== 'call' || y.kind !== 'call') return false
  const [, study, below] = BANDS.exec(x.name) ?? []
  const [, other, above] = BANDS.exec(y.name) ?? []
  if (study === undefined || study !== other || PLACES.indexOf(below!) >= PLACES.indexOf(above!)) return false
  return printExpression(x.args[0]!) === printExpression(y.args[0]!)
}

function aged(expr: Expr): [Expr, number] {
  return expr.kind === 'ago' ? [aged(expr.of)[0], aged(expr.of)[1] + expr.bars] : [expr, 0]
}

function windowed(expr: Expr, name: string): { of: Expr; n: number } | undefined {
  if (expr.kind !== 'call' || expr.name !== name) return undefined
  const [of, n] = expr.args
  return n?.kind === 'number' ? { of: of!, n: n.value } : undefined
}
