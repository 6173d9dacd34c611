import * as z from 'zod'

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
