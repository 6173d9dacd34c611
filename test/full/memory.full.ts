import { expect, test } from 'vitest'
import { measureRuns, median } from '../memory/measure.ts'

const RUNS = 10_000
const FIRST = 500

test('10,000 runs in one process: its memory grows by less than a fifth after the first 500, and no run takes longer', async () => {
  const steps = await measureRuns({
    runs: RUNS,
    step: 250,
    onStep: ({ runs, rss, cpuMs }) =>
      console.log(`${runs} runs  ${Math.round(rss / 2 ** 20)} MB RSS  ${cpuMs.toFixed(1)} ms CPU per run`),
  })
  const after = steps.filter(({ runs }) => runs > FIRST)
  const { rss } = steps.find(({ runs }) => runs === FIRST)!
  expect(Math.max(...after.map((step) => step.rss)) / rss).toBeLessThan(1.2)
  const quarter = Math.floor(after.length / 4)
  const cpuMs = (part: typeof after) => median(part.map((step) => step.cpuMs))
  expect(cpuMs(after.slice(-quarter)) / cpuMs(after.slice(0, quarter))).toBeLessThan(1.5)
})
