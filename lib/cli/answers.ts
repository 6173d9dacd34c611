import * as z from 'zod'
import { AppError } from '../core/errors.ts'
import { runRecord } from '../runs/run.ts'
import { ruleClauses } from '../strategy/rule-clauses.ts'
import { funnels } from './answers-explain.ts'
import type { Json } from './session.ts'

/** What the command line shows of the API's answers; fields it does not name pass through to --json untouched. */

const number = z.number().nullable().catch(null)
const texts = z.array(z.string()).catch([])
const record = z.record(z.string(), z.unknown()).catch({})

const proof = z.looseObject({
  verdict: z.string(),
  reason: z.string(),
  window: z.tuple([z.string(), z.string()]).nullable(),
  symbols: z.number(),
  cells: z.number(),
  true_cells: z.number(),
  sampled: z.boolean(),
  constructed_cells: z.number(),
  ties: z.number(),
  isolated_cells: z.number(),
  guest_errors: z.number(),
  differences: z.number(),
  first_differences: z.array(
    z.object({ symbol: z.string(), date: z.string(), what: z.string(), rule: z.string(), code: z.string() }),
  ),
})
export type ProofAnswer = z.infer<typeof proof>
export const proofAnswer = proof

/** What asking a model took. */
export const generationAnswer = z.object({
  model: z.string().nullable(),
  turns: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cents: number,
})

const strategy = z.looseObject({
  strategy_id: z.number(),
  version: z.number(),
  name: z.string(),
  prompt: z.string().nullable(),
  rule: ruleClauses.nullable(),
  code: z.string(),
  revision: z.looseObject({ of_version: z.number(), said: z.string().nullable() }).optional(),
  explanation: texts,
  assumptions: z.array(z.string()),
  warnings: z.array(z.string()),
  proof,
  generation: generationAnswer.optional().catch(undefined),
  hash: z.string(),
  created_at: z.string(),
})
export type StrategyShown = z.infer<typeof strategy>
export const strategyAnswer = z.looseObject({ strategy })

export const revisedAnswer = z.looseObject({
  strategy: strategy.extend({
    revision: z.looseObject({
      of_version: z.number(),
      said: z.string().nullable(),
      changes: z.array(
        z.looseObject({
          clause: z.string(),
          before: z.string().nullable(),
          after: z.string().nullable(),
          removed: texts.optional(),
          added: texts.optional(),
        }),
      ),
    }),
  }),
})
export type RevisionShown = z.infer<typeof revisedAnswer>['strategy']['revision']

export const strategiesAnswer = z.looseObject({
  strategies: z.array(
    z.looseObject({ strategy_id: z.number(), name: z.string(), proof: z.string(), created_at: z.string() }),
  ),
})

const result = {
  strategy_id: z.number(),
  run_id: z.string().optional(),
  warnings: texts,
  assumptions: texts,
  receipt: record,
}

export const backtestAnswer = z.looseObject({
  ...result,
  summary: z.looseObject({
    total_instances: number,
    date_range: z.array(z.string()).catch([]),
    symbols_processed: number,
  }),
  performance_metrics: record,
  /** what the account is compared with; without a symbol the equal-weight universe */
  honesty: z.unknown().optional(),
  benchmark: z.looseObject({ symbol: z.string().nullable() }).optional().catch(undefined),
  /** why there is no signal, where there is none */
  why_not: z.looseObject(funnels).optional(),
})
export type BacktestAnswer = z.infer<typeof backtestAnswer>

export const screenAnswer = z.looseObject({
  ...result,
  ranked_results: z.array(
    z.looseObject({
      symbol: z.string(),
      score: number,
      current_price: number,
      sector: z.string().nullable().catch(null),
      data: record,
    }),
  ),
  universe_size: number,
})
export type ScreenAnswer = z.infer<typeof screenAnswer>

export const alertAnswer = z.looseObject({
  ...result,
  alerts: z.array(
    z.looseObject({
      symbol: z.string(),
      timestamp: z.string().catch(''),
      priority: z.string().catch(''),
      message: z.string().catch(''),
      data: record,
    }),
  ),
  signals: record,
  symbols_monitored: number,
})
export type AlertAnswer = z.infer<typeof alertAnswer>

const cents = { aws_estimate_cents: number, aws_estimate_parts: z.record(z.string(), number).catch({}) }
export const estimateAnswer = z.looseObject({
  ...cents,
  strategy_id: z.number(),
  date_range: z.array(z.string()),
  symbols: number,
  bars: number,
  jobs: number,
  wall_seconds: number,
  prices_as_of: z.string(),
  prices: z.string(),
})
/** The receipt of a run, in the part that says what it cost. */
export const costAnswer = z.looseObject({
  receipt: z.looseObject({
    cost: z.looseObject({
      ...cents,
      cents: number,
      parts: z.record(z.string(), number).catch({}),
      prices_as_of: z.string(),
    }),
  }),
})

/** A run, also of a kind this command line does not know yet: one that makes a strategy has none. */
const run = runRecord.extend({
  mode: z.string(),
  strategy_id: z.number().nullable(),
  strategy_version: z.number().nullable(),
  strategy_hash: z.string().nullable(),
})
export const runsAnswer = z.looseObject({ runs: z.array(run) })
export const runAnswer = z.looseObject({ run })

const subscription = z.looseObject({
  subscription_id: z.string(),
  strategy_id: z.number(),
  strategy_version: z.number(),
  symbols: z.array(z.string()).nullable(),
  universe: z.string().nullable(),
  channels: z.array(z.looseObject({ kind: z.string() })),
  paused: z.boolean(),
  paused_reason: z.string().nullable(),
  failed_deliveries: z.number(),
  last_error: z.looseObject({ at: z.string(), message: z.string() }).nullable(),
})
export type SubscriptionShown = z.infer<typeof subscription>
export const subscribedAnswer = z.looseObject({
  alert: subscription,
  webhook_secret: z.string().optional(),
  warnings: z.array(z.string()).optional(),
})
export const movedAnswer = z.looseObject({ alert: subscription })
export const alertsAnswer = z.looseObject({ alerts: z.array(subscription) })
export const subscriptionAnswer = z.looseObject({
  evaluations: z.array(
    z.looseObject({ day: z.string(), outcome: z.string(), reason: z.string().nullable(), fires: z.number() }),
  ),
  fires: z.array(
    z.looseObject({ fire_id: z.string(), day: z.string(), symbol: z.string(), price: number, state: z.string() }),
  ),
})
export type SubscriptionAnswer = z.infer<typeof subscriptionAnswer>

export const signalsAnswer = z.looseObject({
  signals: z.array(z.object({ symbol: z.string(), date: z.string(), time: z.string().optional(), side: z.string() })),
})
export const valuesAnswer = z.looseObject({
  values: z.array(z.object({ date: z.string(), time: z.string().optional(), value: z.number().nullable() })),
})
export const ruleAnswer = z.looseObject({
  rule: z.union([z.strictObject({ expression: z.string() }), ruleClauses]),
  lookback: z.union([z.number(), z.literal('whole history')]),
  warnings: texts,
})

const key = z.looseObject({
  key_id: z.string(),
  owner: z.string(),
  name: z.string(),
  hint: z.string(),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
})
export type KeyShown = z.infer<typeof key>
export const keyAnswer = z.looseObject({ key })
export const newKeyAnswer = z.looseObject({ key, secret: z.string() })
export const keysAnswer = z.looseObject({ keys: z.array(key) })

/** The answer in the shape the command shows; `internal` when it has another. */
export function shown<Shape>(schema: z.ZodType<Shape>, answer: Json): Shape {
  const read = schema.safeParse(answer)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new AppError(
    'internal',
    `The answer has another shape than this command shows (${issue.path.join('.')}: ${issue.message}). Use --json to see it as it is.`,
  )
}
