import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import { keysOf } from '../../lib/access/keys.ts'
import { dynamodbKeys } from '../../lib/adapters/aws/dynamodb-keys.ts'
import { openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { keyStoreContract } from './key-store-contract.ts'

keyStoreContract('DynamoDB', async () => {
  const table = await openLocalTable()
  return { store: dynamodbKeys(table), close: table.close }
})

test('nothing in the table tells a key: no item holds more of it than its hash and last 4 characters', async () => {
  const table = await openLocalTable()
  try {
    const keys = keysOf({
      keys: dynamodbKeys(table),
      quotas: { reserve: async () => {} },
      clock: () => 0,
      newKeyId: () => 'key-1',
      randomBytes: (count) => new Uint8Array(count).fill(7),
    })
    const { secret } = await keys.create({ owner: 'alice' }, { name: 'laptop' })
    const { Items } = await table.documents.send(new ScanCommand({ TableName: table.name }))
    const text = JSON.stringify(Items)
    expect(Items).toHaveLength(2)
    for (let i = 4; i + 5 <= secret.length; i++) expect(text).not.toContain(secret.slice(i, i + 5))
  } finally {
    await table.close()
  }
})

test('a pointer that a killed process left behind leads to no key', async () => {
  const table = await openLocalTable()
  try {
    const store = dynamodbKeys(table)
    const Item = { pk: 'KEYS#alice', sk: 'key-1', hash: 'a'.repeat(64) }
    await table.documents.send(new PutCommand({ TableName: table.name, Item }))
    expect(await store.list('alice')).toEqual([])
    expect(await store.get('alice', 'key-1')).toBeUndefined()
    expect(await store.revoke('alice', 'key-1', '2026-11-23T00:00:00.000Z')).toBeUndefined()
    expect(await store.find('a'.repeat(64))).toBeUndefined()
  } finally {
    await table.close()
  }
})
