import { AppError } from '../core/errors.ts'
import type { Strategy } from '../strategy/strategy.ts'
import type { Subscription, SubscriptionStore } from './subscription.ts'
import { listedForm } from './watch.ts'

export interface MoveDeps {
  subscriptions: SubscriptionStore
  /** `not_found` when the owner has no such strategy or version */
  strategy: (owner: string, strategyId: number, version?: number) => Promise<Strategy>
}

/**
 * The alert on another version of its strategy, the newest when none is named, with the same channels, secret and symbols. It keeps the
 * last part of its id: a move that was killed halfway and is asked for again ends as one alert.
 */
export async function movedTo(
  { subscriptions, strategy }: MoveDeps,
  alert: Subscription,
  version?: number,
): Promise<Subscription> {
  const target = await strategy(alert.owner, alert.strategy_id, version)
  if (target.version === alert.strategy_version) return alert
  listedForm(target)
  const own = alert.subscription_id.split('.').slice(2).join('.')
  const moved: Subscription = {
    ...alert,
    subscription_id: `${alert.strategy_id}.${target.version}.${own}`,
    strategy_version: target.version,
    failed_deliveries: 0,
    last_error: null,
  }
  // The new one first: killed in between, it tells twice rather than not at all.
  await subscriptions.create(moved).catch((error) => {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error
  })
  await subscriptions.delete(alert.subscription_id)
  return (await subscriptions.get(moved.subscription_id)) ?? moved
}
