/** A second, independent reading of the market files: plain CSV into arrays, with no part of lib/market's import in it. */
import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { MS_PER_DAY } from '../../lib/core/days.ts'
import type { BarSeries } from '../../lib/market/bars.ts'
import type { Calendar, FigureRecord, Listing, Market, MembershipSpan } from '../../lib/market/market.ts'
import { shared } from '../shared.ts'

export const dayOf = (text: string) =>
  Date.UTC(+text.slice(0, 4), +text.slice(5, 7) - 1, +text.slice(8, 10)) / MS_PER_DAY

/** Lines of a file as cells; quotes around a cell with commas are understood. */
export function readCells(path: string): string[][] {
  let bytes: Buffer = readFileSync(shared(path))
  if (path.endsWith('.gz')) bytes = gunzipSync(bytes)
  const lines = bytes.toString('utf8').split(/\r?\n/).filter(Boolean)
  return lines.map((line) =>
    line.includes('"')
      ? [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell.replace(/^"|"$/g, ''))
      : line.split(','),
  )
}

/** Bars from raw columns, oldest first; split-adjusted as the rule language says: raw / F, volume * F. */
export function seriesOf(
  symbol: string,
  raw: Record<'open' | 'high' | 'low' | 'close' | 'volume', ArrayLike<number>> & {
    day: ArrayLike<number>
    dividend?: ArrayLike<number>
    split?: ArrayLike<number>
  },
): BarSeries {
  const length = raw.day.length
  const day = Int32Array.from(raw.day)
  const split = raw.split ? Float64Array.from(raw.split) : new Float64Array(length).fill(1)
  const factor = new Float64Array(length).fill(1)
  for (let i = length - 2; i >= 0; i--) factor[i] = factor[i + 1] * split[i + 1]
  const price = (column: ArrayLike<number>) => Float64Array.from(column, (value, i) => value / factor[i])
  return {
    symbol,
    timeframe: '1d',
    length,
    day,
    time: Float64Array.from(day, (value) => value * MS_PER_DAY),
    open: price(raw.open),
    high: price(raw.high),
    low: price(raw.low),
    close: price(raw.close),
    volume: Float64Array.from(raw.volume, (value, i) => value * factor[i]),
    rawOpen: Float64Array.from(raw.open),
    rawHigh: Float64Array.from(raw.high),
    rawLow: Float64Array.from(raw.low),
    rawClose: Float64Array.from(raw.close),
    rawVolume: Float64Array.from(raw.volume),
    factor,
    dividend: price(raw.dividend ?? new Float64Array(length)),
    split,
    cut: false,
  }
}

/** One file of bars, its first column the date, the others in any order; from a date on when one is given. */
export function readBars(path: string, symbol: string, from = ''): BarSeries {
  const text = (path.endsWith('.gz') ? gunzipSync(readFileSync(shared(path))) : readFileSync(shared(path))).toString(
    'latin1',
  )
  const lines = text.split('\n')
  const header = lines[0].trim().split(',')
  const rows = lines.slice(1).filter((line) => line.length > 1 && line >= from)
  const columns = header.map(() => new Float64Array(rows.length))
  rows.forEach((line, row) => {
    const cells = line.split(',')
    for (let c = 0; c < header.length; c++) columns[c][row] = c === 0 ? dayOf(cells[0]) : Number(cells[c])
  })
  const named = Object.fromEntries(header.map((name, c) => [name === 'date' ? 'day' : name, columns[c]]))
  return seriesOf(symbol, named as unknown as Parameters<typeof seriesOf>[1])
}

/** A market in memory. Its calendar knows the weekdays, less the given holidays. */
export function marketOf(
  series: readonly BarSeries[],
  more: {
    calendar?: Calendar
    listings?: ReadonlyMap<string, Listing>
    figures?: ReadonlyMap<string, readonly FigureRecord[]>
    membership?: Record<string, ReadonlyMap<string, readonly MembershipSpan[]>>
  } = {},
): Market {
  const bySymbol = new Map(series.map((one) => [one.symbol, one]))
  return {
    timeframe: '1d',
    symbols: [...bySymbol.keys()].sort(),
    calendar: more.calendar ?? calendarOf(new Set()),
    simulated: false,
    listingsKnown: more.listings !== undefined,
    bars: (symbol) => bySymbol.get(symbol),
    listing: (symbol) => more.listings?.get(symbol),
    figures: (symbol) => more.figures?.get(symbol) ?? [],
    membership: (index) => more.membership?.[index],
  }
}

/** Weekdays less holidays; only what rules ask is answered. */
export function calendarOf(holidays: ReadonlySet<number>): Calendar {
  const isSession = (day: number) => (day + 3) % 7 < 5 && !holidays.has(day)
  const nextSession = (day: number): number => (isSession(day) ? day : nextSession(day + 1))
  const previousSession = (day: number): number => (isSession(day) ? day : previousSession(day - 1))
  const month = (day: number) => new Date(day * MS_PER_DAY).toISOString().slice(0, 7)
  return {
    isSession,
    nextSession,
    previousSession,
    closeInstant: (day) => day * MS_PER_DAY,
    openInstant: (day) => day * MS_PER_DAY,
    isWeekEnd: (day) => isSession(day) && Math.floor((nextSession(day + 1) + 3) / 7) > Math.floor((day + 3) / 7),
    isMonthEnd: (day) => isSession(day) && month(nextSession(day + 1)) !== month(day),
  }
}

/** Every file of a folder of bars, by symbol. */
export function readFolder(folder: string, symbols?: ReadonlySet<string>, from?: string): BarSeries[] {
  return readdirSync(shared(folder))
    .filter((file) => file.endsWith('.csv.gz') && (!symbols || symbols.has(file.slice(0, -7))))
    .map((file) => readBars(`${folder}/${file}`, file.slice(0, -7), from))
}

/** Weekdays on which none of the given symbols traded, between the first and the last bar of SPY; beyond it, by majority. */
export function holidaysSeen(series: readonly BarSeries[]): Set<number> {
  const traded = new Map<number, number>()
  for (const { day } of series) for (const one of day) traded.set(one, (traded.get(one) ?? 0) + 1)
  const days = [...traded.keys()].sort((a, b) => a - b)
  const holidays = new Set<number>()
  for (let day = days[0]; day < days[days.length - 1]; day++)
    if ((day + 3) % 7 < 5 && !traded.has(day)) holidays.add(day)
  return holidays
}

export function readListings(): Map<string, Listing> {
  const [header, ...rows] = readCells('market/universe.csv')
  const at = (name: string) => header.indexOf(name)
  return new Map(
    rows.map((cells) => [
      cells[at('symbol')],
      {
        symbol: cells[at('symbol')],
        name: cells[at('name')],
        sector: cells[at('sector')],
        industry: cells[at('industry')],
        assetClass: cells[at('asset_class')] as Listing['assetClass'],
      },
    ]),
  )
}

export function readMembership(): Map<string, MembershipSpan[]> {
  const members = new Map<string, MembershipSpan[]>()
  for (const [ticker, start, end] of readCells('market/constituents/sp500_ticker_start_end.csv').slice(1)) {
    const spans = members.get(ticker) ?? []
    spans.push({ start: dayOf(start), ...(end ? { end: dayOf(end) } : {}) })
    members.set(ticker, spans)
  }
  return members
}

/** Lines of the 10-K file as figures, by the reference's Appendix A. */
const TEN_K: Record<string, string> = {
  eps_ttm: 'Earnings Per Share',
  shares: 'Estimated Shares Outstanding',
  revenue_ttm: 'Total Revenue',
  ebit_ttm: 'Earnings Before Interest and Tax',
  net_income_ttm: 'Net Income',
  cfo_ttm: 'Net Cash Flow-Operating',
  capex_ttm: 'Capital Expenditures',
  gross_profit_ttm: 'Gross Profit',
  cash: 'Cash and Cash Equivalents',
  short_term_debt: 'Short-Term Debt / Current Portion of Long-Term Debt',
  equity: 'Total Equity',
  total_assets: 'Total Assets',
  current_assets: 'Total Current Assets',
  current_liabilities: 'Total Current Liabilities',
  fixed_assets: 'Fixed Assets',
  long_term_debt: 'Long-Term Debt',
}

export function readTenK(): Map<string, FigureRecord[]> {
  const [header, ...rows] = readCells('market/fundamentals/sp500_10k_2012_2016.csv')
  const figures = new Map<string, FigureRecord[]>()
  for (const cells of rows) {
    const symbol = cells[header.indexOf('Ticker Symbol')]
    const periodEnd = dayOf(cells[header.indexOf('Period Ending')])
    const values: Record<string, number> = {}
    for (const [field, line] of Object.entries(TEN_K)) {
      const cell = cells[header.indexOf(line)]
      if (cell === undefined) throw new Error(`no column ${line}`)
      if (cell !== '') values[field] = field === 'capex_ttm' ? -Number(cell) : Number(cell)
    }
    const records = figures.get(symbol) ?? []
    records.push({ symbol, kind: 'annual', periodEnd, published: periodEnd + 90, values })
    figures.set(symbol, records)
  }
  for (const records of figures.values()) records.sort((a, b) => a.published - b.published)
  return figures
}
