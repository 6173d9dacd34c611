import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { z } from 'zod'
import { AppError, errorBody } from '../lib/core/errors.ts'
import type { Delivery } from '../lib/core/queue.ts'

/**
 * A Lambda handler of a queue around one use case: each record's body as the schema reads it, all records of a call at the same time.
 * A record whose use throws, or whose body does not read, is reported as failed: it comes again, and ends among the dead letters.
 */
export function sqsHandler<Message>(
  schema: z.ZodType<Message>,
  use: (delivery: Delivery<Message>) => Promise<void>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const failed = async (record: SQSRecord): Promise<boolean> => {
    const attempt = Number(record.attributes.ApproximateReceiveCount)
    try {
      await use({ message: parsed(schema, record.body), attempt })
      return false
    } catch (error) {
      logFailure(record, attempt, error)
      return true
    }
  }
  return async ({ Records }) => {
    const failures = await Promise.all(Records.map(failed))
    return {
      batchItemFailures: Records.filter((_, i) => failures[i]).map(({ messageId }) => ({ itemIdentifier: messageId })),
    }
  }
}

/** Says where a body does not read, never what it holds. */
function parsed<Message>(schema: z.ZodType<Message>, body: string): Message {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw new AppError('bad_request', 'the message is no JSON')
  }
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const [{ path, code }] = read.error.issues
  throw new AppError('bad_request', `the message does not read: ${code} at ${path.join('.').slice(0, 100) || 'its top'}`)
}

/** One line per failure. Only a fault of our own shows where it happened; some libraries' errors carry whole sources. */
function logFailure({ messageId, eventSourceARN }: SQSRecord, attempt: number, error: unknown): void {
  const { code, message } = errorBody(error)
  const at = error instanceof AppError ? undefined : (error as Error | undefined)?.stack?.match(/^ +at .*/m)?.[0].trim()
  const queue = eventSourceARN.split(':').at(-1)
  console.error(JSON.stringify({ queue, messageId, attempt, code, message: message.slice(0, 300), at }))
}
