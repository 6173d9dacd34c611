import { randomUUID } from 'node:crypto'
import {
  CreateTopicCommand,
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

  /** A queue in the place of a mailbox, told these alerts. */
  async function mailbox(TopicArn: string, names: string[]) {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `box-${randomUUID()}` }))
    const { Attributes: queue } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    )
    const Attributes = { FilterPolicyScope: 'MessageAttributes', FilterPolicy: filterPolicy(names) }
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

  test('a message reaches those who are told the alert, and nobody else', async () => {
    const { arn, topic } = await fresh()
    const [ann, both, bob] = await Promise.all([
      mailbox(arn, ['ann/1.1.a']),
      mailbox(arn, ['ann/1.1.b', 'bob/1.1.a']),
      mailbox(arn, ['bob/1.1.a']),
    ])
    for (const [subscription, text] of [
      [A, 'of A'],
      [B, 'of B'],
      [C, 'of C'],
    ] as const)
      expect(await topic.send(notice(subscription, text), [], 0)).toEqual({ ok: true })
    const texts = async (box: typeof ann) => (await box()).map((message) => message.text).sort()
    await vi.waitFor(async () => {
      expect(await texts(both)).toEqual(['of B', 'of C'])
      expect(await texts(ann)).toEqual(['of A'])
      expect(await texts(bob)).toEqual(['of C'])
    })
    const [message] = await bob()
    expect(message.subject).toBe('GAP fired')
    expect(message.attributes).toMatchObject({ owner: { Value: 'bob' }, subscription: { Value: '1.1.a' } })
  })

  test('a subject is made one line of 100 plain characters, the text stays as it is', async () => {
    const { arn, topic } = await fresh()
    const box = await mailbox(arn, ['ann/1.1.a'])
    const text = 'Zeile 1\nÄpfel & <b>日本</b> 😀\n'
    await topic.send(notice(A, text, `Ä\n\tb ${'x'.repeat(200)}`), [], 0)
    await vi.waitFor(async () => expect(await box()).toMatchObject([{ subject: `? b ${'x'.repeat(96)}`, text }]))
  })

  test('a text over 256 KB is a failure of the message, said and not sent', async () => {
    const { topic } = await fresh()
    expect(await topic.send(notice(A, 'é'.repeat(131_073)), [], 0)).toMatchObject({ ok: false })
    expect(await topic.send(notice(A, 'é'.repeat(131_000)), [], 0)).toEqual({ ok: true })
  })

  test('an address is subscribed once, with the list of its alerts', async () => {
    const { topic, arn } = await fresh()
    await topic.add('a@example.org', A)
    await topic.add('a@example.org', A)
    await topic.add('a@example.org', C)
    await topic.add('b@example.org', B)
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: arn }))
    expect(Subscriptions!.map(({ Protocol, Endpoint }) => `${Protocol} ${Endpoint}`).sort()).toEqual([
      'email a@example.org',
      'email b@example.org',
    ])
    expect((await topic.listed()).sort((a, b) => (a.address < b.address ? -1 : 1))).toEqual([
      { address: 'a@example.org', alerts: ['ann/1.1.a', 'bob/1.1.a'] },
      { address: 'b@example.org', alerts: ['ann/1.1.b'] },
    ])
  })

  test('an address leaves the topic with its last alert, and not before', async () => {
    const { topic } = await fresh()
    await topic.add('a@example.org', A)
    await topic.add('a@example.org', B)
    await topic.remove('a@example.org', C)
    await topic.remove('x@example.org', A)
    await topic.remove('a@example.org', A)
    expect(await topic.listed()).toEqual([{ address: 'a@example.org', alerts: ['ann/1.1.b'] }])
    await topic.remove('a@example.org', B)
    expect(await topic.listed()).toEqual([])
  })

  test('more addresses than one page of the topic lists', async () => {
    const { topic } = await fresh()
    for (let n = 0; n < 103; n++) await topic.add(`a${n}@example.org`, A)
    expect(await topic.listed()).toHaveLength(103)
  })

  test('an address is told at most 150 alerts', async () => {
    const { topic } = await fresh()
    for (let n = 0; n < 150; n++) await topic.add('a@example.org', alert('ann', String(n)))
    await expect(topic.add('a@example.org', C)).rejects.toMatchObject({ code: 'limit' })
  })
}

describe('fauxqs', () => topicsOf(openFauxqs))
if (hasMoto) describe('moto', () => topicsOf(openMoto))
else test.skip('skipped: no moto_server', () => {})
