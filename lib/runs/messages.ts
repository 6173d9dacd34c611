import * as z from 'zod'

/** One job of a run, to be done by whoever takes the message. */
export const chunkMessage = z.object({
  run_id: z.string().min(1).max(200),
  step: z.number().int().positive(),
  chunk: z.number().int().nonnegative(),
})
export type ChunkMessage = z.infer<typeof chunkMessage>

/** A run that may have something to go on with. */
export const advanceMessage = z.object({
  run_id: z.string().min(1).max(200),
  /** a job of it that has ended: it goes on when that was the last of its step, or failed */
  done: z
    .object({ step: z.number().int().positive(), chunk: z.number().int().nonnegative(), failed: z.boolean() })
    .optional(),
  /** it stood still: what is missing is to be sent once more */
  again: z.literal(true).optional(),
  /** it stood still for so long that whatever goes wrong now ends it */
  last: z.literal(true).optional(),
})
export type AdvanceMessage = z.infer<typeof advanceMessage>
