import { expect, test } from 'vitest'
import { simulateQueue } from './queue-simulation.ts'

const RULES = { first: 5, perMinute: 300, most: 1_000, deliveryMs: 0, coldMs: 0, warm: 1_000 }
const sent = (count: number, workMs: number) => Array.from({ length: count }, () => ({ sentAt: 0, workMs }))

test('five messages are done at once', () => {
  const { doneAt, sideBySide } = simulateQueue(sent(5, 1_000), RULES)
  expect(doneAt).toEqual([1_000, 1_000, 1_000, 1_000, 1_000])
  expect(sideBySide).toBe(5)
})

test('the sixth begins when a sixth batch is allowed: at 300 a minute after 200 ms', () => {
  const { doneAt } = simulateQueue(sent(7, 1_000), RULES)
  expect(doneAt.slice(5)).toEqual([1_200, 1_400])
})

test('no more are side by side than the queue is allowed', () => {
  // Ten of a second, two at a time: five rounds.
  const { doneAt, sideBySide } = simulateQueue(sent(10, 1_000), { ...RULES, most: 2 })
  expect([Math.max(...doneAt), sideBySide]).toEqual([5_000, 2])
})

test('work of w core-seconds takes the t at which 5 t + 5 t^2 / 2 = w, when it is cut finely', () => {
  // 3,000 messages of 100 ms are 300 core-seconds: t = (sqrt(25 + 10 x 300) - 5) / 5 = 10.0 s.
  const { doneAt } = simulateQueue(sent(3_000, 100), RULES)
  expect(Math.max(...doneAt) / 1_000).toBeCloseTo((Math.sqrt(25 + 10 * 300) - 5) / 5, 0)
})

test('a new environment starts cold, and is warm for the message after', () => {
  const cold = { ...RULES, most: 1, coldMs: 500, warm: 0 }
  const { doneAt, coldStarts, billedMs } = simulateQueue(sent(3, 1_000), cold)
  expect(doneAt).toEqual([1_500, 2_500, 3_500])
  expect([coldStarts, billedMs]).toEqual([1, 3_500])
})

test('a message is not taken before it is sent', () => {
  const { doneAt } = simulateQueue(
    [
      { sentAt: 0, workMs: 10 },
      { sentAt: 700, workMs: 10 },
    ],
    { ...RULES, deliveryMs: 50 },
  )
  expect(doneAt).toEqual([60, 760])
})
