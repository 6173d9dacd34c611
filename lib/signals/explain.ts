/** A strategy on one bar: what it decided there, and by which values. */
import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { plain } from '../core/plain.ts'
import { firstAt, type Timeframe } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import type { Expr, Rule } from '../rule/ast.ts'
import { createEvaluator, type Evaluator } from '../rule/evaluate.ts'
import { type ExplainContext, explainCondition, explainValue, type Standing } from '../rule/explain-bar.ts'
import { parseExpression } from '../rule/parse.ts'
import { namedTerms } from '../rule/terms.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { explainCode } from './explain-code.ts'
import { chunkInputs } from './explain-plan.ts'
import { type ExplainDeps, explainReceipt } from './explain-receipt.ts'
import { requireCatalog, type ScanDeps } from './latest-pass.ts'
import { prepareScan } from './scan-input.ts'
import { select } from './selection.ts'
import { standingsOf } from './standing.ts'
import { viewStrategy } from './strategy-view.ts'

export interface ExplainAsk {
  symbol: string
  /** the day; the symbol's last stored one when absent */
  day?: number
}

/**
 * Each condition of the rule on a symbol's bar, with its values, its margin and, where it is unknown, why; of code alone, what it
 * returned. Throws `bad_request` for an unknown symbol, `no_data` where it has no bar on the day.
 */
export async function explain(
  deps: ExplainDeps,
  strategy: Strategy,
  ask: ExplainAsk,
): Promise<Record<string, unknown>> {
  const catalog = await requireCatalog(deps, strategy.rule?.timeframe)
  const { symbol } = ask
  select(catalog, { symbols: [symbol] }, (last) => last)
  const last = catalog.symbols.find((each) => each.symbol === symbol)!.last
  const day = await dayWithBar(deps, catalog.timeframe, symbol, ask.day ?? last)
  const window = { strategy, from: day, to: day }
  const head = {
    success: true,
    strategy_id: strategy.strategy_id,
    version: strategy.version,
    symbol,
    date: isoDay(day),
  }
  const { rule } = viewStrategy(strategy)
  const receipt = await explainReceipt(deps, strategy, catalog)
  if (rule === null) return { ...head, ...(await explainCode(deps, catalog, strategy, { symbol, day })), receipt }

  const standings = new Map<string, Standing>()
  const { inputs } = await chunkInputs(deps, catalog, window, { symbols: [symbol], style: 'columns' }, (level, all) => {
    for (const [call, standing] of standingsOf(level, all, { symbol, day })) standings.set(call, standing)
  })
  const { market } = await prepareScan(inputs[0], deps.source)
  const series = market.bars(symbol)!
  const evaluator = createEvaluator(market, series, { cross: inputs[0].cross })
  const context: ExplainContext = {
    evaluator,
    t: firstAt(series.day, day),
    universe: rule.universe,
    unit: rule.timeframe === '1d' ? 'day' : 'bar',
    standing: (call) => standings.get(call),
  }
  return { ...head, ...(plain(ruleAt(rule, context, market)) as Record<string, unknown>), receipt }
}

/** Throws `no_data` naming the nearest bars where there is none on the day. */
async function dayWithBar({ source }: ScanDeps, timeframe: Timeframe, symbol: string, day: number): Promise<number> {
  const market = await source.load({ timeframe, symbols: [symbol], from: day - 400, to: day + 400, lookback: 0 })
  const days = market.bars(symbol)?.day ?? new Int32Array(0)
  const at = firstAt(days, day)
  if (days[at] === day) return day
  const near = [days[at - 1], days[at]].filter((each) => each !== undefined).map(isoDay)
  const others = near.length === 0 ? '' : ` Its nearest bars are of ${near.join(' and ')}.`
  throw new AppError('no_data', `${symbol} has no bar on ${isoDay(day)}.${others}`, { symbol, nearest: near })
}

const BOUNDARY = { month: parseExpression('month_end()'), week: parseExpression('week_end()') } as const

function ruleAt(rule: Rule, context: ExplainContext, market: Market) {
  const { evaluator, t } = context
  const clause = (name: string, expr: Expr | undefined) =>
    expr === undefined ? [] : [{ clause: name, ...explainCondition(expr, context) }]
  const universe = explainCondition(rule.universe, context)
  const { rebalance } = rule.clauses
  const decides = rebalance === undefined ? null : evaluator.column(BOUNDARY[rebalance])[t] === 1
  const sides = [
    ...(rule.signal ? [{ side: 'long', ...verdictOf(rule.signal, universe.holds, decides, context) }] : []),
    ...(rule.short ? [{ side: 'short', ...verdictOf(rule.short, universe.holds, decides, context) }] : []),
  ]
  const { rank } = rule
  return {
    price: evaluator.series.rawClose[t],
    sector: market.listing(evaluator.series.symbol)?.sector || null,
    verdicts: sides,
    clauses: [
      { clause: 'UNIVERSE', ...universe },
      ...clause('SIGNAL', rule.signal),
      ...clause('SHORT', rule.short),
      ...clause('EXIT', rule.exit),
    ],
    ...(rebalance && { rebalance: { period: rebalance, decides } }),
    ...(rank && { rank: { order: rank.order, ...explainValue(rank.by, context) } }),
    data: termsAt(rule, evaluator, t),
  }
}

/** What comes of one side on the bar, and what stands in its way beside its own condition. */
function verdictOf(expr: Expr, member: boolean | null, decides: boolean | null, { evaluator, t }: ExplainContext) {
  const value = evaluator.column(expr)[t]
  const holds = Number.isNaN(value) ? null : value === 1
  const reasons = [
    ...(member === true ? [] : [member === null ? 'UNIVERSE is unknown' : 'no member of UNIVERSE']),
    ...(decides === false ? ['REBALANCE decides on another day'] : []),
    ...(holds === true ? [] : [holds === null ? 'the condition is unknown' : 'the condition is false']),
  ]
  return {
    verdict: reasons.length === 0 ? 'signal' : holds === null && reasons.length === 1 ? 'unknown' : 'no signal',
    reasons,
  }
}

/** The rule's named values on a bar; null where undefined. */
function termsAt(rule: Rule, evaluator: Evaluator, t: number): Record<string, number | null> {
  return Object.fromEntries(namedTerms(rule).map(({ name, expr, scale }) => [name, evaluator.column(expr)[t] * scale]))
}
