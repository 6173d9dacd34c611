import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { isoDay } from '../../lib/core/days.ts'
import { importBars } from '../../lib/market/import.ts'
import { ingestUpload } from '../../lib/market/ingest.ts'
import { checkBars } from '../../lib/market/inspect.ts'
import { readCatalog } from '../../lib/market/store.ts'
import { MemoryStore } from './memory-store.ts'
import { slow } from './slow-store.ts'
import { csv, HEADER, singleFile } from './worlds.ts'

const text = (...lines: string[]) => new TextEncoder().encode(`${[HEADER, ...lines].join('\n')}\n`)
const WEEK = ['2020-01-02,10,11,9,10.5,1000', '2020-01-03,10.5,12,10,11,1100', '2020-01-06,11,12,10,11.5,1200']
const BAD = '2020-01-07,11,12,10,x,1200'

const uploads = (store: MemoryStore) => [...store.held.keys()].filter((key) => key.startsWith('uploads/')).sort()
const spans = async (store: MemoryStore) =>
  (await readCatalog(store, '1d'))?.symbols.map(({ symbol, first, last }) => [symbol, isoDay(first), isoDay(last)])
const content = (store: MemoryStore, key: string) => new TextDecoder().decode(store.held.get(key))

describe('an upload', () => {
  test('is imported as the file of its symbol and moved to done', async () => {
    const store = new MemoryStore()
    await store.put('uploads/aaa.csv', text(...WEEK))
    const result = await ingestUpload(store, 'uploads/aaa.csv')
    expect(result).toMatchObject({ state: 'done', report: { rowsStored: 3, badRows: 0 } })
    const [done] = uploads(store)
    expect(uploads(store)).toHaveLength(1)
    expect(done).toMatch(/^uploads\/done\/aaa-[0-9a-f]{12}\.csv$/)
    expect(store.held.get(done)).toEqual(text(...WEEK))
    const other = new MemoryStore()
    await importBars(other, singleFile(csv('AAA.csv', ...WEEK)))
    expect((await readCatalog(store, '1d'))!.version).toBe((await readCatalog(other, '1d'))!.version)
  })

  test('may be gzipped, and keeps its packed bytes', async () => {
    const store = new MemoryStore()
    const packed = new Uint8Array(gzipSync(text(...WEEK)))
    await store.put('uploads/BRK.B.csv.gz', packed)
    await ingestUpload(store, 'uploads/BRK.B.csv.gz')
    expect(await spans(store)).toEqual([['BRK.B', '2020-01-02', '2020-01-06']])
    const [done] = uploads(store)
    expect(done).toMatch(/^uploads\/done\/BRK\.B-[0-9a-f]{12}\.csv\.gz$/)
    expect(store.held.get(done)).toEqual(packed)
  })

  test('in folders that say so is one of intraday bars', async () => {
    const store = new MemoryStore()
    await store.put('uploads/5m/start/AAA.csv', text('2020-01-02 09:30,10,11,9,10.5,1000'))
    await store.put('uploads/5m/end/UTC/BBB.csv', text('2020-01-02 14:35,10,11,9,10.5,1000'))
    for (const key of uploads(store)) expect(await ingestUpload(store, key)).toMatchObject({ state: 'done' })
    const catalog = (await readCatalog(store, '5m'))!
    expect(catalog.symbols.map(({ symbol }) => symbol)).toEqual(['AAA', 'BBB'])
    expect(await readCatalog(store, '1d')).toBeUndefined()
    expect(uploads(store).every((key) => key.startsWith('uploads/done/'))).toBe(true)
  })

  test('in other folders is not guessed at', async () => {
    const store = new MemoryStore()
    await store.put('uploads/minute/AAA.csv', text(...WEEK))
    const result = await ingestUpload(store, 'uploads/minute/AAA.csv')
    expect(result).toMatchObject({ state: 'failed', reason: expect.stringContaining('uploads/5m/start/SYMBOL.csv') })
    expect(uploads(store).every((key) => key.startsWith('uploads/failed/'))).toBe(true)
  })

  test('with rows that cannot be used has them listed beside it', async () => {
    const store = new MemoryStore()
    await store.put('uploads/AAA.csv', text(...WEEK, BAD))
    const result = await ingestUpload(store, 'uploads/AAA.csv')
    expect(result).toMatchObject({ state: 'done', report: { rowsStored: 3, badRows: 1 } })
    const [file, defects] = uploads(store)
    expect(defects).toBe(file.replace('.csv', '.defects.csv'))
    expect(content(store, defects)).toBe('symbol,file,line,reason\nAAA,AAA.csv,5,"close is not a number: ""x"""\n')
  })

  test.each([
    ['every row bad', 'uploads/AAA.csv', text(BAD, BAD.replace('07', '08')), [2, 3]],
    ['no bars', 'uploads/AAA.csv', new TextEncoder().encode('a,b\n1,2\n'), [0]],
    ['damaged gzip', 'uploads/AAA.csv.gz', Uint8Array.of(0x1f, 0x8b, 1, 2, 3), [0]],
    ['another name', 'uploads/my bars.csv', text(...WEEK), [0]],
    ['another kind', 'uploads/AAA', text(...WEEK), [0]],
  ])('of which nothing can be used (%s) is moved to failed with the reasons', async (_what, key, bytes, lines) => {
    const store = new MemoryStore()
    await importBars(store, singleFile(csv('ZZZ.csv', ...WEEK)))
    const before = (await readCatalog(store, '1d'))!.version
    await store.put(key, bytes)
    const result = await ingestUpload(store, key)
    expect(result.state).toBe('failed')
    const keys = uploads(store)
    expect(keys).toHaveLength(2)
    const defects = keys.find((each) => each.endsWith('.defects.csv'))!
    const moved = keys.find((each) => each !== defects)!
    expect(moved).toMatch(/^uploads\/failed\//)
    expect(store.held.get(moved)).toEqual(bytes)
    const listed = content(store, defects).trim().split('\n').slice(1)
    expect(listed.map((line) => Number(line.split(',')[2]))).toEqual(lines)
    expect((await readCatalog(store, '1d'))!.version).toBe(before)
  })

  test('whose event comes twice, one after the other or at the same time, is imported once', async () => {
    const store = new MemoryStore()
    await store.put('uploads/AAA.csv', text(...WEEK))
    const states = (await Promise.all([1, 2, 3].map((seed) => ingestUpload(slow(store, seed), 'uploads/AAA.csv')))).map(
      ({ state }) => state,
    )
    expect(states).toContain('done')
    expect(states).not.toContain('failed')
    const after = [...store.held].map(([key, bytes]) => [key, [...bytes]])
    expect(await ingestUpload(store, 'uploads/AAA.csv')).toEqual({ key: 'uploads/AAA.csv', state: 'absent' })
    expect([...store.held].map(([key, bytes]) => [key, [...bytes]])).toEqual(after)
    expect(await spans(store)).toEqual([['AAA', '2020-01-02', '2020-01-06']])
  })

  test('newer than the one being imported stays for its own event', async () => {
    const store = new MemoryStore()
    await store.put('uploads/AAA.csv', text(...WEEK))
    const put = store.put.bind(store)
    store.put = async (key, bytes) => {
      store.put = put
      await put('uploads/AAA.csv', text(...WEEK, '2020-01-07,11,12,10,11.75,1200'))
      await put(key, bytes)
    }
    await ingestUpload(store, 'uploads/AAA.csv')
    expect(uploads(store)).toContain('uploads/AAA.csv')
    await ingestUpload(store, 'uploads/AAA.csv')
    expect(await spans(store)).toEqual([['AAA', '2020-01-02', '2020-01-07']])
    expect(uploads(store).map((key) => key.split('/')[1])).toEqual(['done', 'done'])
  })

  test.each([
    'uploads/done/AAA.csv',
    'uploads/failed/AAA.csv',
    'uploads/',
    'bars/1d/catalog.json',
    'AAA.csv',
    'uploads/../x.csv',
  ])('%s is none', async (key) => {
    const store = new MemoryStore()
    await store.put(key, text(...WEEK))
    expect(await ingestUpload(store, key)).toEqual({ key, state: 'absent' })
    expect([...store.held.keys()]).toEqual([key])
  })

  test('that meets a fault of the store is left where it is, to be tried again', async () => {
    const store = new MemoryStore()
    await store.put('uploads/AAA.csv', text(...WEEK))
    store.beforeWrite = (key) => {
      if (key.startsWith('bars/')) throw new Error('slow down')
    }
    await expect(ingestUpload(store, 'uploads/AAA.csv')).rejects.toThrow('slow down')
    expect(uploads(store)).toEqual(['uploads/AAA.csv'])
    store.beforeWrite = () => {}
    expect((await ingestUpload(store, 'uploads/AAA.csv')).state).toBe('done')
  })
})

test.each([1, 2, 3])('uploads of many symbols at the same time are all stored (seed %i)', async (seed) => {
  const store = new MemoryStore()
  const symbols = Array.from({ length: 10 }, (_, i) => `S${i}`)
  for (const symbol of symbols) await store.put(`uploads/${symbol}.csv`, text(...WEEK, BAD))
  await Promise.all(symbols.map((symbol, i) => ingestUpload(slow(store, seed * 50 + i), `uploads/${symbol}.csv`)))
  expect((await spans(store))!.map(([symbol]) => symbol)).toEqual(symbols)
  expect((await readCatalog(store, '1d'))!.defects).toBe(10)
  expect((await checkBars(store)).damaged).toEqual([])
  expect(uploads(store).every((key) => key.startsWith('uploads/done/'))).toBe(true)
})
