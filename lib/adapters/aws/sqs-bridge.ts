import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { backoff, type Waiting } from './retry.ts'

export interface BridgeSettings {
  client: SQSClient
  url: string
  /** the handler of a Lambda */
  handler(event: SQSEvent): Promise<SQSBatchResponse | undefined>
  /** messages of one call, 1 to 10 */
  batchSize: number
  /** calls at one time */
  concurrency: number
  /** how long an empty queue is listened to, up to 20 s */
  waitSeconds: number
  waiting: Waiting
  /** hears what a handler threw and what the queue answered in place of messages; both are tried again */
  onError(error: unknown): void
}

/**
 * Carries messages from a queue to a Lambda's handler, as AWS does by itself: what the handler reports as failed, or all when it
 * throws, stays in the queue and comes again after the queue's visibility time-out.
 */
export function bridge(settings: BridgeSettings): { stop(): Promise<void> } {
  const { client, url, handler, batchSize, concurrency, waitSeconds, waiting, onError } = settings
  const stopping = new AbortController()
  const queue = url.slice(url.lastIndexOf('/') + 1)

  async function receive(): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: batchSize,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    })
    const options = { abortSignal: stopping.signal, requestTimeout: (waitSeconds + 5) * 1_000 }
    const { Messages = [] } = await client.send(command, options)
    return Messages
  }

  async function carry(messages: readonly Message[]): Promise<void> {
    const failed = failedOf(await handler({ Records: messages.map((message) => record(message, queue)) }), messages)
    const done = messages.filter((message) => !failed.has(message.MessageId!))
    if (done.length === 0) return
    const Entries = done.map((message, i) => ({ Id: String(i), ReceiptHandle: message.ReceiptHandle! }))
    // What is not deleted is delivered again: handlers allow for that.
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }))
  }

  async function poll(): Promise<void> {
    let wait = backoff(waiting)
    while (!stopping.signal.aborted) {
      try {
        const messages = await receive()
        if (messages.length > 0) await carry(messages)
        wait = backoff(waiting)
      } catch (error) {
        if (stopping.signal.aborted && (error as Error).name === 'AbortError') return
        onError(error)
        if (!(await wait())) wait = backoff(waiting)
      }
    }
  }

  const polls = Array.from({ length: concurrency }, poll)
  return {
    async stop() {
      stopping.abort()
      await Promise.all(polls)
    },
  }
}

/** The ids that stay: an answer that names a message which was not in the call counts as a failure of all, as on AWS. */
function failedOf(answer: SQSBatchResponse | undefined, messages: readonly Message[]): Set<string> {
  const ids = new Set(messages.map((message) => message.MessageId!))
  const failed = (answer?.batchItemFailures ?? []).map((failure) => failure.itemIdentifier)
  return failed.every((id) => ids.has(id)) ? new Set(failed) : ids
}

function record(message: Message, queue: string): SQSRecord {
  const { ApproximateReceiveCount, SentTimestamp, SenderId, ApproximateFirstReceiveTimestamp } =
    message.Attributes ?? {}
  return {
    messageId: message.MessageId!,
    receiptHandle: message.ReceiptHandle!,
    body: message.Body ?? '',
    attributes: {
      ApproximateReceiveCount: ApproximateReceiveCount ?? '1',
      SentTimestamp: SentTimestamp ?? '',
      SenderId: SenderId ?? '',
      ApproximateFirstReceiveTimestamp: ApproximateFirstReceiveTimestamp ?? '',
    },
    messageAttributes: {},
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    // Handlers read the name only.
    eventSourceARN: `arn:aws:sqs:::${queue}`,
    awsRegion: '',
  }
}
