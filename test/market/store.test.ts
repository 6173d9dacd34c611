import { describe, expect, test } from 'vitest'
import { isoDay, parseDay } from '../../lib/core/days.ts'
import { nyse } from '../../lib/market/calendar.ts'
import { shardOf } from '../../lib/market/codec.ts'
import { dataVersion } from '../../lib/market/companions.ts'
import { importBars } from '../../lib/market/import.ts'
import { BarCache, loadMarket, readCatalog } from '../../lib/market/store.ts'
import { MemoryStore } from './memory-store.ts'
import { csv, directoryOf, HEADER, singleFile } from './worlds.ts'

/** A bar on every session from one day to another; the close is 1, 2, 3 ... */
function sessions(from: string, to: string): string[] {
  const lines: string[] = []
  for (let day = parseDay(from); day <= parseDay(to); day++)
    if (nyse.isSession(day)) lines.push(`${isoDay(day)},1,9999,1,${lines.length + 1},100`)
  return lines
}

const cache = () => new BarCache(64e6)
const request = { timeframe: '1d' as const, lookback: 0 }

async function world(): Promise<MemoryStore> {
  const store = new MemoryStore()
  await importBars(
    store,
    directoryOf(
      csv('AAA.csv', ...sessions('2017-06-01', '2020-12-31')),
      csv('BBB.csv', ...sessions('2020-03-02', '2020-12-31')),
    ),
  )
  return store
}

describe('loading a window', () => {
  test('gives exactly the lookback before the first bar in it, through its last day', async () => {
    const store = await world()
    // 2019 has 252 sessions, 2018 has 251: 300 bars back from the first session of 2020 lies in 2018.
    const market = await loadMarket(store, cache(), {
      ...request,
      from: parseDay('2020-01-01'),
      to: parseDay('2020-01-03'),
      lookback: 300,
    })
    const series = market.bars('AAA')!
    expect(series.length).toBe(302)
    expect(isoDay(series.day[300])).toBe('2020-01-02')
    expect(isoDay(series.day[301])).toBe('2020-01-03')
    expect([...series.close].every((close, i) => i === 0 || close === series.close[i - 1] + 1)).toBe(true)
    expect(series.cut).toBe(true)
  })

  test.each([0, 1, 251, 252, 253, 502, 503, 504, 650])(
    'a lookback of %i counts the symbol’s own bars',
    async (lookback) => {
      const store = await world()
      const market = await loadMarket(store, cache(), { ...request, from: parseDay('2020-01-01'), lookback })
      const series = market.bars('AAA')!
      // June 1 to December 29 2017 has 148 sessions; 148 + 251 + 252 = 651 bars lie before 2020, whose 253 follow.
      expect(series.close[0]).toBe(651 - lookback + 1)
      expect(series.length).toBe(253 + lookback)
      expect(series.cut).toBe(true)
    },
  )

  test('is not cut when the lookback reaches the first bar', async () => {
    const store = await world()
    for (const lookback of [651, 1000, Number.POSITIVE_INFINITY]) {
      const series = (await loadMarket(store, cache(), { ...request, from: parseDay('2020-01-01'), lookback })).bars(
        'AAA',
      )!
      expect([series.length, series.close[0], series.cut]).toEqual([904, 1, false])
    }
  })

  test('counts back from a symbol’s own first bar in the window', async () => {
    const store = await world()
    const market = await loadMarket(store, cache(), { ...request, from: parseDay('2020-01-01'), lookback: 10 })
    const series = market.bars('BBB')!
    expect([isoDay(series.day[0]), series.cut]).toEqual(['2020-03-02', false])
  })

  test('leaves out symbols that are not stored or have no bar by the window’s end', async () => {
    const store = await world()
    const market = await loadMarket(store, cache(), {
      ...request,
      symbols: ['AAA', 'BBB', 'ZZZ'],
      to: parseDay('2020-02-28'),
    })
    expect(market.symbols).toEqual(['AAA'])
    expect(market.bars('BBB')).toBeUndefined()
    expect(market.bars('ZZZ')).toBeUndefined()
  })

  test('gives the same bits alone and among others', async () => {
    const store = await world()
    const window = { ...request, from: parseDay('2020-01-01'), lookback: 40 }
    const alone = (await loadMarket(store, cache(), { ...window, symbols: ['AAA'] })).bars('AAA')
    const among = (await loadMarket(store, cache(), window)).bars('AAA')
    expect(alone).toEqual(among)
  })

  test('reads only the objects it needs, and those once', async () => {
    const store = await world()
    const held = cache()
    store.reads = []
    await loadMarket(store, held, { ...request, symbols: ['AAA'], from: parseDay('2020-06-01'), lookback: 20 })
    // Bars of 2020 before June are not counted in advance, so 2019 may be read as well; 2017 and 2018 cannot be needed.
    const years = store.reads.filter((key) => key.endsWith('.arrow')).map((key) => key.split('/')[3].slice(0, 4))
    expect(years.sort()).toEqual(['2019', '2020'])
    store.reads = []
    await loadMarket(store, held, { ...request, symbols: ['AAA'], from: parseDay('2020-06-01'), lookback: 20 })
    expect(store.reads.filter((key) => key.endsWith('.arrow'))).toEqual([])
  })

  test('says what to do when nothing is stored', async () => {
    await expect(loadMarket(new MemoryStore(), cache(), request)).rejects.toMatchObject({ code: 'no_data' })
  })
})

describe('splits', () => {
  const ACTIONS = `${HEADER},dividend,split`
  const rows = [
    '2019-12-30,100,104,96,100,1000,0,1',
    '2019-12-31,50,52,48,51,2000,0,2',
    '2020-01-02,51,53,50,52,2100,0.5,1',
    '2020-01-03,17,18,16,17,6300,0,3',
    '2020-01-06,17,18,16,18,6000,0.25,1',
  ]

  test('divide the prices before them and multiply the volume', async () => {
    const store = new MemoryStore()
    await importBars(store, singleFile(csv('AAA.csv', ACTIONS, ...rows)))
    const series = (await loadMarket(store, cache(), request)).bars('AAA')!
    // By hand: the 3:1 of January 3 acts on what is before it, the 2:1 of December 31 on the first bar too.
    expect([...series.factor]).toEqual([6, 3, 3, 1, 1])
    expect([...series.close]).toEqual([100 / 6, 17, 52 / 3, 17, 18])
    expect([...series.volume]).toEqual([6000, 6000, 6300, 6300, 6000])
    expect([...series.dividend]).toEqual([0, 0, 0.5 / 3, 0, 0.25])
    expect([...series.rawClose]).toEqual([100, 51, 52, 17, 18])
    expect([...series.rawVolume]).toEqual([1000, 2000, 2100, 6300, 6000])
    expect([...series.split]).toEqual([1, 2, 1, 3, 1])
  })

  test('after the loaded window count too', async () => {
    const store = new MemoryStore()
    await importBars(store, singleFile(csv('AAA.csv', ACTIONS, ...rows)))
    const series = (await loadMarket(store, cache(), { ...request, to: parseDay('2019-12-31') })).bars('AAA')!
    expect([...series.factor]).toEqual([6, 3])
    expect(series.splits).toEqual([
      { day: parseDay('2019-12-31'), ratio: 2 },
      { day: parseDay('2020-01-03'), ratio: 3 },
    ])
  })

  test('without one the adjusted columns are the raw ones', async () => {
    const store = new MemoryStore()
    await importBars(store, singleFile(csv('AAA.csv', ACTIONS, ...rows.slice(3))))
    const series = (await loadMarket(store, cache(), { ...request, from: parseDay('2020-01-06') })).bars('AAA')!
    expect(series.close).toBe(series.rawClose)
    expect(series.volume).toBe(series.rawVolume)
  })

  test('a later import of other years keeps the splits it does not speak of', async () => {
    const store = new MemoryStore()
    await importBars(store, singleFile(csv('AAA.csv', ACTIONS, ...rows)))
    await importBars(store, singleFile(csv('AAA.csv', '2020-01-07,18,19,17,18,6000')))
    const [entry] = (await readCatalog(store, '1d'))!.symbols
    expect(entry.splits).toEqual([
      [parseDay('2019-12-31'), 2],
      [parseDay('2020-01-03'), 3],
    ])
  })
})

describe('a reader beside an import', () => {
  test('reads the new catalog when an object of the old one is gone', async () => {
    const store = await world()
    const old = new Map(store.held)
    await importBars(store, singleFile(csv('AAA.csv', '2020-12-31,1,9999,1,7,100')))
    // The reader sees the old catalog once, after its object was collected.
    const fresh = store.held.get('bars/1d/catalog.json')!
    store.held.set('bars/1d/catalog.json', old.get('bars/1d/catalog.json')!)
    const gone = [...old.keys()].filter((key) =>
      key.startsWith(`bars/1d/${String(shardOf('AAA')).padStart(2, '0')}/2020`),
    )
    for (const key of gone) store.held.delete(key)
    const get = store.get.bind(store)
    store.get = async (key) => {
      const bytes = await get(key)
      if (gone.includes(key)) store.held.set('bars/1d/catalog.json', fresh)
      return bytes
    }
    const series = (await loadMarket(store, cache(), { ...request, symbols: ['AAA'] })).bars('AAA')!
    expect(series.close[series.length - 1]).toBe(7)
  })

  test('says which object is gone when the new catalog names it too', async () => {
    const store = await world()
    for (const key of [...store.held.keys()].filter((name) => name.endsWith('.arrow'))) store.held.delete(key)
    await expect(loadMarket(store, cache(), request)).rejects.toThrow('is in the catalog and not stored')
  })

  test('an object cut short is reported, not read', async () => {
    const store = await world()
    const key = [...store.held.keys()].find((name) => name.endsWith('.arrow'))!
    store.held.set(key, store.held.get(key)!.subarray(0, 1000))
    await expect(loadMarket(store, cache(), request)).rejects.toThrow('is damaged')
  })

  test('a damaged catalog is reported', async () => {
    const store = await world()
    for (const text of ['{', '{"format":1}', '[]']) {
      store.held.set('bars/1d/catalog.json', new TextEncoder().encode(text))
      await expect(loadMarket(store, cache(), request)).rejects.toMatchObject({ code: 'internal' })
    }
  })
})

describe('the cache', () => {
  test('drops the least recently used beyond its limit', () => {
    const held = new BarCache(100)
    held.set('a', 1, 40)
    held.set('b', 2, 40)
    held.get('a')
    held.set('c', 3, 40)
    expect([held.get('a'), held.get('b'), held.get('c'), held.bytes]).toEqual([1, undefined, 3, 80])
  })

  test('never holds what is larger than itself', () => {
    const held = new BarCache(100)
    held.set('a', 1, 101)
    expect([held.get('a'), held.bytes]).toEqual([undefined, 0])
  })

  test('counts a replaced value once', () => {
    const held = new BarCache(100)
    held.set('a', 1, 40)
    held.set('a', 2, 60)
    expect([held.get('a'), held.bytes]).toEqual([2, 60])
  })
})

test('without a universe file symbols are stocks, well-known funds are not, and the market says so', async () => {
  const store = new MemoryStore()
  await importBars(
    store,
    directoryOf(csv('AAA.csv', '2020-01-07,18,19,17,18,6000'), csv('SPY.csv', '2020-01-07,18,19,17,18,6000')),
  )
  const market = await loadMarket(store, cache(), request)
  expect(market.listingsKnown).toBe(false)
  expect(market.listing('AAA')).toMatchObject({ assetClass: 'stock', sector: '' })
  expect(market.listing('SPY')!.assetClass).toBe('etf')
  expect(market.listing('ZZZ')).toBeUndefined()
})

test('the data version changes with one cell of one bar and with nothing else', async () => {
  const store = await world()
  const before = await dataVersion(store)
  await importBars(store, singleFile(csv('BBB.csv', ...sessions('2020-03-02', '2020-12-31'))))
  expect(await dataVersion(store)).toBe(before)
  await importBars(store, singleFile(csv('BBB.csv', '2020-03-02,1,9999,1,1.01,100')))
  expect(await dataVersion(store)).not.toBe(before)
})
