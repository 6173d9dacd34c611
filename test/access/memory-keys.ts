import type { Key, KeyStore } from '../../lib/access/key-store.ts'

/** A KeyStore in memory. */
export function memoryKeys(): KeyStore & { hashes: () => string[] } {
  const keys = new Map<string, Key>()
  const all = () => [...keys.values()]
  const get = async (owner: string, keyId: string) => all().find((key) => key.owner === owner && key.key_id === keyId)
  return {
    hashes: () => [...keys.keys()],
    create: async (hash, key) => void keys.set(hash, { ...key }),
    find: async (hash) => keys.get(hash),
    get,
    list: async (owner) => all().filter((key) => key.owner === owner),
    async revoke(owner, keyId, at) {
      const key = await get(owner, keyId)
      if (key !== undefined) key.revoked_at ??= at
      return key
    },
  }
}
