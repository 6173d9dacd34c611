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
