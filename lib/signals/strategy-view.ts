import type { Rule } from '../rule/ast.ts'
import { parseRule } from '../rule/clauses.ts'
import { lookbackOf } from '../rule/lookback.ts'
import { parseExpression } from '../rule/parse.ts'
import type { EntryPoint, RuleClauses, Strategy } from '../strategy/strategy.ts'

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
  /** bars before the first reported one that can change a value; Infinity for the whole history */
  lookback: number
  /** whether the code builds price arrays per bar, beside or instead of reading series */
  readsArrays: boolean
}

/** The part of a stored strategy that crosses threads. */
export type ScanStrategy = Pick<Strategy, 'rule' | 'code' | 'entry_points' | 'series' | 'history_days'>

/** Parses a strategy for scanning; `universe`, when given, replaces the rule's. */
export function viewStrategy(strategy: ScanStrategy, universe?: string): StrategyView {
  const clauses: RuleClauses | null = strategy.rule
  const rule = clauses === null ? null : parseRule(universe === undefined ? clauses : { ...clauses, universe })
  const only = rule?.universe ?? parseRule({ signal: 'close > 0', universe: universe ?? 'stocks' }).universe
  const series = strategy.series.map((text) => parseExpression(text))
  const lookback = Math.max(
    strategy.history_days,
    lookbackOf(only),
    rule === null ? 0 : lookbackOf(rule),
    ...series.map((expr) => lookbackOf(expr)),
  )
  return {
    rule,
    universe: only,
    code: strategy.code,
    entryPoints: strategy.entry_points,
    series,
    lookback,
    readsArrays: strategy.history_days > 0,
  }
}
