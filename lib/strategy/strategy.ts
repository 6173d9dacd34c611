import { canonicalJson, sha256 } from '../core/hash.ts'
import type { RuleClauses } from './rule-clauses.ts'

export type { RuleClauses } from './rule-clauses.ts'

/** The functions a strategy's code may export; at least one. `classifyShort` is the short side's condition. */
export const ENTRY_POINTS = [
  'classifySymbol',
  'classifyShort',
  'scoreSymbol',
  'exitPosition',
  'runScreening',
  'runBatchBacktest',
  'runRealtimeAlert',
] as const
export type EntryPoint = (typeof ENTRY_POINTS)[number]

/** One cell in which rule and code differ. */
export interface ProofDifference {
  symbol: string
  date: string
  what: 'signal' | 'short' | 'score' | 'exit'
  rule: string
  code: string
  /** what the rule reads there: the value of each of its series by its text; null where it is undefined */
  inputs?: Record<string, number | null>
}

/** Where code threw an error first, and what it said. */
export interface ProofError {
  symbol: string
  date: string
  message: string
  line?: number
  column?: number
}

/** How often a condition of a rule that never fires is true: alone, and together with those before it. */
export interface FunnelStep {
  condition: string
  true_cells: number
  together: number
}

/** How words became a rule, and what asking a model for it took. */
export interface Generation {
  generator: 'offline' | 'gemini'
  /** the model's name; null for the grammar, which is part of the program */
  model: string | null
  turns: number
  input_tokens: number
  /** its thoughts included */
  output_tokens: number
  /** US cents at list prices; null for a model whose price is not known, and where it did not tell the tokens of each turn */
  cents: number | null
}

/** What the differential test of rule against code found. */
export interface Proof {
  verdict: 'equal' | 'different' | 'not proven'
  /** why, in one sentence */
  reason: string
  window: [string, string] | null
  symbols: number
  /** compared (symbol, bar) cells of stored bars, and how many are true on both sides */
  cells: number
  true_cells: number
  sampled: boolean
  /** cells compared on constructed values and bars beside the stored ones */
  constructed_cells: number
  constructed_true: number
  ties: number
  /** cells evaluated alone, in reverse order, on fresh instances */
  isolated_cells: number
  guest_errors: number
  differences: number
  first_differences: ProofDifference[]
  /** of a rule that is never true: which of its conditions lets nothing through */
  funnel?: FunnelStep[]
  /** of code that threw on some bars */
  first_error?: ProofError
}

/** A clause, or the code, that a revision changed; null where there is none. */
export interface ClauseChange {
  clause: string
  before: string | null
  after: string | null
  /** of a condition: those that went and those that came */
  removed?: string[]
  added?: string[]
}

/** How a version came of an older one of the same strategy. */
export interface Revision {
  of_version: number
  /** the words of the change; null when a rule or code was given */
  said: string | null
  changes: ClauseChange[]
}

export interface Strategy {
  strategy_id: number
  version: number
  name: string
  prompt: string | null
  rule: RuleClauses | null
  code: string
  /** exported entry points of the code, in contract spelling */
  entry_points: EntryPoint[]
  /** rule-language text of the series the code declares, in declaration order */
  series: string[]
  /** the largest literal `days` the code asks for; 0 when it reads series only */
  history_days: number
  assumptions: string[]
  warnings: string[]
  proof: Proof
  /** absent when it was not made of words; no part of the hash */
  generation?: Generation
  /** absent from a first version; no part of the hash */
  revision?: Revision
  hash: string
  created_at: string
}

/** Part of every strategy hash and receipt: raise it when results of the same rule and code may change. */
export const ENGINE_VERSION = '2'

/** The hash of rule + code + engine version that every result carries. */
export function strategyHash(rule: RuleClauses | null, code: string): string {
  return sha256(canonicalJson({ rule, code, engine: ENGINE_VERSION }))
}
