import { SESSION_BARS } from '../market/intraday-grid.ts'
import type { MarketRequest } from '../market/source.ts'
import type { Expr, Rule } from '../rule/ast.ts'
import { type Reading, ruleReading } from '../rule/at.ts'
import { parseRule } from '../rule/clauses.ts'
import { lookbackOf, ruleExpressions } from '../rule/lookback.ts'
import { parseExpression } from '../rule/parse.ts'
import { FIGURE_FIELDS } from '../strategy/contract.ts'
import type { EntryPoint, RuleClauses, Strategy } from '../strategy/strategy.ts'
import { isCrossSectional, referencedSymbols } from './dependencies.ts'

/** What a scan needs of a strategy, parsed once per thread. */
export interface StrategyView {
  /** the rule, or null for code no formula expresses */
  rule: Rule | null
  /** who is looked at: the rule's UNIVERSE, or `stocks` for code alone */
  universe: Rule['universe']
  /** bar size, the rule's TF */
  timeframe: Rule['timeframe']
  /** when in the session the rule is read (AT); undefined: at the close of each bar */
  reading: Reading | undefined
  code: string
  entryPoints: readonly EntryPoint[]
  /** the expressions of the declared series, in declaration order */
  series: readonly Rule['universe'][]
  /** bars before one that can change a declared series at it; Infinity for the whole history */
  seriesLookback: number
  /** bars before the first reported one that can change a value; Infinity for the whole history */
  lookback: number
  /** whether the code builds price arrays per bar, beside or instead of reading series */
  readsArrays: boolean
  /** whether the code names getFundamentalData */
  readsFigures: boolean
}

/** The part of a stored strategy that crosses threads. */
export type ScanStrategy = Pick<Strategy, 'rule' | 'code' | 'entry_points' | 'series' | 'history_days'>

/**
 * A symbol that misses sessions reaches further back in time with the same number of bars. Whatever it is compared with by
 * date is loaded this much longer, so that the start of a window never shows.
 */
const GAP_SESSIONS = 63

const READS_FIGURES = /\bget_?fundamental_?data\b/i
const figureLookback = FIGURE_FIELDS.reduce((most, field) => Math.max(most, lookbackOf(parseExpression(field.expr))), 0)

/** The largest literal k of `.ago(k)` in the code, at least 1: crossings compare with the bar before. */
function longestAgo(code: string): number {
  return [...code.matchAll(/\.\s*ago\s*\(\s*(\d+)/g)].reduce((most, [, bars]) => Math.max(most, Number(bars)), 1)
}

/** Parses a strategy for scanning; `universe`, when given, replaces the rule's. */
export function viewStrategy(strategy: ScanStrategy, universe?: string): StrategyView {
  const clauses: RuleClauses | null = strategy.rule
  const rule = clauses === null ? null : parseRule(universe === undefined ? clauses : { ...clauses, universe })
  const only = rule?.universe ?? parseRule({ signal: 'close > 0', universe: universe ?? 'stocks' }).universe
  const timeframe = rule?.timeframe ?? '1d'
  const perSession = SESSION_BARS[timeframe]
  const series = strategy.series.map((text) => parseExpression(text))
  const read = [only, ...(rule === null ? [] : ruleExpressions(rule)), ...series]
  const seriesLookback = series.reduce((most, expr) => Math.max(most, lookbackOf(expr, timeframe)), 0)
  const readsFigures = READS_FIGURES.test(strategy.code)
  const lookback =
    Math.max(
      strategy.history_days * perSession,
      lookbackOf(only, timeframe),
      rule === null ? 0 : lookbackOf(rule),
      seriesLookback + longestAgo(strategy.code),
      readsFigures ? figureLookback * perSession : 0,
    ) + (isCrossSectional(read) || referencedSymbols(read).length > 0 ? GAP_SESSIONS * perSession : 0)
  return {
    rule,
    universe: only,
    timeframe,
    reading: ruleReading(rule),
    code: strategy.code,
    entryPoints: strategy.entry_points,
    series,
    seriesLookback,
    lookback,
    readsArrays: strategy.history_days > 0,
    readsFigures,
  }
}

/** What every load of bars for a strategy has in common: their size, and how much of the pre-market is known when it is read. */
export function barsOf({ timeframe, reading }: Pick<StrategyView, 'timeframe' | 'reading'>): BarsAsked {
  return { timeframe, ...(reading?.before ? { premarketUntil: reading.minute } : {}) }
}

export type BarsAsked = Pick<MarketRequest, 'timeframe' | 'premarketUntil'>

/** Every expression a scan of the strategy may evaluate on columns. */
export function expressionsOf(view: StrategyView): Expr[] {
  return [view.universe, ...view.series, ...(view.rule === null ? [] : ruleExpressions(view.rule))]
}
