// Loaded into every thread of a measured process before its own code (node --import): on request a worker collects its garbage
// and tells what it still holds. The host asks with `collectThreads`.
import { setTimeout as sleep } from 'node:timers/promises'
import { BroadcastChannel, isMainThread } from 'node:worker_threads'

/** Bytes of one thread after its garbage was collected. */
export interface Held {
  heap: number
  /** array buffers and WebAssembly memory included */
  external: number
}

const CHANNEL = 'heaps'

/** Collects this thread's garbage and tells what is left. Needs --expose-gc. */
export function collect(): Held {
  // What a first collection finalizes, a second one frees.
  for (let i = 0; i < 3; i++) globalThis.gc!()
  const { heapUsed, external } = process.memoryUsage()
  return { heap: heapUsed, external }
}

/** What every worker holds after a collection of its own; throws when not all of them answer. */
export async function collectThreads(workers: number): Promise<Held[]> {
  const channel = new BroadcastChannel(CHANNEL)
  const held: Held[] = []
  channel.onmessage = (message) => held.push((message as { data: Held }).data)
  channel.postMessage('collect')
  for (let i = 0; held.length < workers; i++) {
    if (i === 3_000) throw new Error(`${held.length} of ${workers} workers answered.`)
    await sleep(10)
  }
  channel.close()
  return held
}

if (!isMainThread) {
  const channel = new BroadcastChannel(CHANNEL) as BroadcastChannel & { unref(): void }
  channel.onmessage = (message) => {
    if ((message as { data: unknown }).data === 'collect') channel.postMessage(collect())
  }
  channel.unref()
}
