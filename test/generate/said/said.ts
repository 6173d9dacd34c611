import type { RuleClauses } from '../../../lib/strategy/strategy.ts'

/** What is expected of a prompt: clauses beside timeframe 1d and universe stocks (a signal alone as text), a question, or a refusal. */
export type Expected = string | RuleClauses | { ask: string } | { refuse: string }

/** A prompt as somebody types it, and what it should become by the readings of the rule language. */
export type Said = readonly [prompt: string, expected: Expected]
