import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { type Fire, type FireStore, fireRecord, type OpenSession, partsOfFireId } from '../../alerts/fire.ts'
import type { VersionRef } from '../../alerts/subscription.ts'
import { conditionFailed, readRecord, readText, recordText, type Table, writeError } from './dynamodb.ts'

/**
 * Fires in the table: FIRE#id#version#owner, by session and symbol. Sessions of which messages may be missing have a pointer in
 * FIRES#OPEN, written before their first fire.
 */
const partition = ({ owner, strategy_id, version }: VersionRef) => `FIRE#${strategy_id}#${version}#${owner}`
const fireKey = (fire: Fire) => ({ pk: partition(fire), sk: `${fire.day}#${fire.symbol}` })
const openKey = ({ owner, strategy_id, version, day }: OpenSession) => ({
  pk: 'FIRES#OPEN',
  sk: `${strategy_id}#${version}#${day}#${owner}`,
})

const openSession: z.ZodType<OpenSession> = z.object({
  owner: z.string(),
  strategy_id: z.number(),
  version: z.number(),
  day: z.string(),
  at: z.string(),
})

type Item = Record<string, unknown>

const toItem = ({ state, ...fire }: Fire): Item => ({
  ...fireKey({ ...fire, state }),
  state,
  record: recordText(fire, `Fire ${fire.fire_id}`),
})

function toFire({ pk, sk, state, record }: Item): Fire {
  const what = `fire ${String(pk)} ${String(sk)}`
  return readRecord(fireRecord, { ...(readText(record, what) as Item), state }, what)
}

/** A FireStore in a DynamoDB table. */
export function dynamodbFires({ documents, name: TableName }: Table): FireStore {
  const read = async (Key: Item) => {
    const { Item } = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))
    return Item && toFire(Item)
  }

  return {
    async open(session) {
      const { owner, strategy_id, version, day, at } = session
      const Item = { ...openKey(session), owner, strategy_id, version, day, at }
      await documents.send(new PutCommand({ TableName, Item }))
    },

    async opened() {
      const sessions: OpenSession[] = []
      const pages = paginateQuery(
        { client: documents },
        {
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': 'FIRES#OPEN' },
          ConsistentRead: true,
        },
      )
      for await (const { Items = [] } of pages)
        sessions.push(...Items.map((item) => readRecord(openSession, item, `open session ${String(item.sk)}`)))
      return sessions
    },

    async close(session) {
      try {
        await documents.send(
          new DeleteCommand({
            TableName,
            Key: openKey(session),
            // Opened anew by an evaluation since it was read: it stays.
            ConditionExpression: '#at = :at',
            ExpressionAttributeNames: { '#at': 'at' },
            ExpressionAttributeValues: { ':at': session.at },
          }),
        )
      } catch (error) {
        if (!conditionFailed(error)) throw error
      }
    },

    async record(fire) {
      const Item = toItem(fire)
      try {
        await documents.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }))
        return fire
      } catch (error) {
        if (!conditionFailed(error)) throw writeError(error, `Fire ${fire.fire_id}`)
        return (await read(fireKey(fire))) ?? fire
      }
    },

    async get(owner, fireId) {
      const parts = partsOfFireId(fireId)
      return parts ? read({ pk: partition({ ...parts, owner }), sk: `${parts.day}#${parts.symbol}` }) : undefined
    },

    async announced(fire) {
      await documents.send(
        new UpdateCommand({
          TableName,
          Key: fireKey(fire),
          UpdateExpression: 'SET #state = :announced',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':announced': 'announced' },
        }),
      )
    },

    async ofSession(ref, day) {
      const fires: Fire[] = []
      const pages = paginateQuery(
        { client: documents },
        {
          TableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :day)',
          ExpressionAttributeValues: { ':pk': partition(ref), ':day': `${day}#` },
          ConsistentRead: true,
        },
      )
      for await (const { Items = [] } of pages) fires.push(...Items.map(toFire))
      return fires
    },

    async latest(ref, limit) {
      const { Items = [] } = await documents.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': partition(ref) },
          ScanIndexForward: false,
          Limit: limit,
        }),
      )
      return Items.map(toFire)
    },
  }
}
