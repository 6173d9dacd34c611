import { expect, test } from 'vitest'
import { growthPerRun, measureRuns } from './measure.ts'

/** Readings before this are left out: caches and compiled code fill. */
const WARM = 60
/** A run that keeps 20 KB is found; what a run may add at first is the database's own write buffer, 4 KB, up to 4 MB. */
const MOST_BYTES_PER_RUN = 10_000

test('runs leave nothing behind: neither on the heaps of any thread nor in native memory', async () => {
  const steps = (await measureRuns({ runs: 180, step: 20, collected: true })).filter(({ runs }) => runs >= WARM)
  const live = growthPerRun(steps, (step) => step.live!)
  const rss = growthPerRun(steps, (step) => step.rss)
  const told = `heaps ${Math.round(live)}, resident ${Math.round(rss)} bytes per run`
  expect(live, told).toBeLessThan(MOST_BYTES_PER_RUN)
  // How the allocator gives memory back is known of Linux only.
  if (process.platform === 'linux') expect(rss, told).toBeLessThan(MOST_BYTES_PER_RUN)
})
