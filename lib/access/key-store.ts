import * as z from 'zod'

/** An API key as it is kept and shown: everything but the key itself. */
export const keyRecord = z.object({
  key_id: z.string(),
  owner: z.string(),
  name: z.string(),
  /** the key's last 4 characters */
  hint: z.string(),
  created_at: z.string(),
  /** ISO instant from which it is refused; null: never */
  expires_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
})
export type Key = z.infer<typeof keyRecord>

/** Where keys live, under the SHA-256 of each. Every read sees every write acknowledged before it. */
export interface KeyStore {
  /** Stores a new key; `conflict` when the hash is taken. */
  create(hash: string, key: Key): Promise<void>
  find(hash: string): Promise<Key | undefined>
  get(owner: string, keyId: string): Promise<Key | undefined>
  /** All keys of an owner, revoked and expired ones too, oldest first. */
  list(owner: string): Promise<Key[]>
  /** Revokes a key for good and gives it back, with the instant of its first revocation; undefined where the owner has no such key. */
  revoke(owner: string, keyId: string, at: string): Promise<Key | undefined>
}

/** Why a key is refused at an instant (epoch ms), or undefined while it is valid. */
export function whyInvalid(key: Key, now: number): 'revoked' | 'expired' | undefined {
  if (key.revoked_at !== null) return 'revoked'
  return key.expires_at !== null && now >= Date.parse(key.expires_at) ? 'expired' : undefined
}
