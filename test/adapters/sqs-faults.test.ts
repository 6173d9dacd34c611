import { createHash } from 'node:crypto'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { bridge } from '../../lib/adapters/aws/sqs-bridge.ts'
import { sqsClient, sqsQueue } from '../../lib/adapters/aws/sqs-queue.ts'
import { type Answer, lost, reply, stubServer } from './stub-server.ts'
import { fakeWaiting, realWaiting } from './waiting.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

interface Entry {
  Id: string
  MessageBody: string
  DelaySeconds: number
}
const entriesOf = (asked: { body: Buffer }): Entry[] => JSON.parse(asked.body.toString()).Entries
const json = (value: unknown, status = 200) =>
  reply(status, JSON.stringify(value), { 'content-type': 'application/x-amz-json-1.0' })
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

/** Takes all entries but those whose body holds the text. */
const takesAllBut =
  (text: string, Code = 'ServiceUnavailable', SenderFault = false): Answer =>
  (asked, response) => {
    const refused = (entry: Entry) => text !== '' && entry.MessageBody.includes(text)
    const entries = entriesOf(asked)
    const Successful = entries
      .filter((entry) => !refused(entry))
      .map(({ Id, MessageBody }) => ({ Id, MessageId: Id, MD5OfMessageBody: md5(MessageBody) }))
    const Failed = entries.filter(refused).map(({ Id }) => ({ Id, Code, SenderFault, Message: 'not now' }))
    return json({ Successful, Failed })(asked, response)
  }
const takesAll = takesAllBut('')

async function open(...answers: Answer[]) {
  const server = await stubServer(...answers)
  const time = fakeWaiting()
  const client = sqsClient(server.service(time.waiting))
  closers.push(() => client.destroy(), server.close)
  const url = `http://127.0.0.1:${server.port}/000000000000/queue`
  return { queue: sqsQueue<unknown>({ client, url }, time), asked: server.asked, client, url, ...time }
}

describe('sending', () => {
  test('fills requests with ten messages', async () => {
    const { queue, asked } = await open(takesAll)
    await queue.send(Array.from({ length: 25 }, (_, n) => ({ n })))
    expect(asked.map((one) => entriesOf(one).length)).toEqual([10, 10, 5])
    expect(asked.flatMap(entriesOf).map((entry) => JSON.parse(entry.MessageBody).n)).toEqual([...Array(25).keys()])
  })

  test('no request carries more than 256 KB of messages', async () => {
    const { queue, asked } = await open(takesAll)
    const sizes = [100, 100, 50, 100, 199, 60, 10, 10]
    await queue.send(sizes.map((kb) => 'x'.repeat(kb * 1024 - 2)))
    const bytes = asked.map((one) => entriesOf(one).reduce((sum, entry) => sum + entry.MessageBody.length, 0) / 1024)
    expect(bytes).toEqual([250, 100, 199, 80])
  })

  test('of a request that was taken in part only the rest is sent again', async () => {
    const { queue, asked, waits } = await open(takesAllBut('"late"'), takesAllBut('"late"'), takesAll)
    await queue.send(['a', 'late', 'b'])
    expect(asked.map((one) => entriesOf(one).map((entry) => entry.MessageBody))).toEqual([
      ['"a"', '"late"', '"b"'],
      ['"late"'],
      ['"late"'],
    ])
    expect(waits).toHaveLength(2)
  })

  test('fails after 8 s when a message is never taken, and says why', async () => {
    const { queue, now } = await open(takesAllBut('late'))
    await expect(queue.send(['late'])).rejects.toThrow('ServiceUnavailable: not now')
    expect(now()).toBeGreaterThanOrEqual(8_000)
  })

  test('does not insist on a message that is refused for what it is', async () => {
    const { queue, asked } = await open(takesAllBut('bad', 'InvalidMessageContents', true))
    await expect(queue.send(['bad', 'good'])).rejects.toThrow('InvalidMessageContents')
    expect(asked).toHaveLength(1)
  })

  test('is repeated when the queue throttles or the answer is lost', async () => {
    const throttled = json({ __type: 'com.amazonaws.sqs#RequestThrottled', message: 'slow down' }, 400)
    const { queue, asked } = await open(throttled, lost, takesAll)
    await queue.send(['a'])
    expect(asked).toHaveLength(3)
  })

  test('a delay is rounded up to whole seconds', async () => {
    const { queue, asked } = await open(takesAll)
    await queue.send(['a'], { delayMs: 1_001 })
    await queue.send(['a'], { delayMs: 900_000 })
    await queue.send(['a'])
    expect(asked.flatMap(entriesOf).map((entry) => entry.DelaySeconds)).toEqual([2, 900, 0])
  })
})

describe('the bridge', () => {
  const message = (id: string) => ({
    MessageId: id,
    ReceiptHandle: `handle-${id}`,
    Body: '{}',
    MD5OfBody: md5('{}'),
    Attributes: {
      ApproximateReceiveCount: '2',
      SentTimestamp: '1',
      SenderId: 's',
      ApproximateFirstReceiveTimestamp: '1',
    },
  })

  /**
   * A queue that gives three messages once and hears what is deleted; then it is empty until the listener goes. The bridge is
   * stopped as soon as the handler is at work, or when it listens again.
   */
  async function carry(
    handler: Parameters<typeof bridge>[0]['handler'],
    stopped: 'at work' | 'listening' = 'listening',
  ) {
    const ids = ['a', 'b', 'c']
    const deleted: string[] = []
    let listens = 0
    let called = 0
    const server = await stubServer((asked, response) => {
      const target = String(asked.headers['x-amz-target'])
      if (target.endsWith('DeleteMessageBatch')) {
        const entries = JSON.parse(asked.body.toString()).Entries as { Id: string; ReceiptHandle: string }[]
        deleted.push(...entries.map((entry) => entry.ReceiptHandle.replace('handle-', '')))
        return json({ Successful: entries.map(({ Id }) => ({ Id })), Failed: [] })(asked, response)
      }
      if (++listens > 1) return undefined
      return json({ Messages: ids.map(message) })(asked, response)
    })
    const client = sqsClient(server.service(realWaiting()))
    closers.push(() => client.destroy(), server.close)
    const errors: unknown[] = []
    const carried = bridge({
      client,
      url: `http://127.0.0.1:${server.port}/000000000000/queue`,
      handler: (event) => {
        called++
        return handler(event)
      },
      batchSize: 10,
      concurrency: 1,
      waitSeconds: 20,
      waiting: realWaiting(),
      onError: (error) => errors.push(error),
    })
    await vi.waitFor(() => expect(stopped === 'at work' ? called : listens - 1).toBe(1), {
      timeout: 30_000,
      interval: 5,
    })
    await carried.stop()
    return { deleted, errors }
  }

  test('deletes all but what the handler reports as failed', async () => {
    const { deleted } = await carry(async () => ({ batchItemFailures: [{ itemIdentifier: 'b' }] }))
    expect(deleted).toEqual(['a', 'c'])
  })

  test('deletes all when the handler says nothing', async () => {
    expect((await carry(async () => undefined)).deleted).toEqual(['a', 'b', 'c'])
  })

  test('deletes nothing when the handler throws, and says so', async () => {
    const fault = new Error('no')
    const { deleted, errors } = await carry(async () => {
      throw fault
    })
    expect({ deleted, errors }).toEqual({ deleted: [], errors: [fault] })
  })

  test.each(['unknown', ''])(
    'deletes nothing when the handler names a message there was not: %j',
    async (itemIdentifier) => {
      expect((await carry(async () => ({ batchItemFailures: [{ itemIdentifier }] }))).deleted).toEqual([])
    },
  )

  test('tells the handler which delivery it is', async () => {
    let counts: string[] = []
    await carry(async ({ Records }) => {
      counts = Records.map((record) => record.attributes.ApproximateReceiveCount)
      return undefined
    })
    expect(counts).toEqual(['2', '2', '2'])
  })

  test('that is stopped while the handler works waits for it and deletes what it did', async () => {
    const { deleted, errors } = await carry(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      return undefined
    }, 'at work')
    expect({ deleted, errors }).toEqual({ deleted: ['a', 'b', 'c'], errors: [] })
  })

  test('that is stopped while it listens ends at once', async () => {
    const began = performance.now()
    const { errors } = await carry(async () => undefined)
    expect(errors).toEqual([])
    // It would listen for 20 s.
    expect(performance.now() - began).toBeLessThan(10_000)
  })
})
