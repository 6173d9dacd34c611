import { afterEach, describe, expect, test } from 'vitest'
import { s3Client, s3Objects } from '../../lib/adapters/aws/s3-objects.ts'
import { type Answer, lost, reply, stubServer } from './stub-server.ts'
import { fakeWaiting } from './waiting.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function open(...answers: Answer[]) {
  const server = await stubServer(...answers)
  const time = fakeWaiting()
  const client = s3Client(server.service(time.waiting), { pathStyle: true })
  closers.push(() => client.destroy(), server.close)
  let ids = 0
  const store = s3Objects({ client, name: 'bucket' }, { waiting: time.waiting, newId: () => `writer-${++ids}` })
  return { store, asked: server.asked, ...time }
}

const failure = (status: number, code: string) =>
  reply(status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`, { 'content-type': 'application/xml' })
const WHOLE = Buffer.from('123456789')
/** CRC-32 of it: 0xcbf43926, the check value every description of this checksum gives. */
const CHECKSUM = 'y/Q5Jg=='
const whole = reply(200, WHOLE, { etag: '"1"' })
/** Promises more than it sends. */
const torn: Answer = (_asked, response) => {
  response.writeHead(200, { 'content-length': String(WHOLE.length) })
  response.write(WHOLE.subarray(0, 4), () => response.destroy())
}
describe('a bucket that is not well', () => {
  test.each([
    ['throttles', failure(503, 'SlowDown')],
    ['fails', failure(500, 'InternalError')],
    ['is unavailable', failure(503, 'ServiceUnavailable')],
    ['is throttling by 429', failure(429, 'TooManyRequests')],
    ['drops the connection', lost],
    ['sends half of the body', torn],
  ])('is asked again when it %s', async (_what, fault) => {
    const { store, asked, waits } = await open(fault, fault, whole)
    expect(Buffer.from((await store.get('x'))!)).toEqual(WHOLE)
    expect(asked).toHaveLength(3)
    expect(waits).toHaveLength(2)
  })

  test('is asked again when the bytes do not match their checksum', async () => {
    const changed = Buffer.from(WHOLE)
    changed[5] ^= 1
    const headers = { 'x-amz-checksum-crc32': CHECKSUM }
    const { store, asked } = await open(reply(200, changed, headers), reply(200, WHOLE, headers))
    expect(Buffer.from((await store.get('x'))!)).toEqual(WHOLE)
    expect(asked).toHaveLength(2)
    expect(asked[0].headers['x-amz-checksum-mode']).toBe('ENABLED')
  })

  test.each([
    ['throttles', failure(503, 'SlowDown'), 'SlowDown'],
    ['never sends a whole body', torn, 'x did not arrive whole'],
  ])('fails after 8 to 9 s of waiting when it always %s', async (_what, fault, message) => {
    const { store, now, waits } = await open(fault)
    await expect(store.get('x')).rejects.toThrow(message)
    expect(now()).toBeGreaterThanOrEqual(8_000)
    expect(now()).toBeLessThanOrEqual(9_000)
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000)
    expect(waits[0]).toBeLessThanOrEqual(50)
  })

  test.each([
    ['denies', failure(403, 'AccessDenied'), 'AccessDenied'],
    ['does not exist', failure(404, 'NoSuchBucket'), 'NoSuchBucket'],
  ])('is asked once when it %s: that is an error, not a missing object', async (_what, fault, message) => {
    const { store, asked } = await open(fault)
    await expect(store.get('x')).rejects.toThrow(message)
    expect(asked).toHaveLength(1)
  })

  test('every write carries a checksum', async () => {
    const { store, asked } = await open(reply(200))
    await store.put('x', WHOLE)
    expect(asked[0].headers['x-amz-checksum-crc32']).toBe(CHECKSUM)
  })
})

describe('a write on the condition that there is no object', () => {
  test('sends the condition and its writer', async () => {
    const { store, asked } = await open(reply(200))
    expect(await store.putIfAbsent('x', WHOLE)).toBe(true)
    expect(asked[0].headers).toMatchObject({ 'if-none-match': '*', 'x-amz-meta-writer': 'writer-1' })
  })

  test('whose answer was lost knows its own object', async () => {
    const { store } = await open(
      lost,
      failure(412, 'PreconditionFailed'),
      reply(200, '', { 'x-amz-meta-writer': 'writer-1' }),
    )
    expect(await store.putIfAbsent('x', WHOLE)).toBe(true)
  })

  test('whose answer was lost does not take the object of another for its own', async () => {
    const { store } = await open(
      lost,
      failure(412, 'PreconditionFailed'),
      reply(200, '', { 'x-amz-meta-writer': 'writer-9' }),
    )
    expect(await store.putIfAbsent('x', WHOLE)).toBe(false)
  })

  test('did not write when there is one at the first try', async () => {
    const { store, asked } = await open(failure(412, 'PreconditionFailed'))
    expect(await store.putIfAbsent('x', WHOLE)).toBe(false)
    expect(asked).toHaveLength(1)
  })

  test('is tried again while another write is under way: that other may fail', async () => {
    const { store, asked } = await open(failure(409, 'ConditionalRequestConflict'), reply(200))
    expect(await store.putIfAbsent('x', WHOLE)).toBe(true)
    expect(asked).toHaveLength(2)
  })
})

describe('a write on the condition of what the object holds', () => {
  test('whose answer was lost knows what it wrote', async () => {
    const next = Buffer.from('next')
    const { store, asked } = await open(
      whole,
      lost,
      failure(412, 'PreconditionFailed'),
      reply(200, next, { etag: '"2"' }),
    )
    expect(await store.replace('x', next, WHOLE)).toBe(true)
    expect(asked[1].headers['if-match']).toBe('"1"')
  })

  test('does not write when the object changed after it was read', async () => {
    const { store } = await open(whole, failure(412, 'PreconditionFailed'))
    expect(await store.replace('x', Buffer.from('next'), WHOLE)).toBe(false)
  })

  test('is not sent when the object holds something else', async () => {
    const { store, asked } = await open(whole)
    expect(await store.replace('x', Buffer.from('next'), Buffer.from('other'))).toBe(false)
    expect(asked).toHaveLength(1)
  })
})

test.each([
  '',
  '/x',
  'x/',
  'a//b',
  '../x',
  'a/../b',
  'a/..',
  './a',
  'a/./b',
  'a b',
  'ä',
  'a\\b',
  'a\0',
  'x..y',
  'a:b',
  'y'.repeat(901),
])('the key %j is refused before anything is sent', async (key) => {
  const { store, asked } = await open(reply(200))
  for (const use of [store.get(key), store.put(key, WHOLE), store.putIfAbsent(key, WHOLE), store.delete(key)])
    await expect(use).rejects.toThrow('is no object key')
  expect(asked).toEqual([])
})

test('what is known is not sent again', async () => {
  const { store, asked } = await open(reply(304), whole, failure(404, 'NoSuchKey'))
  expect(await store.getTagged('x', '"1"')).toBe('same')
  expect(asked[0].headers['if-none-match']).toBe('"1"')
  expect(await store.getTagged('x', '"0"')).toMatchObject({ tag: '"1"' })
  expect(await store.getTagged('x', '"1"')).toBeUndefined()
})
