import { DeleteCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import { dynamodbStrategies } from '../../lib/adapters/aws/dynamodb-strategies.ts'
import { openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { LOCAL_OWNER } from '../../lib/core/owner.ts'
import { strategyDraft, strategyStoreContract } from './strategy-store-contract.ts'

strategyStoreContract('DynamoDB', async () => {
  const table = await openLocalTable()
  return { store: dynamodbStrategies(table), close: table.close }
})

test('strategies of a home made before there were owners are those of its one owner, in the partition without a name', async () => {
  const table = await openLocalTable()
  try {
    const store = dynamodbStrategies(table)
    await store.create(LOCAL_OWNER, strategyDraft())
    await store.create('alice', strategyDraft())
    const { Items } = await table.documents.send(new ScanCommand({ TableName: table.name }))
    expect(Items?.map((item) => item.pk).toSorted()).toEqual(['COUNTER', 'STRATEGIES', 'STRATEGIES#alice'])
  } finally {
    await table.close()
  }
})

test('a stored strategy that does not read is an internal error naming it', async () => {
  const table = await openLocalTable()
  try {
    const put = (record: string) =>
      table.documents.send(
        new PutCommand({ TableName: table.name, Item: { pk: 'STRATEGIES', sk: '000000000001#000001', record } }),
      )
    const store = dynamodbStrategies(table)
    for (const record of ['{"strategy_id":1}', '{"strategy', 'null']) {
      await put(record)
      await expect(store.get(LOCAL_OWNER, 1)).rejects.toMatchObject({
        code: 'internal',
        message: expect.stringContaining('000000000001#000001'),
      })
    }
  } finally {
    await table.close()
  }
})

test('a creation killed after any of its writes goes on where it ended: one strategy, whoever comes with its token', async () => {
  for (let writes = 0; writes < 3; writes++) {
    const table = await openLocalTable()
    try {
      let left = writes
      const documents = new Proxy(table.documents, {
        get: (target, name) =>
          name === 'send'
            ? async (command: { constructor: { name: string } }) => {
                const isWrite = /^(Put|Update)/.test(command.constructor.name)
                if (isWrite && left-- === 0) throw new Error('killed')
                return target.send(command as never)
              }
            : Reflect.get(target, name),
      })
      const dying = dynamodbStrategies({ documents, name: table.name })
      await expect(dying.create('alice', strategyDraft({ name: 'first' }), 'run-1')).rejects.toThrow('killed')
      const store = dynamodbStrategies(table)
      const made = await store.create('alice', strategyDraft({ name: 'second' }), 'run-1')
      expect(await store.create('alice', strategyDraft({ name: 'third' }), 'run-1')).toEqual(made)
      expect(await store.list('alice')).toEqual([made])
    } finally {
      await table.close()
    }
  }
})

test('a token whose id was given away again, as the counter was lost, stands for another one', async () => {
  const table = await openLocalTable()
  try {
    const store = dynamodbStrategies(table)
    const first = await store.create('alice', strategyDraft({ name: 'first' }))
    const Key = { pk: 'COUNTER', sk: 'STRATEGIES' }
    await table.documents.send(new DeleteCommand({ TableName: table.name, Key }))
    const made = await store.create('alice', strategyDraft({ name: 'second' }), 'run-1')
    expect(made).toMatchObject({ name: 'second', strategy_id: 2 })
    expect(await store.create('alice', strategyDraft({ name: 'third' }), 'run-1')).toEqual(made)
    expect(await store.list('alice')).toEqual([first, made])
  } finally {
    await table.close()
  }
})
