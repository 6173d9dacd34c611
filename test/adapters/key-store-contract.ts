import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Key, KeyStore } from '../../lib/access/key-store.ts'

export function keyOf(changes: Partial<Key> = {}): Key {
  return {
    key_id: 'key-1',
    owner: 'alice',
    name: 'laptop',
    hint: 'wxyz',
    created_at: '2026-11-22T12:00:00.000Z',
    expires_at: null,
    revoked_at: null,
    ...changes,
  }
}

const hash = (digit: string) => digit.repeat(64)
const at = '2026-11-23T00:00:00.000Z'

/** What every KeyStore does; `open` gives an empty one and how to close it. */
export function keyStoreContract(
  name: string,
  open: () => Promise<{ store: KeyStore; close: () => Promise<void> }>,
): void {
  describe(`${name} keeps API keys`, () => {
    let store: KeyStore
    let close: () => Promise<void>
    beforeEach(async () => {
      const opened = await open()
      store = opened.store
      close = opened.close
    })
    afterEach(() => close())

    test('a key is found by its hash and by its owner and id, as it was stored', async () => {
      const key = keyOf({ expires_at: '2027-01-01T00:00:00.000Z' })
      await store.create(hash('a'), key)
      expect(await store.find(hash('a'))).toEqual(key)
      expect(await store.get('alice', 'key-1')).toEqual(key)
    })

    test('a key that is not there is undefined: by hash, by id, by another owner', async () => {
      await store.create(hash('a'), keyOf())
      expect(await store.find(hash('b'))).toBeUndefined()
      expect(await store.get('alice', 'key-2')).toBeUndefined()
      expect(await store.get('bob', 'key-1')).toBeUndefined()
    })

    test('a hash is taken once, and the first key stays as it was', async () => {
      await store.create(hash('a'), keyOf())
      const second = keyOf({ key_id: 'key-2', owner: 'bob' })
      await expect(store.create(hash('a'), second)).rejects.toMatchObject({ code: 'conflict' })
      expect(await store.find(hash('a'))).toEqual(keyOf())
      expect(await store.list('alice')).toEqual([keyOf()])
    })

    test('an id is taken once for an owner', async () => {
      await store.create(hash('a'), keyOf())
      await expect(store.create(hash('b'), keyOf())).rejects.toMatchObject({ code: 'conflict' })
      expect(await store.find(hash('b'))).toBeUndefined()
    })

    test('the list holds an owner’s own keys, oldest first, and is whole', async () => {
      const keys = Array.from({ length: 120 }, (_, i) =>
        keyOf({ key_id: `key-${i}`, created_at: new Date(Date.UTC(2026, 0, 1) + i * 1_000).toISOString() }),
      )
      for (const [i, key] of keys.toReversed().entries()) await store.create(hash('0').slice(3) + String(100 + i), key)
      await store.create(hash('b'), keyOf({ owner: 'bob' }))
      expect(await store.list('alice')).toEqual(keys)
      expect(await store.list('bob')).toHaveLength(1)
      expect(await store.list('carol')).toEqual([])
    })

    test('a revoked key stays listed, and the first revocation counts', async () => {
      await store.create(hash('a'), keyOf())
      const revoked = keyOf({ revoked_at: at })
      expect(await store.revoke('alice', 'key-1', at)).toEqual(revoked)
      expect(await store.revoke('alice', 'key-1', '2026-12-24T00:00:00.000Z')).toEqual(revoked)
      expect(await store.find(hash('a'))).toEqual(revoked)
      expect(await store.list('alice')).toEqual([revoked])
    })

    test('nobody revokes another owner’s key', async () => {
      await store.create(hash('a'), keyOf())
      expect(await store.revoke('bob', 'key-1', at)).toBeUndefined()
      expect(await store.revoke('alice', 'key-2', at)).toBeUndefined()
      expect((await store.find(hash('a')))?.revoked_at).toBeNull()
    })
  })
}
