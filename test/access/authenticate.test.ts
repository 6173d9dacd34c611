import { expect, test } from 'vitest'
import { type Accepted, authenticator } from '../../lib/access/authenticate.ts'
import type { Key } from '../../lib/access/key-store.ts'
import { newSecret, secretHash } from '../../lib/access/secrets.ts'
import { keyOf } from '../adapters/key-store-contract.ts'
import { memoryKeys } from './memory-keys.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const secret = (kind: 'owner' | 'operator', seed: number) => newSecret(kind, new Uint8Array(32).fill(seed))
const TOKEN = 'a token of this machine'.replaceAll(' ', '-').padEnd(32, '!')

async function open(key: Partial<Key> = {}, changes: Partial<Accepted> = {}) {
  const store = memoryKeys()
  await store.create(secretHash(secret('owner', 1)), keyOf(key))
  let looked = 0
  const keys = {
    find: (hash: string) => {
      looked++
      return store.find(hash)
    },
  }
  const check = authenticator({ keys, clock: () => NOW, ...changes })
  return { check, bearer: (text: string) => check(`Bearer ${text}`), looked: () => looked }
}

test('a key speaks for its owner and says which key it is', async () => {
  const { check, bearer } = await open()
  const verdict = { caller: { owner: 'alice', key_id: 'key-1' } }
  expect(await bearer(secret('owner', 1))).toEqual(verdict)
  expect(await check(`bearer   ${secret('owner', 1)}`)).toEqual(verdict)
})

test.each([
  ['a key nobody has', secret('owner', 2), 'an unknown key'],
  ['an operator’s key where there is none', secret('operator', 1), 'an unknown operator key'],
  ['a token where there is none', TOKEN, 'a credential of no accepted kind'],
  ['a JWT where no issuer is accepted', 'aaaa.bbbb.cccc', 'a credential of no accepted kind'],
])('%s is refused', async (_name, credential, refused) => {
  expect(await (await open()).bearer(credential)).toEqual({ refused })
})

test('a key is valid until the instant it expires, and not after it is revoked', async () => {
  const expiring = (ms: number) => open({ expires_at: new Date(NOW + ms).toISOString() })
  expect(await (await expiring(1)).bearer(secret('owner', 1))).toMatchObject({ caller: { owner: 'alice' } })
  expect(await (await expiring(0)).bearer(secret('owner', 1))).toEqual({ refused: 'the expired key key-1' })
  const revoked = await open({ revoked_at: '2026-11-22T11:59:59.000Z' })
  expect(await revoked.bearer(secret('owner', 1))).toEqual({ refused: 'the revoked key key-1' })
})

test.each([
  ['nothing', undefined],
  ['an empty header', ''],
  ['no scheme', secret('owner', 1)],
  ['another scheme', `Basic ${secret('owner', 1)}`],
  ['two headers joined', `Bearer ${secret('owner', 1)},Bearer ${secret('owner', 1)}`],
  ['a key with something behind it', `Bearer ${secret('owner', 1)} x`],
  ['a key with a line break', `Bearer ${secret('owner', 1)}\n`],
  ['a key cut short', `Bearer ${secret('owner', 1).slice(0, -1)}`],
  ['a key one longer', `Bearer ${secret('owner', 1)}A`],
  ['its hash', `Bearer ${secretHash(secret('owner', 1))}`],
  ['another alphabet', `Bearer swk_${'+'.repeat(43)}`],
  ['9000 characters', `Bearer ${'a'.repeat(9_000)}`],
  ['letters that are not ASCII', `Bearer swk_${'ü'.repeat(43)}`],
])('%s is refused without a look into the store', async (_name, authorization) => {
  const { check, looked } = await open()
  expect(await check(authorization)).toEqual({ refused: expect.any(String) })
  expect(looked()).toBe(0)
})

test('the reason of a refusal holds no part of the credential', async () => {
  const { check, bearer } = await open({ revoked_at: '2026-11-22T11:59:59.000Z' })
  for (const text of [secret('owner', 1), secret('owner', 2), secret('operator', 1), TOKEN]) {
    for (const verdict of [await bearer(text), await check(text)])
      expect(JSON.stringify(verdict)).not.toContain(text.slice(4, 10))
  }
})

test('the operator’s key is an operator and no owner, and is never looked up as a key', async () => {
  const operatorHash = secretHash(secret('operator', 1))
  const { bearer, looked } = await open({}, { operatorHash })
  expect(await bearer(secret('operator', 1))).toEqual({ caller: { operator: true } })
  expect(await bearer(secret('operator', 2))).toEqual({ refused: 'an unknown operator key' })
  expect(looked()).toBe(0)
})

test('the token of a machine speaks for its owner', async () => {
  const { bearer } = await open({}, { tokenHash: secretHash(TOKEN) })
  expect(await bearer(TOKEN)).toEqual({ caller: { owner: 'local' } })
  for (const wrong of [TOKEN.slice(1), `${TOKEN}!`, TOKEN.toUpperCase(), secretHash(TOKEN)])
    expect(await bearer(wrong)).toEqual({ refused: expect.any(String) })
})

test('a store that does not answer is no verdict', async () => {
  const check = authenticator({ keys: { find: () => Promise.reject(new Error('down')) }, clock: () => NOW })
  await expect(check(`Bearer ${secret('owner', 1)}`)).rejects.toThrow('down')
})
