import type { Waiting } from '../../lib/adapters/aws/retry.ts'
import { sleep, systemClock } from '../../lib/adapters/local/clock.ts'
import { seeded } from '../../lib/core/random.ts'

/** Waits as the machine does. */
export const realWaiting = (): Waiting => ({ clock: systemClock, sleep, random: seeded(1) })

/** Time that passes only by waiting: `waits` are all of them, and `onWait` hears the time after each. */
export function fakeWaiting(onWait: (now: number) => Promise<void> | void = () => {}) {
  let now = 0
  const waits: number[] = []
  const waiting: Waiting = {
    clock: () => now,
    random: seeded(7),
    async sleep(ms) {
      waits.push(ms)
      now += ms
      await onWait(now)
    },
  }
  return { waiting, waits, now: () => now }
}
