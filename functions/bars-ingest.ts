import * as z from 'zod'
import { AppError } from '../lib/core/errors.ts'
import type { FetchReport } from '../lib/market/fetch.ts'
import type { Ingested } from '../lib/market/ingest.ts'

/** What new bars come to: an uploaded file by its key, and the provider's bars of everything stored. */
export interface BarsIngest {
  ingestUpload(key: string): Promise<Ingested>
  /** undefined when no provider is set up */
  fetchBars(): Promise<FetchReport | undefined>
}

const uploaded = z.object({
  Records: z.array(
    z.object({ eventName: z.string(), s3: z.object({ object: z.object({ key: z.string().min(1).max(4_096) }) }) }),
  ),
})
/** The same by way of EventBridge: one object, its key as it is. */
const announced = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({ object: z.object({ key: z.string().min(1).max(4_096) }) }),
})
/** Either of them out of a queue. */
const queued = z.object({ Records: z.array(z.object({ eventSource: z.literal('aws:sqs'), body: z.string() })).min(1) })
const scheduled = z.object({
  source: z.enum(['aws.events', 'aws.scheduler']),
  'detail-type': z.literal('Scheduled Event'),
})

/** S3 writes keys into its events as a form does: a blank as +, the rest escaped. */
const keyOf = (text: string) => decodeURIComponent(text.replaceAll('+', ' '))

/**
 * A Lambda handler for two events: an object created in the bars bucket under uploads/, told by S3 itself or by EventBridge, at once or out
 * of a queue (at least once, any order), and the schedule.
 * Every upload of an event is tried before the first failure is thrown, so that the event comes again.
 */
export const makeBarsIngest =
  (use: BarsIngest) =>
  async (event: unknown): Promise<{ uploads: Ingested[]; fetched: FetchReport | null }> => {
    if (scheduled.safeParse(event).success) return { uploads: [], fetched: (await use.fetchBars()) ?? null }
    const keys = keysIn(event)
    if (!keys) throw new AppError('bad_request', 'The event is neither of S3 nor of the schedule.')
    const uploads: Ingested[] = []
    const failures: unknown[] = []
    for (const key of keys) {
      try {
        uploads.push(await use.ingestUpload(key))
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
    return { uploads, fetched: null }
  }

/** The keys of the objects that an event says were created; undefined for an event of another kind. */
function keysIn(event: unknown): string[] | undefined {
  const waiting = queued.safeParse(event).data
  if (waiting) {
    const keys = waiting.Records.map(({ body }) => keysIn(parsed(body)))
    return keys.every((each) => each !== undefined) ? keys.flat() : undefined
  }
  const told = announced.safeParse(event).data
  if (told) return [told.detail.object.key]
  return uploaded
    .safeParse(event)
    .data?.Records.filter(({ eventName }) => /^(s3:)?ObjectCreated:/.test(eventName))
    .map(({ s3 }) => keyOf(s3.object.key))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
