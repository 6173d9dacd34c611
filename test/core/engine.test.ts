import { expect, test } from 'vitest'
import { defineJob, type Engine, runAll } from '../../lib/core/engine.ts'

const job = defineJob<number, number>('double')

/** An engine whose jobs end when the test says so. */
function byHand(size: number) {
  const started: number[] = []
  const ends = new Map<number, { done: () => void; fail: () => void }>()
  const engine: Engine = {
    size,
    run: <Input, Output>(_: unknown, input: Input) => {
      const n = input as number
      started.push(n)
      return new Promise<Output>((resolve, reject) => {
        ends.set(n, { done: () => resolve((2 * n) as Output), fail: () => reject(new Error(`${n} failed`)) })
      })
    },
  }
  const settle = async (n: number, how: 'done' | 'fail') => {
    ends.get(n)![how]()
    await new Promise(setImmediate)
  }
  return { engine, started, settle }
}

test('answers come in the order of the inputs, whichever ends first', async () => {
  const { engine, started, settle } = byHand(2)
  const done: number[] = []
  const all = runAll(engine, job, [0, 1, 2], (index) => void done.push(index))
  expect(started).toEqual([0, 1])
  for (const n of [1, 2, 0]) await settle(n, 'done')
  expect(await all).toEqual([0, 2, 4])
  expect(done).toEqual([1, 2, 0])
})

test('nothing to do is done', async () => {
  expect(await runAll(byHand(2).engine, job, [])).toEqual([])
})

test('the failure of the lowest index is thrown, also when it comes last; no further job is started', async () => {
  const { engine, started, settle } = byHand(3)
  const all = runAll(engine, job, [0, 1, 2, 3, 4]).catch((error: Error) => error.message)
  await settle(2, 'fail')
  await settle(0, 'done')
  await settle(1, 'fail')
  expect(await all).toBe('1 failed')
  expect(started).toEqual([0, 1, 2])
})

test('what runs behind a failed one is not waited for', async () => {
  const { engine, settle } = byHand(3)
  const all = runAll(engine, job, [0, 1, 2]).catch((error: Error) => error.message)
  await settle(0, 'done')
  await settle(1, 'fail')
  expect(await all).toBe('1 failed')
})

test('a failure of what is told about an answer is one of its job', async () => {
  const { engine, settle } = byHand(1)
  const all = runAll(engine, job, [0, 1], () => Promise.reject(new Error('not told'))).catch((e: Error) => e.message)
  await settle(0, 'done')
  expect(await all).toBe('not told')
})
