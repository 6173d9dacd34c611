import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import {
  type Subscription,
  type SubscriptionStore,
  subscriptionRecord,
  type VersionRef,
  versionInId,
  versionOf,
} from '../../alerts/subscription.ts'
import { AppError } from '../../core/errors.ts'
import { batchGet } from './batch-get.ts'
import { conditionFailed, putNew, readRecord, readText, recordText, type Table, writeError } from './dynamodb.ts'
import { touch } from './dynamodb-watched.ts'

/**
 * Subscriptions in the table. The subscription itself lies in the partition of its strategy version, SUB#id#version, so that an
 * evaluation reads all of them in order; its id names the partition. A pointer in SUBS#owner leads an owner to it, and one in WATCHED
 * says that the version is to be evaluated. Pointers are written before the subscription and removed after it, so that a process
 * killed in between leaves at most a pointer too many; the readers below pass over those.
 */
const partition = ({ strategy_id, version }: Pick<VersionRef, 'strategy_id' | 'version'>) =>
  `SUB#${strategy_id}#${version}`
const ownerKey = ({ owner, created_at, subscription_id }: Subscription) => ({
  pk: `SUBS#${owner}`,
  sk: `${created_at}#${subscription_id}`,
})

type Item = Record<string, unknown>

/** The key of the item with this id; undefined for what is no id of a subscription. */
function keyOf(subscriptionId: string): { pk: string; sk: string } | undefined {
  const version = versionInId(subscriptionId)
  return version === null ? undefined : { pk: partition(version), sk: subscriptionId }
}

function toItem(subscription: Subscription): Item {
  const { symbols, channels, last_error, ...plain } = subscription
  const what = `Alert ${subscription.subscription_id}`
  return {
    pk: partition(versionOf(subscription)),
    sk: subscription.subscription_id,
    ...plain,
    symbols: symbols && recordText(symbols, what),
    channels: recordText(channels, what),
    last_error: last_error && recordText(last_error, what),
  }
}

function toSubscription({ pk: _pk, sk, ...item }: Item): Subscription {
  const what = `alert ${String(sk)}`
  return readRecord(
    subscriptionRecord,
    {
      ...item,
      symbols: item.symbols && readText(item.symbols, what),
      channels: readText(item.channels, what),
      last_error: item.last_error && readText(item.last_error, what),
    },
    what,
  )
}

/** A SubscriptionStore in a DynamoDB table; `too_large` when a subscription does not fit one item. */
export function dynamodbSubscriptions(table: Table): SubscriptionStore {
  const { documents, name: TableName } = table

  const get = async (subscriptionId: string) => {
    const Key = keyOf(subscriptionId)
    if (Key === undefined) return undefined
    const { Item } = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))
    return Item && toSubscription(Item)
  }

  /** Changes one that is there; undefined when it is not. */
  const change = async (subscriptionId: string, UpdateExpression: string, values: Item) => {
    const Key = keyOf(subscriptionId)
    if (Key === undefined) return undefined
    try {
      const { Attributes } = await documents.send(
        new UpdateCommand({
          TableName,
          Key,
          UpdateExpression,
          ExpressionAttributeValues: values,
          ConditionExpression: 'attribute_exists(pk)',
          ReturnValues: 'ALL_NEW',
        }),
      )
      return toSubscription(Attributes ?? {})
    } catch (error) {
      if (conditionFailed(error)) return undefined
      throw error
    }
  }

  const forgetOldest = async (Key: Item, fires: unknown) => {
    if (!(fires instanceof Set) || fires.size <= FAILURES_REMEMBERED) return
    // A fire's id begins with version and session: in order they are the oldest first.
    const oldest = [...(fires as Set<string>)].sort().slice(0, fires.size - FAILURES_REMEMBERED / 2)
    const UpdateExpression = 'DELETE failed_fires :oldest'
    const ExpressionAttributeValues = { ':oldest': new Set(oldest) }
    await documents.send(new UpdateCommand({ TableName, Key, UpdateExpression, ExpressionAttributeValues }))
  }

  return {
    async create(subscription) {
      const { subscription_id } = subscription
      const Item = toItem(subscription)
      await touch(table, versionOf(subscription), subscription.created_at, subscription.timeframe)
      await documents.send(new PutCommand({ TableName, Item: { ...ownerKey(subscription), subscription_id } }))
      const isNew = await putNew(table, Item).catch((error) => {
        throw writeError(error, `Alert ${subscription_id}`)
      })
      if (!isNew) throw new AppError('conflict', `There is an alert ${subscription_id} already. Choose another id.`)
    },

    get,

    async list(owner) {
      const found: Subscription[] = []
      const pages = paginateQuery(
        { client: documents },
        {
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': `SUBS#${owner}` },
          ScanIndexForward: false,
          ConsistentRead: true,
        },
      )
      for await (const { Items = [] } of pages) {
        const ids = [...new Set(Items.map((pointer) => String(pointer.subscription_id)))]
        const items = await batchGet(
          table,
          ids.flatMap((id) => keyOf(id) ?? []),
        )
        const byKey = new Map(items.map(toSubscription).map((each) => [ownerKey(each).sk, each]))
        // A pointer left by a refused second subscription of the same id names another instant than the one it leads to.
        found.push(...Items.flatMap(({ sk }) => byKey.get(String(sk)) ?? []).filter((each) => each.owner === owner))
      }
      return found
    },

    async count(owner) {
      let count = 0
      let ExclusiveStartKey: Item | undefined
      do {
        const page = await documents.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': `SUBS#${owner}` },
            Select: 'COUNT',
            ExclusiveStartKey,
          }),
        )
        count += page.Count ?? 0
        ExclusiveStartKey = page.LastEvaluatedKey
      } while (ExclusiveStartKey)
      return count
    },

    pause: (subscriptionId, reason) =>
      change(subscriptionId, 'SET paused = :paused, paused_reason = :reason', { ':paused': true, ':reason': reason }),

    async resume(subscriptionId, at) {
      const subscription = await get(subscriptionId)
      if (subscription === undefined) return undefined
      await touch(table, versionOf(subscription), at, subscription.timeframe)
      const values = { ':paused': false, ':reason': null }
      return change(subscriptionId, 'SET paused = :paused, paused_reason = :reason', values)
    },

    async delete(subscriptionId) {
      // Read first: a deletion whose answer was lost could not tell which pointer leads to it.
      const Key = keyOf(subscriptionId)
      const subscription = await get(subscriptionId)
      if (Key === undefined || subscription === undefined) return false
      await documents.send(new DeleteCommand({ TableName, Key }))
      await documents.send(new DeleteCommand({ TableName, Key: ownerKey(subscription) }))
      return true
    },

    async *active(ref) {
      const pages = paginateQuery(
        { client: documents },
        {
          TableName,
          KeyConditionExpression: 'pk = :pk',
          FilterExpression: 'paused = :no AND #owner = :owner',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':pk': partition(ref), ':no': false, ':owner': ref.owner },
          ConsistentRead: true,
        },
      )
      for await (const { Items = [] } of pages) yield Items.map(toSubscription)
    },

    async deliveryFailed(subscriptionId, error) {
      const Key = keyOf(subscriptionId)
      if (Key === undefined) return
      const last_error = recordText(error, `The failure of alert ${subscriptionId}`)
      try {
        const { Attributes } = await documents.send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: 'SET last_error = :error ADD failed_deliveries :one, failed_fires :fires',
            ConditionExpression: 'attribute_exists(pk) AND NOT contains(failed_fires, :fire)',
            ExpressionAttributeValues: {
              ':error': last_error,
              ':one': 1,
              ':fire': error.fire_id,
              ':fires': new Set([error.fire_id]),
            },
            ReturnValues: 'ALL_NEW',
          }),
        )
        await forgetOldest(Key, Attributes?.failed_fires)
      } catch (failure) {
        // Gone, or counted before: by this very call, when its answer was lost.
        if (!conditionFailed(failure)) throw failure
      }
    },
  }
}

/** Fires whose failure is remembered with a subscription, so that each counts once: at most so many, of the latest sessions. */
const FAILURES_REMEMBERED = 64
