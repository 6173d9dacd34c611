import type { Expr } from '../../rule/ast.ts'
import { parseExpression } from '../../rule/parse.ts'
import { printExpression } from '../../rule/print.ts'
import { contains, withParts } from '../../rule/tree.ts'
import { signature } from '../../strategy/series.ts'
import type { RuleClauses } from '../../strategy/strategy.ts'

export interface DailyReading {
  clauses: RuleClauses
  /** what the reading changes, for the assumptions */
  says: string
}

/** Clauses that name a condition or a level which daily bars can hold; any other intraday clause has no daily meaning. */
const READ = ['signal', 'short', 'stop', 'target', 'size', 'rank'] as const
const LOST = ['at', 'flat', 'exit', 'trail', 'stop_after_target'] as const

/** What stands for itself on bars of any size, beside figures and text. */
const POINTWISE = new Set(['abs', 'log', 'sqrt', 'floor', 'min', 'max', 'where', 'yoy', 'ly', 'pq', 'index_member'])
const OF_THE_TRADE = new Set(['entry_price', 'equity', 'initial_risk', 'side', 'stocks', 'all'])

/**
 * A rule for intraday bars read on daily ones, where that keeps its meaning: a gap at the open, a high or low of earlier
 * sessions taken out during the day. Null where it does not: opening ranges, times of day, the pre-market, exits within the
 * session, anything of the shorter bars themselves.
 */
export function dailyReading(clauses: RuleClauses): DailyReading | null {
  if (clauses.timeframe === undefined || clauses.timeframe === '1d') return null
  if (LOST.some((key) => clauses[key] !== undefined)) return null
  // a session is one bar: "once per session" says nothing more
  const { once: _once, ...rest } = clauses
  const read: RuleClauses = { ...rest, timeframe: '1d' }
  let gap = false
  for (const key of READ) {
    const text = clauses[key]
    if (text === undefined) continue
    const [, before, expression, after] = /^(\s*[\d.]+\s*%\s*at\s+)?(.*?)(\s+(?:asc|desc))?\s*$/s.exec(text)!
    const daily = dailyExpression(parseExpression(expression), key === 'signal' || key === 'short')
    if (daily === null) return null
    gap ||= contains(daily, (part) => part.kind === 'name' && part.name === 'open')
    read[key] = `${before ?? ''}${printExpression(daily)}${after ?? ''}`
  }
  return {
    clauses: read,
    says: gap
      ? 'read on daily bars: the gap is known at the open, the signal is stamped at that day’s close'
      : 'read on daily bars: what is reached during the day is seen in its high, low and volume, the signal is stamped at that day’s close',
  }
}

const OTHERWISE = Symbol('means something else on daily bars')

function dailyExpression(expr: Expr, decides: boolean): Expr | null {
  const parts = expr.kind === 'and' ? expr.parts : [expr]
  const later = decides ? parts.filter((part) => !isFirstBar(part)) : parts
  const onFirstBar = later.length < parts.length
  if (later.length === 0) return null
  try {
    const read = later.map((part) => onDays(part, !onFirstBar))
    return read.length === 1 ? read[0] : { kind: 'and', parts: read, at: 0 }
  } catch (reason) {
    if (reason === OTHERWISE) return null
    throw reason
  }
}

const isCall = (expr: Expr, ...names: string[]) => expr.kind === 'call' && names.includes(expr.name)

/** bar_of_day() == 1 */
function isFirstBar(expr: Expr): boolean {
  if (expr.kind !== 'compare' || expr.ops[0] !== '==' || expr.operands.length !== 2) return false
  const [left, right] = expr.operands
  return isCall(left, 'bar_of_day') && right.kind === 'number' && right.value === 1
}

/**
 * The expression on daily bars. `anyTime` is true where the rule holds as soon as it is true at some bar of the session: then
 * a high so far above a level known before the open is the day's high above it, and so with lows and volume.
 */
function onDays(expr: Expr, anyTime: boolean): Expr {
  if (expr.kind === 'and' || expr.kind === 'or') return withParts(expr, (part) => onDays(part, anyTime))
  if (expr.kind === 'compare' && anyTime && expr.operands.length === 2) {
    const [left, right] = expr.operands
    const [op] = expr.ops
    const up = op === '>' || op === '>='
    const down = op === '<' || op === '<='
    const grows = (side: Expr) => isCall(side, 'dhigh', 'dvol', 'raw_dvol')
    const shrinks = (side: Expr) => isCall(side, 'dlow')
    if ((up && grows(left)) || (down && shrinks(left))) return { ...expr, operands: [ofDay(left), known(right)] }
    if ((down && grows(right)) || (up && shrinks(right))) return { ...expr, operands: [known(left), ofDay(right)] }
  }
  return known(expr)
}

const OF_DAY: Readonly<Record<string, string>> = { dhigh: 'high', dlow: 'low', dvol: 'volume', raw_dvol: 'raw_volume' }

function ofDay(expr: Expr): Expr {
  return { kind: 'name', name: OF_DAY[(expr as { name: string }).name], at: expr.at }
}

const ago = (of: Expr, bars: number): Expr =>
  of.kind === 'ago' ? { ...of, bars: of.bars + bars } : { kind: 'ago', of, bars, at: of.at }

/** What is known at the open: earlier sessions, the open itself, figures. */
function known(expr: Expr): Expr {
  if (expr.kind === 'call') {
    if (expr.name === 'pd') return ago(expr.args[0], 1)
    if (expr.name === 'dopen') return { kind: 'name', name: 'open', at: expr.at }
    if (expr.name === 'pclose') return ago({ kind: 'name', name: 'close', at: expr.at }, 1)
    if (expr.name === 'on') return { ...expr, args: [expr.args[0], known(expr.args[1])] }
    if (POINTWISE.has(expr.name)) return withParts(expr, known)
    throw OTHERWISE
  }
  if (expr.kind === 'name') {
    const group = signature(expr.name, false)?.group
    if (group === 'figure' || group === 'text' || OF_THE_TRADE.has(expr.name)) return expr
    throw OTHERWISE
  }
  if (expr.kind === 'ago') {
    // k of the shorter bars ago
    throw OTHERWISE
  }
  return withParts(expr, known)
}
