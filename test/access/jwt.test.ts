import { createHmac } from 'node:crypto'
import { exportSPKI, SignJWT } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isTrustworthy } from '../../lib/access/issuer-keys.ts'
import { jwtVerifier, ownerOfSubject } from '../../lib/access/jwt.ts'
import { getJson } from '../../lib/adapters/get-json.ts'
import { type SigningKey, signingKey, startIssuer, type TestIssuer, tokenOf } from './issuer.ts'

const NOW_S = Date.parse('2026-11-22T12:00:00Z') / 1_000
const AUDIENCE = 'saywhen'
const MINUTE_MS = 60_000

let es: SigningKey
let rs: SigningKey
let other: SigningKey
let issuer: TestIssuer
let clock: { now: number }
let verify: (token: string) => Promise<unknown>

beforeAll(async () => {
  es = await signingKey('es')
  rs = await signingKey('rs', 'RS256')
  other = await signingKey('other')
})
beforeEach(async () => {
  issuer = await startIssuer([es.jwk, rs.jwk])
  clock = { now: NOW_S * 1_000 }
  verify = jwtVerifier({ issuer: issuer.url, audience: AUDIENCE, getJson, clock: () => clock.now })
})
afterEach(() => issuer.close())

const claims = (changes: Record<string, unknown> = {}) => ({
  iss: issuer.url,
  aud: AUDIENCE,
  sub: 'auth0|123',
  exp: NOW_S + 600,
  ...changes,
})
const accepted = () => ({ caller: { owner: ownerOfSubject(issuer.url, 'auth0|123') } })
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test('a token of the issuer speaks for its subject, signed with RS256 or ES256', async () => {
  expect(await verify(await tokenOf(es, claims()))).toEqual(accepted())
  expect(await verify(await tokenOf(rs, claims({ aud: ['another', AUDIENCE] })))).toEqual(accepted())
})

test('the owner is no name that a key’s owner can have, and differs by issuer and by subject', () => {
  const owners = [
    ownerOfSubject('https://a', 'b'),
    ownerOfSubject('https://a', 'c'),
    ownerOfSubject('https://b', 'b'),
    ownerOfSubject('https://a","b', 'c'),
    ownerOfSubject('https://a', 'b","c'),
    ownerOfSubject('https://a', 'x'.repeat(10_000)),
  ]
  expect(new Set(owners).size).toBe(owners.length)
  for (const owner of owners) expect(owner).toMatch(/^jwt:[0-9a-f]{64}$/)
})

describe('refused', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['expired beyond the leeway', { exp: NOW_S - 60 }, /expired/],
    ['not valid yet beyond the leeway', { nbf: NOW_S + 61 }, /"nbf"/],
    ['for another audience', { aud: 'another' }, /"aud"/],
    ['for no audience', { aud: undefined }, /"aud"/],
    ['of another issuer', { iss: 'https://issuer.example' }, /"iss"/],
    ['of an issuer that only begins alike', { iss: 'http://127.0.0.1' }, /"iss"/],
    ['without an end', { exp: undefined }, /"exp"/],
    ['with an end that is no number', { exp: 'never' }, /"exp"/],
    ['without a subject', { sub: undefined }, /"sub"/],
    ['with an empty subject', { sub: '' }, /subject/],
    ['with a subject that is no text', { sub: 7 }, /subject/],
  ])('a token %s', async (_name, changes, refused) => {
    const given = Object.fromEntries(Object.entries(claims(changes)).filter(([, value]) => value !== undefined))
    expect(await verify(await tokenOf(es, given))).toEqual({ refused: expect.stringMatching(refused) })
  })

  test('alg none, with and without a signature', async () => {
    const unsigned = `${base64({ alg: 'none', kid: 'es' })}.${base64(claims())}.`
    expect(await verify(unsigned)).toEqual({ refused: expect.stringContaining('ERR_JOSE_ALG_NOT_ALLOWED') })
    expect(await verify(`${unsigned}AAAA`)).toEqual({ refused: expect.stringContaining('ERR_JOSE_ALG_NOT_ALLOWED') })
  })

  test('HS256 with the public key as its secret', async () => {
    for (const secret of [await exportSPKI(rs.publicKey), JSON.stringify(rs.jwk), String(rs.jwk.n)]) {
      const signed = `${base64({ alg: 'HS256', kid: 'rs' })}.${base64(claims())}`
      const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
      expect(await verify(token)).toEqual({ refused: expect.stringContaining('ERR_JOSE_ALG_NOT_ALLOWED') })
    }
  })

  test('another algorithm than the two, though the key is the issuer’s', async () => {
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'PS256', kid: 'rs' })
      .sign(
        await crypto.subtle.importKey(
          'pkcs8',
          await crypto.subtle.exportKey('pkcs8', rs.privateKey),
          { name: 'RSA-PSS', hash: 'SHA-256' },
          false,
          ['sign'],
        ),
      )
    expect(await verify(token)).toEqual({ refused: expect.stringContaining('ERR_JOSE_ALG_NOT_ALLOWED') })
  })

  test('another key under the issuer’s key id, and claims that were changed after signing', async () => {
    const forged = await tokenOf(other, claims(), { kid: 'es' })
    expect(await verify(forged)).toEqual({ refused: expect.stringContaining('SIGNATURE') })
    const [header, , signature] = (await tokenOf(es, claims())).split('.')
    const changed = `${header}.${base64(claims({ sub: 'admin' }))}.${signature}`
    expect(await verify(changed)).toEqual({ refused: expect.stringContaining('SIGNATURE') })
  })

  test('a key that the token brings along', async () => {
    const token = await tokenOf(other, claims(), { kid: undefined, jwk: other.jwk, jku: `${issuer.url}/evil` })
    expect(await verify(token)).toEqual({ refused: expect.any(String) })
    expect(issuer.asked).not.toContain('/evil')
  })

  test.each(['a.b.c', '..', 'eyJhbGciOiJFUzI1NiJ9.e30.', `${'a'.repeat(4_000)}.b.c`])('%s', async (token) => {
    expect(await verify(token)).toEqual({ refused: expect.any(String) })
  })
})

test('clocks may differ by less than 60 s', async () => {
  expect(await verify(await tokenOf(es, claims({ exp: NOW_S - 59 })))).toEqual(accepted())
  expect(await verify(await tokenOf(es, claims({ nbf: NOW_S + 60 })))).toEqual(accepted())
})

describe('the issuer’s keys', () => {
  const fetches = () => issuer.asked.filter((path) => path === '/keys').length

  test('are fetched once for many tokens, and again after ten minutes', async () => {
    const token = await tokenOf(es, claims({ exp: NOW_S + 7_200 }))
    await Promise.all(Array.from({ length: 5 }, () => verify(token)))
    clock.now += 10 * MINUTE_MS - 1
    expect(await verify(token)).toEqual(accepted())
    expect(fetches()).toBe(1)
    clock.now += 1
    expect(await verify(token)).toEqual(accepted())
    expect(fetches()).toBe(2)
  })

  test('are fetched again for an unknown key id, at most once a minute', async () => {
    await verify(await tokenOf(es, claims()))
    const unknown = await tokenOf(other, claims())
    for (let i = 0; i < 5; i++)
      expect(await verify(unknown)).toEqual({ refused: expect.stringContaining('ERR_JWKS_NO_MATCHING_KEY') })
    expect(fetches()).toBe(1)
    clock.now += MINUTE_MS
    for (let i = 0; i < 5; i++)
      expect(await verify(unknown)).toEqual({ refused: expect.stringContaining('ERR_JWKS_NO_MATCHING_KEY') })
    expect(fetches()).toBe(2)
  })

  test('a rotated key is accepted a minute later at the latest, and a withdrawn one ten minutes at most', async () => {
    const old = await tokenOf(es, claims({ exp: NOW_S + 7_200 }))
    const rotated = await tokenOf(other, claims({ exp: NOW_S + 7_200 }))
    await verify(old)
    issuer.keys = [other.jwk]
    clock.now += MINUTE_MS
    expect(await verify(rotated)).toEqual(accepted())
    expect(await verify(old)).toEqual({ refused: expect.stringContaining('ERR_JWKS_NO_MATCHING_KEY') })
  })

  test('that cannot be had refuse every token by name, and are tried again after 5 s', async () => {
    const token = await tokenOf(es, claims())
    issuer.answers['/keys'] = (response) => response.writeHead(503).end()
    const refused = { refused: expect.stringMatching(/^keys of the issuer unavailable: status 503/) }
    for (let i = 0; i < 3; i++) expect(await verify(token)).toEqual(refused)
    expect(fetches()).toBe(1)
    issuer.answers = {}
    clock.now += 5_000
    expect(await verify(token)).toEqual(accepted())
  })

  test('an issuer that is gone refuses, once its kept keys are too old', async () => {
    const token = await tokenOf(es, claims({ exp: NOW_S + 7_200 }))
    await verify(token)
    await issuer.close()
    clock.now += 9 * MINUTE_MS
    expect(await verify(token)).toEqual(accepted())
    clock.now += MINUTE_MS
    expect(await verify(token)).toEqual({ refused: expect.stringContaining('keys of the issuer unavailable') })
  })

  test.each<[string, string, (response: import('node:http').ServerResponse) => void]>([
    [
      'a discovery document of another issuer',
      '/.well-known/openid-configuration',
      (response) => response.end(JSON.stringify({ issuer: 'https://issuer.example', jwks_uri: `${issuer.url}/keys` })),
    ],
    [
      'keys over plain http elsewhere',
      '/.well-known/openid-configuration',
      (response) => response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: 'http://keys.example/keys' })),
    ],
    [
      'keys from a file',
      '/.well-known/openid-configuration',
      (response) => response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: 'file:///etc/passwd' })),
    ],
    ['a redirection', '/keys', (response) => response.writeHead(302, { location: `${issuer.url}/other` }).end()],
    ['no JSON', '/keys', (response) => response.end('<html>')],
    ['no keys', '/keys', (response) => response.end('{"keys": "all"}')],
    ['101 keys', '/keys', (response) => response.end(JSON.stringify({ keys: Array(101).fill(es.jwk) }))],
    [
      'more than 256 KB',
      '/keys',
      (response) => response.end(JSON.stringify({ keys: [es.jwk], more: 'x'.repeat(300_000) })),
    ],
  ])('%s are not taken', async (_name, path, answer) => {
    issuer.answers[path] = answer
    expect(await verify(await tokenOf(es, claims()))).toEqual({
      refused: expect.stringContaining('keys of the issuer unavailable'),
    })
    expect(issuer.asked).not.toContain('/other')
  })
})

test.each([
  ['https://issuer.example/tenant', true],
  ['http://127.0.0.1:8080', true],
  ['http://localhost:1', true],
  ['http://issuer.example', false],
  ['http://127.0.0.1.example', false],
  ['http://localhost@issuer.example', false],
  ['https://user:secret@issuer.example', false],
  ['file:///etc/passwd', false],
  ['issuer.example', false],
  ['', false],
])('%s is trusted with keys: %s', (url, trusted) => {
  expect(isTrustworthy(url)).toBe(trusted)
})
