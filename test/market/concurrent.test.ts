import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDirectory } from '../../lib/adapters/local/directory.ts'
import { importBars } from '../../lib/market/import.ts'
import { checkBars } from '../../lib/market/inspect.ts'
import type { ObjectStore } from '../../lib/market/objects.ts'
import { untilPublished } from '../../lib/market/publish.ts'
import { readCatalog } from '../../lib/market/store.ts'
import { MemoryStore } from './memory-store.ts'
import { slow } from './slow-store.ts'
import { csv, singleFile } from './worlds.ts'

const SYMBOLS = ['AAA', 'BBB', 'CCC', 'DDD', 'EEE', 'FFF']
const bars = (symbol: string, close: number) =>
  singleFile(csv(`${symbol}.csv`, `2020-01-02,10,20,9,${close},1000`, '2020-01-03,10,20,9,x,1000'))

async function importAll(open: (i: number) => ObjectStore | Promise<ObjectStore>) {
  await Promise.all(
    SYMBOLS.map(async (symbol, i) => {
      const store = await open(i)
      // Each symbol again and again, with another close every time: objects come and go.
      for (let close = 11; close < 14; close++) await untilPublished(() => importBars(store, bars(symbol, close)))
    }),
  )
}

async function expectEverything(store: ObjectStore) {
  const catalog = (await readCatalog(store, '1d'))!
  expect(catalog.symbols.map(({ symbol }) => symbol)).toEqual(SYMBOLS)
  expect((await checkBars(store)).damaged).toEqual([])
  const defects = new TextDecoder().decode((await store.get('bars/1d/defects.csv'))!)
  expect(
    defects
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[0]),
  ).toEqual(SYMBOLS)
  const alone = new MemoryStore()
  for (const symbol of SYMBOLS) await importBars(alone, bars(symbol, 13))
  expect(catalog.version).toBe((await readCatalog(alone, '1d'))!.version)
  expect(catalog.defects).toBe(SYMBOLS.length)
}

describe('imports at the same time, each made again when it was overtaken, lose no bars and no defects of each other', () => {
  test.each([1, 2, 3, 4])('in memory, interleaved by seed %i', async (seed) => {
    const store = new MemoryStore()
    await importAll((i) => slow(store, seed * 100 + i))
    await expectEverything(store)
  })

  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'saywhen-concurrent-'))
  })
  afterAll(() => rm(root, { recursive: true, force: true }))

  test('in a directory', async () => {
    await importAll(() => openDirectory(root))
    await expectEverything(await openDirectory(root))
  })
})

test('an object of an import that was overtaken is cleared away by the next', async () => {
  const store = new MemoryStore()
  await importBars(store, bars('AAA', 11))
  const paused = slow(store, 9)
  const outcomes = await Promise.allSettled([
    importBars(paused, bars('BBB', 11)),
    importBars(paused, bars('CCC', 11)),
    importBars(paused, bars('DDD', 11)),
  ])
  const done = outcomes.filter(({ status }) => status === 'fulfilled')
  expect(done).toHaveLength(1)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' })
  for (let i = 0; i < 2; i++) await importBars(store, bars('AAA', 12 + i))
  await importBars(store, bars('AAA', 13))
  const named = (await readCatalog(store, '1d'))!.objects.map(({ key }) => key).sort()
  expect([...store.held.keys()].filter((key) => key.endsWith('.arrow')).sort()).toEqual(named)
})
