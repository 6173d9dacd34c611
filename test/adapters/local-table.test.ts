import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dynamodbStrategies } from '../../lib/adapters/aws/dynamodb-strategies.ts'
import { openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { LOCAL_OWNER } from '../../lib/core/owner.ts'
import { strategyDraft } from './strategy-store-contract.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'saywhen-state-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

test('what was stored is there when the directory is opened again, and the count goes on', async () => {
  const directory = join(home, 'not', 'yet', 'state')
  for (const id of [1, 2, 3]) {
    const table = await openLocalTable(directory)
    const store = dynamodbStrategies(table)
    expect((await store.create(LOCAL_OWNER, strategyDraft())).strategy_id).toBe(id)
    expect(await store.list(LOCAL_OWNER)).toHaveLength(id)
    await table.close()
  }
})

test('a directory that is held is a conflict that names it', async () => {
  const directory = join(home, 'state')
  const table = await openLocalTable(directory)
  await dynamodbStrategies(table).create(LOCAL_OWNER, strategyDraft())
  await expect(openLocalTable(directory)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(directory),
  })
  await table.close()
  await (await openLocalTable(directory)).close()
})

test('a directory that is no database does not open, and says so', async () => {
  const directory = join(home, 'state')
  await writeFile(directory, 'no directory')
  await expect(openLocalTable(directory)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('does not open'),
  })
})
