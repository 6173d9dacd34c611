/** How Lambda takes messages from a standard queue with batches of one. */
export interface QueueRules {
  /** batches side by side from the first moment, how many more each minute while messages wait, and at most */
  first: number
  perMinute: number
  most: number
  /** from a message sent to the function called with it */
  deliveryMs: number
  /** beside the work, for the first call in a new environment */
  coldMs: number
  /** environments that stand from calls before */
  warm: number
}

export interface QueueOutcome {
  /** when each message was done, in the order given */
  doneAt: number[]
  sideBySide: number
  coldStarts: number
  /** billed milliseconds of all calls */
  billedMs: number
}

/**
 * What becomes of messages sent at `sentAt` (ms, ascending) that each take `workMs`: taken in their order as soon as the queue's
 * batches side by side allow. They grow from the first message on, steadily.
 */
export function simulateQueue(
  messages: readonly { sentAt: number; workMs: number }[],
  rules: QueueRules,
): QueueOutcome {
  const { first, perMinute, most, deliveryMs, coldMs, warm } = rules
  const began = (messages[0]?.sentAt ?? 0) + deliveryMs
  const busyUntil: number[] = []
  const doneAt: number[] = []
  let environments = warm
  let coldStarts = 0
  let sideBySide = 0
  let billedMs = 0
  let now = began
  for (const { sentAt, workMs } of messages) {
    now = Math.max(now, sentAt + deliveryMs)
    const free = () => {
      while (busyUntil.length > 0 && busyUntil[0] <= now) busyUntil.shift()
    }
    free()
    // The next one begins when another ends or when one more is allowed side by side, whichever comes first.
    while (busyUntil.length >= Math.min(most, Math.floor(first + ((now - began) * perMinute) / 60_000 + 1e-9))) {
      const grows =
        busyUntil.length < most
          ? began + Math.ceil(((busyUntil.length + 1 - first) * 60_000) / perMinute)
          : Number.POSITIVE_INFINITY
      now = Math.min(busyUntil[0], grows)
      free()
    }
    const cold = busyUntil.length >= environments
    if (cold) {
      environments++
      coldStarts++
    }
    const takes = workMs + (cold ? coldMs : 0)
    billedMs += takes
    insert(busyUntil, now + takes)
    doneAt.push(now + takes)
    sideBySide = Math.max(sideBySide, busyUntil.length)
  }
  return { doneAt, sideBySide, coldStarts, billedMs }
}

/** Keeps a list ascending. */
function insert(list: number[], value: number): void {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (list[middle] <= value) low = middle + 1
    else high = middle
  }
  list.splice(low, 0, value)
}
