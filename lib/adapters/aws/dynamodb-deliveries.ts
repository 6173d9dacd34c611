import { randomUUID } from 'node:crypto'
import { GetCommand, paginateQuery, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import type { DeliveryKey, DeliveryStore } from '../../alerts/delivery.ts'
import { conditionFailed, type Table } from './dynamodb.ts'

/** What was sent of a fire: DELIVERY#fire#owner holds one item per subscription. */
const partition = (owner: string, fireId: string) => `DELIVERY#${fireId}#${owner}`
const keyOf = ({ owner, fire_id, subscription_id }: DeliveryKey) => ({
  pk: partition(owner, fire_id),
  sk: subscription_id,
})

/** A DeliveryStore in a DynamoDB table. */
export function dynamodbDeliveries({ documents, name: TableName }: Table): DeliveryStore {
  /** The item afterwards; undefined when the condition does not hold. */
  const update = async (key: DeliveryKey, change: Omit<UpdateCommandInput, 'TableName' | 'Key'>) => {
    try {
      const command = new UpdateCommand({ TableName, Key: keyOf(key), ReturnValues: 'ALL_NEW', ...change })
      return (await documents.send(command)).Attributes ?? {}
    } catch (error) {
      if (conditionFailed(error)) return undefined
      throw error
    }
  }

  return {
    async claim(key, now, until) {
      const me = randomUUID()
      const claimed = await update(key, {
        UpdateExpression: 'SET claimed_until = :until, claimed_by = :me',
        ConditionExpression:
          '(attribute_not_exists(#end) OR #end = :failed) AND (attribute_not_exists(claimed_until) OR claimed_until <= :now)',
        ExpressionAttributeNames: { '#end': 'end' },
        ExpressionAttributeValues: { ':until': until, ':now': now, ':failed': 'failed', ':me': me },
      })
      const Item =
        claimed ??
        (await documents.send(new GetCommand({ TableName, Key: keyOf(key), ConsistentRead: true }))).Item ??
        {}
      // Claimed by this very call, whose answer was lost: it is not busy for itself.
      if (claimed || Item.claimed_by === me)
        return {
          state: 'claimed',
          sent: Item.parts instanceof Set ? Item.parts : new Set(),
          failed: Item.end === 'failed' ? String(Item.error ?? '') : null,
        }
      if (Item.end === 'sent' || Item.end === 'paused') return { state: 'finished' }
      return { state: 'busy', until: typeof Item.claimed_until === 'number' ? Item.claimed_until : now }
    },

    async sent(key, part) {
      await update(key, {
        UpdateExpression: 'ADD parts :part',
        ExpressionAttributeValues: { ':part': new Set([part]) },
      })
    },

    async release(key) {
      await update(key, { UpdateExpression: 'REMOVE claimed_until, claimed_by' })
    },

    async finish(key, end, at, error) {
      // What was sent stays sent, whoever gives it up later.
      await update(key, {
        UpdateExpression: 'SET #end = :end, #at = :at, #error = :error REMOVE claimed_until, claimed_by',
        ConditionExpression: 'attribute_not_exists(#end) OR #end <> :sent',
        ExpressionAttributeNames: { '#end': 'end', '#at': 'at', '#error': 'error' },
        ExpressionAttributeValues: { ':end': end, ':at': at, ':error': error, ':sent': 'sent' },
      })
    },

    async finished(owner, fireId) {
      const finished = new Set<string>()
      const pages = paginateQuery(
        { client: documents },
        {
          TableName,
          KeyConditionExpression: 'pk = :pk',
          FilterExpression: 'attribute_exists(#end)',
          ExpressionAttributeNames: { '#end': 'end' },
          ExpressionAttributeValues: { ':pk': partition(owner, fireId) },
          ConsistentRead: true,
        },
      )
      for await (const { Items = [] } of pages) for (const { sk } of Items) finished.add(String(sk))
      return finished
    },
  }
}
