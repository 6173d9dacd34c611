import { describe, expect, test } from 'vitest'
import type { ObjectStore } from '../../lib/market/objects.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (content: Uint8Array | undefined) => content && new TextDecoder().decode(content)

/** What an emulator lacks, with its name for the reports. */
export interface Lacking {
  /** writes on a condition */
  conditions?: string
  /** objects over 10 MB */
  large?: string
}

/** What every ObjectStore does; `open` gives a fresh, empty one. */
export function objectStoreContract(name: string, open: () => Promise<ObjectStore>, lacking: Lacking = {}): void {
  const conditional = lacking.conditions ? test.skip : test
  const skipped = (what: string | undefined) => (what ? ` (skipped: ${what})` : '')
  describe(`${name} keeps the contract of an object store`, () => {
    test('gives back what was put', async () => {
      const store = await open()
      await store.put('a/b/c.bin', Uint8Array.of(0, 255, 10, 13))
      expect([...(await store.get('a/b/c.bin'))!]).toEqual([0, 255, 10, 13])
    })

    test('a missing object is undefined', async () => {
      const store = await open()
      expect(await store.get('nothing')).toBeUndefined()
      expect(await store.get('no/such/folder')).toBeUndefined()
    })

    test('an empty object exists', async () => {
      const store = await open()
      await store.put('empty', new Uint8Array(0))
      expect((await store.get('empty'))!.byteLength).toBe(0)
    })

    test('put replaces the whole object, a shorter one too', async () => {
      const store = await open()
      await store.put('x', bytes('a long first version'))
      await store.put('x', bytes('short'))
      expect(text(await store.get('x'))).toBe('short')
    })

    conditional(`putIfAbsent writes once${skipped(lacking.conditions)}`, async () => {
      const store = await open()
      expect(await store.putIfAbsent('once/x', bytes('first'))).toBe(true)
      expect(await store.putIfAbsent('once/x', bytes('second'))).toBe(false)
      expect(text(await store.get('once/x'))).toBe('first')
    })

    conditional(`of many putIfAbsent at the same time one wins, whole${skipped(lacking.conditions)}`, async () => {
      const store = await open()
      const contents = Array.from({ length: 12 }, (_, i) => `${i}:`.repeat(5_000))
      const won = await Promise.all(contents.map((content) => store.putIfAbsent('race', bytes(content))))
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(text(await store.get('race'))).toBe(contents[won.indexOf(true)])
    })

    test('replace writes only over what is expected', async () => {
      const store = await open()
      expect(await store.replace('a/x', bytes('new'), bytes(''))).toBe(false)
      expect(await store.get('a/x')).toBeUndefined()
      await store.put('a/x', bytes('old'))
      expect(await store.replace('a/x', bytes('new'), bytes('older'))).toBe(false)
      expect(text(await store.get('a/x'))).toBe('old')
      expect(await store.replace('a/x', bytes('new'), bytes('old'))).toBe(true)
      expect(await store.replace('a/x', bytes('newer'), bytes('old'))).toBe(false)
      expect(text(await store.get('a/x'))).toBe('new')
    })

    conditional(`of many replace at the same time one wins, whole${skipped(lacking.conditions)}`, async () => {
      const store = await open()
      await store.put('race', bytes('old'))
      const contents = Array.from({ length: 12 }, (_, i) => `${i}:`.repeat(5_000))
      const won = await Promise.all(contents.map((content) => store.replace('race', bytes(content), bytes('old'))))
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(text(await store.get('race'))).toBe(contents[won.indexOf(true)])
    })

    conditional(`counting up by replace loses no step${skipped(lacking.conditions)}`, async () => {
      const store = await open()
      await store.put('count', bytes('0'))
      const step = async () => {
        for (;;) {
          const held = (await store.get('count'))!
          if (await store.replace('count', bytes(String(Number(text(held)) + 1)), held)) return
        }
      }
      await Promise.all(Array.from({ length: 5 }, step))
      expect(text(await store.get('count'))).toBe('5')
    })

    test('readers see the old or the new object while it is replaced, never a part', async () => {
      const store = await open()
      const versions = ['o', 'n'].map((letter) => letter.repeat(200_000))
      await store.put('x', bytes(versions[0]))
      const writes = (async () => {
        for (let i = 1; i <= 10; i++) await store.put('x', bytes(versions[i % 2]))
      })()
      for (let i = 0; i < 30; i++) expect(versions.includes(text(await store.get('x'))!)).toBe(true)
      await writes
    })

    test('delete removes, also what is not there', async () => {
      const store = await open()
      await store.put('x', bytes('x'))
      await store.delete('x')
      await store.delete('x')
      await store.delete('no/such/folder')
      expect(await store.get('x')).toBeUndefined()
      expect(await store.list('')).toEqual([])
    })

    test('list gives the keys of a prefix in code-unit order', async () => {
      const store = await open()
      for (const key of ['bars/1d/b', 'bars/1d/a', 'bars/1dx', 'bars/1d/00/z', 'bars/1d/B', 'other'])
        await store.put(key, bytes(key))
      expect(await store.list('bars/1d/')).toEqual(['bars/1d/00/z', 'bars/1d/B', 'bars/1d/a', 'bars/1d/b'])
      expect(await store.list('bars/1d')).toEqual(['bars/1d/00/z', 'bars/1d/B', 'bars/1d/a', 'bars/1d/b', 'bars/1dx'])
      expect(await store.list('bars/1d/0')).toEqual(['bars/1d/00/z'])
      expect(await store.list('none/')).toEqual([])
      expect(await store.list('')).toHaveLength(6)
    })

    test('keys that look alike are different objects', async () => {
      const store = await open()
      const keys = ['x/a', 'x/A', 'x/a.', 'x/a-', 'x/a_', 'x/aa', 'x/a.json', 'xa', 'x-a']
      for (const key of keys) await store.put(key, bytes(key))
      for (const key of keys) expect(text(await store.get(key))).toBe(key)
      await store.delete('x/a')
      expect(await store.get('x/a')).toBeUndefined()
      expect(await store.list('x/')).toEqual(['x/A', 'x/a-', 'x/a.', 'x/a.json', 'x/a_', 'x/aa'])
    })

    test('list gives more keys than one page of a bucket holds', async () => {
      const store = await open()
      // A bucket answers with at most 1,000 keys at once.
      const keys = Array.from({ length: 1_003 }, (_, i) => `many/${String(i).padStart(4, '0')}`)
      for (let i = 0; i < keys.length; i += 50)
        await Promise.all(keys.slice(i, i + 50).map((key) => store.put(key, bytes('x'))))
      expect(await store.list('many/')).toEqual(keys)
    })

    const large = lacking.large ? test.skip : test
    large(`an object of 20 MB comes back as it was${skipped(lacking.large)}`, async () => {
      const store = await open()
      const content = new Uint8Array(20_000_003)
      for (let i = 0; i < content.length; i++) content[i] = (i * 2_654_435_761) >>> 24
      await store.put('large', content)
      expect(Buffer.compare((await store.get('large'))!, content)).toBe(0)
    })

    test('what the caller does with its bytes afterwards changes nothing', async () => {
      const store = await open()
      const content = bytes('kept')
      await store.put('x', content)
      content.fill(0)
      const read = (await store.get('x'))!
      read.fill(0)
      expect(text(await store.get('x'))).toBe('kept')
    })
  })
}
