import { Duration } from 'aws-cdk-lib'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Function as Lambda, Stack } from 'sst/constructs'
import { type LambdaName, SIZES } from './sizes.ts'

/** The function that works a queue off, and how often a message is tried before it goes to the dead letters. */
const QUEUES = {
  generate: { worker: 'generate', receives: 3 },
  chunk: { worker: 'chunk', receives: 3 },
  merge: { worker: 'merge', receives: 3 },
  alert: { worker: 'alert-run', receives: 3 },
  // Receivers of webhooks are down more often than we are: five tries, further and further apart.
  notify: { worker: 'notify', receives: 5 },
} as const satisfies Record<string, { worker: LambdaName; receives: number }>

export type QueueName = keyof typeof QUEUES

/** A queue and where its messages go that were tried in vain. */
export interface WorkQueue {
  name: string
  queue: Queue
  deadLetters: Queue
}

/** The queues between functions. */
export function createQueues(stack: Stack): Record<QueueName, WorkQueue> {
  const names = Object.keys(QUEUES) as QueueName[]
  const entries = names.map((name) => [name, createQueue(stack, name, QUEUES[name])])
  return Object.fromEntries(entries) as Record<QueueName, WorkQueue>
}

/** A queue hidden from others for six times its worker's time-out: less, and a message comes again while it is at work. */
export function createQueue(
  stack: Stack,
  name: string,
  { worker, receives }: { worker: LambdaName; receives: number },
): WorkQueue {
  const deadLetters = createDeadLetters(stack, name)
  const queue = new Queue(stack, name, {
    ...closed,
    visibilityTimeout: Duration.seconds(6 * SIZES[worker].timeoutS),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: receives },
  })
  return { name, queue, deadLetters }
}

/** Messages of a queue to a function: one at a time, since each is seconds of work, unless a batch says otherwise. */
export function feed(
  lambda: Lambda,
  { queue }: WorkQueue,
  { atOnce, batch = 1 }: { atOnce: number; batch?: number },
): void {
  const source = { batchSize: batch, maxConcurrency: atOnce, reportBatchItemFailures: true }
  lambda.addEventSource(new SqsEventSource(queue, source))
}

const closed = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true }

/** The longest SQS keeps anything, so that a long weekend loses nothing. */
export function createDeadLetters(stack: Stack, name: string): Queue {
  return new Queue(stack, `${name}-dead`, { ...closed, retentionPeriod: Duration.days(14) })
}
