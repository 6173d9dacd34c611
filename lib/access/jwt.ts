import { errors, jwtVerify } from 'jose'
import type { Clock } from '../core/clock.ts'
import { canonicalJson, sha256 } from '../core/hash.ts'
import type { Verdict } from './caller.ts'
import { type GetJson, issuerKeys, KeysUnavailable } from './issuer-keys.ts'

/** Only signatures that a public key checks: with HS256 anyone who knows the public key could sign. */
const ALGORITHMS = ['RS256', 'ES256']
/** Seconds that the clocks of issuer and checker may differ. */
const LEEWAY_S = 60

/** Whose tokens are accepted. */
export interface Issuer {
  /** the URL in `iss`, exactly */
  issuer: string
  /** what `aud` must name */
  audience: string
}

/**
 * The owner behind a subject of an issuer: `jwt:` and a hash of both. No API key's owner contains a colon, no subject can spell
 * another's, and when the issuer changes, its subjects are other owners.
 */
export const ownerOfSubject = (issuer: string, subject: string): string =>
  `jwt:${sha256(canonicalJson([issuer, subject]))}`

/** Checks JWTs of one OIDC issuer: signature, issuer, audience, `exp` and `nbf`. Never rejects: what cannot be checked is refused. */
export function jwtVerifier(deps: Issuer & { getJson: GetJson; clock: Clock }): (token: string) => Promise<Verdict> {
  const { issuer, audience, clock } = deps
  const keys = issuerKeys(deps)
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer,
        audience,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: LEEWAY_S,
        currentDate: new Date(clock()),
      })
      if (typeof payload.sub !== 'string' || payload.sub === '') return { refused: 'a JWT without a subject' }
      return { caller: { owner: ownerOfSubject(issuer, payload.sub) } }
    } catch (error) {
      return { refused: reasonOf(error) }
    }
  }
}

/** Names what is wrong by jose's code and claim; never a part of the token. */
function reasonOf(error: unknown): string {
  if (error instanceof KeysUnavailable) return error.message
  if (error instanceof errors.JWTExpired) return 'an expired JWT'
  if (error instanceof errors.JWTClaimValidationFailed) return `a JWT whose "${error.claim}" does not fit`
  return error instanceof errors.JOSEError ? `a JWT that does not verify (${error.code})` : 'a JWT that does not verify'
}
