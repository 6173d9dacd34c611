import * as z from 'zod'

/** What the command line shows of explanations: why a rule holds on a bar, or on none. */

const number = z.number().nullable().catch(null)
const texts = z.array(z.string()).catch([])
const record = z.record(z.string(), z.unknown()).catch({})

const value = z.looseObject({
  text: z.string(),
  unit: z.string().catch('number'),
  value: z.union([z.number(), z.string()]).nullable().catch(null),
  unknown: z.string().optional(),
  standing: z.looseObject({ rank: z.number(), members: z.number() }).optional(),
})
export type ValueShown = z.infer<typeof value>
const condition = z.looseObject({
  text: z.string(),
  holds: z.boolean().nullable(),
  unknown: z.string().optional(),
  op: z.enum(['and', 'or', 'not']).optional(),
  get parts() {
    return z.array(condition).optional()
  },
  values: z.array(value).optional(),
  inputs: z.array(value).optional(),
  margin: z.looseObject({ by: z.number(), share: number, unit: z.string() }).nullable().optional(),
})
export type ConditionShown = z.infer<typeof condition>

export const explainAnswer = z.looseObject({
  strategy_id: z.number(),
  version: z.number(),
  symbol: z.string(),
  date: z.string(),
  price: number,
  verdicts: z.array(z.looseObject({ side: z.string(), verdict: z.string(), reasons: texts })),
  clauses: z.array(condition.extend({ clause: z.string() })),
  rank: value.extend({ order: z.string() }).optional(),
  rebalance: z.looseObject({ period: z.string(), decides: z.boolean() }).optional(),
  code: record.optional(),
  data: record,
  note: z.string().optional(),
})
export type ExplainShown = z.infer<typeof explainAnswer>

const funnel = z.looseObject({
  clause: z.string(),
  signals: z.number(),
  unknown: z.number(),
  steps: z.array(
    z.looseObject({
      condition: z.string(),
      alone: z.number(),
      together: z.number(),
      unknown: z.number(),
      without: z.number(),
    }),
  ),
  blocking: z.looseObject({ step: z.number(), signals_without: z.number() }).nullable(),
  nearest_miss: z.looseObject({ symbol: z.string(), date: z.string(), failed: z.array(condition) }).nullable(),
  no_nearest_miss: z.string().optional(),
})
export type FunnelShown = z.infer<typeof funnel>
const decided = z
  .looseObject({ true: z.number(), false: z.number(), unknown: z.number(), errors: z.number() })
  .nullable()
  .catch(null)
/** The funnels of a rule's clauses, also in the answer of a backtest without signals. */
export const funnels = {
  bars: number,
  members: number,
  deciding: number,
  funnels: z.array(funnel),
  code: z.looseObject({ long: decided, short: decided }).optional(),
  note: z.string().optional(),
}
export const whyNotAnswer = z.looseObject({
  ...funnels,
  strategy_id: z.number(),
  version: z.number(),
  date_range: z.array(z.string()),
  symbols: z.number(),
})
export type WhyNotShown = z.infer<typeof whyNotAnswer>
