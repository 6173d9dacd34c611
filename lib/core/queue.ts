import { AppError } from './errors.ts'

/** Messages for another process: delivered at least once, in any order, some of them late. */
export interface Queue<Message> {
  /** Resolves once all of them are stored; `delayMs` (at most 15 minutes) keeps them back. A message is at most 200 KB as JSON. */
  send(messages: readonly Message[], options?: { delayMs?: number }): Promise<void>
}

/** One delivery of a message to its handler. */
export interface Delivery<Message> {
  message: Message
  /** 1 at first; a handler that throws gets the message again, with the next number */
  attempt: number
}

export const MESSAGE_BYTES = 200 * 1024
export const LONGEST_DELAY_MS = 15 * 60_000

/** The messages as JSON texts; throws `too_large` for one over 200 KB, before any of them is sent. */
export function messageTexts(messages: readonly unknown[]): string[] {
  return messages.map((message) => {
    const text = JSON.stringify(message)
    const bytes = new TextEncoder().encode(text).byteLength
    if (bytes > MESSAGE_BYTES)
      throw new AppError(
        'too_large',
        `A message of ${Math.ceil(bytes / 1024)} KB is over the 200 KB a queue takes. Store it as an object and send its key.`,
      )
    return text
  })
}

/** The delay itself; throws for one no queue keeps. */
export function checkedDelay(delayMs: number): number {
  if (delayMs >= 0 && delayMs <= LONGEST_DELAY_MS) return delayMs
  throw new AppError('internal', `A message is kept back for 0 to 15 minutes, not for ${delayMs} ms.`)
}
