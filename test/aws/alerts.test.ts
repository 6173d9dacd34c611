import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeAlertRun } from '../../functions/alert-run.ts'
import { makeAlertTick } from '../../functions/alert-tick.ts'
import {
  barsArrivedOn,
  evaluatingOn,
  notifyingOn,
  reviewingOn,
  subscribingOn,
  tickingOn,
} from '../../functions/aws-alerts.ts'
import { makeNotify } from '../../functions/notify.ts'
import { filterPolicy, snsClient, snsTopic } from '../../lib/adapters/aws/sns-topic.ts'
import { bridge } from '../../lib/adapters/aws/sqs-bridge.ts'
import { sqsClient, sqsQueue } from '../../lib/adapters/aws/sqs-queue.ts'
import { type LocalTable, openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import type { AlertMessage, NotifyMessage } from '../../lib/alerts/messages.ts'
import { world } from '../alerts/world.ts'
import { openFauxqs } from './emulators.ts'
import { queuePair } from './queue-pair.ts'

const FRIDAY = '2026-11-20'
const MINUTE = 60_000

let emulator: Awaited<ReturnType<typeof openFauxqs>>
let table: LocalTable
beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  ;[emulator, table] = await Promise.all([openFauxqs(), openLocalTable()])
})
afterAll(async () => {
  await table.close()
  await emulator.stop()
})

test('a mailbox that agreed is told the fires of its owner’s alert once, by the functions over table, queues and topic', async () => {
  const { service } = emulator
  const [sqs, sns] = [sqsClient(service), snsClient(service)]
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }))
  const topic = snsTopic({ client: sns, arn: TopicArn })
  const [alertPair, notifyPair] = [await queuePair(sqs, 'alert', 3), await queuePair(sqs, 'notify', 5)]
  const { waiting } = service
  const alerts = sqsQueue<AlertMessage>({ client: sqs, url: alertPair.url }, { waiting })
  const notify = sqsQueue<NotifyMessage>({ client: sqs, url: notifyPair.url }, { waiting })
  // The emulator sends no mail: a queue with the same filter stands for each mailbox.
  const mailbox = async (owner: string, address: string) => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `box-${owner}` }))
    const { Attributes: queue } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    )
    const Attributes = { FilterPolicyScope: 'MessageAttributes', FilterPolicy: filterPolicy(owner, address) }
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue!.QueueArn, Attributes }))
    const got: string[] = []
    return async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
      got.push(...Messages.map(({ Body }) => JSON.parse(Body!).Subject))
      return got
    }
  }
  const [ann, bob] = [await mailbox('ann', 'ann@example.com'), await mailbox('bob', 'bob@example.com')]

  const w = world()
  await w.import(FRIDAY, { AAA: [FRIDAY], BBB: [] })
  const clock = () => w.now
  const { source, catalog, dataVersion, watch } = w.deps
  const strategy = (owner: string, id: number, version = 1) => w.deps.strategy(owner, id, version)
  let ids = 0
  const newId = () => `id${++ids}`
  const alertsOf = subscribingOn({ table, topic, clock, strategy, catalog, newId, newSecret: () => 'whsec_1' })
  const ticking = tickingOn({ table, alerts, notify, catalog, dataVersion, clock })
  const tick = makeAlertTick(ticking, reviewingOn({ table, topic }))
  const evaluating = evaluatingOn({ table, notify, strategy, watch, source, catalog, dataVersion, clock })
  const carried = [
    { url: alertPair.url, handler: makeAlertRun(evaluating) },
    { url: notifyPair.url, handler: makeNotify(notifyingOn({ table, topic, notify, clock })) },
  ].map((each) =>
    bridge({ ...each, client: sqs, batchSize: 10, concurrency: 2, waitSeconds: 1, waiting, onError: () => {} }),
  )
  try {
    const ask = (owner: string) =>
      alertsOf(owner).subscribe({
        strategy_id: 7,
        version: 1,
        channels: [{ kind: 'email', address: `${owner}@example.com` }],
      })
    const made = await ask('ann')
    expect(made.warnings).toEqual([expect.stringContaining('ann@example.com has not agreed yet')])
    // What is for one's own machine, or for no machine of the public internet, is none of a deployment's channels.
    for (const channel of [
      { kind: 'console' },
      { kind: 'webhook', url: 'https://10.0.0.1/' },
      { kind: 'webhook', url: 'http://example.com/' },
    ] as const)
      await expect(
        alertsOf('ann').subscribe({ strategy_id: 7, version: 1, channels: [channel] }),
      ).rejects.toMatchObject({
        code: 'bad_request',
      })
    const paused = await ask('bob')
    await alertsOf('bob').pause(paused.subscription.subscription_id)
    w.now += MINUTE
    await tick()
    expect((await alertsOf('ann').get(made.subscription.subscription_id)).warnings).toEqual([])
    await barsArrivedOn({ table, alerts, notify, catalog, dataVersion, clock })()
    const told = ['AAA fired on 2026-11-20: above 100']
    await vi.waitFor(async () => expect(await ann()).toEqual(told), { timeout: 60_000, interval: 100 })
    await vi.waitFor(async () => expect([await alertPair.left(), await notifyPair.left()]).toEqual([0, 0]), {
      timeout: 60_000,
      interval: 100,
    })
    expect([await ann(), await bob()]).toEqual([told, []])
    expect((await topic.listed()).map(({ address }) => address).sort()).toEqual(['ann@example.com', 'bob@example.com'])
    await alertsOf('ann').remove(made.subscription.subscription_id)
    for (let minute = 0; minute < 3; minute++) {
      w.now += MINUTE
      await tick()
    }
    expect((await topic.listed()).map(({ address }) => address)).toEqual(['bob@example.com'])
  } finally {
    await Promise.all(carried.map((each) => each.stop()))
    sqs.destroy()
    sns.destroy()
  }
})
