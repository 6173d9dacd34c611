import * as z from 'zod'
import { TIMEFRAMES } from '../market/bars.ts'
import { channelShape } from './channel.ts'

/** A version of a strategy and whose it is: alerts are evaluated once for each. */
export interface VersionRef {
  owner: string
  strategy_id: number
  version: number
}

export const subscriptionRecord = z.object({
  /** begins with the strategy's id and version, so that the record is found by it */
  subscription_id: z.string(),
  owner: z.string(),
  strategy_id: z.number().int().positive(),
  /** an alert stays on the version it was made for */
  strategy_version: z.number().int().positive(),
  /** bar size of the strategy's rule; daily when absent */
  timeframe: z.enum(TIMEFRAMES).optional(),
  /** told of these only; null: of all */
  symbols: z.array(z.string()).nullable(),
  /** a UNIVERSE expression: told of those it is true for; null: of all */
  universe: z.string().nullable(),
  channels: z.array(channelShape),
  /** signs the webhooks' bodies; shown once, when the alert is made; null without a webhook */
  secret: z.string().nullable(),
  paused: z.boolean(),
  /** why it was paused, where nobody asked for it */
  paused_reason: z.string().nullable(),
  created_at: z.string(),
  /** messages that no attempt got through */
  failed_deliveries: z.number().int().nonnegative(),
  last_error: z.object({ at: z.string(), fire_id: z.string(), message: z.string() }).nullable(),
})
/** Who wants to be told of a strategy's fires. */
export type Subscription = z.infer<typeof subscriptionRecord>

export const versionOf = ({ owner, strategy_id, strategy_version }: Subscription): VersionRef => ({
  owner,
  strategy_id,
  version: strategy_version,
})

/** The strategy and version named in a subscription's id; null for a text that is no such id. */
export function versionInId(id: string): { strategy_id: number; version: number } | null {
  const found = /^([1-9]\d{0,14})\.([1-9]\d{0,8})\.[\w-]{1,64}$/.exec(id)
  return found && { strategy_id: Number(found[1]), version: Number(found[2]) }
}

/** Where subscriptions live. Every change is a single-item conditional write. */
export interface SubscriptionStore {
  /** Stores a new one and makes its strategy version watched; a `conflict` AppError when the id is taken. */
  create(subscription: Subscription): Promise<void>
  get(subscriptionId: string): Promise<Subscription | undefined>
  /** An owner's, newest first. */
  list(owner: string): Promise<Subscription[]>
  /** How many an owner has; one that was being made when its process ended may count. */
  count(owner: string): Promise<number>
  /** Pauses; undefined when it is not there. */
  pause(subscriptionId: string, reason: string | null): Promise<Subscription | undefined>
  /** Resumes and makes its strategy version watched; undefined when it is not there. */
  resume(subscriptionId: string, at: string): Promise<Subscription | undefined>
  /** Whether it was there. */
  delete(subscriptionId: string): Promise<boolean>
  /** A version's subscriptions that are not paused, page by page. */
  active(ref: VersionRef): AsyncIterable<Subscription[]>
  /** Counts a message that no attempt got through, once for each fire; nothing when the subscription is gone. */
  deliveryFailed(subscriptionId: string, error: NonNullable<Subscription['last_error']>): Promise<void>
}
