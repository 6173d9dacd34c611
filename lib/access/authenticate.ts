import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import { LOCAL_OWNER } from '../core/owner.ts'
import type { Authenticate, Verdict } from './caller.ts'
import { type KeyStore, whyInvalid } from './key-store.ts'
import { isSecret, KEY_PREFIX, secretHash } from './secrets.ts'

/** Longest Authorization header that is looked at; API Gateway takes 10,240 bytes of headers in all. */
const MOST_CHARACTERS = 8_192
const TOKEN_OF_ISSUER = /^[\w-]+\.[\w-]+\.[\w-]*$/

/** The credentials a place accepts; each kind that is absent is refused. */
export interface Accepted {
  keys?: Pick<KeyStore, 'find'>
  /** SHA-256 of the operator's key, lower-case hex */
  operatorHash?: string
  /** SHA-256 of the token that speaks for the owner of this machine, lower-case hex */
  tokenHash?: string
  /** Checks a JWT of an issuer. */
  jwt?: (token: string) => Promise<Verdict>
  clock: Clock
}

/** The check of `Authorization: Bearer ...` against what is accepted; rejects only when a store cannot be asked. */
export function authenticator(accepted: Accepted): Authenticate {
  return async (authorization) => {
    if (authorization === undefined || authorization === '') return { refused: 'no Authorization header' }
    if (authorization.length > MOST_CHARACTERS) return { refused: 'an Authorization header of over 8192 characters' }
    const credential = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1]
    if (credential === undefined) return { refused: 'an Authorization header that is not "Bearer ..."' }
    return verdictOn(credential, accepted)
  }
}

async function verdictOn(
  credential: string,
  { keys, operatorHash, tokenHash, jwt, clock }: Accepted,
): Promise<Verdict> {
  const hash = secretHash(credential)
  if (tokenHash !== undefined && sameHash(hash, tokenHash)) return { caller: { owner: LOCAL_OWNER } }
  if (isSecret(credential)) {
    if (credential.startsWith(KEY_PREFIX.operator)) {
      if (operatorHash !== undefined && sameHash(hash, operatorHash)) return { caller: { operator: true } }
      return { refused: 'an unknown operator key' }
    }
    const key = await keys?.find(hash)
    if (key === undefined) return { refused: 'an unknown key' }
    const invalid = whyInvalid(key, clock())
    if (invalid !== undefined) return { refused: `the ${invalid} key ${key.key_id}` }
    return { caller: { owner: key.owner, key_id: key.key_id } }
  }
  if (jwt !== undefined && TOKEN_OF_ISSUER.test(credential)) return jwt(credential)
  return { refused: 'a credential of no accepted kind' }
}

/** Takes the same time wherever two hashes differ. */
function sameHash(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')]
  return one.length === other.length && timingSafeEqual(one, other)
}
