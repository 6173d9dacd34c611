import { describe, expect, test } from 'vitest'
import { isoDay } from '../../lib/core/days.ts'
import { importBars } from '../../lib/market/import.ts'
import { checkBars } from '../../lib/market/inspect.ts'
import { storeSimulatedMarket } from '../../lib/market/simulate.ts'
import { BarCache, loadMarket, readCatalog } from '../../lib/market/store.ts'
import { MemoryStore } from './memory-store.ts'
import { csv, directoryOf, HEADER, singleFile } from './worlds.ts'

async function bars(store: MemoryStore, symbol: string) {
  const market = await loadMarket(store, new BarCache(1e6), { timeframe: '1d', symbols: [symbol], lookback: 0 })
  return market.bars(symbol)
}

/** Date and close of every stored bar. */
async function closes(store: MemoryStore, symbol: string) {
  const series = await bars(store, symbol)
  return Array.from(series?.day ?? [], (day, i) => `${isoDay(day)} ${series!.rawClose[i]}`)
}

const defectsOf = (store: MemoryStore) =>
  new TextDecoder().decode(store.held.get('bars/1d/defects.csv')).trim().split('\n')

// Thursday 2019-12-26 to Friday 2020-01-03; January 1 is no session.
const WEEK = [
  '2019-12-26,10,11,9,10.5,1000',
  '2019-12-27,10.5,12,10,11,1100',
  '2019-12-30,11,11.5,10.5,11.25,1200',
  '2019-12-31,11.25,12,11,11.5,1300',
  '2020-01-02,11.5,13,11.5,12.75,1400',
  '2020-01-03,12.5,13,12,12,1500',
]

describe('an import', () => {
  test('stores what the file holds, as traded', async () => {
    const store = new MemoryStore()
    const report = await importBars(store, directoryOf(csv('AAA.csv', ...WEEK)))
    expect(report).toMatchObject({ files: 1, symbols: 1, rowsRead: 6, rowsStored: 6, badRows: 0, missingSessions: 0 })
    expect(report.span).toEqual(['2019-12-26', '2020-01-03'])
    const series = (await bars(store, 'AAA'))!
    expect([...series.open]).toEqual([10, 10.5, 11, 11.25, 11.5, 12.5])
    expect([...series.high]).toEqual([11, 12, 11.5, 12, 13, 13])
    expect([...series.low]).toEqual([9, 10, 10.5, 11, 11.5, 12])
    expect([...series.close]).toEqual([10.5, 11, 11.25, 11.5, 12.75, 12])
    expect([...series.volume]).toEqual([1000, 1100, 1200, 1300, 1400, 1500])
    expect(new Date(series.time[0]).toISOString()).toBe('2019-12-26T21:00:00.000Z')
  })

  test('of the same again changes nothing', async () => {
    const store = new MemoryStore()
    const source = directoryOf(csv('AAA.csv', ...WEEK), csv('BBB.csv', '2020-01-02,1,1,1,x,1', ...WEEK))
    const first = await importBars(store, source)
    store.writes = []
    const again = await importBars(store, source)
    expect(again.changed).toBe(0)
    expect(again.version).toBe(first.version)
    expect(store.writes).toEqual([])
  })

  test('gives the same objects whether files come together or one by one', async () => {
    const together = new MemoryStore()
    await importBars(together, directoryOf(csv('AAA.csv', ...WEEK), csv('BBB.csv', ...WEEK)))
    const single = new MemoryStore()
    await importBars(single, singleFile(csv('BBB.csv', ...WEEK)))
    await importBars(single, singleFile(csv('AAA.csv', ...WEEK)))
    expect((await readCatalog(single, '1d'))!.version).toBe((await readCatalog(together, '1d'))!.version)
  })

  test('is the truth inside the file’s span and leaves what is stored outside it', async () => {
    const store = new MemoryStore()
    await importBars(store, singleFile(csv('AAA.csv', ...WEEK)))
    // The middle of the stored week again, without December 30 and with another close on the 31st.
    await importBars(store, singleFile(csv('AAA.csv', WEEK[1], '2019-12-31,11.25,12,11,11.75,1300')))
    expect(await closes(store, 'AAA')).toEqual([
      '2019-12-26 10.5',
      '2019-12-27 11',
      '2019-12-31 11.75',
      '2020-01-02 12.75',
      '2020-01-03 12',
    ])
    expect((await checkBars(store)).ok).toBe(true)
    const [entry] = (await readCatalog(store, '1d'))!.symbols
    expect([entry.firstYear, entry.rows, isoDay(entry.first), isoDay(entry.last)]).toEqual([
      2019,
      [3, 2],
      '2019-12-26',
      '2020-01-03',
    ])
  })

  test('appends later bars and prepends earlier ones', async () => {
    const store = new MemoryStore()
    await importBars(store, singleFile(csv('AAA.csv', ...WEEK.slice(2, 4))))
    await importBars(store, singleFile(csv('AAA.csv', ...WEEK.slice(4))))
    await importBars(store, singleFile(csv('AAA.csv', ...WEEK.slice(0, 2))))
    const whole = new MemoryStore()
    await importBars(whole, singleFile(csv('AAA.csv', ...WEEK)))
    expect((await readCatalog(store, '1d'))!.version).toBe((await readCatalog(whole, '1d'))!.version)
  })

  test('takes columns in any order, quoted, with CRLF and a byte order mark', async () => {
    const store = new MemoryStore()
    const file = csv(
      'AAA.csv',
      '\uFEFFVolume,"Close",LOW,High,Open,Timestamp\r',
      '1000,"10.5",9,11,10,2019-12-26 00:00:00\r',
      '',
    )
    await importBars(store, singleFile(file))
    const series = (await bars(store, 'AAA'))!
    expect([series.open[0], series.high[0], series.low[0], series.close[0], series.volume[0]]).toEqual([
      10, 11, 9, 10.5, 1000,
    ])
  })

  test('sorts rows and counts those out of order', async () => {
    const store = new MemoryStore()
    const report = await importBars(store, singleFile(csv('AAA.csv', ...[...WEEK].reverse())))
    expect(report.unsorted).toBe(5)
    expect((await closes(store, 'AAA'))[0]).toBe('2019-12-26 10.5')
  })

  test('drops and counts repeated rows; of rows that disagree the first stays and the others are listed', async () => {
    const store = new MemoryStore()
    const lines = [WEEK[0], WEEK[0], WEEK[1], '2019-12-27,10.5,12,10,11.9,1100']
    const report = await importBars(store, singleFile(csv('AAA.csv', ...lines)))
    expect(report).toMatchObject({ rowsRead: 4, rowsStored: 2, duplicates: 1, badRows: 1, defects: { conflict: 1 } })
    expect(await closes(store, 'AAA')).toEqual(['2019-12-26 10.5', '2019-12-27 11'])
    expect(defectsOf(store)[1]).toBe('AAA,AAA.csv,5,2019-12-27 stands on line 4 with other values: the first stays')
  })

  test('counts missing sessions and zero volume', async () => {
    const store = new MemoryStore()
    const report = await importBars(store, singleFile(csv('AAA.csv', WEEK[0], WEEK[2], '2020-01-03,12.5,13,12,12,0')))
    // December 27 and 31 and January 2 are sessions; January 1 is none.
    expect(report.missing).toEqual([{ symbol: 'AAA', count: 3, days: ['2019-12-27', '2019-12-31', '2020-01-02'] }])
    expect(report.zeroVolume).toBe(1)
    expect(report.rowsStored).toBe(3)
  })
})

describe('bad rows are left out and listed with file, line and reason', () => {
  test.each([
    ['text in a price', '2019-12-27,10.5,12,10,abc,1100', 'close is not a number: ""abc""'],
    ['a blank price', '2019-12-27,,12,10,11,1100', 'open is blank'],
    ['a price of zero', '2019-12-27,10.5,12,0,11,1100', 'low is 0'],
    ['a negative price', '2019-12-27,-10.5,12,10,11,1100', 'open is -10.5'],
    ['a high below the low', '2019-12-27,10.5,10,12,11,1100', 'high 10 is below low 12'],
    ['a negative volume', '2019-12-27,10.5,12,10,11,-1', 'volume is -1'],
    ['a day that does not exist', '2019-02-30,10.5,12,10,11,1100', '""2019-02-30"" is no date: YYYY-MM-DD is wanted'],
    ['another date format', '12/27/2019,10.5,12,10,11,1100', '""12/27/2019"" is no date: YYYY-MM-DD is wanted'],
    ['a Saturday', '2019-12-28,10.5,12,10,11,1100', '2019-12-28 is no session of the exchange'],
    ['a holiday', '2020-01-01,10.5,12,10,11,1100', '2020-01-01 is no session of the exchange'],
    ['a missing cell', '2019-12-27,10.5,12,10,11', '5 cells, the header has 6'],
    ['an open quote', '"2019-12-27,10.5,12,10,11,1100', '1 cells, the header has 6'],
  ])('%s', async (_what, line, reason) => {
    const store = new MemoryStore()
    const report = await importBars(store, directoryOf(csv('AAA.csv', WEEK[0], line, ...WEEK.slice(2))))
    expect(report).toMatchObject({ rowsRead: 6, rowsStored: 5, badRows: 1 })
    expect(report.firstDefects[0]).toMatchObject({ file: 'AAA.csv', line: 3, symbol: 'AAA' })
    const quoted = /[",]/.test(reason) ? `"${reason}"` : reason
    expect(defectsOf(store)).toEqual(['symbol,file,line,reason', `AAA,AAA.csv,3,${quoted}`])
    expect((await readCatalog(store, '1d'))!.defects).toBe(1)
  })

  const ACTIONS = `${HEADER},dividend,split,adj_close`

  test('a split of 0 and a negative dividend', async () => {
    const store = new MemoryStore()
    const file = csv('AAA.csv', ACTIONS, `${WEEK[0]},0,0,1`, `${WEEK[1]},-1,1,1`, `${WEEK[2]},,,`)
    const report = await importBars(store, singleFile(file))
    expect(report.defects).toEqual({ bad_split: 1, bad_dividend: 1 })
    expect(report.rowsStored).toBe(1)
  })

  test('blank dividends and splits are 0 and 1', async () => {
    const store = new MemoryStore()
    await importBars(store, singleFile(csv('AAA.csv', ACTIONS, `${WEEK[0]},,,`)))
    const series = (await bars(store, 'AAA'))!
    expect([series.dividend[0], series.split[0]]).toEqual([0, 1])
  })

  test('the split of a row left out acts on the next bar', async () => {
    const store = new MemoryStore()
    const bad = '2019-12-27,x,6,5,5.5,2200,0.1,2,'
    await importBars(
      store,
      singleFile(csv('AAA.csv', ACTIONS, `${WEEK[0]},0,1,`, bad, '2019-12-30,5.5,6,5,5.6,2400,0,1,')),
    )
    const series = (await bars(store, 'AAA'))!
    expect([...series.split]).toEqual([1, 2])
    expect([...series.dividend]).toEqual([0, 0.1])
    // 10.5 before a 2:1 split is 5.25 in today's shares.
    expect([...series.close]).toEqual([5.25, 5.6])
    expect(defectsOf(store)[1]).toContain('its split 2 is booked on the next bar')
  })

  test('an open outside low..high is listed and kept', async () => {
    const store = new MemoryStore()
    const report = await importBars(store, singleFile(csv('AAA.csv', '2019-12-26,12,11,9,10.5,1000')))
    expect(report).toMatchObject({ rowsStored: 1, badRows: 0, defects: { outside: 1 } })
    expect(defectsOf(store)[1]).toContain('kept as it is')
  })

  test('the defects of other symbols stay listed, those of imported ones are replaced', async () => {
    const store = new MemoryStore()
    const bad = '2019-12-27,10.5,12,10,abc,1100'
    await importBars(store, directoryOf(csv('AAA.csv', WEEK[0], bad), csv('BBB.csv', WEEK[0], bad)))
    expect(defectsOf(store)).toHaveLength(3)
    await importBars(store, singleFile(csv('AAA.csv', ...WEEK)))
    expect(defectsOf(store)).toHaveLength(2)
    expect(defectsOf(store)[1]).toMatch(/^BBB,/)
  })

  test('a file of a directory that is none of bars is listed and the others are imported', async () => {
    const store = new MemoryStore()
    const source = directoryOf(
      csv('AAA.csv', ...WEEK),
      csv('BBB.csv', 'some,other,table', '1,2,3'),
      csv('my notes (1).csv', 'a,b'),
    )
    const report = await importBars(store, source)
    expect(report).toMatchObject({ symbols: 1, defects: { unreadable: 2 } })
    expect(report.firstDefects.map(({ file }) => file)).toEqual(['my notes (1).csv', 'BBB.csv'])
  })
})

describe('an import is refused, and what is stored stays', () => {
  const refused = async (source: Parameters<typeof importBars>[1]) => {
    const store = new MemoryStore()
    await importBars(store, singleFile(csv('AAA.csv', ...WEEK)))
    const before = (await readCatalog(store, '1d'))!.version
    const error = await importBars(store, source).catch((reason) => reason)
    expect((await readCatalog(store, '1d'))!.version).toBe(before)
    return error
  }

  test('a directory without bars', async () => {
    const error = await refused(directoryOf(csv('NOTES.csv', 'a,b,c', '1,2,3')))
    expect(error.code).toBe('bad_request')
    expect(error.message).toContain('bars holds no bars. NOTES.csv is not a CSV file of bars: no column date')
  })

  test('intraday bars', async () => {
    const error = await refused(singleFile(csv('AAA.csv', '2019-12-26 09:30,10,11,9,10.5,1000')))
    expect(error.code).toBe('bad_request')
    expect(error.message).toContain('holds intraday bars (2019-12-26 09:30): say which with --timeframe')
  })

  test('a file in which no row is usable', async () => {
    const error = await refused(singleFile(csv('AAA.csv', '2019-12-26,x,11,9,10.5,1000')))
    expect(error.code).toBe('no_data')
    expect(error.message).toContain('AAA.csv line 2: open is not a number: "x"')
  })

  test('two files of one symbol', async () => {
    const error = await refused(directoryOf(csv('AAA.csv', ...WEEK), csv('aaa.csv.gz', ...WEEK)))
    expect(error.message).toContain('are both files of AAA')
  })

  test('a single file whose name is no symbol', async () => {
    const error = await refused(singleFile(csv('my bars (1).csv', ...WEEK)))
    expect(error.message).toContain('is not named after a symbol')
  })
})

describe('a single file with a symbol column', () => {
  test('holds many symbols', async () => {
    const store = new MemoryStore()
    const file = csv(
      'panel_of_the_whole_market.csv',
      `symbol,${HEADER}`,
      ...WEEK.map((line) => `AAA,${line}`),
      ...WEEK.map((line) => `bbb,${line}`),
    )
    const report = await importBars(store, singleFile(file))
    expect(report).toMatchObject({ symbols: 2, rowsStored: 12 })
    expect(await closes(store, 'BBB')).toHaveLength(6)
  })
})

/** The stored keys without the generation that wrote them. */
const contentsOf = (store: MemoryStore) =>
  [...store.held.keys()].map((key) => key.replace(/-\d+\.arrow$/, '.arrow')).sort()

describe('an import that dies', () => {
  test('at any write leaves the old bars, and the next import completes and clears up', async () => {
    const changed = [...WEEK.slice(0, 5), '2020-01-03,12.5,13,12,12.25,1500']
    const old = directoryOf(csv('AAA.csv', ...WEEK), csv('BBB.csv', ...WEEK))
    const next = directoryOf(csv('AAA.csv', ...changed), csv('BBB.csv', ...changed), csv('CCC.csv', ...changed))
    const whole = new MemoryStore()
    await importBars(whole, next)
    let died = 0
    for (let writesLeft = 0; ; writesLeft++) {
      const store = new MemoryStore()
      const before = (await importBars(store, old)).version
      let left = writesLeft
      store.beforeWrite = () => {
        if (left-- === 0) throw new Error('killed')
      }
      const outcome = await importBars(store, next).catch((error: Error) => error.message)
      if (outcome !== 'killed') break
      died++
      store.beforeWrite = () => {}
      expect((await readCatalog(store, '1d'))!.version).toBe(before)
      expect((await checkBars(store)).ok).toBe(true)
      expect(await closes(store, 'AAA')).toHaveLength(6)
      await importBars(store, next)
      await importBars(store, next)
      expect(contentsOf(store)).toEqual(contentsOf(whole))
      expect((await readCatalog(store, '1d'))!.version).toBe((await readCatalog(whole, '1d'))!.version)
    }
    expect(died).toBeGreaterThan(3)
  })

  test('two at the same time: the one that ends second is refused', async () => {
    const store = new MemoryStore()
    await importBars(store, singleFile(csv('AAA.csv', ...WEEK)))
    const outcomes = await Promise.allSettled([
      importBars(store, singleFile(csv('BBB.csv', ...WEEK))),
      importBars(store, singleFile(csv('CCC.csv', ...WEEK))),
    ])
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'conflict' } })
    const stored = (await readCatalog(store, '1d'))!.symbols.map(({ symbol }) => symbol)
    expect(stored).toHaveLength(3 - refused.length)
    expect((await checkBars(store)).ok).toBe(true)
  })
})

test('real bars take the place of a simulated market, whole', async () => {
  const store = new MemoryStore()
  const simulated = await storeSimulatedMarket(store, { seed: 7, lastDay: 20_000, years: 1 })
  expect(simulated.symbols).toBe(101)
  const report = await importBars(store, singleFile(csv('AAA.csv', ...WEEK)))
  expect(report.replacedSimulated).toBe(true)
  const market = await loadMarket(store, new BarCache(1e6), { timeframe: '1d', lookback: 0 })
  expect(market.symbols).toEqual(['AAA'])
  expect(market.simulated).toBe(false)
  expect(market.listingsKnown).toBe(false)
  expect(await store.list('simulated/')).toEqual([])
})
