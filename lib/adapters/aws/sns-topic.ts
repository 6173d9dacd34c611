import {
  GetSubscriptionAttributesCommand,
  PublishCommand,
  paginateListSubscriptionsByTopic,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
import { AppError } from '../../core/errors.ts'
import { clientSettings, type Service } from './retry.ts'

const REQUEST_MS = 5_000
const MESSAGE_BYTES = 256 * 1024
const SUBJECT_CHARACTERS = 100
/** What one filter policy may list. */
const ALERTS_PER_ADDRESS = 150

export const snsClient = (service: Service): SNSClient => new SNSClient(clientSettings(service, REQUEST_MS))

/** An alert's subscription: unique together with its owner, whose name holds no "/". */
export interface AlertName {
  owner: string
  subscription: string
}

/** An address and the alerts it receives (`owner/subscription`); null until the link in the topic's first mail to it was followed. */
export interface Recipient {
  address: string
  alerts: string[] | null
}

export interface AlertTopic {
  /** Tells those who receive the alert; throws `too_large` over 256 KB. The subject is cut to what a mail's may be. */
  publish(alert: AlertName, mail: { subject: string; text: string }): Promise<void>
  /** Lets the address receive the alert. One that is new gets a mail with a link first, and nothing until it is followed. */
  addRecipient(address: string, alert: AlertName): Promise<void>
  /** Stops it, and ends the subscription of the address with its last alert. No error when the address does not receive it. */
  removeRecipient(address: string, alert: AlertName): Promise<void>
  recipients(): Promise<Recipient[]>
}

const nameOf = ({ owner, subscription }: AlertName) => `${owner}/${subscription}`

/** Attributes of a subscription that lets through these alerts (`owner/subscription`) only. */
export const onlyAlerts = (names: readonly string[]) => ({
  FilterPolicyScope: 'MessageAttributes',
  FilterPolicy: JSON.stringify({ subscription: names }),
})

/** One line of at most 100 printable ASCII characters: others are refused. */
const subjectLine = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim()
    .slice(0, SUBJECT_CHARACTERS)

/**
 * A topic whose e-mail subscriptions each receive their own alerts only. A topic knows an address once: the alerts of an address are
 * the list in the filter policy of its one subscription. Two changes of one address at the same time may lose one of them.
 */
export function snsTopic({ client, arn: TopicArn }: { client: SNSClient; arn: string }): AlertTopic {
  type Found = { address: string; arn: string | undefined }

  async function emails(): Promise<Found[]> {
    const found: Found[] = []
    for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn }))
      for (const { Protocol, Endpoint, SubscriptionArn } of page.Subscriptions ?? []) {
        // In place of its name, one that is not confirmed has the word PendingConfirmation.
        const arn = SubscriptionArn?.startsWith('arn:') ? SubscriptionArn : undefined
        if (Protocol === 'email' && Endpoint !== undefined) found.push({ address: Endpoint, arn })
      }
    return found
  }

  async function alertsOf(SubscriptionArn: string): Promise<string[]> {
    const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))
    return (JSON.parse(Attributes?.FilterPolicy ?? '{}') as { subscription?: string[] }).subscription ?? []
  }

  async function setAlerts(SubscriptionArn: string, names: readonly string[]): Promise<void> {
    const { FilterPolicy } = onlyAlerts(names)
    await client.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn,
        AttributeName: 'FilterPolicy',
        AttributeValue: FilterPolicy,
      }),
    )
  }

  /** The subscription of an address, or undefined; throws `conflict` while it waits for its confirmation: it cannot be changed. */
  async function find(address: string): Promise<string | undefined> {
    const found = (await emails()).find((one) => one.address === address)
    if (found && found.arn === undefined)
      throw new AppError(
        'conflict',
        `${address} has not confirmed yet: follow the link in the mail it got, then try again. Without it the request ends by itself in two days.`,
      )
    return found?.arn
  }

  return {
    async publish(alert, { subject, text }) {
      if (Buffer.byteLength(text) > MESSAGE_BYTES)
        throw new AppError('too_large', `The text of alert ${nameOf(alert)} is over the 256 KB one message may hold.`)
      const attribute = (StringValue: string) => ({ DataType: 'String', StringValue })
      await client.send(
        new PublishCommand({
          TopicArn,
          Subject: subjectLine(subject) || undefined,
          Message: text,
          MessageAttributes: { owner: attribute(alert.owner), subscription: attribute(nameOf(alert)) },
        }),
      )
    },

    async addRecipient(address, alert) {
      const arn = await find(address)
      if (arn === undefined) {
        const Attributes = onlyAlerts([nameOf(alert)])
        await client.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: address, Attributes }))
        return
      }
      const held = await alertsOf(arn)
      if (held.includes(nameOf(alert))) return
      if (held.length >= ALERTS_PER_ADDRESS)
        throw new AppError('limit', `${address} receives ${held.length} alerts, which is the most. Remove one first.`)
      await setAlerts(arn, [...held, nameOf(alert)])
    },

    async removeRecipient(address, alert) {
      const arn = await find(address)
      if (arn === undefined) return
      const held = await alertsOf(arn)
      const left = held.filter((name) => name !== nameOf(alert))
      if (left.length === held.length) return
      if (left.length > 0) await setAlerts(arn, left)
      else await client.send(new UnsubscribeCommand({ SubscriptionArn: arn }))
    },

    async recipients() {
      const all: Recipient[] = []
      for (const { address, arn } of await emails())
        all.push({ address, alerts: arn === undefined ? null : await alertsOf(arn) })
      return all
    },
  }
}
