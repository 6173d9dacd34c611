import { minuteOf, OPEN_MINUTE } from '../market/intraday-grid.ts'
import type { Expr } from '../rule/ast.ts'
import { checkBeforeOpen } from '../rule/at.ts'
import { parseExpression } from '../rule/parse.ts'
import { printExpression } from '../rule/print.ts'
import { withParts } from '../rule/tree.ts'
import { type SeriesGroup, signature } from '../strategy/series.ts'
import type { RuleClauses } from '../strategy/strategy.ts'

const READ = ['universe', 'signal', 'short', 'rank'] as const
/** What a daily bar has too. */
const DAILY: ReadonlySet<SeriesGroup> = new Set(['bar', 'window', 'memory', 'indicator', 'candle', 'ratio'])

/**
 * A rule read before the open (AT), with every price, volume or indicator of bars in it as of the session before: `raw_close > 5` is
 * `pd(raw_close) > 5` then. `says` names what was put so; undefined where nothing was.
 */
export function beforeOpenReading(clauses: RuleClauses): { clauses: RuleClauses; says: string | undefined } {
  const { at, timeframe = '1d' } = clauses
  if (at === undefined || timeframe === '1d' || minuteOf(at) > OPEN_MINUTE) return { clauses, says: undefined }
  const read = { ...clauses }
  const put = new Set<string>()
  for (const key of READ) {
    const text = clauses[key]
    if (text === undefined) continue
    const [, expression, order = ''] = /^(.*?)(\s+(?:asc|desc))?\s*$/s.exec(text)!
    const changed = asOfYesterday(parseExpression(expression), at, put)
    if (changed !== undefined) read[key] = `${printExpression(changed)}${order}`
  }
  if (put.size === 0) return { clauses, says: undefined }
  return { clauses: read, says: `before the open: ${[...put].join(', ')} as of the session before` }
}

/** The expression with its parts of today's bars as of the session before; undefined where it has none. */
function asOfYesterday(expr: Expr, at: string, put: Set<string>): Expr | undefined {
  if (isKnown(expr, at)) return undefined
  const named = expr.kind === 'ago' ? expr.of : expr
  const group =
    named.kind === 'name' || named.kind === 'call' ? signature(named.name, named.kind === 'call')?.group : undefined
  if (group !== undefined && DAILY.has(group)) {
    put.add(printExpression(expr))
    return { kind: 'call', name: 'pd', args: [expr], at: expr.at }
  }
  return withParts(expr, (part) => asOfYesterday(part, at, put) ?? part)
}

function isKnown(expr: Expr, at: string): boolean {
  try {
    checkBeforeOpen(expr, at)
    return true
  } catch {
    return false
  }
}
