import { AppError } from '../../core/errors.ts'
import { sha256 } from '../../core/hash.ts'
import { BarCache } from '../../market/cache.ts'
import type { ObjectStore, TaggedReads } from '../../market/objects.ts'
import type { DiskCache } from './disk-cache.ts'

/** How reads were answered since the start. */
export interface CacheCounts {
  memory: number
  disk: number
  /** read from the store */
  fetched: number
  /** asked of the store, which answered that nothing has changed */
  revalidated: number
  /** files that did not hold what their name says */
  damaged: number
  /** objects the disk would not take */
  unkept: number
}

const HASH_IN_NAME = /-([0-9a-f]{16})(?:-\d+)?\.arrow$/

/** The start of the content's SHA-256 where a key names it: such an object never changes. Bars and figures are named so. */
export const contentHash = (key: string): string | undefined => HASH_IN_NAME.exec(key)?.[1]

const holds = (bytes: Uint8Array, hash: string) => sha256(bytes).startsWith(hash)
const copy = (bytes: Uint8Array) => new Uint8Array(bytes)

/**
 * A store whose reads are kept in memory and on a disk, for processes that live through many reads. Objects named by their content are
 * answered from there, checked against their name; all others are asked of the store every time, by their tag where one is kept.
 */
export function cachedObjects(
  store: ObjectStore & TaggedReads,
  { memoryBytes, disk }: { memoryBytes: number; disk: DiskCache },
): ObjectStore & TaggedReads & { readonly counts: CacheCounts } {
  const memory = new BarCache(memoryBytes)
  const counts: CacheCounts = { memory: 0, disk: 0, fetched: 0, revalidated: 0, damaged: 0, unkept: 0 }
  const fileName = (key: string) => key.replaceAll('/', '+')
  const forget = (key: string) => memory.set(key, undefined, 0)

  async function fromDisk(key: string, hash: string): Promise<Uint8Array | undefined> {
    const bytes = await disk.get(fileName(key))
    if (!bytes) return undefined
    if (holds(bytes, hash)) {
      counts.disk++
      return bytes
    }
    counts.damaged++
    await disk.delete(fileName(key)).catch(() => {})
    return undefined
  }

  async function fromStore(key: string, hash: string): Promise<Uint8Array | undefined> {
    const bytes = await store.get(key)
    if (!bytes) return undefined
    counts.fetched++
    if (!holds(bytes, hash))
      throw new AppError('internal', `${key} is damaged: it does not hold what its name says. Import the data again.`)
    await disk.set(fileName(key), bytes).catch(() => {
      counts.unkept++
    })
    return bytes
  }

  async function immutable(key: string, hash: string): Promise<Uint8Array | undefined> {
    const held = memory.get(key) as Uint8Array | undefined
    if (held) {
      counts.memory++
      return copy(held)
    }
    const bytes = (await fromDisk(key, hash)) ?? (await fromStore(key, hash))
    if (bytes) memory.set(key, copy(bytes), bytes.byteLength)
    return bytes
  }

  /** An object that may be replaced, as it is now; its bytes are the cache's own. */
  async function mutable(key: string): Promise<{ bytes: Uint8Array; tag: string } | undefined> {
    const held = memory.get(key) as { bytes: Uint8Array; tag: string } | undefined
    const read = await store.getTagged(key, held?.tag)
    if (read === 'same') {
      counts.revalidated++
      return held
    }
    if (!read) {
      forget(key)
      return undefined
    }
    counts.fetched++
    memory.set(key, read, read.bytes.byteLength)
    return read
  }

  return {
    counts,
    async get(key) {
      const hash = contentHash(key)
      if (hash !== undefined) return immutable(key, hash)
      const read = await mutable(key)
      return read && copy(read.bytes)
    },
    async getTagged(key, known) {
      const hash = contentHash(key)
      const bytes = hash === undefined ? undefined : await immutable(key, hash)
      const read = hash === undefined ? await mutable(key) : bytes && { bytes, tag: hash }
      if (read === undefined) return undefined
      return read.tag === known ? 'same' : { bytes: copy(read.bytes), tag: read.tag }
    },
    put: (key, bytes) => store.put(key, bytes),
    replace: (key, bytes, expected) => store.replace(key, bytes, expected),
    putIfAbsent: (key, bytes) => store.putIfAbsent(key, bytes),
    async delete(key) {
      await store.delete(key)
      forget(key)
      if (contentHash(key) !== undefined) await disk.delete(fileName(key))
    },
    list: (prefix) => store.list(prefix),
  }
}
