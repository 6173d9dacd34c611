import {
  GetSubscriptionAttributesCommand,
  InvalidParameterException,
  PublishCommand,
  paginateListSubscriptionsByTopic,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
import type { Notifier } from '../../alerts/notifier.ts'
import { type MailTopic, mailbox } from '../../alerts/recipient.ts'
import { AppError } from '../../core/errors.ts'
import { canonicalJson } from '../../core/hash.ts'
import { clientSettings, type Service } from './retry.ts'

const REQUEST_MS = 5_000
const MESSAGE_BYTES = 256 * 1024
const SUBJECT_CHARACTERS = 100

export const snsClient = (service: Service): SNSClient => new SNSClient(clientSettings(service, REQUEST_MS))

/** Whom a message is for: an owner's address. The topic tells an address what is for it under its owner, and nothing else. */
const receiver = (owner: string, address: string) => `${owner}/${mailbox(address)}`

/** The filter policy that lets through what is for this receiver only. */
export const filterPolicy = (owner: string, address: string) => JSON.stringify({ to: [receiver(owner, address)] })

/** One line of at most 100 printable ASCII characters: the topic refuses others. */
const subjectLine = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim()
    .slice(0, SUBJECT_CHARACTERS)

/** A topic as the alerts' mail. It knows an address once, with a filter that never changes: whatever is for the address and its owner. */
export function snsTopic({ client, arn: TopicArn }: { client: SNSClient; arn: string }): MailTopic & Notifier<'email'> {
  const attribute = (StringValue: string) => ({ DataType: 'String', StringValue })

  return {
    async send({ subscription, subject, text }, channels) {
      if (Buffer.byteLength(text) > MESSAGE_BYTES)
        return { ok: false, error: 'the text is over the 256 KB one message of the topic may hold' }
      const Subject = subjectLine(subject) || undefined
      for (const { address } of channels) {
        const MessageAttributes = {
          to: attribute(receiver(subscription.owner, address)),
          subscription: attribute(subscription.subscription_id),
        }
        await client.send(new PublishCommand({ TopicArn, Subject, Message: text, MessageAttributes }))
      }
      return { ok: true }
    },

    async ask(address, owner) {
      const Attributes = { FilterPolicyScope: 'MessageAttributes', FilterPolicy: filterPolicy(owner, address) }
      try {
        await client.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: address, Attributes }))
      } catch (error) {
        if (!(error instanceof InvalidParameterException)) throw error
        // Asked for another owner before, who needs it no more: its link still stands, or its answer was just taken back.
        const message = /different attributes/i.test(error.message)
          ? `${address} still has an earlier request to agree. Try again when that has ended, in three days.`
          : `${address} is no address that can be mailed: ${error.message.slice(0, 200)}`
        throw new AppError('conflict', message, undefined, error)
      }
    },

    async listed() {
      const found: { address: string; name: string | null }[] = []
      for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn }))
        for (const { Protocol, Endpoint, SubscriptionArn } of page.Subscriptions ?? []) {
          // One that has not agreed has the word PendingConfirmation in place of its name.
          const name = SubscriptionArn?.startsWith('arn:') ? SubscriptionArn : null
          if (Protocol === 'email' && Endpoint !== undefined) found.push({ address: mailbox(Endpoint), name })
        }
      return found
    },

    async admit(SubscriptionArn, address, owner) {
      const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))
      const wanted = filterPolicy(owner, address)
      if (
        Attributes?.FilterPolicy &&
        canonicalJson(JSON.parse(Attributes.FilterPolicy)) === canonicalJson(JSON.parse(wanted))
      )
        return
      const change = { AttributeName: 'FilterPolicy', AttributeValue: wanted }
      await client.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, ...change }))
    },

    async dismiss(SubscriptionArn) {
      await client.send(new UnsubscribeCommand({ SubscriptionArn }))
    },
  }
}
