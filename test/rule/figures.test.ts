import { describe, expect, it } from 'vitest'
import type { BarSeries } from '../../lib/market/bars.ts'
import type { FigureRecord } from '../../lib/market/market.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { figuresUsed, missingFields } from '../../lib/rule/figures.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { dayOf, marketOf, seriesOf } from './load.ts'

/** undefined */
const none = Number.NaN

/** One bar on each given day at price 10, with splits and dividends as traded. */
function bars(days: readonly string[], splits: Record<string, number> = {}, dividends: Record<string, number> = {}) {
  const ten = days.map(() => 10)
  return seriesOf('X', {
    day: days.map(dayOf),
    open: ten,
    high: ten,
    low: ten,
    close: ten,
    volume: ten,
    split: days.map((day) => splits[day] ?? 1),
    dividend: days.map((day) => dividends[day] ?? 0),
  })
}

function record(
  kind: FigureRecord['kind'],
  periodEnd: string,
  published: string,
  values: Record<string, number>,
): FigureRecord {
  return { symbol: 'X', kind, periodEnd: dayOf(periodEnd), published: dayOf(published), values }
}

function read(series: BarSeries, records: readonly FigureRecord[], text: string) {
  const figures = new Map([['X', [...records].sort((a, b) => a.published - b.published)]])
  return Array.from(createEvaluator(marketOf([series], { figures }), series).column(parseExpression(text)))
}

const annual = [
  record('annual', '2013-12-31', '2014-03-31', {
    eps_ttm: 2,
    shares: 100,
    equity: 1000,
    total_assets: 5000,
    net_income_ttm: 200,
  }),
  record('annual', '2014-12-31', '2015-03-31', { eps_ttm: 3, shares: 110, equity: 1100, net_income_ttm: 330 }),
]

describe('a figure', () => {
  it('is known from the close of its publication day, until the next, at most 460 days', () => {
    const days = ['2014-03-28', '2014-03-31', '2015-03-30', '2015-03-31', '2016-07-03', '2016-07-04', '2016-07-05']
    // 2015-03-31 + 460 days = 2016-07-03
    expect(read(bars(days), annual, 'eps_ttm')).toEqual([none, 2, 2, 3, 3, none, none])
    expect(read(bars(days), annual, 'pe')).toEqual([none, 5, 5, 10 / 3, 10 / 3, none, none])
  })

  it('is undefined where the latest record leaves it blank, and 0 where it is 0', () => {
    const days = ['2014-04-01', '2015-04-01']
    expect(read(bars(days), annual, 'total_assets')).toEqual([5000, none])
    expect(read(bars(days), annual, 'revenue_ttm')).toEqual([none, none])
    expect(read(bars(days), [record('annual', '2013-12-31', '2014-03-31', { cash: 0 })], 'cash')).toEqual([0, 0])
  })

  it('is split-adjusted by the splits after its publication', () => {
    const days = ['2014-04-01', '2014-06-02', '2015-04-01', '2015-06-01']
    const series = bars(days, { '2014-06-02': 2, '2015-06-01': 5 })
    // published 2014-03-31: F = 10; published 2015-03-31: F = 5
    expect(read(series, annual, 'eps_ttm')).toEqual([0.2, 0.2, 0.6, 0.6])
    expect(read(series, annual, 'shares')).toEqual([1000, 1000, 550, 550])
    expect(read(series, annual, 'book_ps')).toEqual([1, 1, 2, 2])
    expect(read(series, annual, 'net_income_ttm')).toEqual([200, 200, 330, 330])
    // as traded 10 before every split: market value 10 * 100, then 10 * 2 * 100, and earnings yield 2 / 10, then 4 / 10 ...
    expect(read(series, annual, 'mcap').slice(0, 2)).toEqual([1000, 2000])
    expect(read(series, annual, 'ey')[0]).toBeCloseTo(0.2, 12)
  })

  it('is adjusted by splits outside the loaded bars too, when the series names them', () => {
    const loaded = bars(['2015-04-01', '2015-06-01'])
    const cut = {
      ...loaded,
      cut: true,
      splits: [
        { day: dayOf('2014-06-02'), ratio: 2 },
        { day: dayOf('2015-05-01'), ratio: 5 },
      ],
    }
    expect(read(cut, annual.slice(0, 1), 'eps_ttm')).toEqual([0.2, 0.2])
    expect(read(cut, annual, 'ly(shares)')).toEqual([1000, 1000])
  })

  it('has no book value per share without shares', () => {
    const records = [record('annual', '2013-12-31', '2014-03-31', { equity: 10, shares: 0 })]
    expect(read(bars(['2014-04-01']), records, 'book_ps')).toEqual([none])
  })

  it('is corrected by a later record of the same period, and not hidden by one of an older period', () => {
    const records = [
      ...annual,
      record('annual', '2014-12-31', '2015-05-01', { eps_ttm: 2.5 }),
      record('annual', '2013-12-31', '2015-06-01', { eps_ttm: 1.5 }),
    ]
    const days = ['2015-04-01', '2015-05-01', '2015-06-01']
    expect(read(bars(days), records, 'eps_ttm')).toEqual([3, 2.5, 2.5])
    expect(read(bars(days), records, 'ly(eps_ttm)')).toEqual([2, 2, 1.5])
    expect(read(bars(days), records, 'shares')).toEqual([110, 110, 110])
  })

  it('comes from the kind of record that shows it', () => {
    const records = [
      ...annual,
      record('snapshot', '2014-05-01', '2014-05-01', { eps_ttm: 2.2 }),
      record('quarter', '2014-06-30', '2014-08-01', { eps_q: 0.7, equity: 1050 }),
    ]
    const days = ['2014-04-01', '2014-05-01', '2014-08-01', '2015-04-01']
    expect(read(bars(days), records, 'eps_ttm')).toEqual([2, 2.2, 2.2, 3])
    expect(read(bars(days), records, 'shares')).toEqual([100, 100, 100, 110])
    expect(read(bars(days), records, 'equity')).toEqual([1000, 1000, 1050, 1100])
    expect(read(bars(days), records, 'eps_q')).toEqual([none, none, 0.7, 0.7])
  })
})

describe('a year or a quarter earlier', () => {
  it('is the record just before, if its period ended 350 to 380 days earlier', () => {
    const days = ['2014-04-01', '2015-04-01']
    expect(read(bars(days), annual, 'ly(eps_ttm)')).toEqual([none, 2])
    expect(read(bars(days), annual, 'ly(roe)')).toEqual([none, 0.2])
    expect(read(bars(days), annual, 'yoy(eps_ttm)')).toEqual([none, 0.5])
    const changed = [annual[0], record('annual', '2014-06-30', '2014-09-28', { eps_ttm: 9 }), annual[1]]
    expect(read(bars(days), changed, 'ly(eps_ttm)')).toEqual([none, none])
  })

  it('is adjusted by the splits after its own publication', () => {
    const series = bars(['2014-04-01', '2014-06-02', '2015-04-01'], { '2014-06-02': 2 })
    expect(read(series, annual, 'shares <= ly(shares)')).toEqual([none, none, 1])
    expect(read(series, annual, 'ly(shares)')).toEqual([none, none, 200])
  })

  const quarters = ['2014-03-31', '2014-06-30', '2014-09-30', '2014-12-31', '2015-03-31', '2015-06-30'].map((end, i) =>
    record('quarter', end, end, { eps_q: [1, 2, 4, 8, 16, 32][i] }),
  )
  const days = ['2014-06-30', '2015-03-31', '2015-06-30']

  it('finds the same quarter of the prior year and the quarter before', () => {
    expect(read(bars(days), quarters, 'eps_q')).toEqual([2, 16, 32])
    expect(read(bars(days), quarters, 'ly(eps_q)')).toEqual([none, 1, 2])
    expect(read(bars(days), quarters, 'pq(eps_q)')).toEqual([1, 8, 16])
    expect(read(bars(days), quarters, 'yoy(eps_q)')).toEqual([none, 15, 15])
  })

  it('nests', () => {
    // on 2015-06-30: a quarter earlier is 2015-03-31 with 16, a year before that 1
    expect(read(bars(days), quarters, 'pq(yoy(eps_q))')).toEqual([none, none, 15])
    expect(read(bars(days), quarters, 'pq(ly(eps_q))')).toEqual([none, none, 1])
    expect(read(bars(days), quarters, 'ly(pq(eps_q))')).toEqual([none, none, 1])
    expect(read(bars(days), quarters, 'pq(pq(eps_q))')).toEqual([none, 4, 8])
  })

  it('takes no prices', () => {
    expect(() => read(bars(days), quarters, 'ly(close)')).toThrow(/takes? figures/)
  })
})

describe('dividends', () => {
  it('of the last 365 days count from their ex-date, split-adjusted', () => {
    const days = ['2014-03-03', '2014-03-04', '2015-03-02', '2015-03-03', '2015-03-04', '2015-03-05']
    const series = bars(days, { '2015-03-02': 2 }, { '2014-03-04': 1, '2015-03-03': 0.6 })
    // (t - 365, t]: 2014-03-04 still counts on 2015-03-03, no longer on 2015-03-04
    expect(read(series, [], 'dps_ttm')).toEqual([0, 0.5, 0.5, 1.1, 0.6, 0.6])
  })

  it('grow year over year, the first calendar year of the file never used', () => {
    const days = [
      '2010-05-03',
      '2011-05-02',
      '2012-05-01',
      '2013-05-01',
      '2014-05-01',
      '2015-05-01',
      '2015-06-01',
      '2016-05-02',
    ]
    const dividends = {
      '2010-05-03': 0.5,
      '2011-05-02': 1,
      '2012-05-01': 1.1,
      '2013-05-01': 1.2,
      '2014-05-01': 1.2,
      '2015-05-01': 1.3,
      '2016-05-02': 9,
    }
    // 2012 > 2011 is known in 2013, 2013 > 2012 in 2014, 2014 = 2013 ends the row, 2015 > 2014 in 2016
    expect(read(bars(days, {}, dividends), [], 'div_growth_years')).toEqual([0, 0, 0, 1, 2, 0, 0, 1])
  })
})

describe('sessions since the last report', () => {
  const reports = [
    record('quarter', '2014-03-31', '2014-05-01', { eps_q: 1 }),
    // amended later: no new report
    record('quarter', '2014-03-31', '2014-05-06', { eps_q: 1.1 }),
    // known on a Saturday: Monday can react
    record('quarter', '2014-06-30', '2014-08-02', { eps_q: 2 }),
  ]
  const read_ = (days: readonly string[], records: readonly FigureRecord[]) =>
    read(bars(days), records, 'bars_since_earnings')

  it('are 0 on the first that can react, and count the calendar, not the stored bars', () => {
    // Thursday 1 May, Friday, Tuesday (Monday has no bar), then Friday 1 August and Monday the 4th
    expect(read_(['2014-04-30', '2014-05-01', '2014-05-02', '2014-05-06'], reports)).toEqual([none, 0, 1, 3])
    expect(read_(['2014-08-01', '2014-08-04', '2014-08-05'], reports).slice(1)).toEqual([0, 1])
    // the same whether the bars before were loaded or not
    expect(read_(['2014-05-06'], reports)).toEqual([3])
  })

  it('end 460 days after it', () => {
    // 2014-08-02 + 460 days is 2015-11-05
    const found = read_(['2015-11-05', '2015-11-06'], reports)
    expect(found[0]).toBeGreaterThan(300)
    expect(found[1]).toBeNaN()
  })

  it('are unknown where only an assumed day of publication is stored, and said to be missing', () => {
    // 90 days after the period: the assumption of annual files
    const assumed = [record('annual', '2013-12-31', '2014-03-31', { eps_ttm: 2 })]
    const filed = [record('annual', '2013-12-31', '2014-02-20', { eps_ttm: 2 })]
    expect(read_(['2014-04-01'], assumed)).toEqual([none])
    expect(read_(['2014-02-21'], filed)).toEqual([1])
    const missing = (records: readonly FigureRecord[]) =>
      missingFields(marketOf([bars(['2014-04-01'])], { figures: new Map([['X', records]]) }), [
        parseExpression('bars_since_earnings == 0 and eps_surprise > 0.1 and bars_to_earnings > 1'),
      ])
    expect(missing(assumed)).toEqual(['bars_since_earnings', 'bars_to_earnings', 'eps_surprise'])
    expect(missing(filed)).toEqual(['bars_to_earnings', 'eps_surprise'])
  })
})

describe('missing figures', () => {
  it('are named when no record of any symbol has them', () => {
    const market = marketOf([bars(['2014-04-01'])], { figures: new Map([['X', annual]]) })
    const fields = (...texts: string[]) => missingFields(market, texts.map(parseExpression))
    expect(fields('pe < 15 and pb < 2 and yoy(eps_q) > 0')).toEqual(['eps_q'])
    expect(fields('fscore() >= 8')).toEqual([
      'cfo_ttm',
      'current_assets',
      'current_liabilities',
      'gross_profit_ttm',
      'long_term_debt',
      'revenue_ttm',
    ])
    expect(fields('div_yield > 0.02 and div_growth_years > 5 and close > 5')).toEqual([])
    expect(fields('bars_since_earnings == 0')).toEqual(['bars_since_earnings'])
    expect(figuresUsed([], [parseExpression('0.1*equity/entry_price'), parseExpression('roe > 0.1')])).toEqual([
      'equity',
      'net_income_ttm',
    ])
    expect(figuresUsed([], [parseExpression('0.1*equity/entry_price')])).toEqual([])
  })
})
