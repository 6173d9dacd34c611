import { expect, test } from 'vitest'
import { estimateOf, wallOf } from '../../lib/signals/estimate.ts'

test('the estimate of a run of two jobs and a merge counts what each of them asks of the cloud', () => {
  const shape = { steps: [{ jobs: 2, ms: 1_000, gets: 30 }], mergeMs: 100, mergeGets: 10, bytes: 2 ** 29 }
  const waited = wallOf(shape)
  expect(estimateOf(shape)).toMatchObject({
    apiRequests: 1,
    // Five messages (begin, two jobs, two ends), each received and deleted: 10; sent: the begin, the jobs in one call, two ends.
    sqsRequests: 10 + 1 + 1 + 2,
    // Two inputs, two answers, the step's plan, the result; answers listed when the step begins, and when it has ended.
    s3Puts: 2 + 2 + 1 + 1 + 2,
    // Two inputs, two looks for an answer, bars of the jobs and the merge, two answers read at the end; the plan when the step begins and ends.
    s3Gets: 2 + 2 + 30 + 10 + 2 + 2,
    // Half a GB for three months.
    s3GbMonths: 1.5,
    // Run, pointers and quota 5, the step, two ends of 2 KB, succeeded and the pointer gone.
    dynamodbWrites: 5 + 1 + 4 + 2,
    // Strategy and quota 4, a look each second, the run by both functions of each job, run and strategy in two attempts.
    dynamodbReads: 4 + Math.ceil(waited / 1_000) + 4 + 4,
    lambda: {
      // 250 ms beside the work of each
      chunk: { calls: 2, ms: 2 * 250 + 1_000 },
      // to begin, and for each end
      merge: { calls: 3, ms: 2 * 15 + 2 * 60 + 100 },
      ask: { calls: 1, ms: waited },
    },
  })
})

test('a request waits no longer than 25 s, whatever the run takes', () => {
  const shape = { steps: [{ jobs: 100, ms: 100_000, gets: 0 }], mergeMs: 60_000, mergeGets: 0, bytes: 0 }
  expect(wallOf(shape)).toBeGreaterThan(60_000)
  expect(estimateOf(shape).lambda!.ask.ms).toBe(25_000)
})

test('work that is cut finely takes the time in which the machines side by side grow to it', () => {
  // 300 core-seconds in 1,200 parts: 5 t + 5 t^2 / 2 = 300 + 1,200 x 0.25 at t = 14.5 s; a call and its way are 0.41 s more.
  const shape = { steps: [{ jobs: 1_200, ms: 300_000, gets: 0 }], mergeMs: 0, mergeGets: 0, bytes: 0 }
  expect(wallOf(shape) / 1_000).toBeCloseTo(14.52 + 0.41, 1)
})
