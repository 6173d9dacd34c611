import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { keysOf, MOST_KEYS } from '../../lib/access/keys.ts'
import { AppError } from '../../lib/core/errors.ts'
import { memoryKeys } from './memory-keys.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const LOCAL = { owner: 'local', operator: true }

function open() {
  const store = memoryKeys()
  const clock = { now: NOW }
  const reserved: unknown[][] = []
  let made = 0
  const keys = keysOf({
    keys: store,
    quotas: { reserve: async (...asked) => void reserved.push(asked) },
    clock: () => clock.now,
    newKeyId: () => `key-${++made}`,
    randomBytes: (count) => Uint8Array.from({ length: count }, (_, i) => (i * 7 + made) % 256),
  })
  return { keys, store, clock, reserved }
}

test('a key is swk_ and 256 bits in base64url; the store gets its SHA-256, the owner its last 4 characters', async () => {
  const { keys, store } = open()
  const { secret, key } = await keys.create({ owner: 'alice' }, { name: 'laptop' })
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => (i * 7 + 1) % 256)
  expect(secret).toBe(`swk_${Buffer.from(bytes).toString('base64url')}`)
  expect(store.hashes()).toEqual([createHash('sha256').update(secret).digest('hex')])
  expect(key).toEqual({
    key_id: 'key-1',
    owner: 'alice',
    name: 'laptop',
    hint: secret.slice(-4),
    created_at: '2026-11-22T12:00:00.000Z',
    expires_at: null,
    revoked_at: null,
  })
  expect(await keys.list({ owner: 'alice' })).toEqual([key])
})

test('a key may end after a number of days', async () => {
  const { keys } = open()
  const { key } = await keys.create({ owner: 'alice' }, { name: 'laptop', expires_in_days: 90 })
  expect(key.expires_at).toBe('2027-02-20T12:00:00.000Z')
})

test('each key counts against its owner’s day, whoever makes it', async () => {
  const { keys, reserved } = open()
  await keys.create({ operator: true }, { name: 'first', owner: 'alice' })
  await keys.create({ owner: 'alice' }, { name: 'second' })
  expect(reserved).toEqual([
    ['alice', 'keys', 'key-1'],
    ['alice', 'keys', 'key-2'],
  ])
})

test('an operator makes keys for owners and neither lists nor revokes any', async () => {
  const { keys } = open()
  const operator = { operator: true }
  const { key } = await keys.create(operator, { name: 'first', owner: 'alice' })
  expect(key.owner).toBe('alice')
  await expect(keys.create(operator, { name: 'first' })).rejects.toMatchObject({ code: 'bad_request' })
  await expect(keys.create(operator, { name: 'first', owner: 'local' })).rejects.toMatchObject({ code: 'bad_request' })
  await expect(keys.list(operator)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(keys.revoke(operator, key.key_id)).rejects.toMatchObject({ code: 'forbidden' })
})

test('an owner makes keys for no other owner', async () => {
  const { keys, store } = open()
  await expect(keys.create({ owner: 'alice' }, { name: 'x', owner: 'bob' })).rejects.toMatchObject({
    code: 'forbidden',
  })
  expect(store.hashes()).toEqual([])
  expect((await keys.create({ owner: 'alice' }, { name: 'x', owner: 'alice' })).key.owner).toBe('alice')
})

test('on one machine its owner makes keys for themselves and for others', async () => {
  const { keys } = open()
  expect((await keys.create(LOCAL, { name: 'mine' })).key.owner).toBe('local')
  expect((await keys.create(LOCAL, { name: 'theirs', owner: 'bob' })).key.owner).toBe('bob')
  expect(await keys.list(LOCAL)).toHaveLength(1)
})

test('a key that is revoked or has expired manages no keys, though a gateway may still let it in', async () => {
  const { keys, clock } = open()
  const mine = await keys.create({ owner: 'alice' }, { name: 'mine' })
  const stolen = await keys.create({ owner: 'alice' }, { name: 'stolen' })
  const short = await keys.create({ owner: 'alice' }, { name: 'short', expires_in_days: 1 })
  await keys.revoke({ owner: 'alice', key_id: mine.key.key_id }, stolen.key.key_id)
  clock.now = Date.parse(short.key.expires_at!)
  for (const { key_id } of [stolen.key, short.key]) {
    const caller = { owner: 'alice', key_id }
    await expect(keys.create(caller, { name: 'successor' })).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(keys.revoke(caller, mine.key.key_id)).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(keys.list(caller)).rejects.toMatchObject({ code: 'unauthorized' })
  }
  expect(await keys.list({ owner: 'alice', key_id: mine.key.key_id })).toHaveLength(3)
})

test('another owner’s key is not found and not revoked', async () => {
  const { keys } = open()
  const { key } = await keys.create({ owner: 'alice' }, { name: 'laptop' })
  await expect(keys.revoke({ owner: 'bob' }, key.key_id)).rejects.toMatchObject({ code: 'not_found' })
  expect((await keys.list({ owner: 'alice' }))[0].revoked_at).toBeNull()
})

test(`at most ${MOST_KEYS} keys are valid at once; a revoked one makes room`, async () => {
  const { keys } = open()
  const alice = { owner: 'alice' }
  for (let i = 0; i < MOST_KEYS; i++) await keys.create(alice, { name: `${i}` })
  await expect(keys.create(alice, { name: 'one more' })).rejects.toMatchObject({ code: 'conflict' })
  await keys.revoke(alice, 'key-1')
  await keys.create(alice, { name: 'one more' })
})

test('a key over the day’s quota is not made', async () => {
  const store = memoryKeys()
  const reserve = () => Promise.reject(new AppError('quota_exceeded', 'used up'))
  const deps = { keys: store, quotas: { reserve }, clock: () => NOW, newKeyId: () => 'k' }
  const keys = keysOf({ ...deps, randomBytes: (count) => new Uint8Array(count) })
  await expect(keys.create({ owner: 'alice' }, { name: 'x' })).rejects.toMatchObject({ code: 'quota_exceeded' })
  expect(store.hashes()).toEqual([])
})
