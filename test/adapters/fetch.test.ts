import { afterEach, describe, expect, test } from 'vitest'
import { alpaca } from '../../lib/adapters/providers/alpaca.ts'
import { isoDay, parseDay } from '../../lib/core/days.ts'
import { nyse } from '../../lib/market/calendar.ts'
import { type FetchRequest, fetchBars } from '../../lib/market/fetch.ts'
import { importBars } from '../../lib/market/import.ts'
import { checkBars } from '../../lib/market/inspect.ts'
import { storeSimulatedMarket } from '../../lib/market/simulate.ts'
import { BarCache, loadMarket, readCatalog } from '../../lib/market/store.ts'
import { MemoryStore } from '../market/memory-store.ts'
import { csv, HEADER, singleFile } from '../market/worlds.ts'
import { alpacaServer, answer, KEY_ID, midnight, type Row, SECRET, type Vendor } from './alpaca-server.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Every session of [from, to], the price its place in the list. */
function rows(from: string, to: string, price = 100): Row[] {
  const found: Row[] = []
  for (let day = parseDay(from); day <= parseDay(to); day++) {
    if (!nyse.isSession(day)) continue
    const at = price + found.length
    found.push([isoDay(day), at, at + 2, at - 2, at + 1, 1_000 + found.length])
  }
  return found
}

/** A store, a vendor and the time in New York; `fetch` takes days as text. */
async function world(vendor: Partial<Vendor>, at = '2024-03-28T22:00:00Z') {
  const server = await alpacaServer(vendor)
  closing.push(server.close)
  const store = new MemoryStore()
  const time = { now: Date.parse(at) }
  const ports = { clock: () => time.now, sleep: async (ms: number) => void (time.now += ms), random: () => 0.5 }
  const provider = alpaca(ports, { keyId: KEY_ID, secret: SECRET, baseUrl: server.url, attempts: 3 })
  const progress: [number, number][] = []
  const fetch = async (symbols: string[], start?: string, end?: string, more: Partial<FetchRequest> = {}) => {
    server.asked.length = 0
    const days = { start: start ? parseDay(start) : undefined, end: end ? parseDay(end) : undefined }
    const onProgress = (done: number, total: number) => void progress.push([done, total])
    return fetchBars({ objects: store, provider, clock: () => time.now, onProgress }, { symbols, ...days, ...more })
  }
  const series = async (symbol: string) => {
    const market = await loadMarket(store, new BarCache(1e7), { timeframe: '1d', symbols: [symbol], lookback: 0 })
    return market.bars(symbol)
  }
  const days = async (symbol: string) => Array.from((await series(symbol))?.day ?? [], isoDay)
  const version = async () => (await readCatalog(store, '1d'))?.version
  return { server, vendor: server.has, store, time, fetch, series, days, version, progress }
}

const actionLines = (list: Row[], actions: Record<string, [dividend: number, split: number]> = {}) =>
  list.map((row) => `${row.join(',')},${(actions[row[0]] ?? [0, 1]).join(',')}`)
const file = (symbol: string, list: Row[], actions: Record<string, [number, number]> = {}) =>
  singleFile(csv(`${symbol}.csv`, `${HEADER},dividend,split`, ...actionLines(list, actions)))

describe('a fetch', () => {
  test('stores what the provider has, the same as an import of the same rows, and again nothing', async () => {
    const aaa = rows('2024-01-02', '2024-03-28')
    const bbb = rows('2024-01-02', '2024-03-28', 50)
    const w = await world({
      bars: { AAA: aaa, BBB: bbb },
      forwardSplits: [{ symbol: 'AAA', new_rate: 3, old_rate: 2, ex_date: '2024-02-05' }],
      reverseSplits: [{ symbol: 'BBB', new_rate: 1, old_rate: 8, ex_date: '2024-03-01' }],
      dividends: [{ symbol: 'AAA', rate: 0.24, ex_date: '2024-03-11' }],
      pageSize: 50,
    })
    const report = await w.fetch(['bbb', 'AAA', 'AAA'], '2024-01-01', '2024-03-31')
    expect(report).toMatchObject({
      provider: 'alpaca',
      symbols: 2,
      until: '2024-03-28',
      barsNew: 2 * 61,
      barsCorrected: 0,
      gapsLeft: [],
      unknown: [],
      badRows: 0,
    })
    expect(report.requests).toBe(w.server.asked.length)
    expect(w.progress.at(-1)).toEqual([2, 2])

    const other = new MemoryStore()
    await importBars(other, file('AAA', aaa, { '2024-02-05': [0, 1.5], '2024-03-11': [0.24, 1] }))
    await importBars(other, file('BBB', bbb, { '2024-03-01': [0, 0.125] }))
    expect(report.version).toBe((await readCatalog(other, '1d'))!.version)
    const series = (await w.series('AAA'))!
    expect(series.rawClose[0]).toBe(101)
    expect(series.close[0]).toBeCloseTo(101 / 1.5, 12)

    w.store.writes = []
    const again = await w.fetch(['AAA', 'BBB'], '2024-01-01', '2024-03-31')
    expect(again).toMatchObject({ barsNew: 0, barsCorrected: 0, changed: 0, version: report.version })
    expect(w.store.writes).toEqual([])
  })

  test('asks only for what follows the newest stored bar and the sessions before it that are read again', async () => {
    const all = rows('2024-01-02', '2024-03-28')
    const w = await world({ bars: { AAA: all } })
    await importBars(w.store, file('AAA', all.slice(0, 50)))
    const last = all[49][0]
    const report = await w.fetch(['AAA'])
    expect(report).toMatchObject({ barsNew: 11, barsCorrected: 0 })
    const [{ query }] = w.server.asked
    expect(query.start).toBe(new Date(midnight(all[45][0])).toISOString())
    expect([last, query.end]).toEqual(['2024-03-13', '2024-03-28T04:00:00.000Z'])
    expect(await w.days('AAA')).toEqual(all.map(([date]) => date))
  })

  test('opens no hole before its start', async () => {
    const all = rows('2024-01-02', '2024-03-28')
    const w = await world({ bars: { AAA: all } })
    await importBars(w.store, file('AAA', all.slice(0, 20)))
    await w.fetch(['AAA'], '2024-03-25')
    expect(await w.days('AAA')).toHaveLength(all.length)
  })

  test('leaves the bar of a session out that has not ended, or not long enough ago', async () => {
    const w = await world({ bars: { AAA: rows('2024-03-25', '2024-03-28') } }, '2024-03-28T19:59:00Z')
    expect((await w.fetch(['AAA'], '2024-03-25', '2024-03-31')).until).toBe('2024-03-27')
    expect(await w.days('AAA')).toEqual(['2024-03-25', '2024-03-26', '2024-03-27'])
    // 16:05 in New York.
    w.time.now = Date.parse('2024-03-28T20:05:00Z')
    expect((await w.fetch(['AAA'])).barsNew).toBe(0)
    w.time.now = Date.parse('2024-03-28T20:21:00Z')
    expect((await w.fetch(['AAA'])).barsNew).toBe(1)
  })

  test('drops the unfinished bar also when the service sends it unasked', async () => {
    const [yesterday, today] = rows('2024-03-27', '2024-03-28')
    const w = await world({}, '2024-03-28T15:00:00Z')
    const bar = ([date, o, h, l, c, v]: Row) => ({ t: midnight(date), o, h, l, c, v })
    w.server.tricks.push(answer(200, { bars: { AAA: [bar(yesterday), bar(today)] }, next_page_token: null }))
    expect(await w.fetch(['AAA'], '2024-03-27')).toMatchObject({ barsNew: 1, until: '2024-03-27' })
    expect(await w.days('AAA')).toEqual(['2024-03-27'])
  })

  test('has each session on its date around both changes of the clock, and after a half day', async () => {
    const spring = rows('2024-03-07', '2024-03-13')
    const autumn = rows('2024-10-31', '2024-11-06')
    const thanks = rows('2024-11-27', '2024-12-02')
    // The half day after Thanksgiving ends at 13:00 in New York: 18:00 UTC.
    const w = await world({ bars: { AAA: [...spring, ...autumn, ...thanks] } }, '2024-11-29T18:21:00Z')
    for (const list of [spring, autumn, thanks.slice(0, 2)]) {
      await w.fetch(['AAA'], list[0][0], list.at(-1)![0])
      expect((await w.days('AAA')).slice(-list.length)).toEqual(list.map(([date]) => date))
    }
    const series = (await w.series('AAA'))!
    expect(new Date(series.time[0]).toISOString()).toBe('2024-03-07T21:00:00.000Z')
    expect(new Date(series.time.at(-1)!).toISOString()).toBe('2024-11-29T18:00:00.000Z')
  })
})

describe('what changed since the last fetch', () => {
  test('a corrected bar takes the place of the stored one and is named', async () => {
    const list = rows('2024-03-01', '2024-03-27')
    const w = await world({ bars: { AAA: list } })
    await w.fetch(['AAA'], '2024-03-01')
    w.vendor.bars.AAA = list.map((row) => (row[0] === '2024-03-25' ? ['2024-03-25', 1, 9, 1, 7, 77] : row))
    const report = await w.fetch(['AAA'])
    expect(report).toMatchObject({ barsNew: 0, barsCorrected: 1 })
    const [, , , , closeWas, volumeWas] = list.find(([date]) => date === '2024-03-25')!
    expect(report.corrected).toEqual([{ symbol: 'AAA', date: '2024-03-25', closeWas, close: 7, volumeWas, volume: 77 }])
    const other = new MemoryStore()
    await importBars(other, file('AAA', w.vendor.bars.AAA))
    expect(await w.version()).toBe((await readCatalog(other, '1d'))!.version)
  })

  test('a correction older than the sessions read again is not looked for, until they are more', async () => {
    const list = rows('2024-03-01', '2024-03-27')
    const w = await world({ bars: { AAA: list } })
    await w.fetch(['AAA'], '2024-03-01')
    w.vendor.bars.AAA = list.map((row) => (row[0] === '2024-03-11' ? ['2024-03-11', 1, 9, 1, 7, 77] : row))
    expect((await w.fetch(['AAA'])).barsCorrected).toBe(0)
    expect((await w.fetch(['AAA'], undefined, undefined, { reread: 20 })).barsCorrected).toBe(1)
  })

  test('a split that becomes known later adjusts the history, as an import with it would', async () => {
    const list = rows('2023-11-01', '2024-03-27')
    const w = await world({ bars: { AAA: list } })
    await w.fetch(['AAA'], '2023-11-01')
    expect((await w.series('AAA'))!.close[0]).toBe(101)
    w.vendor.forwardSplits.push({ symbol: 'AAA', new_rate: 2, old_rate: 1, ex_date: '2023-12-15' })
    const report = await w.fetch(['AAA'])
    expect(report.splitsChanged).toEqual([{ symbol: 'AAA', date: '2023-12-15', was: 1, now: 2 }])
    expect(report).toMatchObject({ barsNew: 0, barsCorrected: 0 })
    const series = (await w.series('AAA'))!
    expect([series.close[0], series.rawClose[0]]).toEqual([50.5, 101])
    const other = new MemoryStore()
    await importBars(other, file('AAA', list, { '2023-12-15': [0, 2] }))
    expect(await w.version()).toBe((await readCatalog(other, '1d'))!.version)
    expect((await checkBars(w.store)).damaged).toEqual([])
    expect((await w.fetch(['AAA'])).changed).toBe(0)
  })

  test('a split announced for a later day waits for its bar', async () => {
    const list = rows('2024-03-18', '2024-03-28')
    const w = await world(
      { bars: { AAA: list }, forwardSplits: [{ symbol: 'AAA', new_rate: 4, old_rate: 1, ex_date: '2024-03-28' }] },
      '2024-03-27T22:00:00Z',
    )
    await w.fetch(['AAA'], '2024-03-18')
    expect((await w.series('AAA'))!.close[0]).toBe(101)
    w.time.now = Date.parse('2024-03-28T22:00:00Z')
    await w.fetch(['AAA'])
    expect((await w.series('AAA'))!.close[0]).toBe(25.25)
  })

  test('a split whose ratio was corrected is corrected; one only the file knows stays and is named', async () => {
    const list = rows('2024-01-02', '2024-03-27')
    const w = await world({
      bars: { AAA: list },
      forwardSplits: [{ symbol: 'AAA', new_rate: 3, old_rate: 1, ex_date: '2024-01-16' }],
    })
    await importBars(w.store, file('AAA', list, { '2024-01-16': [0, 2], '2024-02-01': [0, 1.1] }))
    const report = await w.fetch(['AAA'])
    expect(report.splitsChanged).toEqual([{ symbol: 'AAA', date: '2024-01-16', was: 2, now: 3 }])
    expect(report.splitsUnconfirmed).toEqual([{ symbol: 'AAA', date: '2024-02-01', ratio: 1.1 }])
    expect((await readCatalog(w.store, '1d'))!.symbols[0].splits.map(([day, ratio]) => [isoDay(day), ratio])).toEqual([
      ['2024-01-16', 3],
      ['2024-02-01', 1.1],
    ])
  })

  test('the split of a day without a bar acts on the next, and moves to its own day when that is filled', async () => {
    const list = rows('2024-03-01', '2024-03-28')
    const holed = list.filter(([date]) => date !== '2024-03-12')
    const w = await world({
      bars: { AAA: holed },
      forwardSplits: [{ symbol: 'AAA', new_rate: 2, old_rate: 1, ex_date: '2024-03-12' }],
      dividends: [{ symbol: 'AAA', rate: 0.5, ex_date: '2024-03-12' }],
    })
    await w.fetch(['AAA'], '2024-03-01')
    const actions = async () => {
      const { day, split, dividend } = (await w.series('AAA'))!
      return Array.from(day, (each, i) => [isoDay(each), split[i], dividend[i]]).filter(
        ([, s, d]) => s !== 1 || d !== 0,
      )
    }
    expect(await actions()).toEqual([['2024-03-13', 2, 0.5]])
    w.vendor.bars.AAA = list
    const report = await w.fetch(['AAA'], '2024-03-01')
    expect(report).toMatchObject({ barsNew: 1, gapsFilled: 1, gapsLeft: [] })
    expect(await actions()).toEqual([['2024-03-12', 2, 0.5]])
  })
})

describe('gaps', () => {
  test('are filled back, and those the provider has no bar for are named', async () => {
    const list = rows('2024-02-01', '2024-03-28')
    const w = await world({ bars: { AAA: list.filter(([date]) => date !== '2024-02-14') } })
    const holes = new Set(['2024-02-07', '2024-02-08', '2024-02-14', '2024-03-05'])
    await importBars(
      w.store,
      file(
        'AAA',
        list.filter(([date]) => !holes.has(date)),
      ),
    )
    const report = await w.fetch(['AAA'], '2024-02-01')
    expect(report).toMatchObject({ barsNew: 3, gapsFilled: 3, barsCorrected: 0 })
    expect(report.gapsLeft).toEqual([{ symbol: 'AAA', count: 1, days: ['2024-02-14'] }])
    expect(await w.days('AAA')).toEqual(w.vendor.bars.AAA.map(([date]) => date))
  })

  test('before the first bar of a symbol are none', async () => {
    const w = await world({ bars: { NEW: rows('2024-03-20', '2024-03-28') } })
    expect(await w.fetch(['NEW'], '2024-01-02')).toMatchObject({ barsNew: 7, gapsLeft: [], unknown: [] })
  })

  test('of stored bars that were not asked for again stay as they are, with the vendor’s adjusted close', async () => {
    const list = rows('2024-02-01', '2024-03-28')
    const w = await world({ bars: { AAA: list } })
    const lines = list.filter((_, i) => i !== 10).map((row) => `${row.join(',')},${row[4] / 2}`)
    await importBars(w.store, singleFile(csv('AAA.csv', `${HEADER},adj_close`, ...lines)))
    await w.fetch(['AAA'], '2024-02-01')
    const other = new MemoryStore()
    const filled = list.map((row, i) => `${row.join(',')},${i === 10 ? '' : row[4] / 2}`)
    await importBars(other, singleFile(csv('AAA.csv', `${HEADER},adj_close`, ...filled)))
    expect(await w.version()).toBe((await readCatalog(other, '1d'))!.version)
  })
})

describe('what cannot be served', () => {
  test('symbols nobody knows are named, and the others stored', async () => {
    const w = await world({ bars: { AAA: rows('2024-03-25', '2024-03-28') }, invalid: ['BAD^'] })
    const report = await w.fetch(['AAA', 'BAD^', 'NONE'], '2024-03-25')
    expect(report.unknown).toEqual([
      { symbol: 'BAD^', reason: 'invalid symbol: BAD^' },
      { symbol: 'NONE', reason: 'alpaca has no bar of it from 2024-03-25 to 2024-03-28' },
    ])
    expect((await readCatalog(w.store, '1d'))!.symbols.map(({ symbol }) => symbol)).toEqual(['AAA'])
  })

  test('a symbol without stored bars needs a start', async () => {
    const w = await world({})
    await expect(w.fetch(['AAA'])).rejects.toMatchObject({ code: 'bad_request', message: /No bars of AAA are stored/ })
    expect(w.server.asked).toEqual([])
  })

  test('nothing at all changes nothing, a simulated market included', async () => {
    const w = await world({})
    await storeSimulatedMarket(w.store, { seed: 3, lastDay: 19_000, years: 1 })
    const before = await w.version()
    expect(await w.fetch(['NONE'], '2024-03-25')).toMatchObject({ barsNew: 0, version: before, changed: 0 })
    expect(await w.version()).toBe(before)
    w.vendor.bars.NONE = rows('2024-03-25', '2024-03-28')
    expect(await w.fetch(['NONE'], '2024-03-25')).toMatchObject({ barsNew: 4, replacedSimulated: true })
  })

  test('rows that cannot be right are listed under their day, and taken off the list when they come right', async () => {
    const list = rows('2024-03-20', '2024-03-28')
    const w = await world({ bars: { AAA: [...list] } })
    const bad: Row[] = [
      ['2024-03-22', 10, 9, 11, 10, 5],
      ['2024-03-27', 0, 1, 0, 1, 5],
      ['2024-03-23', 5, 6, 4, 5, 5],
    ]
    w.vendor.bars.AAA = list.map((row) => bad.find(([date]) => date === row[0]) ?? row).toSpliced(3, 0, bad[2])
    const report = await w.fetch(['AAA'], '2024-03-20')
    expect(report).toMatchObject({
      barsNew: 5,
      badRows: 3,
      defects: { high_below_low: 1, not_a_session: 1, non_positive: 1 },
      gapsLeft: [{ symbol: 'AAA', count: 2, days: ['2024-03-22', '2024-03-27'] }],
    })
    const defects = async () =>
      new TextDecoder().decode(w.store.held.get('bars/1d/defects.csv')).trim().split('\n').slice(1)
    expect(await defects()).toEqual([
      'AAA,alpaca 2024-03-22,0,high 9 is below low 11',
      'AAA,alpaca 2024-03-23,0,2024-03-23 is no session of the exchange',
      'AAA,alpaca 2024-03-27,0,open is 0',
    ])
    w.vendor.bars.AAA = list
    expect(await w.fetch(['AAA'], '2024-03-20')).toMatchObject({ barsNew: 2, badRows: 0, gapsLeft: [] })
    expect(await defects()).toEqual([])
    expect((await readCatalog(w.store, '1d'))!.defects).toBe(0)
  })

  test.each([
    ['a malformed page', answer(200, { bars: { AAA: [{ t: 1 }] } }), 'bars.AAA.0.t'],
    ['a refused key', answer(401, { message: 'no' }), 'SAYWHEN_ALPACA_KEY_ID'],
  ])('%s in the middle leaves the old bars whole', async (_what, trick, message) => {
    const w = await world({ bars: { AAA: rows('2024-01-02', '2024-03-28') }, pageSize: 20 })
    await w.fetch(['AAA'], '2024-01-02', '2024-02-01')
    const before = await w.version()
    const whole = answer(200, { bars: { AAA: [] }, next_page_token: 'x' })
    w.server.tricks.push(whole, trick)
    await expect(w.fetch(['AAA'])).rejects.toThrow(message)
    expect(await w.version()).toBe(before)
  })

  test('a fetch killed at any write leaves the old or the new bars', async () => {
    const vendor = { bars: { AAA: rows('2023-10-02', '2024-03-28'), BBB: rows('2023-10-02', '2024-03-28') } }
    let died = 0
    for (let writesLeft = 0; ; writesLeft++) {
      const w = await world(vendor)
      await w.fetch(['AAA', 'BBB'], '2023-10-02', '2024-02-01')
      const before = await w.version()
      let left = writesLeft
      w.store.beforeWrite = () => {
        if (left-- === 0) throw new Error('killed')
      }
      const outcome = await w.fetch(['AAA', 'BBB']).catch((error: Error) => error.message)
      if (outcome !== 'killed') break
      died++
      w.store.beforeWrite = () => {}
      expect(await w.version()).toBe(before)
      expect((await checkBars(w.store)).ok).toBe(true)
      expect((await w.fetch(['AAA', 'BBB'])).barsNew).toBe(78)
    }
    expect(died).toBeGreaterThan(1)
  })

  test('an import that ends meanwhile is kept: what was fetched goes on top of it', async () => {
    const list = rows('2024-03-01', '2024-03-28')
    const w = await world({ bars: { AAA: list } })
    await importBars(w.store, file('AAA', list.slice(0, 5)))
    const put = w.store.put.bind(w.store)
    w.store.put = async (key, bytes) => {
      w.store.put = put
      // Another import begins and ends before this one's first object is written.
      await importBars(w.store, file('BBB', list))
      await put(key, bytes)
    }
    await w.fetch(['AAA'])
    const entries = (await readCatalog(w.store, '1d'))!.symbols
    expect(entries.map(({ symbol, last }) => [symbol, isoDay(last)])).toEqual([
      ['AAA', '2024-03-28'],
      ['BBB', '2024-03-28'],
    ])
  })
})
