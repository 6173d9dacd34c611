/** What a deployment consists of, found by its environment: the table, the buckets, the queues. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cachedObjects } from '../lib/adapters/aws/cached-objects.ts'
import { diskCache } from '../lib/adapters/aws/disk-cache.ts'
import { documentClient, type Table } from '../lib/adapters/aws/dynamodb.ts'
import type { Service } from '../lib/adapters/aws/retry.ts'
import { type Bucket, s3Client, s3Objects } from '../lib/adapters/aws/s3-objects.ts'
import { sqsClient, sqsQueue } from '../lib/adapters/aws/sqs-queue.ts'
import { newId, sleep, systemClock } from '../lib/adapters/local/clock.ts'
import { AppError } from '../lib/core/errors.ts'
import type { Queue } from '../lib/core/queue.ts'
import type { ObjectStore } from '../lib/market/objects.ts'
import type { AdvanceMessage } from '../lib/runs/messages.ts'
import type { AdvanceQueues } from '../lib/runs/work.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** What is asked of AWS waits by this machine's clock. */
export const waiting = { clock: systemClock, sleep, random: Math.random }

/** Read bars and figures kept by a warm function, in its memory and in its temporary directory. */
const MEMORY_BYTES = 64 * 2 ** 20
const DISK_BYTES = 400 * 2 ** 20

/** A variable that a deployment sets; `internal` where it is missing. */
export function needed(env: Env, name: string): string {
  const value = env[name]
  if (value) return value
  throw new AppError('internal', `${name} is missing in the environment of this function. Deploy the stacks again.`)
}

/** Region and credentials come from the environment, and so does an emulator's address (AWS_ENDPOINT_URL_S3 and so on). */
export const service = (): Service => ({ waiting })

export const tableOf = (env: Env): Table => ({
  documents: documentClient(service()),
  name: needed(env, 'SAYWHEN_TABLE'),
})

/** A bucket by the variable that names it. An emulator has no host name per bucket. */
function bucketOf(env: Env, variable: string): Bucket {
  const pathStyle = Boolean(env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL)
  return { client: s3Client(service(), { pathStyle }), name: needed(env, variable) }
}

/** The stored bars and what lies beside them. */
export function barsOf(env: Env): ObjectStore {
  const disk = diskCache(join(tmpdir(), 'saywhen-bars'), DISK_BYTES, systemClock)
  return cachedObjects(s3Objects(bucketOf(env, 'SAYWHEN_BARS'), { waiting, newId }), {
    memoryBytes: MEMORY_BYTES,
    disk,
  })
}

export const resultsBucketOf = (env: Env): Bucket => bucketOf(env, 'SAYWHEN_RESULTS')
export const resultsOf = (env: Env): ObjectStore => s3Objects(resultsBucketOf(env), { waiting, newId })

/** A queue by the variable that holds its URL. */
export const queueOf = <Message>(env: Env, variable: string): Queue<Message> =>
  sqsQueue<Message>({ client: sqsClient(service()), url: needed(env, variable) }, { waiting })

/** What makes a strategy goes on where words are understood, every other run where results are put together. */
export function advanceQueuesOf(env: Env): AdvanceQueues {
  const creations = queueOf<AdvanceMessage>(env, 'SAYWHEN_GENERATE_QUEUE')
  const others = queueOf<AdvanceMessage>(env, 'SAYWHEN_MERGE_QUEUE')
  return (mode) => (mode === 'creation' || mode === 'revision' ? creations : others)
}
