import * as z from 'zod'
import { TIMEFRAMES } from '../market/bars.ts'

/** What the alert queue carries: a strategy version to be evaluated up to a session. */
export const alertMessage = z.object({
  owner: z.string(),
  strategy_id: z.number().int().positive(),
  version: z.number().int().positive(),
  /** the newest session, YYYY-MM-DD */
  day: z.iso.date(),
  /** how often its jobs were looked for and not all of them had ended; none when absent */
  looks: z.number().int().positive().optional(),
  /** bar size of the strategy's rule; daily when absent */
  timeframe: z.enum(TIMEFRAMES).optional(),
})
export type AlertMessage = z.infer<typeof alertMessage>

/** What the notify queue carries: a fire to tell a subscription of. */
export const notifyMessage = z.object({
  fire_id: z.string(),
  subscription_id: z.string(),
  /** which attempt this is; the first when absent */
  attempt: z.number().int().positive().optional(),
})
export type NotifyMessage = z.infer<typeof notifyMessage>
