import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  GetCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { type Key, type KeyStore, keyRecord } from '../../access/key-store.ts'
import { AppError } from '../../core/errors.ts'
import { conditionFailed, putNew, readRecord, type Table } from './dynamodb.ts'

/**
 * API keys in the table: the item KEY#hash holds all there is of a key; a pointer in KEYS#owner leads from its id to the hash. The
 * pointer is written first: a process killed in between leaves a pointer to nothing, never a key that nobody can list and revoke.
 */
const recordKey = (hash: string) => ({ pk: `KEY#${hash}`, sk: 'KEY' })
const pointerKey = (owner: string, keyId: string) => ({ pk: `KEYS#${owner}`, sk: keyId })

type Item = Record<string, unknown>
const toKey = (item: Item): Key => readRecord(keyRecord, item, `key ${String(item.key_id)}`)
const hashIn = (pointer: Item): string => readRecord(z.string(), pointer.hash, `pointer to key ${String(pointer.sk)}`)

/** A KeyStore in a DynamoDB table. */
export function dynamodbKeys(table: Table): KeyStore {
  const { documents, name: TableName } = table
  const read = async (Key: Item) =>
    (await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item

  const find = async (hash: string) => {
    const item = await read(recordKey(hash))
    return item && toKey(item)
  }
  const hashOf = async (owner: string, keyId: string) => {
    const pointer = await read(pointerKey(owner, keyId))
    return pointer && hashIn(pointer)
  }

  /** The keys of up to 100 hashes. */
  const findMany = async (hashes: string[]): Promise<Key[]> => {
    const keys: Key[] = []
    let asked: BatchGetCommandInput['RequestItems'] = {
      [TableName]: { Keys: hashes.map(recordKey), ConsistentRead: true },
    }
    while (asked?.[TableName]?.Keys?.length) {
      const answer: BatchGetCommandOutput = await documents.send(new BatchGetCommand({ RequestItems: asked }))
      keys.push(...(answer.Responses?.[TableName] ?? []).map(toKey))
      asked = answer.UnprocessedKeys
    }
    return keys
  }

  return {
    async create(hash, key) {
      const stored =
        (await putNew(table, { ...pointerKey(key.owner, key.key_id), hash })) &&
        (await putNew(table, { ...recordKey(hash), ...key }))
      if (!stored) throw new AppError('conflict', `There is a key ${key.key_id} already. Create another.`)
    },

    find,

    async get(owner, keyId) {
      const hash = await hashOf(owner, keyId)
      return hash === undefined ? undefined : find(hash)
    },

    async list(owner) {
      const keys: Key[] = []
      const pages = paginateQuery(
        { client: documents, pageSize: 100 },
        {
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': `KEYS#${owner}` },
          ConsistentRead: true,
        },
      )
      for await (const { Items } of pages) keys.push(...(await findMany((Items ?? []).map(hashIn))))
      const order = (key: Key) => `${key.created_at}#${key.key_id}`
      return keys.sort((a, b) => (order(a) < order(b) ? -1 : 1))
    },

    async revoke(owner, keyId, at) {
      const hash = await hashOf(owner, keyId)
      if (hash === undefined) return undefined
      try {
        await documents.send(
          new UpdateCommand({
            TableName,
            Key: recordKey(hash),
            UpdateExpression: 'SET revoked_at = :at',
            ConditionExpression: 'attribute_exists(pk) AND revoked_at = :never',
            ExpressionAttributeValues: { ':at': at, ':never': null },
          }),
        )
      } catch (error) {
        // Revoked before, or a pointer to nothing: what is read tells.
        if (!conditionFailed(error)) throw error
      }
      return find(hash)
    },
  }
}
