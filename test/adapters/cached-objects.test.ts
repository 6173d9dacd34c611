import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cachedObjects, contentHash } from '../../lib/adapters/aws/cached-objects.ts'
import { diskCache } from '../../lib/adapters/aws/disk-cache.ts'
import { systemClock } from '../../lib/adapters/local/clock.ts'
import { parseDay } from '../../lib/core/days.ts'
import { sha256 } from '../../lib/core/hash.ts'
import { dataVersion } from '../../lib/market/companions.ts'
import { importConstituents } from '../../lib/market/constituents.ts'
import type { TaggedReads } from '../../lib/market/objects.ts'
import { storeSimulatedMarket } from '../../lib/market/simulate.ts'
import { MemoryStore } from '../market/memory-store.ts'
import { objectStoreContract } from './object-store-contract.ts'

/** The memory store of tests with tags, and a count of the bodies it was spared. */
class TaggedStore extends MemoryStore implements TaggedReads {
  spared = 0
  async getTagged(key: string, known?: string): ReturnType<TaggedReads['getTagged']> {
    const held = this.held.get(key)
    if (!held) return undefined
    const tag = sha256(held)
    if (tag === known) {
      this.spared++
      return 'same'
    }
    return { bytes: (await this.get(key))!, tag }
  }
}

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'saywhen-cached-objects-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

let directory: string
let directories = 0
let store: TaggedStore
beforeEach(() => {
  directory = join(root, String(directories++), 'objects')
  store = new TaggedStore()
})

let now = systemClock()
/** Every look at it is a second later. */
const clock = () => (now += 1_000)

/** The cache of another process: its own memory, the directory shared. */
const cache = ({ memoryBytes = 1e6, diskBytes = 1e6 } = {}) =>
  cachedObjects(store, { memoryBytes, disk: diskCache(directory, diskBytes, clock) })

const content = (n: number, bytes = 1_000) => new Uint8Array(bytes).fill(n)
const keyOf = (bytes: Uint8Array) => `bars/1d/00/2024-${sha256(bytes).slice(0, 16)}.arrow`
const fileName = (key: string) => key.replaceAll('/', '+')
const fileOf = (key: string) => join(directory, fileName(key))

async function stored(n: number): Promise<string> {
  const key = keyOf(content(n))
  await store.put(key, content(n))
  return key
}
const same = (bytes: Uint8Array | undefined, n: number) => expect(bytes && [...bytes]).toEqual([...content(n)])

objectStoreContract('a cached store', async () => {
  const own = join(root, String(directories++))
  return cachedObjects(new TaggedStore(), { memoryBytes: 1e5, disk: diskCache(own, 1e6, clock) })
})

describe('an object named by its content', () => {
  test('is fetched once; then memory answers, in a new process the disk', async () => {
    const key = await stored(1)
    const first = cache()
    for (let i = 0; i < 3; i++) same(await first.get(key), 1)
    const second = cache()
    for (let i = 0; i < 3; i++) same(await second.get(key), 1)
    expect(store.reads).toEqual([key])
    expect(first.counts).toMatchObject({ fetched: 1, disk: 0, memory: 2 })
    expect(second.counts).toMatchObject({ fetched: 0, disk: 1, memory: 2 })
  })

  test('keeps its content whatever a reader does with its bytes', async () => {
    const key = await stored(1)
    const cached = cache()
    for (let i = 0; i < 3; i++) (await cached.get(key))!.fill(9)
    same(await cached.get(key), 1)
    ;(await cache().get(key))!.fill(9)
    same(await cache().get(key), 1)
  })

  test('that is missing is asked for each time, and found once it is there', async () => {
    const cached = cache()
    expect(await cached.get(keyOf(content(2)))).toBeUndefined()
    same(await cached.get(await stored(2)), 2)
  })

  test.each([
    ['a byte is another', async (path: string) => writeFile(path, content(1).fill(9, 500, 501))],
    ['it ends too soon', async (path: string) => truncate(path, 400)],
    ['it is empty', async (path: string) => truncate(path, 0)],
    ['it holds another object', async (path: string) => writeFile(path, content(3))],
  ])('is fetched again, and kept whole, when its file is damaged: %s', async (_what, damage) => {
    const key = await stored(1)
    await cache().get(key)
    await damage(fileOf(key))
    const cached = cache()
    same(await cached.get(key), 1)
    expect(cached.counts).toMatchObject({ fetched: 1, damaged: 1, disk: 0 })
    same(await readFile(fileOf(key)), 1)
  })

  test('that the store gives under a wrong name is refused and not kept', async () => {
    const key = await stored(1)
    store.held.set(key, content(2))
    const cached = cache()
    await expect(cached.get(key)).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining(key) })
    store.held.set(key, content(1))
    same(await cached.get(key), 1)
  })

  test('and deleted by this process is gone from memory and disk', async () => {
    const key = await stored(1)
    const cached = cache()
    await cached.get(key)
    await cached.delete(key)
    expect(await cached.get(key)).toBeUndefined()
    expect(await cache().get(key)).toBeUndefined()
  })

  test('is read all the same when the disk refuses to keep it, and that is counted', async () => {
    const key = await stored(1)
    await mkdir(join(directory, '..'), { recursive: true })
    await writeFile(directory, 'a file where the directory would be')
    const cached = cache({ memoryBytes: 0 })
    for (let i = 0; i < 2; i++) same(await cached.get(key), 1)
    expect(cached.counts).toMatchObject({ fetched: 2, unkept: 2 })
  })

  test('is kept again after somebody has removed the whole directory', async () => {
    const key = await stored(1)
    const cached = cache({ memoryBytes: 0 })
    await cached.get(key)
    await rm(directory, { recursive: true })
    await cached.get(key)
    await cached.get(key)
    expect(cached.counts).toMatchObject({ fetched: 2, disk: 1, unkept: 0 })
  })
})

describe('an object that may change', () => {
  test('is never stale, whoever has changed it', async () => {
    const cached = cache()
    for (let version = 0; version < 20; version++) {
      await (version % 2 ? store : cached).put('bars/1d/catalog.json', content(version))
      for (let i = 0; i < 2; i++) same(await cached.get('bars/1d/catalog.json'), version)
    }
    await store.delete('bars/1d/catalog.json')
    expect(await cached.get('bars/1d/catalog.json')).toBeUndefined()
  })

  test('is not sent again while it is the same, and never lies on the disk', async () => {
    await store.put('universe.json', content(1))
    const cached = cache()
    for (let i = 0; i < 4; i++) await cached.get('universe.json')
    expect({ sent: store.reads.length, spared: store.spared }).toEqual({ sent: 1, spared: 3 })
    expect(cached.counts).toMatchObject({ fetched: 1, revalidated: 3 })
    await expect(readdir(directory)).rejects.toThrow('ENOENT')
  })

  test('is told by its name: what is named by content never changes, and all that changes is not', async () => {
    const table = 'ticker,start_date,end_date\nAAA,2020-01-01,\n'
    const file = { name: 'sp500.csv', bytes: async () => new TextEncoder().encode(table) }
    await storeSimulatedMarket(store, { seed: 1, lastDay: parseDay('2024-12-31')!, years: 1 })
    await storeSimulatedMarket(store, { seed: 2, lastDay: parseDay('2025-01-31')!, years: 1 })
    await importConstituents(store, file, 'SP500')
    const named = store.writes.filter((key) => contentHash(key) !== undefined)
    expect(named.length).toBeGreaterThan(10)
    expect(new Set(named).size).toBe(named.length)
    for (const key of store.held.keys()) {
      const hash = contentHash(key)
      if (hash === undefined) expect(key).toMatch(/\.json$/)
      else expect(sha256(store.held.get(key)!).slice(0, 16)).toBe(hash)
    }
  })
})

describe('the limits', () => {
  test('memory drops the least recently used', async () => {
    const keys = [await stored(1), await stored(2), await stored(3)]
    const cached = cache({ memoryBytes: 2_000, diskBytes: 0 })
    for (const n of [0, 1, 0, 2]) await cached.get(keys[n])
    store.reads = []
    await cached.get(keys[0])
    expect(store.reads).toEqual([])
    await cached.get(keys[1])
    expect(store.reads).toEqual([keys[1]])
  })

  test('the disk drops the least recently used, by whichever process', async () => {
    const keys = [await stored(1), await stored(2), await stored(3)]
    const one = cache({ memoryBytes: 0, diskBytes: 2_500 })
    await one.get(keys[0])
    await one.get(keys[1])
    await cache({ memoryBytes: 0, diskBytes: 2_500 }).get(keys[0])
    await one.get(keys[2])
    expect((await readdir(directory)).sort()).toEqual([fileName(keys[0]), fileName(keys[2])].sort())
  })

  test('the directory holds no more than its limit, with many reads at once too', async () => {
    const keys: string[] = []
    for (let n = 0; n < 60; n++) keys.push(await stored(n))
    const cached = cache({ memoryBytes: 0, diskBytes: 10_500 })
    await Promise.all(keys.map((key) => cached.get(key)))
    let total = 0
    for (const name of await readdir(directory)) total += (await stat(join(directory, name))).size
    expect(total).toBeGreaterThan(8_000)
    expect(total).toBeLessThanOrEqual(10_500)
  })

  test('an object larger than both levels passes by them', async () => {
    const key = await stored(1)
    same(await cache({ memoryBytes: 500, diskBytes: 500 }).get(key), 1)
    await expect(readdir(directory)).rejects.toThrow('ENOENT')
  })

  test('files of writers that are gone are removed after a minute, younger ones are left', async () => {
    await mkdir(directory, { recursive: true })
    for (const name of ['old.unfinished', 'young.unfinished']) await writeFile(join(directory, name), 'half an obj')
    await utimes(join(directory, 'old.unfinished'), now / 1_000 - 300, now / 1_000 - 300)
    await utimes(join(directory, 'young.unfinished'), now / 1_000, now / 1_000)
    const key = await stored(1)
    await cache().get(key)
    expect((await readdir(directory)).sort()).toEqual([fileName(key), 'young.unfinished'])
  })
})

test('processes that share a directory, while it overflows and files are damaged, read what the names say', async () => {
  const child = join(root, 'reader.mjs')
  const entryPoints = [fileURLToPath(new URL('cached-reader.ts', import.meta.url))]
  // The types of the store are imported from the adapter to S3, and nothing that runs.
  await build({ entryPoints, outfile: child, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' })
  const run = (seed: number) =>
    new Promise<string>((resolve, reject) => {
      const reader = spawn(process.execPath, [child, directory, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] })
      let said = ''
      reader.stdout.on('data', (text) => {
        said += text
      })
      reader.on('error', reject)
      reader.on('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(`exit ${code}`))))
    })
  const counts = (await Promise.all([run(1), run(2), run(3)])).map((said) => JSON.parse(said))
  for (const { wrong, reads, disk } of counts) {
    expect({ wrong, reads }).toEqual({ wrong: 0, reads: 600 })
    expect(disk).toBeGreaterThan(20)
  }
  expect(counts.reduce((sum, { damaged }) => sum + damaged, 0)).toBeGreaterThan(0)
  expect((await readdir(directory)).filter((name) => name.endsWith('.unfinished'))).toEqual([])
})

describe('the version of all stored data', () => {
  const catalog = 'bars/1d/catalog.json'

  test('reads nothing again while nothing changes, and is that of a store without tags', async () => {
    await storeSimulatedMarket(store, { seed: 1, lastDay: parseDay('2024-12-31')!, years: 1 })
    const plain = new MemoryStore()
    for (const [key, bytes] of store.held) await plain.put(key, bytes)
    const cached = cache()
    const first = await dataVersion(cached)
    expect(first).toBe(await dataVersion(plain))
    store.reads.length = 0
    for (let minute = 0; minute < 5; minute++) expect(await dataVersion(cached)).toBe(first)
    expect(await dataVersion(store)).toBe(first)
    const again = [...store.reads]
    store.reads.length = 0
    expect(await dataVersion(store)).toBe(first)
    // the store itself was new to it once; after that neither is read
    expect([again.length > 0, store.reads]).toEqual([true, []])
  })

  test('is another one with every change, and the old one when it is taken back', async () => {
    await store.put(catalog, content(1))
    const cached = cache()
    const first = await dataVersion(cached)
    await store.put(catalog, content(2))
    const second = await dataVersion(cached)
    await store.delete(catalog)
    const none = await dataVersion(cached)
    await store.put(catalog, content(1))
    expect(new Set([first, second, none]).size).toBe(3)
    expect(await dataVersion(cached)).toBe(first)
  })
})
