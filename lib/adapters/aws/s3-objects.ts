import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { AppError } from '../../core/errors.ts'
import type { ObjectStore, TaggedReads } from '../../market/objects.ts'
import { backoff, clientSettings, type Service, type Waiting, wasRetried } from './retry.ts'

/** Where objects are: a client that is ready to use and a bucket's name. */
export interface Bucket {
  client: S3Client
  name: string
}

const REQUEST_MS = 20_000

/** A client of S3 whose writes carry a checksum and whose reads verify it. `pathStyle` is for servers without a name per bucket. */
export function s3Client(service: Service, { pathStyle = false } = {}): S3Client {
  return new S3Client({
    ...clientSettings(service, REQUEST_MS),
    forcePathStyle: pathStyle,
    requestChecksumCalculation: 'WHEN_SUPPORTED',
    responseChecksumValidation: 'WHEN_SUPPORTED',
  })
}

const CHARACTERS = /^[A-Za-z0-9._/-]*$/
const isSafe = (text: string) => CHARACTERS.test(text) && !text.includes('..') && text.length <= 900

/** The key itself; throws for one that other tools or another store could read as something else. */
export function safeKey(key: string): string {
  if (!isSafe(key) || key.split('/').some((part) => part === '' || part === '.'))
    throw new AppError(
      'internal',
      `"${key.slice(0, 80)}" is no object key: write relative, slash-separated names of A-Z, a-z, 0-9, ".", "_" and "-", without "..".`,
    )
  return key
}

const statusOf = (error: unknown) =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode
const isMissing = (error: unknown) => error instanceof Error && ['NoSuchKey', 'NotFound'].includes(error.name)
const TAKEN = 412
const BUSY = 409
const NOT_MODIFIED = 304

/** Objects in a bucket. `newId` gives texts that no other writer gives: a writer knows its own object by one. */
export function s3Objects(
  { client, name: Bucket }: Bucket,
  { waiting, newId }: { waiting: Waiting; newId: () => string },
): ObjectStore & TaggedReads {
  const getTagged: TaggedReads['getTagged'] = async (key, known) => {
    const wait = backoff(waiting)
    for (;;) {
      const answer = await client
        .send(new GetObjectCommand({ Bucket, Key: safeKey(key), IfNoneMatch: known }))
        .catch((error: unknown) => {
          if (isMissing(error)) return undefined
          if (statusOf(error) === NOT_MODIFIED) return 'same' as const
          throw error
        })
      if (answer === undefined || answer === 'same') return answer
      try {
        const bytes = await answer.Body!.transformToByteArray()
        if (bytes.byteLength !== answer.ContentLength)
          throw new Error(`${bytes.byteLength} bytes instead of ${answer.ContentLength}`)
        return { bytes, tag: answer.ETag ?? '' }
      } catch (error) {
        // The client's own retries end where the body begins.
        if (await wait()) continue
        const reason = error instanceof Error ? error.message : String(error)
        throw new AppError('internal', `${key} did not arrive whole: ${reason}. Try again.`, undefined, error)
      }
    }
  }

  return {
    getTagged,

    async get(key) {
      const read = await getTagged(key)
      return read === 'same' ? undefined : read?.bytes
    },

    async put(key, bytes) {
      await client.send(new PutObjectCommand({ Bucket, Key: safeKey(key), Body: bytes }))
    },

    async putIfAbsent(key, bytes) {
      const writer = newId()
      const put = { Bucket, Key: safeKey(key), Body: bytes, IfNoneMatch: '*', Metadata: { writer } }
      const wait = backoff(waiting)
      let retried = false
      for (;;) {
        try {
          await client.send(new PutObjectCommand(put))
          return true
        } catch (error) {
          const status = statusOf(error)
          retried ||= wasRetried(error)
          // Another write of the key is under way: nobody has won yet.
          if (status === BUSY && (await wait())) continue
          if (status !== TAKEN && status !== BUSY) throw error
          if (!retried) return false
          const held = await client.send(new HeadObjectCommand({ Bucket, Key: key })).catch((failed: unknown) => {
            if (isMissing(failed)) return undefined
            throw failed
          })
          return held?.Metadata?.writer === writer
        }
      }
    },

    async replace(key, bytes, expected) {
      const held = await getTagged(key)
      if (held === undefined || held === 'same' || !sameBytes(held.bytes, expected)) return false
      const put = { Bucket, Key: safeKey(key), Body: bytes, IfMatch: held.tag }
      const wait = backoff(waiting)
      for (;;) {
        try {
          await client.send(new PutObjectCommand(put))
          return true
        } catch (error) {
          const status = statusOf(error)
          if (status === BUSY && (await wait())) continue
          // A first try whose answer was lost has done it.
          if (wasRetried(error) && sameBytes((await getTagged(key).then(bytesIn)) ?? expected, bytes)) return true
          if (status === TAKEN || status === BUSY || isMissing(error)) return false
          throw error
        }
      }
    },

    async delete(key) {
      await client.send(new DeleteObjectCommand({ Bucket, Key: safeKey(key) }))
    },

    async list(prefix) {
      if (!isSafe(prefix)) throw new AppError('internal', `"${prefix.slice(0, 80)}" starts no object key.`)
      const keys: string[] = []
      let page: ListObjectsV2CommandOutput | undefined
      do {
        page = await client.send(
          new ListObjectsV2Command({ Bucket, Prefix: prefix, ContinuationToken: page?.NextContinuationToken }),
        )
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key)
      } while (page.NextContinuationToken !== undefined)
      return keys.sort()
    },
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0
const bytesIn = (read: { bytes: Uint8Array } | 'same' | undefined) => (read === 'same' ? undefined : read?.bytes)
