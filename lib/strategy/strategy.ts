import { z } from 'zod'
import { canonicalJson, sha256 } from '../core/hash.ts'

/** A rule as it travels in JSON: clause names in lower case; see the rule reference for what each means. */
export const ruleClauses = z.strictObject({
  timeframe: z.enum(['1d', '1h', '15m', '5m', '1m']).optional(),
  at: z.string().optional(),
  fill: z.enum(['next_open', 'close']).optional(),
  universe: z.string().optional(),
  signal: z.string().optional(),
  short: z.string().optional(),
  rebalance: z.enum(['month', 'week']).optional(),
  exit: z.string().optional(),
  stop: z.string().optional(),
  target: z.string().optional(),
  stop_after_target: z.string().optional(),
  trail: z.string().optional(),
  flat: z.literal('close').optional(),
  maxpos: z.number().int().positive().optional(),
  cooldown: z.number().int().nonnegative().optional(),
  once: z.literal('session').optional(),
  size: z.string().optional(),
  pair: z.string().optional(),
  rank: z.string().optional(),
  limit: z.number().int().positive().optional(),
  fire: z.enum(['edge', 'session']).optional(),
})
export type RuleClauses = z.infer<typeof ruleClauses>

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
  hash: string
  created_at: string
}

/** Part of every strategy hash and receipt: raise it when results of the same rule and code may change. */
export const ENGINE_VERSION = '1'

/** The hash of rule + code + engine version that every result carries. */
export function strategyHash(rule: RuleClauses | null, code: string): string {
  return sha256(canonicalJson({ rule, code, engine: ENGINE_VERSION }))
}
