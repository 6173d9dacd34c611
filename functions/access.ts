import { authenticator } from '../lib/access/authenticate.ts'
import type { Authenticate } from '../lib/access/caller.ts'
import { type GetJson, isTrustworthy } from '../lib/access/issuer-keys.ts'
import { type Issuer, jwtVerifier } from '../lib/access/jwt.ts'
import type { KeyStore } from '../lib/access/key-store.ts'
import type { Clock } from '../lib/core/clock.ts'
import { AppError } from '../lib/core/errors.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The check of a deployment's callers: API keys always; the operator's key where SAYWHEN_OPERATOR_KEY_HASH is its SHA-256; JWTs of
 * the issuer SAYWHEN_JWT_ISSUER for the audience SAYWHEN_JWT_AUDIENCE. Throws `bad_request` for what cannot be meant.
 */
export function accessOf(env: Env, deps: { keys: KeyStore; getJson: GetJson; clock: Clock }): Authenticate {
  const { keys, getJson, clock } = deps
  const issuer = issuerIn(env)
  return authenticator({
    keys,
    clock,
    operatorHash: operatorHashIn(env),
    jwt: issuer && jwtVerifier({ ...issuer, getJson, clock }),
  })
}

function operatorHashIn({ SAYWHEN_OPERATOR_KEY_HASH: hash }: Env): string | undefined {
  if (hash === undefined || hash === '') return undefined
  if (/^[0-9a-f]{64}$/.test(hash)) return hash
  throw new AppError(
    'bad_request',
    'SAYWHEN_OPERATOR_KEY_HASH is no SHA-256 in 64 lower-case hex digits. saywhen keys operator makes a key and its hash.',
  )
}

function issuerIn({ SAYWHEN_JWT_ISSUER: issuer = '', SAYWHEN_JWT_AUDIENCE: audience = '' }: Env): Issuer | undefined {
  if (issuer === '' && audience === '') return undefined
  if (!isTrustworthy(issuer))
    throw new AppError('bad_request', `SAYWHEN_JWT_ISSUER is an https URL, exactly as "iss" has it, not "${issuer}".`)
  if (audience === '')
    throw new AppError('bad_request', 'SAYWHEN_JWT_AUDIENCE is missing: without it tokens for other services would do.')
  return { issuer, audience }
}
