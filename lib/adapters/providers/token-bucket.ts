import type { Clock } from '../../core/clock.ts'

/**
 * Lets through at most so many calls in any minute: a tenth of them at once, the others evenly spread. A call waits for its turn,
 * in order of arrival.
 */
export function tokenBucket(
  perMinute: number,
  clock: Clock,
  sleep: (ms: number) => Promise<void>,
): () => Promise<void> {
  const most = Math.max(1, Math.floor(perMinute / 10))
  // A minute that begins with a full bucket has both: what is in it, and what flows in.
  const msPerToken = 60_000 / Math.max(1, perMinute - most)
  let tokens = most
  let filled = clock()
  let turn = Promise.resolve()

  async function take(): Promise<void> {
    for (;;) {
      const now = clock()
      tokens = Math.min(most, tokens + Math.max(0, now - filled) / msPerToken)
      filled = now
      // A wait that ends a rounding error early is over.
      if (tokens >= 1 - 1e-9) {
        tokens -= 1
        return
      }
      await sleep(Math.ceil((1 - tokens) * msPerToken))
    }
  }

  return () => {
    turn = turn.then(take)
    return turn
  }
}
