import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import { dynamodbQuotas } from '../../lib/adapters/aws/dynamodb-quotas.ts'
import { openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { quotaStoreContract } from './quota-store-contract.ts'

quotaStoreContract('DynamoDB', async () => {
  const table = await openLocalTable()
  return { store: dynamodbQuotas(table), close: table.close }
})

test('a day is one item and one of each charge, which the table may delete three days after the day began', async () => {
  const table = await openLocalTable()
  try {
    const store = dynamodbQuotas(table)
    const place = { owner: 'alice', day: '2026-11-22' }
    await store.reserve({ ...place, quota: 'runs' }, 'a', 5)
    await store.reserve({ ...place, quota: 'creations' }, 'a', 5)
    await store.charge({ ...place, quota: 'chunk_seconds' }, 7, 'run 1')
    const { Items } = await table.documents.send(new ScanCommand({ TableName: table.name }))
    const ttl = Date.UTC(2026, 10, 25) / 1_000
    expect(Items?.toSorted((a, b) => (a.sk < b.sk ? 1 : -1))).toEqual([
      expect.objectContaining({
        pk: 'QUOTA#alice#2026-11-22',
        runs: 1,
        creations: 1,
        ttl,
      }),
      expect.objectContaining({ pk: 'QUOTA#alice#2026-11-22', amount: 7, ttl }),
    ])
  } finally {
    await table.close()
  }
})

test('a day with the most reservations of every kind fits its item', async () => {
  const table = await openLocalTable()
  try {
    const quotas = ['creations', 'runs', 'alerts', 'keys']
    const ids = quotas.flatMap((quota) =>
      Array.from({ length: 3_999 }, (_, i) => `${quota}:${String(i).padStart(16, '0')}`),
    )
    const counts = Object.fromEntries(quotas.map((quota) => [quota, 3_999]))
    const Item = { pk: 'QUOTA#alice#2026-11-22', sk: 'QUOTA', ids: new Set(ids), ...counts }
    await table.documents.send(new PutCommand({ TableName: table.name, Item }))
    const place = { owner: 'alice', day: '2026-11-22', quota: 'creations' } as const
    expect(await dynamodbQuotas(table).reserve(place, 'last', 4_000)).toBe(true)
    expect(await dynamodbQuotas(table).reserve(place, 'one more', 4_000)).toBe(false)
  } finally {
    await table.close()
  }
})
