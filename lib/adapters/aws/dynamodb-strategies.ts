import { GetCommand, paginateQuery, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { ruleClauses } from '../../strategy/rule-clauses.ts'
import type { StrategyStore } from '../../strategy/store.ts'
import { ENTRY_POINTS, type Strategy } from '../../strategy/strategy.ts'
import {
  conditionFailed,
  ownedPartition,
  putNew,
  readRecord,
  readText,
  recordText,
  type Table,
  writeError,
} from './dynamodb.ts'

/**
 * Strategies in the table: every version is one item of its owner's partition STRATEGIES, `sk` = id and version in fixed width.
 * One write makes a strategy whole, and reading the partition in order gives all of an owner's by id and version. The id that a token
 * stands for lies in CREATION#token#owner before the strategy is stored: whoever goes on with the token goes on with that id.
 */
const PARTITION = 'STRATEGIES'
const idKey = (id: number) => String(id).padStart(12, '0')
const creationKey = (owner: string, token: string) => ({ pk: `CREATION#${token}#${owner}`, sk: 'CREATION' })
const versionKey = (id: number, version: number) => `${idKey(id)}#${String(version).padStart(6, '0')}`
const itemKey = (owner: string, { strategy_id, version }: Pick<Strategy, 'strategy_id' | 'version'>) => ({
  pk: ownedPartition(PARTITION, owner),
  sk: versionKey(strategy_id, version),
})

type StrategyDraft = Omit<Strategy, 'strategy_id' | 'version'>

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
  generation: z
    .object({
      generator: z.enum(['offline', 'gemini']),
      model: z.string().nullable(),
      turns: z.number(),
      input_tokens: z.number(),
      output_tokens: z.number(),
      cents: z.number().nullable(),
    })
    .optional(),
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

  /** Whether the version was stored: false when its id is taken. */
  const putVersion = async (owner: string, strategy: Strategy, token?: string): Promise<boolean> => {
    const { name, created_at } = strategy
    const record = recordText(strategy, `Strategy "${name}"`)
    const Item = { ...itemKey(owner, strategy), name, created_at, record, ...(token && { token }) }
    return putNew(table, Item).catch((error) => {
      throw writeError(error, `Strategy "${name}"`)
    })
  }

  const held = async (Key: { pk: string; sk: string }) =>
    (await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item

  /** The id a token stands for. */
  const idOf = async (Key: { pk: string; sk: string }): Promise<number | undefined> => {
    const item = await held(Key)
    return item && readRecord(z.number().int().positive(), item.strategy_id, `id of ${Key.pk}`)
  }

  const createOnce = async (owner: string, draft: StrategyDraft, token: string): Promise<Strategy> => {
    const Key = creationKey(owner, token)
    for (;;) {
      const strategy_id = (await idOf(Key)) ?? (await nextId())
      if (!(await putNew(table, { ...Key, strategy_id })) && (await idOf(Key)) !== strategy_id) continue
      const strategy: Strategy = { ...draft, strategy_id, version: 1 }
      if (await putVersion(owner, strategy, token)) return strategy
      const stored = await held(itemKey(owner, strategy))
      if (stored?.token === token) return read(stored)
      // Only a table whose counter was lost gave the id to something else: the token stands for another one from now on.
      await moveToken(Key, strategy_id, await nextId())
    }
  }

  const moveToken = async (Key: { pk: string; sk: string }, from: number, to: number): Promise<void> => {
    const change = new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'SET strategy_id = :to',
      ConditionExpression: 'strategy_id = :from',
      ExpressionAttributeValues: { ':from': from, ':to': to },
    })
    await documents.send(change).catch((error) => {
      if (!conditionFailed(error)) throw error
    })
  }

  return {
    async create(owner, draft, token) {
      if (token !== undefined) return createOnce(owner, draft, token)
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
