import { randomUUID } from 'node:crypto'
import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  type SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Service } from '../../lib/adapters/aws/retry.ts'
import { filterPolicy, snsClient, snsTopic } from '../../lib/adapters/aws/sns-topic.ts'
import { sqsClient } from '../../lib/adapters/aws/sqs-queue.ts'
import type { Notice } from '../../lib/alerts/notifier.ts'
import { hasMoto, openFauxqs, openMoto } from './emulators.ts'

const alert = (owner: string, subscription_id: string) => ({ owner, subscription_id })
const A = alert('ann', '1.1.a')
const B = alert('ann', '1.1.b')
const C = alert('bob', '1.1.a')
const ANN = [{ kind: 'email' as const, address: 'ann@example.org' }]
const notice = (subscription: object, text: string, subject = 'GAP fired'): Notice =>
  ({ subscription, subject, text }) as unknown as Notice

function topicsOf(open: () => Promise<{ service: Service; stop(): Promise<unknown> }>): void {
  let emulator: Awaited<ReturnType<typeof open>>
  let sns: SNSClient
  let sqs: SQSClient
  beforeAll(async () => {
    emulator = await open()
    sns = snsClient(emulator.service)
    sqs = sqsClient(emulator.service)
  })
  afterAll(async () => {
    sns.destroy()
    sqs.destroy()
    await emulator.stop()
  })

  const fresh = async () => {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: `alerts-${randomUUID()}` }))
    return { arn: TopicArn!, topic: snsTopic({ client: sns, arn: TopicArn! }) }
  }

  /** A queue in the place of an owner’s mailbox. */
  async function mailbox(TopicArn: string, owner: string, address: string) {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `box-${randomUUID()}` }))
    const { Attributes: queue } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    )
    const Attributes = { FilterPolicyScope: 'MessageAttributes', FilterPolicy: filterPolicy(owner, address) }
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue!.QueueArn, Attributes }))
    const got: { subject: string; text: string; attributes: Record<string, { Value: string }> }[] = []
    return async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
      for (const { Body } of Messages) {
        const { Subject, Message, MessageAttributes } = JSON.parse(Body!)
        got.push({ subject: Subject, text: Message, attributes: MessageAttributes })
      }
      return got
    }
  }

  test('a message reaches the addresses it is for under their owner, and nobody else', async () => {
    const { arn, topic } = await fresh()
    const [ann, work, bob] = await Promise.all([
      mailbox(arn, 'ann', 'ann@example.org'),
      mailbox(arn, 'ann', 'work@example.org'),
      mailbox(arn, 'bob', 'bob@example.org'),
    ])
    const to = (...addresses: string[]) => addresses.map((address) => ({ kind: 'email' as const, address }))
    for (const [subscription, text, channels] of [
      [A, 'of A', to('Ann@Example.org')],
      [B, 'of B', to('ann@example.org', 'work@example.org')],
      [C, 'of C', to('bob@example.org')],
      // an owner who names another one’s address reaches nobody
      [C, 'of C to ann', to('ann@example.org')],
    ] as const)
      expect(await topic.send(notice(subscription, text), channels, 0)).toEqual({ ok: true })
    const texts = async (box: typeof ann) => (await box()).map((message) => message.text).sort()
    await vi.waitFor(async () => {
      expect(await texts(ann)).toEqual(['of A', 'of B'])
      expect(await texts(work)).toEqual(['of B'])
      expect(await texts(bob)).toEqual(['of C'])
    })
    const [message] = await bob()
    expect(message.subject).toBe('GAP fired')
    expect(message.attributes).toMatchObject({
      to: { Value: 'bob/bob@example.org' },
      subscription: { Value: '1.1.a' },
    })
  })

  test('a subject is made one line of 100 plain characters, the text stays as it is', async () => {
    const { arn, topic } = await fresh()
    const box = await mailbox(arn, 'ann', 'ann@example.org')
    const text = 'Zeile 1\nÄpfel & <b>日本</b> 😀\n'
    await topic.send(notice(A, text, `Ä\n\tb ${'x'.repeat(200)}`), ANN, 0)
    await vi.waitFor(async () => expect(await box()).toMatchObject([{ subject: `? b ${'x'.repeat(96)}`, text }]))
  })

  test('a text over 256 KB is a failure of the message, said and not sent', async () => {
    const { topic } = await fresh()
    expect(await topic.send(notice(A, 'é'.repeat(131_073)), ANN, 0)).toMatchObject({ ok: false })
    expect(await topic.send(notice(A, 'é'.repeat(131_000)), ANN, 0)).toEqual({ ok: true })
  })

  const filterOf = async (SubscriptionArn: string) => {
    const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))
    return JSON.parse(Attributes!.FilterPolicy!)
  }

  test('an address is at the topic once, however often it is asked, and told what is for it and its owner', async () => {
    const { topic, arn } = await fresh()
    for (const address of ['a@example.org', 'a@example.org', 'b@example.org']) await topic.ask(address, 'ann')
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: arn }))
    expect(Subscriptions!.map(({ Protocol, Endpoint }) => `${Protocol} ${Endpoint}`).sort()).toEqual([
      'email a@example.org',
      'email b@example.org',
    ])
    const [a] = (await topic.listed()).filter(({ address }) => address === 'a@example.org')
    expect(await filterOf(a.name!)).toEqual({ to: ['ann/a@example.org'] })
    // asked for another owner before: it is told its owner’s from now on
    await topic.admit(a.name!, 'a@example.org', 'bob')
    expect(await filterOf(a.name!)).toEqual({ to: ['bob/a@example.org'] })
    await topic.admit(a.name!, 'a@example.org', 'bob')
    await topic.dismiss(a.name!)
    expect((await topic.listed()).map(({ address }) => address)).toEqual(['b@example.org'])
  })

  test('more addresses than one page of the topic lists', async () => {
    const { topic } = await fresh()
    for (let n = 0; n < 103; n++) await topic.ask(`a${n}@example.org`, 'ann')
    expect(await topic.listed()).toHaveLength(103)
  })
}

describe('fauxqs', () => topicsOf(openFauxqs))
if (hasMoto) describe('moto', () => topicsOf(openMoto))
else test.skip('skipped: no moto_server', () => {})
