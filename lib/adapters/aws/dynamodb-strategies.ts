import { paginateQuery, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import { ruleClauses } from '../../strategy/rule-clauses.ts'
import type { StrategyStore } from '../../strategy/store.ts'
import { ENTRY_POINTS, type Strategy } from '../../strategy/strategy.ts'
import { ownedPartition, putNew, readRecord, readText, recordText, type Table, writeError } from './dynamodb.ts'

/**
 * Strategies in the table: every version is one item of its owner's partition STRATEGIES, `sk` = id and version in fixed width.
 * One write makes a strategy whole, and reading the partition in order gives all of an owner's by id and version.
 */
const PARTITION = 'STRATEGIES'
const idKey = (id: number) => String(id).padStart(12, '0')
const versionKey = (id: number, version: number) => `${idKey(id)}#${String(version).padStart(6, '0')}`

const strategyRecord: z.ZodType<Strategy> = z.object({
  strategy_id: z.number().int().positive(),
  version: z.number().int().positive(),
  name: z.string(),
  prompt: z.string().nullable(),
  rule: ruleClauses.nullable(),
  code: z.string(),
  entry_points: z.array(z.enum(ENTRY_POINTS)),
  series: z.array(z.string()),
  history_days: z.number(),
  assumptions: z.array(z.string()),
  warnings: z.array(z.string()),
  proof: z.looseObject({
    verdict: z.enum(['equal', 'different', 'not proven']),
    reason: z.string(),
    window: z.tuple([z.string(), z.string()]).nullable(),
    symbols: z.number(),
    cells: z.number(),
    true_cells: z.number(),
    sampled: z.boolean(),
    constructed_cells: z.number(),
    constructed_true: z.number(),
    ties: z.number(),
    isolated_cells: z.number(),
    guest_errors: z.number(),
    differences: z.number(),
    first_differences: z.array(
      z.object({
        symbol: z.string(),
        date: z.string(),
        what: z.enum(['signal', 'short', 'score', 'exit']),
        rule: z.string(),
        code: z.string(),
      }),
    ),
  }),
  hash: z.string(),
  created_at: z.string(),
})

/** A StrategyStore in a DynamoDB table; `too_large` when a strategy does not fit one item. */
export function dynamodbStrategies(table: Table): StrategyStore {
  const { documents, name: TableName } = table
  const read = (item: Record<string, unknown>) => {
    const what = `strategy ${String(item.sk)}`
    return readRecord(strategyRecord, readText(item.record, what), what)
  }

  // An id is taken by one atomic step and never given back: two writers at once never get the same one.
  const nextId = async () => {
    const { Attributes } = await documents.send(
      new UpdateCommand({
        TableName,
        Key: { pk: 'COUNTER', sk: PARTITION },
        UpdateExpression: 'ADD #last :one',
        ExpressionAttributeNames: { '#last': 'last' },
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'UPDATED_NEW',
      }),
    )
    return readRecord(z.number().int().positive(), Attributes?.last, 'count of strategies')
  }

  const putVersion = async (owner: string, strategy: Strategy): Promise<boolean> => {
    const { strategy_id, version, name, created_at } = strategy
    const record = recordText(strategy, `Strategy "${name}"`)
    const Item = {
      pk: ownedPartition(PARTITION, owner),
      sk: versionKey(strategy_id, version),
      name,
      created_at,
      record,
    }
    return putNew(table, Item).catch((error) => {
      throw writeError(error, `Strategy "${name}"`)
    })
  }

  return {
    async create(owner, draft) {
      for (;;) {
        const strategy: Strategy = { ...draft, strategy_id: await nextId(), version: 1 }
        // Only a table whose counter was lost has the id already: the next one is tried.
        if (await putVersion(owner, strategy)) return strategy
      }
    },

    async get(owner, strategyId, version) {
      const key = version === undefined ? `${idKey(strategyId)}#` : versionKey(strategyId, version)
      const { Items } = await documents.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :id)',
          ExpressionAttributeValues: { ':pk': ownedPartition(PARTITION, owner), ':id': key },
          ScanIndexForward: false,
          Limit: 1,
          ConsistentRead: true,
        }),
      )
      return Items?.length ? read(Items[0]) : undefined
    },

    async list(owner) {
      const newest = new Map<number, Strategy>()
      const pages = paginateQuery(
        { client: documents },
        {
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': ownedPartition(PARTITION, owner) },
          ConsistentRead: true,
        },
      )
      for await (const { Items } of pages)
        for (const strategy of (Items ?? []).map(read)) newest.set(strategy.strategy_id, strategy)
      return [...newest.values()]
    },
  }
}
