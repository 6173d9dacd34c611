import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { QuotaPlace, QuotaStore } from '../../lib/access/quotas.ts'

const place = (changes: Partial<QuotaPlace> = {}): QuotaPlace => ({
  owner: 'alice',
  day: '2026-11-22',
  quota: 'runs',
  ...changes,
})

/** What every QuotaStore does; `open` gives an empty one and how to close it. */
export function quotaStoreContract(
  name: string,
  open: () => Promise<{ store: QuotaStore; close: () => Promise<void> }>,
): void {
  describe(`${name} counts quotas`, () => {
    let store: QuotaStore
    let close: () => Promise<void>
    beforeEach(async () => {
      const opened = await open()
      store = opened.store
      close = opened.close
    })
    afterEach(() => close())

    test('as many are granted as there may be, and none of a quota of 0', async () => {
      expect(await store.reserve(place(), 'a', 2)).toBe(true)
      expect(await store.reserve(place(), 'b', 2)).toBe(true)
      expect(await store.reserve(place(), 'c', 2)).toBe(false)
      expect(await store.used(place())).toBe(2)
      expect(await store.reserve(place({ owner: 'bob' }), 'a', 0)).toBe(false)
    })

    test('the same id counts once and stays granted, even when nothing else is left', async () => {
      for (let i = 0; i < 3; i++) expect(await store.reserve(place(), 'a', 1)).toBe(true)
      expect(await store.used(place())).toBe(1)
      expect(await store.reserve(place(), 'b', 1)).toBe(false)
    })

    test('owners, days and kinds are counted apart', async () => {
      await store.reserve(place(), 'a', 1)
      for (const other of [{ owner: 'bob' }, { day: '2026-11-23' }, { quota: 'creations' }] as const) {
        expect(await store.used(place(other))).toBe(0)
        expect(await store.reserve(place(other), 'a', 1)).toBe(true)
      }
      expect(await store.used(place())).toBe(1)
    })

    test('of writers at once no more than the limit are granted', async () => {
      const ids = Array.from({ length: 25 }, (_, i) => `request-${i}`)
      const granted = await Promise.all(ids.map((id) => store.reserve(place(), id, 10)))
      expect(granted.filter(Boolean)).toHaveLength(10)
      expect(await store.used(place())).toBe(10)
    })

    test('a reservation is given back once, and its place is free again', async () => {
      await store.reserve(place(), 'a', 1)
      expect(await store.release(place(), 'b')).toBe(false)
      expect(await store.release(place(), 'a')).toBe(true)
      expect(await store.release(place(), 'a')).toBe(false)
      expect(await store.used(place())).toBe(0)
      expect(await store.reserve(place(), 'b', 1)).toBe(true)
    })

    test('what was used adds up, in fractions too, whatever the limit', async () => {
      const seconds = place({ quota: 'chunk_seconds' })
      for (const amount of [1.5, 2, 0.25]) await store.charge(seconds, amount, `job of ${amount}`)
      expect(await store.used(seconds)).toBe(3.75)
    })

    test('what was used under one id counts once, however often and by however many it is told', async () => {
      const seconds = place({ quota: 'chunk_seconds' })
      await Promise.all(Array.from({ length: 5 }, () => store.charge(seconds, 2, 'run 1')))
      await store.charge(seconds, 3, 'run 2')
      expect(await store.used(seconds)).toBe(5)
      expect([await store.used(place({ ...seconds, owner: 'bob' })), await store.used(place())]).toEqual([0, 0])
    })

    test('2,000 charges of a day are all counted', async () => {
      const seconds = place({ quota: 'chunk_seconds' })
      const ids = Array.from({ length: 2_000 }, (_, i) => `job ${i}`)
      for (let i = 0; i < ids.length; i += 100)
        await Promise.all(ids.slice(i, i + 100).map((id) => store.charge(seconds, 0.5, id)))
      expect(await store.used(seconds)).toBe(1_000)
    })
  })
}
