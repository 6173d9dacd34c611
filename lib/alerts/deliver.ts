import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Delivery, Queue } from '../core/queue.ts'
import { type Channel, type ChannelKind, nameOf } from './channel.ts'
import type { DeliveryKey, DeliveryStore } from './delivery.ts'
import { concerns, type FireStore } from './fire.ts'
import type { NotifyMessage } from './messages.ts'
import { noticeOf } from './notice.ts'
import type { Notice, Notifier, Notifiers, Sending } from './notifier.ts'
import type { SubscriptionStore } from './subscription.ts'

export interface DeliverDeps {
  subscriptions: SubscriptionStore
  fires: FireStore
  deliveries: DeliveryStore
  notifiers: Notifiers
  notify: Queue<NotifyMessage>
  clock: Clock
  /** waits before the second attempt, the third and so on, each at most 15 minutes; after the last one the message is given up */
  retryAfterMs: readonly number[]
  /** hears why a message is sent again */
  onRetry?: (error: AppError) => void
}

/** What became of a message: `again`, a channel failed and the message was sent anew; `later`, another delivery of it is at work; `gone`, the subscription was deleted; `refused`, its receivers want none. */
export type DeliverOutcome =
  | 'sent'
  | 'sent before'
  | 'again'
  | 'later'
  | 'paused'
  | 'gone'
  | 'refused'
  | 'not concerned'

/** Five attempts in 21 minutes: a receiver that restarts is reached, one that is down for longer is given up. */
export const RETRY_AFTER_MS = [10_000, 60_000, 5 * 60_000, 15 * 60_000]
/** How long a claim on a message holds: longer than any notifier takes. */
const CLAIM_MS = 60_000

/**
 * Sends a fire's message through every channel of a subscription, each once: what was recorded as sent is not sent again, so that only
 * a kill between a sending and its record makes a repeat. While a channel fails, the message is sent anew with the number of its next
 * attempt, to come after a wait. After the last attempt the failure is counted on the subscription, and every delivery throws: so the
 * queue moves the message to its dead letters. One taken out of there is tried once more.
 */
export async function deliver(
  deps: DeliverDeps,
  { message, attempt: received }: Delivery<NotifyMessage>,
): Promise<DeliverOutcome> {
  const { fire_id, subscription_id, attempt = 1 } = message
  const subscription = await deps.subscriptions.get(subscription_id)
  if (subscription === undefined) return 'gone'
  const { owner } = subscription
  const key = { owner, fire_id, subscription_id }
  const at = () => new Date(deps.clock()).toISOString()
  const fire = await deps.fires.get(owner, fire_id)
  if (fire === undefined)
    throw new AppError('internal', `There is no fire ${fire_id} of the owner of ${subscription_id}.`)
  if (!concerns(fire, subscription)) return 'not concerned'
  const now = deps.clock()
  const claim = await deps.deliveries.claim(key, now, now + CLAIM_MS)
  if (claim.state === 'finished') return 'sent before'
  if (claim.state === 'busy') {
    // Waiting for another's claim to end is no attempt.
    await deps.notify.send([message], { delayMs: Math.max(1_000, claim.until - now) })
    return 'later'
  }
  const isLast = attempt > deps.retryAfterMs.length
  const unreached = (text: string) =>
    new AppError('interrupted', `Fire ${fire_id} did not reach ${subscription_id} (attempt ${attempt}): ${text}`)
  if (claim.failed !== null && isLast && received > 1) {
    await deps.deliveries.release(key)
    throw unreached(claim.failed)
  }
  if (subscription.paused) {
    await deps.deliveries.finish(key, 'paused', at(), null)
    return 'paused'
  }

  const notice = noticeOf(fire, subscription)
  const parts = partsOf(subscription.channels, deps.notifiers).filter(({ name }) => !claim.sent.has(name))
  const failures = await failuresOf(deps, key, notice, parts)
  if (failures.length === 0) {
    await deps.deliveries.finish(key, 'sent', at(), null)
    return 'sent'
  }
  const text = failures
    .map(({ error }) => error)
    .join('; ')
    .slice(0, 1_000)
  const gone = failures.find((failure) => failure.gone)
  const lasting = failures.every((failure) => failure.gone)
  if (!lasting && !isLast) {
    // Given back first: killed in between, the queue delivers this message again.
    await deps.deliveries.release(key)
    await deps.notify.send([{ ...message, attempt: attempt + 1 }], { delayMs: deps.retryAfterMs[attempt - 1] })
    deps.onRetry?.(unreached(text))
    return 'again'
  }
  // Counted before anything says that it is over: killed in between, the next delivery comes here again.
  await deps.subscriptions.deliveryFailed(subscription_id, { at: at(), fire_id, message: text })
  // Not before the last attempt: a paused subscription's other channels would not be tried again.
  if (gone) await deps.subscriptions.pause(subscription_id, gone.error.slice(0, 300))
  await deps.deliveries.finish(key, 'failed', at(), text)
  if (lasting) return 'refused'
  throw unreached(text)
}

interface Part {
  name: string
  notifier: Notifier | undefined
  channels: Channel[]
}

/** What is sent by one call each: all channels of a kind whose notifier serves them together, else every channel alone. */
function partsOf(channels: readonly Channel[], notifiers: Notifiers): Part[] {
  const parts = new Map<string, Part>()
  for (const [i, channel] of channels.entries()) {
    const notifier = notifiers[channel.kind] as Notifier<ChannelKind> | undefined
    const name = notifier?.together ? channel.kind : `${channel.kind} ${i}`
    const part = parts.get(name) ?? { name, notifier, channels: [] }
    part.channels.push(channel)
    parts.set(name, part)
  }
  return [...parts.values()]
}

/** Sends the parts, records those that were sent and gives what failed of the others. */
async function failuresOf(
  deps: DeliverDeps,
  key: DeliveryKey,
  notice: Notice,
  parts: readonly Part[],
): Promise<{ error: string; gone: boolean }[]> {
  const failures = await Promise.all(
    parts.map(async (part) => {
      const sending = await sent(part, notice, deps.clock())
      if (!sending.ok)
        return [{ error: `${part.channels.map(nameOf).join(', ')}: ${sending.error}`, gone: sending.gone === true }]
      // What ends the delivery by itself is recorded with its end: one write less.
      if (parts.length > 1) await deps.deliveries.sent(key, part.name)
      return []
    }),
  )
  return failures.flat()
}

async function sent({ notifier, channels }: Part, notice: Notice, now: number): Promise<Sending> {
  if (notifier === undefined) return { ok: false, error: 'this deployment no longer serves the channel' }
  try {
    return await notifier.send(notice, channels, now)
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) }
  }
}
