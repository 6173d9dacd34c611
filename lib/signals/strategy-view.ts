import type { Expr, Rule } from '../rule/ast.ts'
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
  const series = strategy.series.map((text) => parseExpression(text))
  const read = [only, ...(rule === null ? [] : ruleExpressions(rule)), ...series]
  const seriesLookback = series.reduce((most, expr) => Math.max(most, lookbackOf(expr)), 0)
  const readsFigures = READS_FIGURES.test(strategy.code)
  const lookback =
    Math.max(
      strategy.history_days,
      lookbackOf(only),
      rule === null ? 0 : lookbackOf(rule),
      seriesLookback + longestAgo(strategy.code),
      readsFigures ? figureLookback : 0,
    ) + (isCrossSectional(read) || referencedSymbols(read).length > 0 ? GAP_SESSIONS : 0)
  return {
    rule,
    universe: only,
    code: strategy.code,
    entryPoints: strategy.entry_points,
    series,
    seriesLookback,
    lookback,
    readsArrays: strategy.history_days > 0,
    readsFigures,
  }
}

/** Every expression a scan of the strategy may evaluate on columns. */
export function expressionsOf(view: StrategyView): Expr[] {
  return [view.universe, ...view.series, ...(view.rule === null ? [] : ruleExpressions(view.rule))]
}
