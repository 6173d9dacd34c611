import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { sqsHandler } from '../../functions/sqs.ts'
import { AppError } from '../../lib/core/errors.ts'

const schema = z.object({ run: z.string(), chunk: z.number() })

const record = (messageId: string, body: string, attempt = 1): SQSRecord => ({
  messageId,
  body,
  receiptHandle: '',
  attributes: {
    ApproximateReceiveCount: String(attempt),
    SentTimestamp: '',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:chunk',
  awsRegion: 'eu-west-1',
})
const event = (...Records: SQSRecord[]): SQSEvent => ({ Records })
const body = (chunk: number) => JSON.stringify({ run: 'r', chunk })
const failures = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) })

let lines: string[] = []
vi.spyOn(console, 'error').mockImplementation((line) => {
  lines.push(line)
})
afterEach(() => {
  lines = []
})

test('gives each record to the use case with the number of its delivery', async () => {
  const seen: unknown[] = []
  const handler = sqsHandler(schema, async (delivery) => void seen.push(delivery))
  expect(await handler(event(record('a', body(1)), record('b', body(2), 3)))).toEqual(failures())
  expect(seen).toEqual([
    { message: { run: 'r', chunk: 1 }, attempt: 1 },
    { message: { run: 'r', chunk: 2 }, attempt: 3 },
  ])
  expect(lines).toEqual([])
})

test('reports the records whose use throws, and only those', async () => {
  const handler = sqsHandler(schema, async ({ message }) => {
    if (message.chunk % 2 === 1) throw new AppError('conflict', `chunk ${message.chunk}\nof two lines`)
  })
  const records = ['a', 'b', 'c', 'd'].map((id, chunk) => record(id, body(chunk), 2))
  expect(await handler(event(...records))).toEqual(failures('b', 'd'))
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    [
      ['b', 1],
      ['d', 3],
    ].map(([messageId, chunk]) => ({
      what: 'fault',
      queue: 'chunk',
      messageId,
      attempt: 2,
      code: 'conflict',
      reason: `chunk ${chunk}\nof two lines`,
    })),
  )
  expect(lines.join('')).not.toContain('\n')
})

test.each([
  ['no JSON', 'SECRET{'],
  ['an empty body', ''],
  ['another shape', '{"run":"SECRET","chunk":"SECRET"}'],
  ['a list', '["SECRET"]'],
])('%s is reported as failed, and its line does not hold the body', async (_what, text) => {
  const use = vi.fn()
  expect(await sqsHandler(schema, use)(event(record('a', text), record('b', body(1))))).toEqual(failures('a'))
  expect(use).toHaveBeenCalledTimes(1)
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0])).toMatchObject({ messageId: 'a', code: 'bad_request' })
  expect(lines[0]).not.toContain('SECRET')
})

test('a fault of our own shows where it happened, in a short line', async () => {
  const handler = sqsHandler(schema, async () => {
    throw new TypeError('SECRET'.repeat(100_000))
  })
  expect(await handler(event(record('a', body(1))))).toEqual(failures('a'))
  const at = expect.arrayContaining([expect.stringContaining('sqs.test.ts')])
  expect(JSON.parse(lines[0])).toMatchObject({ error: 'TypeError', at })
  expect(lines[0].length).toBeLessThan(2_000)
  expect(lines[0]).not.toContain('SECRET')
})

test('what is thrown need not be an error', async () => {
  const handler = sqsHandler(schema, async () => {
    throw undefined
  })
  expect(await handler(event(record('a', body(1))))).toEqual(failures('a'))
})
