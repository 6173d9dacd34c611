import { randomUUID } from 'node:crypto'
import { DeleteCommand, GetCommand, PutCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { type OpenAddress, type Recipient, type RecipientStore, recipientRecord } from '../../alerts/recipient.ts'
import { conditionFailed, putNew, readRecord, type Table } from './dynamodb.ts'

/** Addresses in the table: one item of the partition RECIPIENTS each; what is to be looked at has a pointer in RECIPIENTS#OPEN. */
const recipientKey = (address: string) => ({ pk: 'RECIPIENTS', sk: address })
const openKey = ({ address, owner }: Pick<OpenAddress, 'address' | 'owner'>) => ({
  pk: 'RECIPIENTS#OPEN',
  sk: `${address}#${owner}`,
})

const openAddress: z.ZodType<OpenAddress> = z.object({
  address: z.string(),
  owner: z.string(),
  at: z.string(),
  mark: z.string(),
})

/** A RecipientStore in a DynamoDB table. */
export function dynamodbRecipients(table: Table): RecipientStore {
  const { documents, name: TableName } = table

  const get = async (address: string): Promise<Recipient | undefined> => {
    const Key = recipientKey(address)
    const { Item } = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))
    return Item && readRecord(recipientRecord, Item, `address ${address}`)
  }

  /** Changes an owner's address; nothing where it is not the owner's. */
  const change = async (address: string, owner: string, values: Record<string, string>): Promise<void> => {
    const names = Object.keys(values)
    const update = new UpdateCommand({
      TableName,
      Key: recipientKey(address),
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: Object.fromEntries([...names, 'owner'].map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(names.map((name) => [`:${name}`, values[name]])),
        ':owner': owner,
      },
    })
    await documents.send(update).catch(unlessRefused)
  }

  const pages = (pk: string) =>
    paginateQuery(
      { client: documents },
      {
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ConsistentRead: true,
      },
    )

  return {
    get,

    async need(address, owner, at) {
      const made: Recipient = { address, owner, state: 'asked', asked_at: at, mark: randomUUID() }
      for (;;) {
        if (await putNew(table, { ...recipientKey(address), ...made })) return { held: made, isNew: true }
        await change(address, owner, { mark: made.mark })
        // Forgotten in between: it is stored anew.
        const held = await get(address)
        if (held !== undefined) return { held, isNew: false }
      }
    },

    change: (address, owner, { state, asked_at }) => change(address, owner, { state, asked_at }),

    async forget({ address, mark }) {
      const remove = new DeleteCommand({
        TableName,
        Key: recipientKey(address),
        ConditionExpression: 'attribute_not_exists(pk) OR mark = :mark',
        ExpressionAttributeValues: { ':mark': mark },
      })
      return (await documents.send(remove).catch(unlessRefused)) !== undefined
    },

    async *all() {
      for await (const { Items = [] } of pages('RECIPIENTS'))
        yield Items.map((item) => readRecord(recipientRecord, item, `address ${String(item.sk)}`))
    },

    async open(opened) {
      await documents.send(new PutCommand({ TableName, Item: { ...openKey(opened), ...opened, mark: randomUUID() } }))
    },

    async opened() {
      const found: OpenAddress[] = []
      for await (const { Items = [] } of pages('RECIPIENTS#OPEN'))
        found.push(...Items.map((item) => readRecord(openAddress, item, `open address ${String(item.sk)}`)))
      return found
    },

    async close(opened) {
      const remove = new DeleteCommand({
        TableName,
        Key: openKey(opened),
        ConditionExpression: 'mark = :mark',
        ExpressionAttributeValues: { ':mark': opened.mark },
      })
      await documents.send(remove).catch(unlessRefused)
    },
  }
}

function unlessRefused(error: unknown): undefined {
  if (!conditionFailed(error)) throw error
}
