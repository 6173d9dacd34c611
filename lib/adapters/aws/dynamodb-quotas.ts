import { GetCommand, PutCommand, paginateQuery, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import type { QuotaPlace, QuotaStore } from '../../access/quotas.ts'
import { parseDay } from '../../core/days.ts'
import { sha256 } from '../../core/hash.ts'
import { conditionFailed, readRecord, type Table } from './dynamodb.ts'

/**
 * An owner's day is one item QUOTA#owner#day: a number for each quota, and the set `ids` of what was counted. Both change in one
 * conditional write, so that no number of writers at once passes the limit. What was used has an item of its own for each id,
 * CHARGE#quota#id beside it: a write that is repeated changes nothing. The table deletes the items by their `ttl`.
 */
const itemKey = ({ owner, day }: QuotaPlace) => ({ pk: `QUOTA#${owner}#${day}`, sk: 'QUOTA' })
/** Epoch seconds from which the item may go: a day after the last moment at which a reservation of it can be given back. */
const ttlOf = ({ day }: QuotaPlace) => (parseDay(day) + 3) * 86_400
/** Short, so that thousands fit the item: 96 bits of a hash. */
const mark = ({ quota }: QuotaPlace, id: string) =>
  `${quota}:${Buffer.from(sha256(id), 'hex').subarray(0, 12).toString('base64url')}`

const charges = ({ quota }: QuotaPlace) => `CHARGE#${quota}#`
const chargeKey = (place: QuotaPlace, id: string) => ({
  pk: itemKey(place).pk,
  sk: `${charges(place)}${sha256(id).slice(0, 32)}`,
})

/** A QuotaStore in a DynamoDB table. */
export function dynamodbQuotas({ documents, name: TableName }: Table): QuotaStore {
  const read = async (place: QuotaPlace) => {
    const { Item } = await documents.send(new GetCommand({ TableName, Key: itemKey(place), ConsistentRead: true }))
    const what = `count ${itemKey(place).pk}`
    return {
      used: readRecord(z.number().default(0), Item?.[place.quota], what),
      ids: readRecord(z.set(z.string()).default(new Set()), Item?.ids, what),
    }
  }

  /** Whether the change was made: false when its condition does not hold. */
  const change = async (place: QuotaPlace, update: Partial<UpdateCommandInput>): Promise<boolean> => {
    try {
      await documents.send(
        new UpdateCommand({
          TableName,
          Key: itemKey(place),
          ExpressionAttributeNames: { '#count': place.quota, '#ttl': 'ttl' },
          ...update,
        }),
      )
      return true
    } catch (error) {
      if (conditionFailed(error)) return false
      throw error
    }
  }

  return {
    async reserve(place, id, most) {
      if (most < 1) return false
      const counted = await change(place, {
        UpdateExpression: 'SET #ttl = :ttl ADD #count :one, ids :ids',
        ConditionExpression: '(attribute_not_exists(#count) OR #count < :most) AND NOT contains(ids, :id)',
        ExpressionAttributeValues: {
          ':ttl': ttlOf(place),
          ':one': 1,
          ':most': most,
          ':id': mark(place, id),
          ':ids': new Set([mark(place, id)]),
        },
      })
      return counted || (await read(place)).ids.has(mark(place, id))
    },

    release: (place, id) =>
      change(place, {
        UpdateExpression: 'SET #ttl = :ttl ADD #count :less DELETE ids :ids',
        ConditionExpression: 'contains(ids, :id)',
        ExpressionAttributeValues: {
          ':ttl': ttlOf(place),
          ':less': -1,
          ':id': mark(place, id),
          ':ids': new Set([mark(place, id)]),
        },
      }),

    async charge(place, amount, id) {
      const Item = { ...chargeKey(place, id), amount, ttl: ttlOf(place) }
      await documents.send(new PutCommand({ TableName, Item }))
    },

    async used(place) {
      let { used } = await read(place)
      const pages = paginateQuery(
        { client: documents },
        {
          TableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :charges)',
          ExpressionAttributeValues: { ':pk': itemKey(place).pk, ':charges': charges(place) },
          ConsistentRead: true,
        },
      )
      for await (const { Items = [] } of pages)
        for (const { sk, amount } of Items) used += readRecord(z.number(), amount, `charge ${String(sk)}`)
      return used
    },
  }
}
