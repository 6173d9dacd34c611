import { signature } from '../strategy/series.ts'
import type { Expr, Rule } from './ast.ts'
import { typeOf } from './check.ts'

import { isLiteral } from './code-expression.ts'
import { opened } from './opened.ts'
import { printExpression } from './print.ts'
import { termName } from './term-names.ts'

/** A value of the rule worth showing beside a signal: `scale` is 100 for those shown in percent. */
export interface NamedTerm {
  readonly name: string
  readonly expr: Expr
  readonly scale: number
}

/** RANK's values are kept whatever number of conditions there is. */
const MOST = 24

/**
 * The named numbers a rule decides by, in the order they stand in it: `gap_percent`, `volume_ratio`, `rsi_14`, `pe_ratio`.
 * Names are snake_case and differ; what cannot be named well is named by its formula.
 */
export function namedTerms(rule: Rule): NamedTerm[] {
  const found: Expr[] = []
  for (const expr of [rule.signal, rule.short]) if (expr !== undefined) collect(expr, found)
  const ranked = rule.rank === undefined ? [] : summands(rule.rank.by)
  const terms = new Map<string, NamedTerm>()
  const names = new Set<string>()
  for (const expr of [...found, ...ranked]) {
    const bare = withoutFactor(expr)
    if (isLiteral(bare) || typeOf(bare) !== 'number') continue
    const key = identity(bare)
    if (terms.has(key) || (terms.size >= MOST && !ranked.includes(expr))) continue
    const { name, longer, scale } = describe(bare)
    let unique = names.has(name) ? longer : name
    for (let i = 2; names.has(unique); i++) unique = `${longer}_${i}`
    names.add(unique)
    terms.set(key, { name: unique, expr: bare, scale })
  }
  return [...terms.values()]
}

/** Gathers the operands of the comparisons a condition is made of. */
function collect(expr: Expr, found: Expr[]): void {
  switch (expr.kind) {
    case 'and':
    case 'or':
      for (const part of expr.parts) collect(part, found)
      return
    case 'not':
      collect(expr.of, found)
      return
    case 'compare': {
      if (expr.operands.some((operand) => operand.kind === 'string')) return
      const ratio = expr.operands.length === 2 ? volumeRatio(expr.operands[0]!, expr.operands[1]!) : undefined
      found.push(...(ratio === undefined ? expr.operands.flatMap(summands) : [ratio]))
      return
    }
    case 'call':
      collectOfCall(expr, found)
      return
    case 'ago': {
      const earlier: Expr[] = []
      collect(expr.of, earlier)
      found.push(...earlier.map((of): Expr => ({ kind: 'ago', of, bars: expr.bars, at: expr.at })))
      return
    }
    default:
      return
  }
}

/** A named condition by what it looks at: the two lines of a crossing, the count of `any(c, n)`, what a streak is a streak of. */
function collectOfCall(expr: Expr & { kind: 'call' }, found: Expr[]): void {
  const { name, args } = expr
  if (['crosses_above', 'crosses_below', 'top'].includes(name)) found.push(...args.slice(0, 2))
  else if (name === 'rising' || name === 'falling') found.push(args[0])
  else if (signature(name, true)?.group === 'candle') {
    // A candle is a shape: where in its range the bar closed is the one number that speaks of it.
    if (args.length === 0) found.push(CLOSE_POSITION)
    else collect(opened(expr), found)
  } else {
    const inside = opened(expr)
    if (inside !== expr) collect(inside, found)
  }
}

const CLOSE_POSITION: Expr = { kind: 'call', name: 'close_pos', args: [], at: 0 }

/** A sum of several weighted values is worth showing by its parts too; they stand before it. */
function summands(expr: Expr): Expr[] {
  const parts: Expr[] = []
  const walk = (part: Expr): void => {
    if (part.kind === 'arithmetic' && part.op === '+') {
      walk(part.left)
      walk(part.right)
    } else if (!isLiteral(part)) parts.push(part)
  }
  walk(expr)
  return parts.length > 1 ? [...parts, expr] : [expr]
}

/** `volume >= 1.5*sma(volume,20)[1]`, either way round, as the ratio it speaks of. */
function volumeRatio(left: Expr, right: Expr): Expr | undefined {
  for (const [now, usual] of [
    [left, withoutFactor(right)],
    [right, withoutFactor(left)],
  ] as const) {
    if (printExpression(now) !== 'volume' || averageVolume(usual) === undefined) continue
    return { kind: 'arithmetic', op: '/', left: now, right: usual, at: now.at }
  }
  return undefined
}

/** n when the expression is sma(volume, n), today included or not. */
function averageVolume(expr: Expr): string | undefined {
  return /^sma\(volume, (\d+)\)(\[1\])?$/.exec(printExpression(expr))?.[1]
}

/** 2*x, x*2 and 2*x/y are shown as x and x/y. */
function withoutFactor(expr: Expr): Expr {
  if (expr.kind !== 'arithmetic') return expr
  if (expr.op === '*') {
    if (isLiteral(expr.left)) return withoutFactor(expr.right)
    return isLiteral(expr.right) ? withoutFactor(expr.left) : expr
  }
  return expr.op === '/' ? { ...expr, left: withoutFactor(expr.left) } : expr
}

/** Equal for the spellings of one value: gap() and open/close[1] - 1, roc and its formula, rvol and its formula. */
function identity(expr: Expr): string {
  const text = printExpression(expr)
  if (text === 'gap()') return 'open / close[1] - 1'
  const change = changeOf(expr)
  if (change !== undefined) return `${change.of} / ${change.of}[${change.bars}] - 1`
  const rvol = /^rvol\((\d+)\)$/.exec(text)
  return rvol === null ? text : `volume / sma(volume, ${rvol[1]})[1]`
}

function describe(expr: Expr): { name: string; longer: string; scale: number } {
  const text = printExpression(expr)
  const formula = termName(expr)
  if (summands(expr).length > 1) return { name: 'score', longer: formula, scale: 1 }
  if (/^(gap\(\)|open \/ close\[1\] - 1|dopen\(\) \/ pclose\(\) - 1)$/.test(text))
    return { name: 'gap_percent', longer: 'gap_percent', scale: 100 }
  const ratio =
    /^(?:rvol|day_rvol)\((\d+)\)$/.exec(text)?.[1] ?? /^volume \/ sma\(volume, (\d+)\)(\[1\])?$/.exec(text)?.[1]
  if (ratio !== undefined) return { name: 'volume_ratio', longer: `volume_ratio_${ratio}`, scale: 1 }
  const change = changeOf(expr)
  if (change !== undefined) {
    const name =
      change.of === 'close'
        ? `return_${change.bars}d_percent`
        : `${termName(change.base)}_change_${change.bars}_percent`
    return { name, longer: `${name}_${formula}`, scale: 100 }
  }
  if (isShareLessOne(expr)) return { name: `${formula}_percent`, longer: `${formula}_percent`, scale: 100 }
  return { name: formula, longer: formula, scale: 1 }
}

/** x/x[n] - 1 or roc(x, n). */
function changeOf(expr: Expr): { of: string; base: Expr; bars: number } | undefined {
  if (expr.kind === 'call' && expr.name === 'roc' && expr.args[1]?.kind === 'number')
    return { of: within(expr.args[0]!), base: expr.args[0]!, bars: expr.args[1].value }
  if (!isShareLessOne(expr)) return undefined
  const { left: now, right: before } = expr.left
  if (before.kind !== 'ago' || printExpression(before.of) !== printExpression(now)) return undefined
  return { of: within(now), base: now, bars: before.bars }
}

function within(expr: Expr): string {
  return printExpression({ kind: 'ago', of: expr, bars: 1, at: 0 }).slice(0, -3)
}

type ShareLessOne = Expr & { kind: 'arithmetic'; left: Expr & { kind: 'arithmetic' } }

/** a/b - 1: a fraction people read in percent. */
function isShareLessOne(expr: Expr): expr is ShareLessOne {
  return (
    expr.kind === 'arithmetic' &&
    expr.op === '-' &&
    expr.right.kind === 'number' &&
    expr.right.value === 1 &&
    expr.left.kind === 'arithmetic' &&
    expr.left.op === '/'
  )
}
