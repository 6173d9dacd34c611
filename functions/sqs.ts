import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { z } from 'zod'
import { AppError } from '../lib/core/errors.ts'
import type { Delivery } from '../lib/core/queue.ts'
import { type Line, type Log, placeOf, plainLog } from './log.ts'

/**
 * A Lambda handler of a queue around one use case: each record's body as the schema reads it, all records of a call at the same time.
 * A record whose use throws, or whose body does not read, is reported as failed: it comes again, and ends among the dead letters.
 */
export function sqsHandler<Message>(
  schema: z.ZodType<Message>,
  use: (delivery: Delivery<Message>) => Promise<void>,
  log: Log = plainLog,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const failed = async (record: SQSRecord): Promise<boolean> => {
    const attempt = Number(record.attributes.ApproximateReceiveCount)
    try {
      await use({ message: parsed(schema, record.body), attempt })
      return false
    } catch (error) {
      log(failureOf(record, attempt, error), 'error')
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
  throw new AppError(
    'bad_request',
    `the message does not read: ${code} at ${path.join('.').slice(0, 100) || 'its top'}`,
  )
}

/** A failure in one line: the message of our own errors, and where another one happened. */
function failureOf({ messageId, eventSourceARN }: SQSRecord, attempt: number, error: unknown): Line {
  const queue = eventSourceARN.split(':').at(-1)
  const about = { what: 'fault', queue, messageId, attempt }
  if (error instanceof AppError) return { ...about, code: error.code, reason: error.message.slice(0, 300) }
  return { ...about, ...placeOf(error) }
}
