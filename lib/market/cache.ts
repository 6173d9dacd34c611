/**
 * Decoded objects by key, the least recently used dropped first once their bytes exceed the limit. Keys name content
 * (an object's key or hash), so that nothing here ever goes stale; one cache may serve every load of a process.
 */
export class BarCache {
  readonly limitBytes: number
  #held = new Map<string, { value: unknown; bytes: number }>()
  #bytes = 0

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string): unknown {
    const entry = this.#held.get(key)
    if (!entry) return undefined
    this.#held.delete(key)
    this.#held.set(key, entry)
    return entry.value
  }

  set(key: string, value: unknown, bytes: number): void {
    this.#drop(key)
    if (bytes > this.limitBytes) return
    this.#held.set(key, { value, bytes })
    this.#bytes += bytes
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= this.limitBytes) break
      this.#drop(oldest)
    }
  }

  #drop(key: string): void {
    const entry = this.#held.get(key)
    if (!entry) return
    this.#held.delete(key)
    this.#bytes -= entry.bytes
  }
}

/** The value under a key, made (and kept) when it is absent. The type is the maker's: one kind of key, one kind of value. */
export async function cached<Value>(
  cache: BarCache,
  key: string,
  make: () => Promise<{ value: Value; bytes: number }>,
): Promise<Value> {
  const held = cache.get(key) as Value | undefined
  if (held !== undefined) return held
  const { value, bytes } = await make()
  cache.set(key, value, bytes)
  return value
}
