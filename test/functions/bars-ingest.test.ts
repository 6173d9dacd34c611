import { expect, test } from 'vitest'
import { type BarsIngest, makeBarsIngest } from '../../functions/bars-ingest.ts'
import { AppError } from '../../lib/core/errors.ts'

const record = (key: string, eventName = 'ObjectCreated:Put') => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  eventName,
  s3: { bucket: { name: 'bars' }, object: { key, size: 10, eTag: 'e', sequencer: '1' } },
})
const SCHEDULED = { version: '0', source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }

function used(changes: Partial<BarsIngest> = {}) {
  const keys: string[] = []
  const handler = makeBarsIngest({
    ingestUpload: async (key) => {
      keys.push(key)
      return { key, state: 'absent' }
    },
    fetchBars: async () => undefined,
    ...changes,
  })
  return { handler, keys }
}

test('an event of S3 imports each uploaded file, by its key as it is', async () => {
  const { handler, keys } = used()
  const answer = await handler({
    Records: [
      record('uploads/AAA.csv'),
      record('uploads/my+bars%2B%C3%A9.csv', 'ObjectCreated:CompleteMultipartUpload'),
    ],
  })
  expect(keys).toEqual(['uploads/AAA.csv', 'uploads/my bars+é.csv'])
  expect(answer).toEqual({ uploads: keys.map((key) => ({ key, state: 'absent' })), fetched: null })
})

test('EventBridge writes a key as it is', async () => {
  const { handler, keys } = used()
  const created = {
    version: '0',
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: 'bars' }, object: { key: 'uploads/A+B%41.csv', size: 10 }, reason: 'PutObject' },
  }
  await handler(created)
  expect(keys).toEqual(['uploads/A+B%41.csv'])
  await expect(handler({ ...created, 'detail-type': 'Object Deleted' })).rejects.toMatchObject({ code: 'bad_request' })
})

test('what was announced may have waited in a queue', async () => {
  const { handler, keys } = used()
  const told = { source: 'aws.s3', 'detail-type': 'Object Created', detail: { object: { key: 'uploads/A.csv' } } }
  const waited = (body: string) => ({ messageId: '1', eventSource: 'aws:sqs', body })
  await handler({
    Records: [waited(JSON.stringify(told)), waited(JSON.stringify({ Records: [record('uploads/B.csv')] }))],
  })
  expect(keys).toEqual(['uploads/A.csv', 'uploads/B.csv'])
  await expect(handler({ Records: [waited('{')] })).rejects.toMatchObject({ code: 'bad_request' })
})

test('an object that is removed is none', async () => {
  const { handler, keys } = used()
  await handler({ Records: [record('uploads/AAA.csv', 'ObjectRemoved:Delete')] })
  expect(keys).toEqual([])
})

test('the schedule fetches', async () => {
  const { handler, keys } = used({ fetchBars: async () => ({ barsNew: 7 }) as never })
  expect(await handler(SCHEDULED)).toEqual({ uploads: [], fetched: { barsNew: 7 } })
  expect(await used().handler({ ...SCHEDULED, source: 'aws.scheduler' })).toEqual({ uploads: [], fetched: null })
  expect(keys).toEqual([])
})

test('a file that fails keeps no other from being imported, and the event comes again', async () => {
  const seen: string[] = []
  const { handler } = used({
    ingestUpload: async (key) => {
      seen.push(key)
      if (key.endsWith('A.csv')) throw new AppError('conflict', 'again')
      return { key, state: 'absent' }
    },
  })
  await expect(handler({ Records: [record('uploads/A.csv'), record('uploads/B.csv')] })).rejects.toThrow('again')
  expect(seen).toEqual(['uploads/A.csv', 'uploads/B.csv'])
})

test.each([undefined, {}, { Records: [{ body: 'x' }] }, { source: 'aws.s3', 'detail-type': 'Scheduled Event' }])(
  'another event is refused: %j',
  async (event) => {
    await expect(used().handler(event)).rejects.toMatchObject({ code: 'bad_request' })
  },
)
