import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Delivery, MESSAGE_BYTES, type Queue } from '../../lib/core/queue.ts'

export interface Note {
  n: number
  text: string
}

/** A fresh queue that gives a message three times, with a short time between. */
export interface OpenQueue {
  queue: Queue<Note>
  consume(use: (delivery: Delivery<Note>) => Promise<void>): void
  /** numbers of the messages that are dead */
  dead(): Promise<number[]>
  close(): Promise<unknown>
}

const notes = (count: number, text = 'x'): Note[] => Array.from({ length: count }, (_, n) => ({ n, text }))
const numbers = (seen: readonly Delivery<Note>[]) => seen.map((delivery) => delivery.message.n).sort((a, b) => a - b)
/** Waits until it holds; the longest is long for a busy machine. */
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 20 })

/** What every Queue does; `open` gives a fresh one, and `exact` says that it delivers once where nothing fails. */
export function queueContract(name: string, open: () => Promise<OpenQueue>, { exact = true } = {}): void {
  describe(`${name} keeps the contract of a queue`, () => {
    let opened: OpenQueue | undefined
    afterEach(async () => {
      await opened?.close()
      opened = undefined
    })
    const start = async (use: (delivery: Delivery<Note>) => Promise<void> = async () => {}) => {
      opened = await open()
      const seen: Delivery<Note>[] = []
      opened.consume(async (delivery) => {
        seen.push(delivery)
        await use(delivery)
      })
      return { ...opened, seen }
    }

    test('hundreds of messages all arrive', async () => {
      const { queue, seen } = await start()
      await queue.send(notes(325))
      await until(() => expect(new Set(numbers(seen)).size).toBe(325))
      if (!exact) return
      expect(numbers(seen)).toEqual(notes(325).map(({ n }) => n))
      expect(seen.every((delivery) => delivery.attempt === 1)).toBe(true)
    })

    test('no message is none', async () => {
      const { queue, seen } = await start()
      await queue.send([])
      await queue.send(notes(1))
      await until(() => expect(new Set(numbers(seen))).toEqual(new Set([0])))
    })

    test('every character arrives', async () => {
      const { queue, seen } = await start()
      // Control characters, a lone surrogate, the two non-characters queues refuse, markup and what must be escaped in it.
      const text = '\0\x01\t\n\x7f"\\\\u0041 é 日本 😀 \ud83d \ufffe \uffff \\\uffff \u2028 <&>\'%'
      await queue.send([{ n: 1, text }])
      await until(() => expect(seen[0]?.message).toEqual({ n: 1, text }))
    })

    test('a handler that throws gets the message again, as attempt 2; the others do not come back', async () => {
      const { queue, seen, dead } = await start(async ({ message, attempt }) => {
        if (message.n === 3 && attempt === 1) throw new Error('fails once')
      })
      await queue.send(notes(8))
      await until(() => expect(seen.some((one) => one.message.n === 3 && one.attempt === 2)).toBe(true))
      expect(new Set(numbers(seen)).size).toBe(8)
      if (exact) expect(numbers(seen)).toEqual([0, 1, 2, 3, 3, 4, 5, 6, 7])
      expect(await dead()).toEqual([])
    })

    test('a message that fails three times is dead, and only that', async () => {
      const { queue, seen, dead } = await start(async ({ message }) => {
        if (message.n === 1) throw new Error('fails always')
      })
      await queue.send(notes(3))
      await until(async () => expect(new Set(await dead())).toEqual(new Set([1])))
      const attempts = seen.filter((one) => one.message.n === 1).map((one) => one.attempt)
      expect(new Set(attempts)).toEqual(new Set([1, 2, 3]))
      if (exact) expect(numbers(seen)).toEqual([0, 1, 1, 1, 2])
    })

    test('a delayed message does not come before its time', async () => {
      let arrived = 0
      const { queue, seen } = await start(async () => {
        arrived = performance.now()
      })
      const sent = performance.now()
      await queue.send([{ n: 2, text: 'late' }], { delayMs: 1_000 })
      await until(() => expect(numbers(seen)).toContain(2))
      // Timers of different clocks differ by a few milliseconds.
      expect(arrived - sent).toBeGreaterThan(990)
    })

    test('messages of 200 KB arrive, several in one sending', async () => {
      const { queue, seen } = await start()
      const text = 'é'.repeat((MESSAGE_BYTES - '{"n":0,"text":""}'.length) / 2)
      await queue.send(notes(3, text))
      await until(() => expect(new Set(numbers(seen))).toEqual(new Set([0, 1, 2])))
      expect(seen.every((delivery) => delivery.message.text === text)).toBe(true)
    })

    test('a message over 200 KB is refused as too_large, and none of its sending is stored', async () => {
      const { queue, seen } = await start()
      const sending = queue.send([...notes(2), { n: 9, text: 'é'.repeat(MESSAGE_BYTES / 2) }])
      await expect(sending).rejects.toMatchObject({ code: 'too_large' })
      await queue.send([{ n: 5, text: 'after' }])
      await until(() => expect(numbers(seen)).toContain(5))
      expect(new Set(numbers(seen))).toEqual(new Set([5]))
    })

    test('a delay over 15 minutes is refused', async () => {
      const { queue } = await start()
      await expect(queue.send(notes(1), { delayMs: 900_001 })).rejects.toThrow('0 to 15 minutes')
      await expect(queue.send(notes(1), { delayMs: -1 })).rejects.toThrow('0 to 15 minutes')
    })
  })
}
