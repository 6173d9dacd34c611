import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { AppError } from '../../core/errors.ts'
import { checkedDelay, messageTexts, type Queue } from '../../core/queue.ts'
import { backoff, clientSettings, type Service, type Waiting } from './retry.ts'

const REQUEST_MS = 5_000
/** What one request may carry: messages, and bytes of all their bodies. */
const BATCH_MESSAGES = 10
const BATCH_BYTES = 256 * 1024

/** Requests go to the region's endpoint, or to the one of the environment, whatever host a queue's URL names: an emulator's resolves nowhere. */
export const sqsClient = (service: Service): SQSClient =>
  new SQSClient({ ...clientSettings(service, REQUEST_MS), useQueueUrlAsEndpoint: false })

/** Queues differ in which characters beyond the first 65,534 they take: those are written as escapes, which JSON.parse reads back. */
const sendable = (text: string) =>
  text.replace(/[\ud800-\udfff\ufffe\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`)

/** The texts in requests of at most 10 and 256 KB, in their order. */
function batches(texts: readonly string[]): string[][] {
  const all: string[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const text of texts) {
    const size = Buffer.byteLength(text)
    if (bytes + size > BATCH_BYTES || all[all.length - 1].length === BATCH_MESSAGES) {
      all.push([])
      bytes = 0
    }
    all[all.length - 1].push(text)
    bytes += size
  }
  return all
}

/** A Queue in SQS. When `send` throws, some of its messages may have been stored all the same. */
export function sqsQueue<Message>(
  { client, url }: { client: SQSClient; url: string },
  { waiting }: { waiting: Waiting },
): Queue<Message> {
  /** Sends until all of them are stored: of a request that was taken in part, only the rest again. */
  async function sendBatch(texts: readonly string[], DelaySeconds: number): Promise<void> {
    let entries = texts.map((MessageBody, i) => ({ Id: String(i), MessageBody, DelaySeconds }))
    const wait = backoff(waiting)
    for (;;) {
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }))
      if (Failed.length === 0) return
      const refused = Failed.find((failure) => failure.SenderFault)
      if (refused || !(await wait())) {
        const { Code, Message } = refused ?? Failed[0]
        throw new AppError('internal', `${url} took ${Failed.length} messages not: ${Code}: ${Message ?? ''}`)
      }
      const failed = new Set(Failed.map((failure) => failure.Id))
      entries = entries.filter((entry) => failed.has(entry.Id))
    }
  }

  return {
    async send(messages, { delayMs = 0 } = {}) {
      const seconds = Math.ceil(checkedDelay(delayMs) / 1_000)
      for (const batch of batches(messageTexts(messages).map(sendable))) await sendBatch(batch, seconds)
    },
  }
}
