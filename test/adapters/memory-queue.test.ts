import { expect, test } from 'vitest'
import { sleep } from '../../lib/adapters/local/clock.ts'
import { type MemoryQueueSettings, memoryQueue } from '../../lib/adapters/local/memory-queue.ts'
import type { Delivery } from '../../lib/core/queue.ts'
import { seeded } from '../../lib/core/random.ts'
import { type Note, queueContract } from './queue-contract.ts'

const settings: MemoryQueueSettings<Note> = { sleep, concurrency: 4, retryMs: 5, receives: 3 }
const note = (n: number): Note => ({ n, text: '' })

const opened = (more: Partial<MemoryQueueSettings<Note>> = {}) => {
  const queue = memoryQueue<Note>({ ...settings, ...more })
  const dead = async () => queue.dead.map((letter) => letter.message.n)
  return { queue, consume: queue.consume, dead, close: queue.close }
}

queueContract('a queue in memory', async () => opened())
queueContract(
  'a queue in memory that delivers in any order and half of its messages twice',
  async () => opened({ disorder: { random: seeded(3), twice: 0.5 } }),
  { exact: false },
)

test('no more handlers are at work than are allowed', async () => {
  const { queue } = opened({ concurrency: 3 })
  let now = 0
  let most = 0
  queue.consume(async () => {
    most = Math.max(most, ++now)
    await sleep(2)
    now--
  })
  await queue.send(Array.from({ length: 20 }, (_, n) => note(n)))
  await queue.idle()
  expect(most).toBe(3)
})

test('the waits before another delivery double', async () => {
  const waits: number[] = []
  const letters: unknown[] = []
  const { queue } = opened({
    retryMs: 100,
    receives: 4,
    sleep: async (ms) => void waits.push(ms),
    onDead: (letter) => letters.push(letter),
  })
  const fault = new Error('no')
  queue.consume(async () => {
    throw fault
  })
  await queue.send([note(7)])
  await queue.idle()
  expect(waits).toEqual([100, 200, 400])
  expect(letters).toEqual([{ message: note(7), attempt: 4, error: fault }])
})

test('what was sent before anybody consumed waits for it', async () => {
  const { queue } = opened()
  await queue.send([note(1), note(2)])
  const seen: number[] = []
  queue.consume(async ({ message }) => void seen.push(message.n))
  await queue.idle()
  expect(seen).toEqual([1, 2])
})

test('a handler cannot change what the next delivery holds', async () => {
  const { queue } = opened()
  const seen: Delivery<Note>[] = []
  queue.consume(async ({ message, attempt }) => {
    seen.push({ message: { ...message }, attempt })
    message.text = 'changed'
    if (attempt === 1) throw new Error('again')
  })
  const sent = note(1)
  await queue.send([sent])
  sent.text = 'changed by the sender'
  await queue.idle()
  expect(seen).toEqual([
    { message: note(1), attempt: 1 },
    { message: note(1), attempt: 2 },
  ])
})

test('the disorder of a seed sends some twice and changes the order', async () => {
  const seen: number[] = []
  const { queue } = opened({ concurrency: 1, disorder: { random: seeded(5), twice: 0.3 } })
  await queue.send(Array.from({ length: 50 }, (_, n) => note(n)))
  queue.consume(async ({ message }) => void seen.push(message.n))
  await queue.idle()
  expect(new Set(seen).size).toBe(50)
  expect(seen.length).toBeGreaterThan(52)
  expect(seen.length).toBeLessThan(75)
  expect(seen).not.toEqual([...seen].sort((a, b) => a - b))
})

test('closing waits for the handler at work, counts what is left and ends delays at once', async () => {
  const { queue } = opened({ concurrency: 1 })
  let ended = false
  queue.consume(async () => {
    await sleep(20)
    ended = true
  })
  await queue.send([note(0), note(1), note(2)])
  await queue.send([note(3)], { delayMs: 600_000 })
  expect(await queue.close()).toBe(3)
  expect(ended).toBe(true)
  await expect(queue.send([note(4)])).rejects.toMatchObject({ code: 'interrupted' })
})
