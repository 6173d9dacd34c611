import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Delivery, Queue } from '../core/queue.ts'
import { type Channel, type ChannelKind, nameOf } from './channel.ts'
import type { DeliveryStore } from './delivery.ts'
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
  /** deliveries of a message before it goes to the dead letters */
  attempts: number
}

/** What became of a message: `later`, another delivery of it is at work; `gone`, the subscription was deleted; `refused`, its receivers want none. */
export type DeliverOutcome = 'sent' | 'sent before' | 'later' | 'paused' | 'gone' | 'refused' | 'not concerned'

/** How long a claim on a message holds: longer than any notifier takes. */
const CLAIM_MS = 60_000

/**
 * Sends a fire's message through every channel of a subscription, each once: what was recorded as sent is not sent again, so that only
 * a kill between a sending and its record makes a repeat. Throws while a channel failed, for the queue to deliver the message again;
 * after the last attempt the failure is counted on the subscription and the message goes to the dead letters.
 */
export async function deliver(
  deps: DeliverDeps,
  { message, attempt }: Delivery<NotifyMessage>,
): Promise<DeliverOutcome> {
  const { fire_id, subscription_id } = message
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
    // Sent anew rather than thrown: waiting for another's claim to end must not use up the attempts.
    await deps.notify.send([message], { delayMs: Math.max(1_000, claim.until - now) })
    return 'later'
  }
  if (subscription.paused) {
    await deps.deliveries.finish(key, 'paused', at(), null)
    return 'paused'
  }

  const notice = noticeOf(fire, subscription)
  const parts = partsOf(subscription.channels, deps.notifiers).filter(({ name }) => !claim.sent.has(name))
  const failures = await Promise.all(
    parts.map(async (part) => {
      const sending = await sent(part, notice, now)
      if (sending.ok) await deps.deliveries.sent(key, part.name)
      return sending.ok ? [] : [{ ...sending, error: `${part.channels.map(nameOf).join(', ')}: ${sending.error}` }]
    }),
  ).then((all) => all.flat())

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
  if (lasting || attempt >= deps.attempts) {
    // Not before: a paused subscription's other channels would not be tried again.
    if (gone) await deps.subscriptions.pause(subscription_id, gone.error.slice(0, 300))
    await deps.deliveries.finish(key, 'failed', at(), text)
    await deps.subscriptions.deliveryFailed(subscription_id, { at: at(), fire_id, message: text })
  } else await deps.deliveries.release(key)
  if (lasting) return 'refused'
  throw new AppError('interrupted', `Fire ${fire_id} did not reach ${subscription_id} (attempt ${attempt}): ${text}`)
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

async function sent({ notifier, channels }: Part, notice: Notice, now: number): Promise<Sending> {
  if (notifier === undefined) return { ok: false, error: 'this deployment no longer serves the channel' }
  try {
    return await notifier.send(notice, channels, now)
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) }
  }
}
