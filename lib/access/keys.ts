import type { Clock } from '../core/clock.ts'
import { MS_PER_DAY } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { LOCAL_OWNER } from '../core/owner.ts'
import type { Caller } from './caller.ts'
import { type Key, type KeyStore, whyInvalid } from './key-store.ts'
import type { Quotas } from './quotas.ts'
import { hintOf, newSecret, SECRET_BYTES, secretHash } from './secrets.ts'

/** The most valid keys an owner may have at once. */
export const MOST_KEYS = 50

export interface KeyRequest {
  name: string
  /** whose key it is; the caller's own when absent */
  owner?: string
  /** days until it is refused; never when absent */
  expires_in_days?: number
}

export interface KeyDeps {
  keys: KeyStore
  quotas: Pick<Quotas, 'reserve'>
  clock: Clock
  newKeyId: () => string
  /** unpredictable bytes */
  randomBytes: (count: number) => Uint8Array
}

/** What a caller may do with keys. */
export interface Keys {
  /** Makes a key; `secret` is its text, given this once and kept nowhere. `forbidden`, `conflict`, `quota_exceeded`. */
  create(caller: Caller, request: KeyRequest): Promise<{ secret: string; key: Key }>
  list(caller: Caller): Promise<Key[]>
  /** `not_found` when the caller's owner has no such key. */
  revoke(caller: Caller, keyId: string): Promise<Key>
}

export function keysOf({ keys, quotas, clock, newKeyId, randomBytes }: KeyDeps): Keys {
  /**
   * A gateway may remember for a minute that a key was valid. Keys are managed by those valid now: otherwise a stolen key could
   * make itself a successor in the minute after its revocation.
   */
  const requireValid = async ({ owner, key_id }: Caller): Promise<void> => {
    if (owner === undefined || key_id === undefined) return
    const key = await keys.get(owner, key_id)
    if (key === undefined || whyInvalid(key, clock()) !== undefined)
      throw new AppError('unauthorized', 'This key is revoked or expired. Use another one.')
  }

  const ownOwner = async (caller: Caller): Promise<string> => {
    if (caller.owner === undefined)
      throw new AppError('forbidden', 'The operator’s key creates keys for owners (POST /keys) and does nothing else.')
    await requireValid(caller)
    return caller.owner
  }

  return {
    async create(caller, { name, owner: named, expires_in_days: days }) {
      const owner = ownerOfNew(caller, named)
      await requireValid(caller)
      const now = clock()
      const valid = (await keys.list(owner)).filter((key) => whyInvalid(key, now) === undefined)
      if (valid.length >= MOST_KEYS)
        throw new AppError('conflict', `${MOST_KEYS} keys are valid already, the most there may be. Revoke one first.`)
      const key_id = newKeyId()
      await quotas.reserve(owner, 'keys', key_id)
      const secret = newSecret('owner', randomBytes(SECRET_BYTES))
      const key: Key = {
        key_id,
        owner,
        name,
        hint: hintOf(secret),
        created_at: new Date(now).toISOString(),
        expires_at: days === undefined ? null : new Date(now + days * MS_PER_DAY).toISOString(),
        revoked_at: null,
      }
      await keys.create(secretHash(secret), key)
      return { secret, key }
    },

    list: async (caller) => keys.list(await ownOwner(caller)),

    async revoke(caller, keyId) {
      const key = await keys.revoke(await ownOwner(caller), keyId, new Date(clock()).toISOString())
      if (key === undefined) throw new AppError('not_found', `There is no key ${keyId}. GET /keys lists yours.`)
      return key
    },
  }
}

/** Whose key a caller's new key is: their own, or anyone's for an operator. */
function ownerOfNew(caller: Caller, named: string | undefined): string {
  const owner = named ?? caller.owner
  if (owner === undefined) throw new AppError('bad_request', 'owner is missing: say whose key it is to be.')
  if (owner === caller.owner) return owner
  if (!caller.operator)
    throw new AppError(
      'forbidden',
      'Keys for another owner are made with the operator’s key. Leave owner out for one of your own.',
    )
  if (owner === LOCAL_OWNER)
    throw new AppError('bad_request', `"${LOCAL_OWNER}" is the owner on a single machine. Choose another name.`)
  return owner
}
