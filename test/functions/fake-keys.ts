import type { Key } from '../../lib/access/key-store.ts'
import type { Keys } from '../../lib/access/keys.ts'
import { AppError } from '../../lib/core/errors.ts'

export const KEY: Key = {
  key_id: 'key-1',
  owner: 'local',
  name: 'laptop',
  hint: 'wxyz',
  created_at: '2026-11-22T12:00:00.000Z',
  expires_at: null,
  revoked_at: null,
}
export const SECRET = `swk_${'a'.repeat(39)}wxyz`

export interface FakeKeys extends Keys {
  /** what was asked, in order: [method, caller, request] */
  asked: unknown[][]
}

/** Keys that notes what it is asked and answers from constants; it knows the key `key-1`. */
export function fakeKeys(): FakeKeys {
  const asked: unknown[][] = []
  return {
    asked,
    async create(caller, request) {
      asked.push(['create', caller, request])
      return { secret: SECRET, key: { ...KEY, name: request.name, owner: request.owner ?? KEY.owner } }
    },
    async list(caller) {
      asked.push(['list', caller])
      return [KEY]
    },
    async revoke(caller, keyId) {
      if (keyId !== KEY.key_id) throw new AppError('not_found', `There is no key ${keyId}. GET /keys lists yours.`)
      asked.push(['revoke', caller, keyId])
      return { ...KEY, revoked_at: '2026-11-23T12:00:00.000Z' }
    },
  }
}
