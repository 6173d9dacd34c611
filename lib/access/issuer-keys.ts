import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import * as z from 'zod'
import type { Clock } from '../core/clock.ts'

/** The public keys of an OIDC issuer, from its discovery document, kept for a while. */

/** JSON from a URL; rejects when it does not come whole, in time, and small. */
export type GetJson = (url: string) => Promise<unknown>

/** The issuer's keys cannot be had: no token can be checked, so none is accepted. */
export class KeysUnavailable extends Error {}

/** A key the issuer has withdrawn is accepted no longer than this. */
const KEEP_MS = 10 * 60_000
/** A token with an unknown key id makes the keys be fetched again, at most this often: such tokens cost nothing to make. */
const REFETCH_MS = 60_000
/** After a failed fetch the issuer is left alone for this long. */
const RETRY_MS = 5_000
const MOST_KEYS = 100

const discovery = z.object({ issuer: z.string(), jwks_uri: z.string() })
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(MOST_KEYS) })

/** Whether a URL is one that nobody on the way can answer in the issuer's place: https, or this machine itself. */
export function isTrustworthy(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
  return (protocol === 'https:' || (protocol === 'http:' && loopback)) && username === '' && password === ''
}

interface Fetched {
  at: number
  resolve: JWTVerifyGetKey
}

/** Finds the key of a token; throws KeysUnavailable, or jose's `JWKSNoMatchingKey` for a key id the issuer does not have. */
export function issuerKeys(deps: { issuer: string; getJson: GetJson; clock: Clock }): JWTVerifyGetKey {
  const { issuer, getJson, clock } = deps
  let kept: Fetched | undefined
  let failed: { at: number; error: KeysUnavailable } | undefined
  let fetching: Promise<Fetched> | undefined

  const fetchKeys = async (): Promise<Fetched> => {
    try {
      const found = discovery.parse(await getJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`))
      if (found.issuer !== issuer) throw new Error('the discovery document is of another issuer')
      if (!isTrustworthy(found.jwks_uri)) throw new Error('jwks_uri is not https')
      const keys = keySet.parse(await getJson(found.jwks_uri))
      kept = { at: clock(), resolve: createLocalJWKSet(keys) as JWTVerifyGetKey }
      failed = undefined
      return kept
    } catch (cause) {
      const reason = cause instanceof z.ZodError ? 'it answers in another shape' : String((cause as Error).message)
      const error = new KeysUnavailable(`keys of the issuer unavailable: ${reason.slice(0, 200)}`, { cause })
      failed = { at: clock(), error }
      throw error
    }
  }

  /** One fetch at a time, whoever waits for it. */
  const fresh = (): Promise<Fetched> => {
    if (failed !== undefined && clock() - failed.at < RETRY_MS) return Promise.reject(failed.error)
    fetching ??= fetchKeys().finally(() => {
      fetching = undefined
    })
    return fetching
  }

  return async (header, token) => {
    const known = kept !== undefined && clock() - kept.at < KEEP_MS ? kept : await fresh()
    try {
      return await known.resolve(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || clock() - known.at < REFETCH_MS) throw error
      return (await fresh()).resolve(header, token)
    }
  }
}
