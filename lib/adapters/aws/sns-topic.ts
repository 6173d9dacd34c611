import {
  GetSubscriptionAttributesCommand,
  PublishCommand,
  paginateListSubscriptionsByTopic,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
import type { Notifier } from '../../alerts/notifier.ts'
import type { Recipients } from '../../alerts/subscribe.ts'
import type { Subscription } from '../../alerts/subscription.ts'
import { AppError } from '../../core/errors.ts'
import { clientSettings, type Service } from './retry.ts'

const REQUEST_MS = 5_000
const MESSAGE_BYTES = 256 * 1024
const SUBJECT_CHARACTERS = 100
/** What one filter policy may list. */
const ALERTS_PER_ADDRESS = 150

export const snsClient = (service: Service): SNSClient => new SNSClient(clientSettings(service, REQUEST_MS))

/** An address and the alerts it is told; null until the link in the topic's first mail to it was followed. */
export interface Recipient {
  address: string
  alerts: string[] | null
}

/** A topic as the alerts' mail: one message reaches all addresses of an alert, and only those. */
export interface AlertTopic extends Recipients, Notifier<'email'> {
  listed(): Promise<Recipient[]>
}

/** An alert's name among all owners'. */
const nameOf = ({ owner, subscription_id }: Pick<Subscription, 'owner' | 'subscription_id'>) =>
  `${owner}/${subscription_id}`

/** The filter policy that lets through these alerts only. */
export const filterPolicy = (names: readonly string[]) => JSON.stringify({ alert: names })

/** One line of at most 100 printable ASCII characters: the topic refuses others. */
const subjectLine = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim()
    .slice(0, SUBJECT_CHARACTERS)

/**
 * A topic knows an address once: the alerts of an address are the list in the filter policy of its one subscription. Two changes of
 * one address at the same time may lose one of them.
 */
export function snsTopic({ client, arn: TopicArn }: { client: SNSClient; arn: string }): AlertTopic {
  async function emails(): Promise<{ address: string; arn: string | undefined }[]> {
    const found: { address: string; arn: string | undefined }[] = []
    for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn }))
      for (const { Protocol, Endpoint, SubscriptionArn } of page.Subscriptions ?? []) {
        // One that is not confirmed has the word PendingConfirmation in place of its name.
        const arn = SubscriptionArn?.startsWith('arn:') ? SubscriptionArn : undefined
        if (Protocol === 'email' && Endpoint !== undefined) found.push({ address: Endpoint, arn })
      }
    return found
  }

  async function alertsOf(SubscriptionArn: string): Promise<string[]> {
    const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))
    return (JSON.parse(Attributes?.FilterPolicy ?? '{}') as { alert?: string[] }).alert ?? []
  }

  async function setAlerts(SubscriptionArn: string, names: readonly string[]): Promise<void> {
    const change = { AttributeName: 'FilterPolicy', AttributeValue: filterPolicy(names) }
    await client.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, ...change }))
  }

  /** The subscription of an address, or undefined; throws `conflict` while it waits for its confirmation: it cannot be changed. */
  async function find(address: string): Promise<string | undefined> {
    const found = (await emails()).find((one) => one.address === address)
    if (found && found.arn === undefined)
      throw new AppError(
        'conflict',
        `${address} has not agreed yet: follow the link in the mail it got, then try again. Without that the request ends by itself in two days.`,
      )
    return found?.arn
  }

  return {
    together: true,

    async send({ subscription, subject, text }) {
      if (Buffer.byteLength(text) > MESSAGE_BYTES)
        return { ok: false, error: 'the text is over the 256 KB one message of the topic may hold' }
      const attribute = (StringValue: string) => ({ DataType: 'String', StringValue })
      const MessageAttributes = {
        owner: attribute(subscription.owner),
        subscription: attribute(subscription.subscription_id),
        alert: attribute(nameOf(subscription)),
      }
      const Subject = subjectLine(subject) || undefined
      await client.send(new PublishCommand({ TopicArn, Subject, Message: text, MessageAttributes }))
      return { ok: true }
    },

    async add(address, alert) {
      const arn = await find(address)
      const name = nameOf(alert)
      if (arn === undefined) {
        const Attributes = { FilterPolicyScope: 'MessageAttributes', FilterPolicy: filterPolicy([name]) }
        await client.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: address, Attributes }))
        return
      }
      const held = await alertsOf(arn)
      if (held.includes(name)) return
      if (held.length >= ALERTS_PER_ADDRESS)
        throw new AppError('limit', `${address} is told ${held.length} alerts, which is the most. Delete one first.`)
      await setAlerts(arn, [...held, name])
    },

    async remove(address, alert) {
      const arn = await find(address)
      if (arn === undefined) return
      const held = await alertsOf(arn)
      const left = held.filter((name) => name !== nameOf(alert))
      if (left.length === held.length) return
      // An empty list would be no policy, and no policy lets everything through.
      if (left.length > 0) await setAlerts(arn, left)
      else await client.send(new UnsubscribeCommand({ SubscriptionArn: arn }))
    },

    async listed() {
      const all: Recipient[] = []
      for (const { address, arn } of await emails())
        all.push({ address, alerts: arn === undefined ? null : await alertsOf(arn) })
      return all
    },
  }
}
