import { AppError } from '../../core/errors.ts'
import { checkedDelay, type Delivery, messageTexts, type Queue } from '../../core/queue.ts'

/** A message that no delivery got through, and what its last one threw. */
export interface DeadLetter<Message> extends Delivery<Message> {
  error: unknown
}

export interface MemoryQueueSettings<Message> {
  /** resolves after the time, or rejects when the signal ends it before */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** deliveries at work at one time */
  concurrency: number
  /** before the second delivery; doubled before each further one */
  retryMs: number
  /** deliveries before a message is dead */
  receives: number
  /** hears of every dead message */
  onDead?: (letter: DeadLetter<Message>) => void
  /** what a queue may do and rarely does, for tests: the order drawn at random, a share of the messages twice */
  disorder?: { random(): number; twice: number }
}

export interface MemoryQueue<Message> extends Queue<Message> {
  /** Begins to deliver. A handler that throws gets the message again. */
  consume(use: (delivery: Delivery<Message>) => Promise<void>): void
  readonly dead: readonly DeadLetter<Message>[]
  /** Resolves when no message is left, delayed ones included. */
  idle(): Promise<void>
  /** Delivers nothing more, waits for the handlers at work and says how many messages are lost with the queue. */
  close(): Promise<number>
}

interface Entry {
  text: string
  attempt: number
}

/** A queue inside this process. It ends with it: whoever sends finds unfinished work again by other means. */
export function memoryQueue<Message>(settings: MemoryQueueSettings<Message>): MemoryQueue<Message> {
  const { sleep, concurrency, retryMs, receives, onDead, disorder } = settings
  const ready: Entry[] = []
  const dead: DeadLetter<Message>[] = []
  const closing = new AbortController()
  const waiters = new Set<{ over: () => boolean; resolve: () => void }>()
  let use: ((delivery: Delivery<Message>) => Promise<void>) | undefined
  let running = 0
  let delayed = 0

  const until = (over: () => boolean) =>
    new Promise<void>((resolve) => {
      waiters.add({ over, resolve })
      pump()
    })

  function pump(): void {
    while (use && !closing.signal.aborted && running < concurrency && ready.length > 0) {
      const at = disorder ? Math.floor(disorder.random() * ready.length) : 0
      void deliver(ready.splice(at, 1)[0], use)
    }
    for (const waiter of waiters) {
      if (!waiter.over()) continue
      waiters.delete(waiter)
      waiter.resolve()
    }
  }

  async function deliver({ text, attempt }: Entry, handler: NonNullable<typeof use>): Promise<void> {
    running++
    // Each delivery has a message of its own, as if it had come from another process.
    const delivery = { message: JSON.parse(text) as Message, attempt }
    try {
      await handler(delivery)
    } catch (error) {
      if (attempt < receives) void later({ text, attempt: attempt + 1 }, retryMs * 2 ** (attempt - 1))
      else {
        const letter = { message: JSON.parse(text) as Message, attempt, error }
        dead.push(letter)
        onDead?.(letter)
      }
    }
    running--
    pump()
  }

  async function later(entry: Entry, ms: number): Promise<void> {
    delayed++
    try {
      await sleep(ms, closing.signal)
    } catch {
      // Ended before its time by `close`, which counts it.
      return
    }
    delayed--
    ready.push(entry)
    pump()
  }

  return {
    dead,
    async send(messages, { delayMs = 0 } = {}) {
      checkedDelay(delayMs)
      const texts = messageTexts(messages)
      if (closing.signal.aborted) throw new AppError('interrupted', 'The queue is closed: the host is stopping.')
      for (const text of texts) {
        const copies = disorder && disorder.random() < disorder.twice ? 2 : 1
        for (let i = 0; i < copies; i++) {
          if (delayMs > 0) void later({ text, attempt: 1 }, delayMs)
          else ready.push({ text, attempt: 1 })
        }
      }
      pump()
    },
    consume(handler) {
      use = handler
      pump()
    },
    idle: () => until(() => running + delayed + ready.length === 0),
    async close() {
      closing.abort()
      await until(() => running === 0)
      return ready.length + delayed
    },
  }
}
