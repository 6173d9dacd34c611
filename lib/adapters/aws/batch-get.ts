import { BatchGetCommand, type BatchGetCommandInput, type BatchGetCommandOutput } from '@aws-sdk/lib-dynamodb'
import type { Table } from './dynamodb.ts'

/** What one request may ask for. */
const MOST_KEYS = 100

/** The items of any number of different keys, in no order; keys without an item are left out. */
export async function batchGet(
  { documents, name }: Table,
  keys: readonly Record<string, string>[],
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  for (let i = 0; i < keys.length; i += MOST_KEYS) {
    const first = { Keys: keys.slice(i, i + MOST_KEYS), ConsistentRead: true }
    let asked: BatchGetCommandInput['RequestItems'] = { [name]: first }
    while (asked?.[name]?.Keys?.length) {
      const answer: BatchGetCommandOutput = await documents.send(new BatchGetCommand({ RequestItems: asked }))
      items.push(...(answer.Responses?.[name] ?? []))
      asked = answer.UnprocessedKeys
    }
  }
  return items
}
