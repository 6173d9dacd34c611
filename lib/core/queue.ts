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
