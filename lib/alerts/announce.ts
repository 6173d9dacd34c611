import { parseDay } from '../core/days.ts'
import type { Queue } from '../core/queue.ts'
import { lastClosedSession, nyse, sessionsBetween } from '../market/calendar.ts'
import type { DeliveryStore } from './delivery.ts'
import { concerns, type Fire, type FireStore, type OpenSession } from './fire.ts'
import type { NotifyMessage } from './messages.ts'
import type { Subscription, SubscriptionStore, VersionRef } from './subscription.ts'

export interface AnnounceDeps {
  subscriptions: SubscriptionStore
  fires: FireStore
  notify: Queue<NotifyMessage>
}

export interface SettleDeps extends AnnounceDeps {
  deliveries: DeliveryStore
}

const MESSAGES_AT_ONCE = 500
/** A session of which messages are still missing after this many further ones is given up. */
const MOST_SESSIONS = 10

/** All active subscriptions of a version. */
export async function activeOf(subscriptions: SubscriptionStore, ref: VersionRef): Promise<Subscription[]> {
  const all: Subscription[] = []
  for await (const page of subscriptions.active(ref)) all.push(...page)
  return all
}

/**
 * Queues a message for each of the subscriptions that the fire concerns, then notes the fire as announced; gives their number. Killed
 * in between it begins again: a message that was queued twice is delivered once.
 */
export async function announce(
  deps: AnnounceDeps,
  fire: Fire,
  subscriptions: readonly Subscription[],
): Promise<number> {
  const messages = subscriptions
    .filter((each) => concerns(fire, each))
    .map(({ subscription_id }) => ({ fire_id: fire.fire_id, subscription_id }))
  for (let i = 0; i < messages.length; i += MESSAGES_AT_ONCE)
    await deps.notify.send(messages.slice(i, i + MESSAGES_AT_ONCE))
  await deps.fires.announced(fire)
  return messages.length
}

/**
 * Looks after the open sessions that were last worked on before the instant `before` (ISO): queues again whatever message of them is
 * not known to be finished, and closes those of which none is missing. Gives the number of messages queued again.
 */
export async function settle(deps: SettleDeps, now: number, before: string): Promise<number> {
  const at = new Date(now).toISOString()
  let again = 0
  for (const session of await deps.fires.opened()) {
    if (session.at > before) continue
    const missing = await unfinished(deps, session)
    if (missing.length === 0) await deps.fires.close(session)
    else if (sessionsBetween(nyse, parseDay(session.day) + 1, lastClosedSession(nyse, now)) > MOST_SESSIONS) {
      await giveUp(deps, missing, at)
      await deps.fires.close(session)
    } else {
      await deps.fires.open({ ...session, at })
      for (const { fire, subscriptions } of missing) again += await announce(deps, fire, subscriptions)
    }
  }
  return again
}

interface Missing {
  fire: Fire
  subscriptions: Subscription[]
}

/** The fires of a session that are not announced, or concern active subscriptions whose message is not finished. */
async function unfinished(deps: SettleDeps, session: OpenSession): Promise<Missing[]> {
  const active = await activeOf(deps.subscriptions, session)
  const missing: Missing[] = []
  for (const fire of await deps.fires.ofSession(session, session.day)) {
    const finished = await deps.deliveries.finished(fire.owner, fire.fire_id)
    const subscriptions = active.filter((each) => concerns(fire, each) && !finished.has(each.subscription_id))
    if (subscriptions.length > 0 || fire.state === 'announcing') missing.push({ fire, subscriptions })
  }
  return missing
}

async function giveUp(deps: SettleDeps, missing: readonly Missing[], at: string): Promise<void> {
  const message = `no delivery within ${MOST_SESSIONS} sessions: given up`
  for (const { fire, subscriptions } of missing)
    for (const { owner, subscription_id } of subscriptions) {
      await deps.deliveries.finish({ owner, fire_id: fire.fire_id, subscription_id }, 'failed', at, message)
      await deps.subscriptions.deliveryFailed(subscription_id, { at, fire_id: fire.fire_id, message })
    }
}
