import { seeded } from '../../lib/core/random.ts'
import { type BarSeries, firstAt } from '../../lib/market/bars.ts'
import type { FigureRecord, Listing, Market } from '../../lib/market/market.ts'
import { dayOf, marketOf, seriesOf } from './load.ts'

const FIRST = dayOf('2014-01-06')
const SECTORS: Record<string, string> = { A: 'Energy', B: 'Energy', C: 'Materials', D: 'Materials', E: '' }
const QUARTER = 91

/**
 * A small market with everything that is awkward: prices in whole and half units, so that many are equal; bars without a range
 * or without volume; days on which a symbol did not trade; a stretch without any change; a split early on; a symbol that
 * starts late, one without a sector, one that leaves its index; figures with blanks, losses and corrections. SPY is the ETF.
 */
export function awkwardMarket(length = 200, seed = 23): Market {
  const uniform = seeded(seed)
  const symbols = [...Object.keys(SECTORS), 'SPY']
  const series = symbols.map((symbol) => barsOf(symbol, length, uniform))
  return marketOf(series, {
    listings: new Map(symbols.map((symbol) => [symbol, listing(symbol)])),
    figures: new Map(Object.keys(SECTORS).map((symbol) => [symbol, figuresOf(symbol, uniform)])),
    membership: {
      SP500: new Map([
        ['A', [{ start: FIRST }]],
        ['B', [{ start: FIRST, end: FIRST + 120 }, { start: FIRST + 200 }]],
        ['C', [{ start: FIRST + 60 }]],
      ]),
    },
  })
}

function listing(symbol: string): Listing {
  const assetClass = symbol === 'SPY' ? 'etf' : 'stock'
  return { symbol, name: symbol, sector: SECTORS[symbol] ?? '', industry: symbol === 'A' ? 'Oil' : '', assetClass }
}

function barsOf(symbol: string, length: number, uniform: () => number): BarSeries {
  const half = (most: number) => Math.floor(uniform() * most) / 2
  const raw = {
    day: [] as number[],
    open: [] as number[],
    high: [] as number[],
    low: [] as number[],
    close: [] as number[],
    volume: [] as number[],
    dividend: [] as number[],
    split: [] as number[],
  }
  let price = 6 + half(8)
  for (let i = symbol === 'E' ? 40 : 0; i < length; i++) {
    if (symbol !== 'SPY' && uniform() < 0.05) continue
    const still = symbol === 'D' && i > 90 && i < 115
    const split = symbol === 'A' && raw.day.length === 10 ? 2 : 1
    price = Math.max(2, price / split + (still ? 0 : half(5) - 1))
    const open = still ? price : Math.max(1, price + half(3) - 0.5)
    raw.day.push(FIRST + Math.floor(i / 5) * 7 + (i % 5))
    raw.open.push(open)
    raw.close.push(price)
    raw.high.push(Math.max(open, price) + (still ? 0 : half(3)))
    raw.low.push(Math.max(0.5, Math.min(open, price) - (still ? 0 : half(3))))
    raw.volume.push(uniform() < 0.1 ? 0 : 100 * Math.floor(uniform() * 9))
    raw.dividend.push(i % 60 === 30 ? half(4) : 0)
    raw.split.push(split)
  }
  return seriesOf(symbol, raw)
}

const ANNUAL = 'revenue_ttm ebit_ttm net_income_ttm cfo_ttm capex_ttm gross_profit_ttm total_assets current_assets'
const SHEET = 'current_liabilities fixed_assets long_term_debt short_term_debt equity cash shares eps_ttm'

function figuresOf(symbol: string, uniform: () => number): FigureRecord[] {
  const figure = () => Math.floor(uniform() * 40) - 6
  const values = (fields: string) => {
    const drawn: Record<string, number> = {}
    for (const field of fields.split(' ')) if (uniform() > 0.08) drawn[field] = figure()
    return drawn
  }
  const records: FigureRecord[] = []
  for (let quarter = -8; quarter < 5; quarter++) {
    const periodEnd = FIRST + quarter * QUARTER
    const published = periodEnd + 20 + Math.floor(uniform() * 20)
    records.push({ symbol, kind: 'quarter', periodEnd, published, values: values('eps_q revenue_q equity') })
    if (quarter % 4 === 0)
      records.push({
        symbol,
        kind: 'annual',
        periodEnd,
        published: published + 5,
        values: values(`${ANNUAL} ${SHEET}`),
      })
    if (quarter === 1)
      records.push({ symbol, kind: 'quarter', periodEnd, published: published + 30, values: values('eps_q') })
  }
  return records.sort((a, b) => a.published - b.published || a.periodEnd - b.periodEnd)
}

/** What was known at the close of a day: bars, figures and membership that had begun; splits as the bars here have them. */
export function until(market: Market, day: number): Market {
  const members = market.membership('SP500')!
  const spans = [...members].map(([symbol, each]): [string, typeof each] => [
    symbol,
    each
      .filter(({ start }) => start <= day)
      .map(({ start, end }) => (end === undefined || end > day ? { start } : { start, end })),
  ])
  return marketOf(
    market.symbols.map((symbol) => slice(market.bars(symbol)!, 0, firstAt(market.bars(symbol)!.day, day + 1))),
    {
      calendar: market.calendar,
      listings: listings(market),
      figures: figures(market, (record) => record.published <= day),
      membership: { SP500: new Map(spans) },
    },
  )
}

/** As a run loads it: each symbol from that many of its own bars before its first bar on or after a day. */
export function loadedFrom(market: Market, day: number, lookback: number): Market {
  const series = market.symbols.map((symbol) => {
    const whole = market.bars(symbol)!
    return slice(whole, Math.max(0, firstAt(whole.day, day) - lookback), whole.length)
  })
  return marketOf(series, {
    calendar: market.calendar,
    listings: listings(market),
    figures: figures(market, () => true),
    membership: { SP500: market.membership('SP500')! },
  })
}

function slice(series: BarSeries, from: number, to: number): BarSeries {
  const splits = Array.from(series.day, (day, i) => ({ day, ratio: series.split[i] })).filter(
    ({ ratio }) => ratio !== 1,
  )
  const cut = Object.fromEntries(
    Object.entries(series).map(([name, value]) => [
      name,
      value instanceof Float64Array || value instanceof Int32Array ? value.slice(from, to) : value,
    ]),
  ) as unknown as BarSeries
  return { ...cut, length: to - from, cut: from > 0, splits }
}

function listings(market: Market): Map<string, Listing> {
  return new Map(market.symbols.map((symbol) => [symbol, market.listing(symbol)!]))
}

function figures(market: Market, keep: (record: FigureRecord) => boolean): Map<string, FigureRecord[]> {
  return new Map(market.symbols.map((symbol) => [symbol, market.figures(symbol).filter(keep)]))
}
