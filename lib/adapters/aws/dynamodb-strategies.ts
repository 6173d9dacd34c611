import { GetCommand, paginateQuery, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { ruleClauses } from '../../strategy/rule-clauses.ts'
import { type StrategyStore, strategyOf } from '../../strategy/store.ts'
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
 * stands for lies in CREATION#token#owner before the strategy is stored, and of a revision its version too: whoever goes on with the
 * token goes on with that.
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
type Place = Pick<Strategy, 'strategy_id' | 'version'>

/** Places that were stored before there were revisions are those of first versions. */
const placeRecord = z.object({
  strategy_id: z.number().int().positive(),
  version: z.number().int().positive().default(1),
})
const isSame = (a: Place | undefined, b: Place): boolean => a?.strategy_id === b.strategy_id && a.version === b.version

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
  revision: z
    .object({
      of_version: z.number().int().positive(),
      said: z.string().nullable(),
      changes: z.array(
        z.object({
          clause: z.string(),
          before: z.string().nullable(),
          after: z.string().nullable(),
          removed: z.array(z.string()).optional(),
          added: z.array(z.string()).optional(),
        }),
      ),
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

  /** The place a token stands for. */
  const placeOf = async (Key: { pk: string; sk: string }): Promise<Place | undefined> => {
    const item = await held(Key)
    return item && readRecord(placeRecord, item, `place of ${Key.pk}`)
  }

  /** Stores a draft once under a token, at a place that `next` gives. */
  const storeOnce = async (owner: string, draft: StrategyDraft, token: string, next: () => Promise<Place>) => {
    const Key = creationKey(owner, token)
    for (;;) {
      const place = (await placeOf(Key)) ?? (await next())
      if (!(await putNew(table, { ...Key, ...place })) && !isSame(await placeOf(Key), place)) continue
      const strategy: Strategy = { ...draft, ...place }
      if (await putVersion(owner, strategy, token)) return strategy
      const stored = await held(itemKey(owner, strategy))
      if (stored?.token === token) return read(stored)
      // Another revision took the number, or a table whose counter was lost gave the id again: the token stands for another place now.
      await moveToken(Key, place, await next())
    }
  }

  const moveToken = async (Key: { pk: string; sk: string }, from: Place, to: Place): Promise<void> => {
    const change = new UpdateCommand({
      TableName,
      Key,
      UpdateExpression: 'SET strategy_id = :id, version = :version',
      ConditionExpression: 'strategy_id = :was AND (version = :number OR attribute_not_exists(version))',
      ExpressionAttributeValues: {
        ':id': to.strategy_id,
        ':version': to.version,
        ':was': from.strategy_id,
        ':number': from.version,
      },
    })
    await documents.send(change).catch((error) => {
      if (!conditionFailed(error)) throw error
    })
  }

  const firstOf = async (): Promise<Place> => ({ strategy_id: await nextId(), version: 1 })

  const get: StrategyStore['get'] = async (owner, strategyId, version) => {
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
  }

  /** The place after the newest version; `not_found` when the owner has no such strategy. */
  const nextVersion = async (owner: string, strategy_id: number): Promise<Place> => ({
    strategy_id,
    version: (await strategyOf({ get }, owner, strategy_id)).version + 1,
  })

  return {
    async create(owner, draft, token) {
      if (token !== undefined) return storeOnce(owner, draft, token, firstOf)
      for (;;) {
        const strategy: Strategy = { ...draft, ...(await firstOf()) }
        // Only a table whose counter was lost has the id already: the next one is tried.
        if (await putVersion(owner, strategy)) return strategy
      }
    },

    async revise(owner, strategyId, draft, token) {
      const next = () => nextVersion(owner, strategyId)
      if (token !== undefined) return storeOnce(owner, draft, token, next)
      for (;;) {
        const strategy: Strategy = { ...draft, ...(await next()) }
        if (await putVersion(owner, strategy)) return strategy
      }
    },

    get,

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
