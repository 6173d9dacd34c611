import { parseRule } from '../lib/rule/clauses.ts'
import { explainRule } from '../lib/rule/explain.ts'
import type { Strategy } from '../lib/strategy/strategy.ts'

/** A strategy as the API shows it: the record, and its rule in plain sentences. */
export function strategyJson(strategy: Strategy): Record<string, unknown> {
  return { ...strategy, explanation: strategy.rule === null ? [] : explainRule(parseRule(strategy.rule)) }
}
