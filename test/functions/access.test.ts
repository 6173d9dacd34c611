import { afterEach, beforeEach, expect, test } from 'vitest'
import { accessOf } from '../../functions/access.ts'
import { ownerOfSubject } from '../../lib/access/jwt.ts'
import { newSecret, secretHash } from '../../lib/access/secrets.ts'
import { getJson } from '../../lib/adapters/get-json.ts'
import { type SigningKey, signingKey, startIssuer, type TestIssuer, tokenOf } from '../access/issuer.ts'
import { memoryKeys } from '../access/memory-keys.ts'
import { keyOf } from '../adapters/key-store-contract.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const OPERATOR = newSecret('operator', new Uint8Array(32).fill(1))
const OWNER = newSecret('owner', new Uint8Array(32).fill(2))

let key: SigningKey
let issuer: TestIssuer
beforeEach(async () => {
  key = await signingKey('one')
  issuer = await startIssuer([key.jwk])
})
afterEach(() => issuer.close())

async function access(env: Record<string, string>) {
  const keys = memoryKeys()
  await keys.create(secretHash(OWNER), keyOf())
  const check = accessOf(env, { keys, getJson, clock: () => NOW })
  return (credential: string) => check(`Bearer ${credential}`)
}
const token = () => tokenOf(key, { iss: issuer.url, aud: 'saywhen', sub: 'a', exp: NOW / 1_000 + 60 })

test('a deployment accepts its owners’ keys, and the operator and the issuer it is configured with', async () => {
  const env = {
    SAYWHEN_OPERATOR_KEY_HASH: secretHash(OPERATOR),
    SAYWHEN_JWT_ISSUER: issuer.url,
    SAYWHEN_JWT_AUDIENCE: 'saywhen',
  }
  const check = await access(env)
  expect(await check(OWNER)).toMatchObject({ caller: { owner: 'alice' } })
  expect(await check(OPERATOR)).toEqual({ caller: { operator: true } })
  expect(await check(await token())).toEqual({ caller: { owner: ownerOfSubject(issuer.url, 'a') } })
})

test('without configuration there is no operator and no issuer', async () => {
  const check = await access({})
  expect(await check(OWNER)).toMatchObject({ caller: { owner: 'alice' } })
  expect(await check(OPERATOR)).toHaveProperty('refused')
  expect(await check(await token())).toHaveProperty('refused')
  expect(issuer.asked).toEqual([])
})

test.each([
  [{ SAYWHEN_OPERATOR_KEY_HASH: OPERATOR }, /SAYWHEN_OPERATOR_KEY_HASH is no SHA-256/],
  [{ SAYWHEN_OPERATOR_KEY_HASH: 'A'.repeat(64) }, /SAYWHEN_OPERATOR_KEY_HASH/],
  [{ SAYWHEN_JWT_ISSUER: 'https://issuer.example' }, /SAYWHEN_JWT_AUDIENCE is missing/],
  [{ SAYWHEN_JWT_ISSUER: 'http://issuer.example', SAYWHEN_JWT_AUDIENCE: 'a' }, /SAYWHEN_JWT_ISSUER is an https URL/],
  [{ SAYWHEN_JWT_AUDIENCE: 'a' }, /SAYWHEN_JWT_ISSUER/],
])('%j cannot be meant', async (env, message) => {
  await expect(access(env as Record<string, string>)).rejects.toMatchObject({
    code: 'bad_request',
    message: expect.stringMatching(message),
  })
  await access(env as Record<string, string>).catch((error: Error) => expect(error.message).not.toContain(OPERATOR))
})
