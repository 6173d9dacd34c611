import { z } from 'zod'
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
const scheduled = z.object({
  source: z.enum(['aws.events', 'aws.scheduler']),
  'detail-type': z.literal('Scheduled Event'),
})

/** S3 writes keys into its events as a form does: a blank as +, the rest escaped. */
const keyOf = (text: string) => decodeURIComponent(text.replaceAll('+', ' '))

/**
 * A Lambda handler for two events: ObjectCreated of the bars bucket under uploads/ (at least once, any order), and the schedule.
 * Every upload of an event is tried before the first failure is thrown, so that the event comes again.
 */
export const makeBarsIngest =
  (use: BarsIngest) =>
  async (event: unknown): Promise<{ uploads: Ingested[]; fetched: FetchReport | null }> => {
    if (scheduled.safeParse(event).success) return { uploads: [], fetched: (await use.fetchBars()) ?? null }
    const parsed = uploaded.safeParse(event)
    if (!parsed.success) throw new AppError('bad_request', 'The event is neither of S3 nor of the schedule.')
    const created = parsed.data.Records.filter(({ eventName }) => /^(s3:)?ObjectCreated:/.test(eventName))
    const uploads: Ingested[] = []
    const failures: unknown[] = []
    for (const { s3 } of created) {
      try {
        uploads.push(await use.ingestUpload(keyOf(s3.object.key)))
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
    return { uploads, fetched: null }
  }
