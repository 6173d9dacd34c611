import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import dynalite from 'dynalite'
import { AppError } from '../../core/errors.ts'
import { type Table, tableDefinition } from '../aws/dynamodb.ts'

const TABLE = 'saywhen'

export interface LocalTable extends Table {
  /** Where the embedded server listens, on loopback. */
  endpoint: string
  /** Waits for pending writes and closes the database. */
  close(): Promise<void>
}

/**
 * The state table on an embedded DynamoDB-compatible server, kept in the directory, or in memory without one. Every
 * acknowledged write is in the operating system's hands: a killed process loses none. One process at a time may hold a directory.
 */
export async function openLocalTable(directory?: string): Promise<LocalTable> {
  if (directory === undefined) {
    const table = await serve(directory)
    await createTable(table)
    return table
  }
  if (existsSync(directory)) {
    await untilUnlocked(directory)
    return serve(directory)
  }
  // A server killed while it creates its table leaves it in CREATING for ever: the directory gets its name only when it is whole.
  const unfinished = `${directory}.new`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(dirname(directory), { recursive: true })
  const first = await serve(unfinished)
  await createTable(first)
  await first.close()
  await rename(unfinished, directory)
  return serve(directory)
}

// The SDK is pinned; its advice to upgrade Node is nothing that a person running a command here can use.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

// The server's own database, in the versions it brings.
const fromServer = createRequire(createRequire(import.meta.url).resolve('dynalite'))
const fromDatabase = createRequire(fromServer.resolve('level'))

// The server ends its iterators by return(), a name the database's iterators do not have: their own is close(). Without this
// each query would keep its iterator, 60 KB and all the records it could see until the process ends.
const iterators = fromDatabase('abstract-level') as Record<string, { prototype: Iterators }>
for (const { prototype } of [iterators.AbstractKeyIterator, iterators.AbstractValueIterator])
  prototype.return ??= function () {
    return this.close()
  }

interface Iterators {
  close(): Promise<void>
  return?(): Promise<void>
}

async function serve(path: string | undefined): Promise<LocalTable> {
  const server = dynalite({ path, createTableMs: 0 })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    // The server takes any credentials; naming some keeps the SDK from looking for real ones.
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
  const close = () =>
    new Promise<void>((resolve, reject) => {
      client.destroy()
      server.close((error) => (error ? reject(error) : resolve()))
      server.closeIdleConnections()
    })
  return { documents, name: TABLE, endpoint, close }
}

const LOCK_PATIENCE_MS = 2_000

/**
 * Opens and closes the database once: the server would end this process over a database it cannot open. A process that was
 * just killed may hold the lock until its last thread is gone: that is waited for.
 */
async function untilUnlocked(directory: string): Promise<void> {
  const { Level } = fromServer('level') as { Level: new (path: string) => Database }
  const deadline = Date.now() + LOCK_PATIENCE_MS
  for (;;) {
    const database = new Level(directory)
    try {
      await database.open()
      return await database.close()
    } catch (error) {
      const cause = (error as { cause?: { code?: string; message?: string } }).cause
      if (cause?.code !== 'LEVEL_LOCKED')
        throw new AppError('internal', `${directory} does not open: ${cause?.message ?? error}.`, undefined, error)
      if (Date.now() > deadline)
        throw new AppError(
          'conflict',
          `${directory} is held by another process. End it, or name another home.`,
          {},
          error,
        )
      await delay(50)
    }
  }
}

interface Database {
  open(): Promise<void>
  close(): Promise<void>
}

async function createTable({ documents, name }: LocalTable): Promise<void> {
  await documents.send(new CreateTableCommand(tableDefinition(name)))
  await waitUntilTableExists(
    { client: documents, maxWaitTime: 10, minDelay: 0.01, maxDelay: 0.05 },
    { TableName: name },
  )
}
