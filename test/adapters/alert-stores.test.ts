import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import { dynamodbSubscriptions } from '../../lib/adapters/aws/dynamodb-alerts.ts'
import { dynamodbDeliveries } from '../../lib/adapters/aws/dynamodb-deliveries.ts'
import { dynamodbFires } from '../../lib/adapters/aws/dynamodb-fires.ts'
import { dynamodbWatched } from '../../lib/adapters/aws/dynamodb-watched.ts'
import { openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { memoryStores } from '../alerts/memory-stores.ts'
import { alertStoresContract, fire, subscription } from './alert-stores-contract.ts'

alertStoresContract('Memory', async () => ({ stores: memoryStores(), close: async () => {} }))

alertStoresContract('DynamoDB', async () => {
  const table = await openLocalTable()
  const stores = {
    subscriptions: dynamodbSubscriptions(table),
    watched: dynamodbWatched(table),
    fires: dynamodbFires(table),
    deliveries: dynamodbDeliveries(table),
  }
  return { stores, close: table.close }
})

test('pointers of a subscription that was never written lead nowhere, and are passed over', async () => {
  const table = await openLocalTable()
  try {
    const stored = dynamodbSubscriptions(table)
    await stored.create(subscription())
    const orphan = { pk: 'SUBS#ann', sk: '2026-11-21T00:00:00.000Z#7.1.orphan', subscription_id: '7.1.orphan' }
    await table.documents.send(new PutCommand({ TableName: table.name, Item: orphan }))
    expect(await stored.list('ann')).toEqual([subscription()])
  } finally {
    await table.close()
  }
})

test('records that do not read are internal errors naming them', async () => {
  const table = await openLocalTable()
  try {
    const put = (Item: Record<string, unknown>) => table.documents.send(new PutCommand({ TableName: table.name, Item }))
    await put({ pk: 'SUB#7#1', sk: '7.1.a', owner: 'ann', channels: '{' })
    await put({ pk: 'FIRE#7#1#ann', sk: '2026-11-20#BRK.B', state: 'announcing', record: '{"owner":"ann"}' })
    const internal = (name: string) => ({ code: 'internal', message: expect.stringContaining(name) })
    await expect(dynamodbSubscriptions(table).get('7.1.a')).rejects.toMatchObject(internal('7.1.a'))
    await expect(dynamodbFires(table).get('ann', fire().fire_id)).rejects.toMatchObject(internal('BRK.B'))
  } finally {
    await table.close()
  }
})

test('an alert over 400 KB is too large, and none is stored', async () => {
  const table = await openLocalTable()
  try {
    const stored = dynamodbSubscriptions(table)
    const symbols = Array.from({ length: 60_000 }, (_, i) => `SYM${i}`)
    await expect(stored.create(subscription({ symbols }))).rejects.toMatchObject({ code: 'too_large' })
    expect(await stored.list('ann')).toEqual([])
  } finally {
    await table.close()
  }
})

test('an alert whose deliveries fail for years is remembered in a small record', async () => {
  const table = await openLocalTable()
  try {
    const stored = dynamodbSubscriptions(table)
    await stored.create(subscription())
    for (let i = 0; i < 300; i++) {
      const day = new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10)
      await stored.deliveryFailed('7.1.a', { at: day, fire_id: `7.1.${day}.KO`, message: 'm' })
    }
    const Key = { pk: 'SUB#7#1', sk: '7.1.a' }
    const { Item } = await table.documents.send(new GetCommand({ TableName: table.name, Key }))
    expect(Item?.failed_fires.size).toBeLessThanOrEqual(64)
    expect(Item?.failed_fires).toContain('7.1.2026-10-27.KO')
  } finally {
    await table.close()
  }
})
