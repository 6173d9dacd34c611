import type { ObjectStore } from '../../lib/market/objects.ts'

/** Objects in memory, with the writes and reads that happened, and a hook that may fail a write. */
export class MemoryStore implements ObjectStore {
  readonly held = new Map<string, Uint8Array>()
  writes: string[] = []
  reads: string[] = []
  beforeWrite: (key: string) => void = () => {}

  async get(key: string): Promise<Uint8Array | undefined> {
    this.reads.push(key)
    const bytes = this.held.get(key)
    return bytes && new Uint8Array(bytes)
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.beforeWrite(key)
    this.writes.push(key)
    this.held.set(key, new Uint8Array(bytes))
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    if (this.held.has(key)) return false
    await this.put(key, bytes)
    return true
  }

  async replace(key: string, bytes: Uint8Array, expected: Uint8Array): Promise<boolean> {
    const held = this.held.get(key)
    if (!held || Buffer.compare(held, expected) !== 0) return false
    await this.put(key, bytes)
    return true
  }

  async delete(key: string): Promise<void> {
    this.held.delete(key)
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.held.keys()].filter((key) => key.startsWith(prefix)).sort()
  }
}
