import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import type { VersionRef } from '../../alerts/subscription.ts'
import { evaluationRecord, type Mark, type Watched, type WatchedStore } from '../../alerts/watched.ts'
import { TIMEFRAMES, type Timeframe } from '../../market/bars.ts'
import { conditionFailed, readRecord, type Table } from './dynamodb.ts'

/**
 * Watched strategy versions in the table: one item of the partition WATCHED each, with the marks of how far it got. What became of
 * its sessions lies in EVALUATIONS#id#version#owner, by day.
 */
const watchedKey = ({ owner, strategy_id, version }: VersionRef) => ({
  pk: 'WATCHED',
  sk: `${String(strategy_id).padStart(12, '0')}#${String(version).padStart(6, '0')}#${owner}`,
})
const evaluations = ({ owner, strategy_id, version }: VersionRef) => `EVALUATIONS#${strategy_id}#${version}#${owner}`

const watchedItem = z.object({
  owner: z.string(),
  strategy_id: z.number(),
  version: z.number(),
  touched_at: z.string(),
  timeframe: z.enum(TIMEFRAMES).optional(),
  queued_day: z.string().optional(),
  queued_version: z.string().optional(),
  queued_at: z.string().optional(),
  evaluated_day: z.string().optional(),
  evaluated_version: z.string().optional(),
  evaluated_at: z.string().optional(),
})

function toWatched(stored: Record<string, unknown>): Watched {
  const item = readRecord(watchedItem, stored, `watched version ${String(stored.sk)}`)
  const { owner, strategy_id, version, touched_at, timeframe } = item
  const mark = (name: 'queued' | 'evaluated'): Mark | null => {
    const [day, data_version, at] = [item[`${name}_day`], item[`${name}_version`], item[`${name}_at`]]
    return day === undefined || data_version === undefined || at === undefined ? null : { day, data_version, at }
  }
  const sized = timeframe === undefined || timeframe === '1d' ? {} : { timeframe }
  return { owner, strategy_id, version, touched_at, ...sized, queued: mark('queued'), evaluated: mark('evaluated') }
}

/** Makes a version watched, or notes that it still is; what was queued before may have found nobody to tell and is asked for again. */
export async function touch(
  { documents, name }: Table,
  ref: VersionRef,
  at: string,
  timeframe: Timeframe = '1d',
): Promise<void> {
  await documents.send(
    new UpdateCommand({
      TableName: name,
      Key: watchedKey(ref),
      UpdateExpression:
        'SET #owner = :owner, strategy_id = :id, version = :version, touched_at = :at, timeframe = :size REMOVE queued_day, queued_version, queued_at',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: {
        ':owner': ref.owner,
        ':id': ref.strategy_id,
        ':version': ref.version,
        ':at': at,
        ':size': timeframe,
      },
    }),
  )
}

/** Whether the write was done; false when its condition did not hold. */
async function done(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (conditionFailed(error)) return false
    throw error
  }
}

/** A WatchedStore in a DynamoDB table. */
export function dynamodbWatched({ documents, name: TableName }: Table): WatchedStore {
  const mark = async (ref: VersionRef, name: 'queued' | 'evaluated', { day, data_version, at }: Mark) => {
    const write = new UpdateCommand({
      TableName,
      Key: watchedKey(ref),
      UpdateExpression: `SET ${name}_day = :day, ${name}_version = :version, ${name}_at = :at`,
      ConditionExpression: `attribute_exists(pk) AND (attribute_not_exists(${name}_day) OR ${name}_day <= :day)`,
      ExpressionAttributeValues: { ':day': day, ':version': data_version, ':at': at },
    })
    await done(documents.send(write))
  }

  return {
    async *list() {
      const pages = paginateQuery(
        { client: documents },
        {
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': 'WATCHED' },
          ConsistentRead: true,
        },
      )
      for await (const { Items = [] } of pages) yield Items.map(toWatched)
    },

    async get(ref) {
      const { Item } = await documents.send(new GetCommand({ TableName, Key: watchedKey(ref), ConsistentRead: true }))
      return Item && toWatched(Item)
    },

    queued: (ref, to) => mark(ref, 'queued', to),
    evaluated: (ref, to) => mark(ref, 'evaluated', to),

    async retire(ref, untouchedSince) {
      const remove = new DeleteCommand({
        TableName,
        Key: watchedKey(ref),
        ConditionExpression: 'touched_at < :since',
        ExpressionAttributeValues: { ':since': untouchedSince },
      })
      await done(documents.send(remove))
    },

    async record(ref, evaluation) {
      const Item = { pk: evaluations(ref), sk: evaluation.day, ...evaluation }
      await documents.send(new PutCommand({ TableName, Item }))
    },

    async evaluations(ref, limit) {
      const { Items = [] } = await documents.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': evaluations(ref) },
          ScanIndexForward: false,
          Limit: limit,
        }),
      )
      return Items.map((item) => readRecord(evaluationRecord, item, `evaluation ${String(item.sk)}`))
    },
  }
}
