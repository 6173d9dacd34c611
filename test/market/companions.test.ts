import { beforeAll, describe, expect, test } from 'vitest'
import { openFile } from '../../lib/adapters/local/files.ts'
import { isoDay, parseDay } from '../../lib/core/days.ts'
import { importConstituents } from '../../lib/market/constituents.ts'
import { importFigures } from '../../lib/market/figures-import.ts'
import { importBars } from '../../lib/market/import.ts'
import type { Market } from '../../lib/market/market.ts'
import { BarCache, loadMarket } from '../../lib/market/store.ts'
import { importUniverse } from '../../lib/market/universe.ts'
import { shared, withShared } from '../shared.ts'
import { MemoryStore } from './memory-store.ts'
import { csv, singleFile } from './worlds.ts'

async function withBars(): Promise<MemoryStore> {
  const store = new MemoryStore()
  await importBars(store, singleFile(csv('AAA.csv', '2020-01-02,1,2,1,2,100')))
  return store
}

const load = (store: MemoryStore) => loadMarket(store, new BarCache(1e8), { timeframe: '1d', lookback: 0 })
/** A file of these lines, header first. */
const table = (name: string, ...lines: string[]) => csv(name, ...lines)

describe('the universe', () => {
  const HEAD = 'symbol,name,sector,industry,asset_class,industry_source'

  test('holds names with commas in quotes', async () => {
    const store = await withBars()
    const file = table('u.csv', HEAD, 'AAA,"Ay, Inc.",materials,"Paper, Plastic",stock,x', 'SPY,Fund,,,etf,')
    expect(await importUniverse(store, file)).toMatchObject({ rows: 2, stored: 2, changed: true, defects: [] })
    const market = await load(store)
    expect(market.listingsKnown).toBe(true)
    expect(market.listing('AAA')).toEqual({
      symbol: 'AAA',
      name: 'Ay, Inc.',
      sector: 'Materials',
      industry: 'Paper, Plastic',
      assetClass: 'stock',
    })
    expect(market.listing('SPY')!.assetClass).toBe('etf')
    expect(market.listing('ZZZ')).toBeUndefined()
    expect((await importUniverse(store, file)).changed).toBe(false)
  })

  test('reports what it does not know, with the line', async () => {
    const store = await withBars()
    const file = table('u.csv', HEAD, 'AAA,A,Tech,x,stock,', ',B,,,stock,', 'AAA,C,,,stock,', 'DDD,D,,,bond,', 'EEE,E')
    const { stored, defects } = await importUniverse(store, file)
    expect(stored).toBe(2)
    expect(defects).toEqual([
      { line: 6, reason: '2 cells, the header has 6' },
      { line: 2, reason: '"Tech" is no GICS sector: AAA is stored without a sector' },
      { line: 3, reason: 'no symbol' },
      { line: 4, reason: 'AAA is listed before: the first line stays' },
      { line: 5, reason: 'asset class "bond" is neither stock nor etf: stored as unknown' },
    ])
  })

  test('refuses another file and keeps what is stored', async () => {
    const store = await withBars()
    await expect(importUniverse(store, table('u.csv', 'a,b', '1,2'))).rejects.toThrow(
      'u.csv is no universe file: no column symbol, name',
    )
    await expect(importUniverse(store, table('u.csv', HEAD, ',,,,,'))).rejects.toThrow('lists no symbol')
  })
})

describe('constituents', () => {
  const HEAD = 'ticker,start_date,end_date'

  test('are spans by ticker; a blank end is still in', async () => {
    const store = await withBars()
    const file = table('c.csv', HEAD, 'AAA,2015-03-23,2024-09-23', 'AAA,1996-01-02,1997-01-15', 'BBB,2000-06-05,')
    expect(await importConstituents(store, file, 'SP500')).toMatchObject({ stored: 3, changed: true })
    const market = await load(store)
    expect(market.membership('SP500')!.get('AAA')).toEqual([
      { start: parseDay('1996-01-02'), end: parseDay('1997-01-15') },
      { start: parseDay('2015-03-23'), end: parseDay('2024-09-23') },
    ])
    expect(market.membership('SP500')!.get('BBB')).toEqual([{ start: parseDay('2000-06-05') }])
    expect(market.membership('NDX')).toBeUndefined()
    expect((await importConstituents(store, file, 'SP500')).changed).toBe(false)
  })

  test('with bad dates are reported', async () => {
    const store = await withBars()
    const file = table('c.csv', HEAD, 'AAA,2015-03-23,', 'BBB,2015-13-01,', 'CCC,2015-01-05,2014-01-05', ',2015-01-05,')
    const { defects } = await importConstituents(store, file, 'SP500')
    expect(defects.map(({ line }) => line)).toEqual([3, 4, 5])
    await expect(importConstituents(store, file, '../x')).rejects.toThrow('is no index name')
  })
})

describe('figures', () => {
  const ANNUAL =
    'num,Ticker Symbol,Period Ending,Capital Expenditures,Earnings Per Share,Estimated Shares Outstanding,Total Revenue,Total Equity'
  const figures = async (store: MemoryStore, symbol = 'AAA') => (await load(store)).figures(symbol)

  test('of annual reports are known 90 days after the period', async () => {
    const store = await withBars()
    const file = table('k.csv', ANNUAL, '0,AAA,2013-12-31,-50,1.5,100,1000,0', '1,AAA,2012-12-31,0,,100,900,400')
    await importFigures(store, file)
    expect(await figures(store)).toEqual([
      {
        symbol: 'AAA',
        kind: 'annual',
        periodEnd: parseDay('2012-12-31'),
        published: parseDay('2013-03-31'),
        values: { capex_ttm: 0, shares: 100, revenue_ttm: 900, equity: 400 },
      },
      {
        symbol: 'AAA',
        kind: 'annual',
        periodEnd: parseDay('2013-12-31'),
        published: parseDay('2014-03-31'),
        values: { capex_ttm: 50, eps_ttm: 1.5, shares: 100, revenue_ttm: 1000, equity: 0 },
      },
    ])
    expect(await figures(store, 'ZZZ')).toEqual([])
  })

  test('imported again change nothing; a corrected one replaces the old, others stay', async () => {
    const store = await withBars()
    const file = table('k.csv', ANNUAL, '0,AAA,2013-12-31,-50,1.5,100,1000,10', '1,BBB,2013-12-31,-50,1.5,100,1000,10')
    expect((await importFigures(store, file)).changed).toBe(true)
    expect((await importFigures(store, file)).changed).toBe(false)
    await importFigures(store, table('k.csv', ANNUAL, '0,AAA,2013-12-31,-50,1.6,100,1000,10'))
    expect((await figures(store))[0].values.eps_ttm).toBe(1.6)
    expect((await figures(store, 'BBB'))[0].values.eps_ttm).toBe(1.5)
  })

  test('that are no numbers are reported and absent', async () => {
    const store = await withBars()
    const { defects } = await importFigures(
      store,
      table('k.csv', ANNUAL, '0,AAA,2013-12-31,-50,n/a,100,1000,10', '1,AAA,someday,,,,,'),
    )
    expect(defects).toEqual([
      { line: 2, reason: 'earnings per share is not a number: "n/a"' },
      { line: 3, reason: 'period ending "someday" is no date' },
    ])
    expect((await figures(store))[0].values).not.toHaveProperty('eps_ttm')
  })

  test('of SEC reports are known from the day they were collected', async () => {
    const store = await withBars()
    const head =
      'collected_date,symbol,end_date,amend,period_focus,fiscal_year,doc_type,revenues,op_income,net_income,eps_basic,eps_diluted,dividend,assets,cur_assets,cur_liab,cash,equity,cash_flow_op,cash_flow_inv,cash_flow_fin'
    const file = table(
      'r.csv',
      head,
      '2016-02-25,AAA,2015-12-31,False,FY,2015,10-K,44,9,7,1.69,1.67,1.32,90,33,27,7,26,10,,',
      '2016-04-28,AAA,2016-04-01,False,Q1,2016,10-Q,10,2,1,0.34,,0.35,91,,,8,27,1,,',
      '2016-02-29,BBB,2016-12-31,False,FY,2015,10-K,1,,,,,,,,,,,,,',
    )
    const { defects } = await importFigures(store, file)
    expect(defects).toEqual([{ line: 4, reason: 'period ends on 2016-12-31, after it was collected on 2016-02-29' }])
    const [annual, quarter] = await figures(store)
    expect(annual).toMatchObject({ kind: 'annual', published: parseDay('2016-02-25') })
    expect(annual.values).toEqual({
      revenue_ttm: 44,
      ebit_ttm: 9,
      net_income_ttm: 7,
      eps_ttm: 1.67,
      total_assets: 90,
      current_assets: 33,
      current_liabilities: 27,
      cash: 7,
      equity: 26,
      cfo_ttm: 10,
    })
    expect(quarter).toMatchObject({ kind: 'quarter', published: parseDay('2016-04-28') })
    expect(quarter.values).toEqual({ revenue_q: 10, eps_q: 0.34, total_assets: 91, cash: 8, equity: 27 })
  })

  const SNAPSHOT =
    'Symbol,Name,Price,Dividend Yield,Price/Earnings,Earnings/Share,52 week low,52 week high,Market Cap,EBITDA,Price/Book'

  test('of snapshots in billions, percent and swapped columns are put right', async () => {
    const store = await withBars()
    const file = table('sp500_2013-02-10.csv', SNAPSHOT, 'AAA,A,50,2,10,5,60,40,100,8,2', 'BBB,B,20,0,,-1,25,18,40,1,')
    const { readings } = await importFigures(store, file)
    expect(readings).toContain('52 week low and high are swapped in the file: put right')
    const [record] = await figures(store)
    expect(record).toMatchObject({ kind: 'snapshot', published: parseDay('2013-02-10') })
    expect(record.values).toMatchObject({
      market_cap: 100e9,
      ebitda_ttm: 8e9,
      dividend_yield: 0.02,
      low_52_weeks: 40,
      high_52_weeks: 60,
    })
    expect(record.values).toMatchObject({ eps_ttm: 5, shares: 2e9, book_ps: 25 })
  })

  test('of snapshots in dollars and fractions stay as they are', async () => {
    const store = await withBars()
    await importFigures(store, table('s.csv', SNAPSHOT, 'AAA,A,50,0.02,10,5,40,60,100000000000,8e9,2'), '2026-08-22')
    const [record] = await figures(store)
    expect(isoDay(record.published)).toBe('2026-08-22')
    expect(record.values).toMatchObject({ market_cap: 100e9, ebitda_ttm: 8e9, dividend_yield: 0.02, low_52_weeks: 40 })
  })

  test('of a snapshot without a date are refused; a month alone counts from its last day', async () => {
    const store = await withBars()
    const lines = [SNAPSHOT, 'AAA,A,50,0.02,10,5,40,60,100000000000,8e9,2'] as const
    await expect(importFigures(store, table('s.csv', ...lines))).rejects.toThrow('add --date YYYY-MM-DD')
    await expect(importFigures(store, table('s.csv', ...lines), 'soon')).rejects.toThrow('is not a date')
    await importFigures(store, table('s_2024-11.csv', ...lines))
    expect(isoDay((await figures(store))[0].published)).toBe('2024-11-30')
  })

  test('of an unknown table are refused', async () => {
    await expect(importFigures(await withBars(), table('x.csv', 'a,b', '1,2'))).rejects.toThrow(
      'none of the known headers',
    )
  })
})

withShared('the files of ../shared/market', () => {
  let store: MemoryStore
  let market: Market
  const read = (path: string) => openFile(shared(`market/${path}`))

  beforeAll(async () => {
    store = await withBars()
    await importUniverse(store, await read('universe.csv'))
    await importConstituents(store, await read('constituents/sp500_ticker_start_end.csv'), 'SP500')
    await importFigures(store, await read('fundamentals/sp500_10k_2012_2016.csv'))
    for (const date of ['2013-02-10', '2018-02-08', '2026-08-22'])
      await importFigures(store, await read(`fundamentals/sp500_${date}.csv`))
    market = await load(store)
  })

  test('universe: 407 listings', () => {
    expect(market.listing('AAPL')).toMatchObject({ sector: 'Information Technology', assetClass: 'stock' })
    expect(market.listing('IWM')!.assetClass).toBe('etf')
  })

  test('constituents: American Airlines left in 1997 and came back in 2015', () => {
    expect(market.membership('SP500')!.size).toBe(1181)
    expect(
      market
        .membership('SP500')!
        .get('AAL')!
        .map(({ start }) => isoDay(start)),
    ).toEqual(['1996-01-02', '2015-03-23'])
  })

  test('annual reports: American Airlines of 2012 as its line has it', () => {
    const [first] = market.figures('AAL').filter(({ kind }) => kind === 'annual')
    expect([isoDay(first.periodEnd), isoDay(first.published)]).toEqual(['2012-12-31', '2013-03-31'])
    expect(first.values).toEqual({
      eps_ttm: -5.6,
      shares: 335_000_000,
      revenue_ttm: 24_855_000_000,
      ebit_ttm: -1_813_000_000,
      net_income_ttm: -1_876_000_000,
      cfo_ttm: 1_285_000_000,
      capex_ttm: 1_888_000_000,
      gross_profit_ttm: 14_356_000_000,
      cash: 1_330_000_000,
      short_term_debt: 1_419_000_000,
      equity: -7_987_000_000,
      total_assets: 23_510_000_000,
      current_assets: 7_072_000_000,
      current_liabilities: 9_011_000_000,
      fixed_assets: 13_402_000_000,
      long_term_debt: 7_116_000_000,
    })
  })

  test('snapshots: 3M in dollars, fractions and low below high on every date', () => {
    const snapshots = market.figures('MMM').filter(({ kind }) => kind === 'snapshot')
    expect(snapshots.map(({ values }) => Math.round(values.market_cap / 1e9))).toEqual([71, 139, 92])
    expect(snapshots.map(({ values }) => Math.round(values.dividend_yield * 1000))).toEqual([23, 23, 18])
    for (const { values } of snapshots) expect(values.low_52_weeks).toBeLessThan(values.high_52_weeks)
  })
})
