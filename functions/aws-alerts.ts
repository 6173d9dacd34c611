import type { Table } from '../lib/adapters/aws/dynamodb.ts'
import { dynamodbSubscriptions } from '../lib/adapters/aws/dynamodb-alerts.ts'
import { dynamodbDeliveries } from '../lib/adapters/aws/dynamodb-deliveries.ts'
import { dynamodbFires } from '../lib/adapters/aws/dynamodb-fires.ts'
import { dynamodbRecipients } from '../lib/adapters/aws/dynamodb-recipients.ts'
import { dynamodbWatched } from '../lib/adapters/aws/dynamodb-watched.ts'
import { webhookNotifier } from '../lib/adapters/local/webhook.ts'
import type { ChannelKind, ChannelPolicy } from '../lib/alerts/channel.ts'
import { type DeliverDeps, RETRY_AFTER_MS } from '../lib/alerts/deliver.ts'
import type { Notifier, Notifiers } from '../lib/alerts/notifier.ts'
import type { MailTopic } from '../lib/alerts/recipient.ts'
import { recipientsOf, toAgreed } from '../lib/alerts/recipients.ts'
import { reviewRecipients } from '../lib/alerts/review-recipients.ts'
import type { RunAlertsDeps } from '../lib/alerts/run-alerts.ts'
import { type Alerts, type AlertsDeps, alertsOf } from '../lib/alerts/subscribe.ts'
import { barsArrived, type TickDeps, type TickOutcome } from '../lib/alerts/tick.ts'
import type { Clock } from '../lib/core/clock.ts'
import pkg from '../package.json'

/** Whom a deployment tells: mailboxes that agreed, and webhooks on the public internet under TLS. */
export const PUBLIC_CHANNELS: ChannelPolicy = {
  kinds: new Set<ChannelKind>(['email', 'webhook']),
  http: false,
  privateAddresses: false,
}
const MOST_PER_OWNER = 20_000
/** Receives of the alert queue before a message is dead. */
const EVALUATIONS = 3

const storesOn = (table: Table) => ({
  subscriptions: dynamodbSubscriptions(table),
  watched: dynamodbWatched(table),
  fires: dynamodbFires(table),
})

export interface SubscribingPorts extends Pick<AlertsDeps, 'strategy' | 'catalog' | 'newId' | 'newSecret'> {
  table: Table
  topic: MailTopic
  clock: Clock
}

/** What owners do with their alerts. */
export function subscribingOn({ table, topic, clock, ...deps }: SubscribingPorts): (owner: string) => Alerts {
  const recipients = recipientsOf({ recipients: dynamodbRecipients(table), topic, clock })
  const all = { ...deps, ...storesOn(table), clock, recipients, policy: PUBLIC_CHANNELS, mostPerOwner: MOST_PER_OWNER }
  return (owner) => alertsOf(all, owner)
}

export interface TickingPorts extends Pick<TickDeps, 'alerts' | 'notify' | 'catalog' | 'dataVersion' | 'clock'> {
  table: Table
}

/** The minute's look at what is watched. */
export const tickingOn = ({ table, ...deps }: TickingPorts): TickDeps => ({
  ...deps,
  ...storesOn(table),
  deliveries: dynamodbDeliveries(table),
})

/** The minute's look at addresses of which something has changed: for the same schedule. */
export function reviewingOn({ table, topic }: { table: Table; topic: MailTopic }): (now: number) => Promise<number> {
  const deps = { recipients: dynamodbRecipients(table), topic, subscriptions: dynamodbSubscriptions(table) }
  return (now) => reviewRecipients(deps, now)
}

/** The look to be taken once bars were stored, at any hour: what they complete is sent to be evaluated at once. */
export function barsArrivedOn(ports: TickingPorts): () => Promise<TickOutcome> {
  const deps = tickingOn(ports)
  return () => barsArrived(deps, deps.clock())
}

export interface EvaluatingPorts
  extends Pick<
    RunAlertsDeps,
    'notify' | 'again' | 'strategy' | 'watch' | 'source' | 'catalog' | 'dataVersion' | 'clock'
  > {
  table: Table
}

/** The evaluation of a strategy version for all who watch it. */
export const evaluatingOn = ({ table, ...deps }: EvaluatingPorts): RunAlertsDeps => ({
  ...deps,
  ...storesOn(table),
  attempts: EVALUATIONS,
})

export interface NotifyingPorts extends Pick<DeliverDeps, 'notify' | 'clock'> {
  table: Table
  topic: Notifier<'email'>
  /** webhooks' notifier in place of the one for the public internet */
  webhook?: Notifiers['webhook']
}

/** The delivery of a fire to one subscription. */
export function notifyingOn({ table, topic, webhook, ...deps }: NotifyingPorts): DeliverDeps {
  return {
    ...deps,
    ...storesOn(table),
    deliveries: dynamodbDeliveries(table),
    notifiers: {
      email: toAgreed(dynamodbRecipients(table), topic),
      webhook: webhook ?? webhookNotifier({ policy: PUBLIC_CHANNELS, version: pkg.version }),
    },
    retryAfterMs: RETRY_AFTER_MS,
  }
}
