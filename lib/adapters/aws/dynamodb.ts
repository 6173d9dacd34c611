import { type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { canonicalJson } from '../../core/hash.ts'
import { LOCAL_OWNER } from '../../core/owner.ts'
import { clientSettings, type Service, wasRetried } from './retry.ts'

/** Where records are kept: a client that is ready to use and the name of a table whose keys are the strings `pk` and `sk`. */
export interface Table {
  documents: DynamoDBDocumentClient
  name: string
}

const REQUEST_MS = 3_000

/**
 * A client of tables. A throttled, failed or unanswered request is sent again for 8 s. When only the answer of a conditional write was
 * lost, the write sent again fails its own condition: `wasRetried` tells that it may be so.
 */
export function documentClient(service: Service): DynamoDBDocumentClient {
  const client = new DynamoDBClient(clientSettings(service, REQUEST_MS))
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
}

/** The table's keys and billing, to be created wherever it does not stand. */
export function tableDefinition(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  }
}

/** A partition of one owner; that of a single machine has no suffix, so that homes made before there were owners still read. */
export function ownedPartition(name: string, owner: string): string {
  return owner === LOCAL_OWNER ? name : `${name}#${owner}`
}

const named = (error: unknown, name: string) => error instanceof Error && error.name === name

/** Whether a write was refused because its condition did not hold. */
export function conditionFailed(error: unknown): boolean {
  return named(error, 'ConditionalCheckFailedException')
}

/**
 * Stores an item under a key that is free; false when it is taken. A write whose answer was lost meets its own item when it is sent
 * again: that one is stored.
 */
export async function putNew({ documents, name: TableName }: Table, Item: Record<string, unknown>): Promise<boolean> {
  try {
    await documents.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }))
    return true
  } catch (error) {
    if (!conditionFailed(error)) throw error
    if (!wasRetried(error)) return false
    const Key = { pk: Item.pk, sk: Item.sk }
    const held = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))
    return canonicalJson(held.Item) === canonicalJson(Item)
  }
}

/** The error to throw for a failed write of `what`: an item over 400 KB is `too_large`, all else passes unchanged. */
export function writeError(error: unknown, what: string): unknown {
  const oversize = named(error, 'ValidationException') && /item size/i.test((error as Error).message)
  return oversize ? tooLarge(what, error) : error
}

// A record far over the item limit would not even fit a request: it is refused before it is sent.
const RECORD_CHARACTERS = 2_000_000

/** JSON text of a part of a record, so that no number or depth of it meets a limit of the table's own types. */
export function recordText(value: unknown, what: string): string {
  const text = JSON.stringify(value)
  if (text.length > RECORD_CHARACTERS) throw tooLarge(what)
  return text
}

/** Far below what a record holds, and enough for whatever a person reads. */
const ERROR_CHARACTERS = 50_000

/** An error as text for a record: of one that is too large its code and the beginning of what it says, so that it can always be told. */
export function errorText(error: { code: string; message: string; details?: unknown }): string {
  const text = JSON.stringify(error)
  if (text.length <= ERROR_CHARACTERS) return text
  return JSON.stringify({ code: error.code, message: error.message.slice(0, ERROR_CHARACTERS / 10) })
}

function tooLarge(what: string, cause?: unknown): AppError {
  return new AppError('too_large', `${what} is larger than the 400 KB one record may hold. Make it smaller.`, {}, cause)
}

/** What was read, checked against its schema; a record that does not fit throws `internal` naming it. */
export function readRecord<Shape>(schema: z.ZodType<Shape>, value: unknown, what: string): Shape {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const issue = read.error.issues[0]
  throw new AppError(
    'internal',
    `The stored ${what} does not read: ${issue.path.join('.') || 'the record'}: ${issue.message}`,
  )
}

/** JSON.parse of a stored text; a text that is no JSON throws `internal` naming the record. */
export function readText(text: unknown, what: string): unknown {
  try {
    return JSON.parse(String(text))
  } catch (cause) {
    throw new AppError('internal', `The stored ${what} does not read: it is no JSON.`, undefined, cause)
  }
}
