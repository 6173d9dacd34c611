import { isoDay } from '../core/days.ts'
import { firstAt, type Timeframe } from '../market/bars.ts'
import { newYorkText } from '../market/new-york.ts'
import { checkExpression } from '../rule/check.ts'
import { parseRule } from '../rule/clauses.ts'
import { crossColumns } from '../rule/cross-section.ts'
import { createEvaluator } from '../rule/evaluate.ts'
import { lookbackOf } from '../rule/lookback.ts'
import { parseExpression } from '../rule/parse.ts'
import { printExpression } from '../rule/print.ts'
import { ruleWarnings } from '../rule/warnings.ts'
import type { RuleClauses } from '../strategy/strategy.ts'
import { isCrossSectional, referencedSymbols } from './dependencies.ts'
import { requireCatalog, type ScanDeps } from './latest-pass.ts'
import { select, storedSpan } from './selection.ts'

export interface EvaluateRequest {
  expression: string
  symbol: string
  from?: number
  to?: number
  /** bar size; daily when absent */
  timeframe?: Timeframe
}

/** One expression on one symbol's bars; undefined is null. Cross-sections are taken over the stocks of the data. */
export async function evaluateRule(
  deps: Pick<ScanDeps, 'source' | 'catalog'>,
  request: EvaluateRequest,
): Promise<{ rows: { date: string; time?: string; value: number | null }[] }> {
  const { timeframe = '1d' } = request
  const expr = parseExpression(request.expression)
  checkExpression(expr, { clause: 'value', timeframe })
  const catalog = await requireCatalog(deps, timeframe)
  const { from, to } = select(catalog, { ...request, symbols: [request.symbol] }, () => storedSpan(catalog)!.first)
  const crossSectional = isCrossSectional([expr])
  const symbols = crossSectional ? undefined : [request.symbol, ...referencedSymbols([expr])]
  const market = await deps.source.load({ timeframe, symbols, from, to, lookback: lookbackOf(expr, timeframe) })
  const series = market.bars(request.symbol)
  if (series === undefined) return { rows: [] }
  const cross = crossSectional ? crossColumns(market, market.symbols, [expr], parseExpression('stocks')) : undefined
  const column = createEvaluator(market, series, { cross }).column(expr)
  const rows: { date: string; value: number | null }[] = []
  for (let i = firstAt(series.day, from); i < series.length; i++) {
    const time = timeframe === '1d' ? {} : { time: newYorkText(series.time[i]) }
    rows.push({ date: isoDay(series.day[i]), ...time, value: Number.isNaN(column[i]) ? null : column[i] })
  }
  return { rows }
}

/** What can be said of a rule or an expression without running it. Throws `bad_rule` with the position of what is wrong. */
export function checkRule(text: string): {
  ok: true
  rule: RuleClauses | { expression: string }
  lookback: number | 'whole history'
  warnings: string[]
} {
  const bars = (lookback: number) => (Number.isFinite(lookback) ? lookback : ('whole history' as const))
  if (!/^\s*[A-Z_]+\s*:/.test(text)) {
    const expr = parseExpression(text)
    const type = checkExpression(expr, { clause: 'value', timeframe: '1d' })
    if (type !== 'condition')
      return { ok: true, rule: { expression: printExpression(expr) }, lookback: bars(lookbackOf(expr)), warnings: [] }
  }
  const rule = parseRule(text)
  const warnings = ruleWarnings(rule).map((warning) => warning.message)
  return { ok: true, rule: rule.clauses, lookback: bars(lookbackOf(rule)), warnings }
}
