import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, GetQueueAttributesCommand, type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqsClient } from '../../lib/adapters/aws/sqs-queue.ts'
import { isoDay } from '../../lib/core/days.ts'
import { lastClosedSession, nyse } from '../../lib/market/calendar.ts'
import { type Deployment, type Machine, openDeployment } from './deployment.ts'
import { ask, ended, type Json, keyOf, openApi } from './owner.ts'

/** The newest session there can be bars of, whenever this runs. */
const newest = lastClosedSession(nyse, Date.now())
const before = nyse.previousSession(newest - 1)

/** Sixty sessions up to a day, as a file; the close of the newest is above 100 for all but BBB, and of none before. */
function csv(symbol: string, upTo: number): Uint8Array {
  const days: number[] = []
  for (let day = upTo; days.length < 60; day = nyse.previousSession(day - 1)) days.unshift(day)
  const rows = days.map((day) => `${isoDay(day)},50,110,40,${day === newest && symbol !== 'BBB' ? 105 : 50},1000`)
  return new TextEncoder().encode(['date,open,high,low,close,volume', ...rows, ''].join('\n'))
}

describe('files of bars that are uploaded', () => {
  let deployment: Deployment
  let api: Machine
  let worker: Machine
  let key: string
  let mailbox: string

  /** Puts a file under uploads/ and tells of it as EventBridge does through the queue. */
  async function upload(symbol: string, upTo: number): Promise<void> {
    const name = `uploads/${symbol}.csv`
    await deployment.bars.put(name, csv(symbol, upTo))
    const told = { source: 'aws.s3', 'detail-type': 'Object Created', detail: { object: { key: name } } }
    const answer = await worker.call('bars-ingest', {
      Records: [{ eventSource: 'aws:sqs', body: JSON.stringify(told) }],
    })
    expect(answer).toMatchObject({ uploads: [{ state: 'done' }] })
  }

  /** What the topic has sent, until it was silent for some seconds. */
  async function mails(): Promise<Json[]> {
    const found: Json[] = []
    const client = sqsClient(deployment.service)
    for (let silent = 0; silent < 3; ) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: mailbox,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 2,
          VisibilityTimeout: 600,
        }),
      )
      silent = Messages.length === 0 ? silent + 1 : 0
      found.push(...Messages.map(({ Body }: Message) => JSON.parse(Body!) as Json))
    }
    return found
  }

  beforeAll(async () => {
    deployment = await openDeployment()
    api = await openApi(deployment)
    worker = await deployment.worker(['generate', 'chunk', 'merge', 'alert-run', 'notify'], { concurrency: 2 })
    key = await keyOf(api, 'ada')
    const client = sqsClient(deployment.service)
    mailbox = (await client.send(new CreateQueueCommand({ QueueName: 'mailbox' }))).QueueUrl!
    const asked = { QueueUrl: mailbox, AttributeNames: ['QueueArn' as const] }
    const { Attributes } = await client.send(new GetQueueAttributesCommand(asked))
    const { endpoint, region, credentials } = deployment.service
    await new SNSClient({ endpoint, region, credentials }).send(
      new SubscribeCommand({
        TopicArn: deployment.env.SAYWHEN_TOPIC,
        Protocol: 'sqs',
        Endpoint: Attributes!.QueueArn,
      }),
    )
  })
  afterAll(() => deployment?.close())

  it('are imported, seen by the next run, and fire the alerts they complete, once', async () => {
    for (const symbol of ['AAA', 'BBB', 'CCC']) await upload(symbol, before)
    expect((await ask(api.url!, key, ['GET', '/health'])).body).toMatchObject({ symbols: 3, simulated: false })
    const created = await ended(api.url!, key, ['POST', '/strategies', { rule: 'SIGNAL: close > 100' }])
    expect(created.status, JSON.stringify(created.body)).toBe(201)
    const subscribed = await ask(api.url!, key, [
      'POST',
      '/alerts',
      { strategy_id: 1, channels: [{ kind: 'email', address: 'ada@example.com' }] },
    ])
    expect(subscribed.status, JSON.stringify(subscribed.body)).toBe(201)
    await worker.call('alert-tick')
    const none = await ended(api.url!, key, ['POST', '/screener', { strategy_id: 1 }])
    expect(none.body).toMatchObject({ date: isoDay(before), ranked_results: [] })
    expect(await mails()).toEqual([])

    for (const symbol of ['AAA', 'BBB', 'CCC']) await upload(symbol, newest)
    await worker.call('alert-tick')
    const sent = await mails()
    expect(sent.map(({ Subject }) => String(Subject)).sort()).toEqual([
      expect.stringContaining('AAA'),
      expect.stringContaining('CCC'),
    ])
    const found = await ended(api.url!, key, ['POST', '/screener', { strategy_id: 1 }])
    expect(found.body).toMatchObject({ date: isoDay(newest) })
    expect((found.body.ranked_results as Json[]).map(({ symbol }) => symbol).sort()).toEqual(['AAA', 'CCC'])

    const { subscription_id } = subscribed.body.alert as Json
    const shown = await ask(api.url!, key, ['GET', `/alerts/${subscription_id}`])
    expect((shown.body.fires as Json[]).map(({ symbol }) => symbol).sort()).toEqual(['AAA', 'CCC'])
    await worker.call('alert-tick')
    expect(await mails()).toEqual([])
  }, 240_000)
})
