import type { FiguresRead } from './figures.ts'
import { readValues } from './figures-reports.ts'
import type { FigureRecord } from './market.ts'
import type { RowDefect, Table } from './table.ts'

const BILLION = 1e9

/** Names as they are stored beside the fields of the rule language <- columns of an index snapshot. */
const SNAPSHOT_COLUMNS: Readonly<Record<string, string>> = {
  price: 'price',
  eps_ttm: 'earnings/share',
  book_ps: 'book value',
  market_cap: 'market cap',
  ebitda_ttm: 'ebitda',
  dividend_yield: 'dividend yield',
  price_to_earnings: 'price/earnings',
  price_to_sales: 'price/sales',
  price_to_book: 'price/book',
  low_52_weeks: '52 week low',
  high_52_weeks: '52 week high',
}

const SCREENER_COLUMNS: Readonly<Record<string, string>> = {
  price: 'price',
  eps_ttm: 'eps_ttm',
  market_cap: 'market_cap',
  price_to_earnings: 'pe',
  dividend_yield: 'dividend_yield_pct',
}

function median(values: number[]): number {
  const sorted = values.filter((value) => value !== undefined && !Number.isNaN(value)).sort((a, b) => a - b)
  return sorted.length === 0 ? Number.NaN : sorted[sorted.length >> 1]
}

/** Rows with their figures as the file has them. */
function readRows(table: Table, columns: Readonly<Record<string, string>>, defects: RowDefect[]) {
  const rows: { symbol: string; values: Record<string, number> }[] = []
  const seen = new Set<string>()
  for (const { line, cells } of table.rows) {
    const { symbol } = cells
    if (symbol === '') defects.push({ line, reason: 'no symbol' })
    else if (seen.has(symbol)) defects.push({ line, reason: `${symbol} is listed before: the first line stays` })
    else {
      seen.add(symbol)
      const values = readValues(cells, columns, line, defects)
      if (Object.keys(values).length === 0) defects.push({ line, reason: `no figure of ${symbol}` })
      else rows.push({ symbol, values })
    }
  }
  return rows
}

/** What follows from the shown figures by their definitions: shares, and book value where only price/book is shown. */
function completed(values: Record<string, number>): Record<string, number> {
  const { price, market_cap, price_to_book } = values
  if (price > 0 && market_cap > 0) values.shares = market_cap / price
  if (values.book_ps === undefined && price > 0 && price_to_book > 0) values.book_ps = price / price_to_book
  return values
}

const asRecord = (symbol: string, day: number, values: Record<string, number>): FigureRecord => ({
  symbol,
  kind: 'snapshot',
  periodEnd: day,
  published: day,
  values: completed(values),
})

/**
 * A snapshot of an index. Snapshots of different years differ in units, told by their size, a thousandfold apart: market
 * caps in billions or dollars, dividend yields in percent or as fractions; and one has its 52-week columns swapped.
 */
export function readSnapshot(table: Table, day: number): FiguresRead {
  const defects: RowDefect[] = []
  const rows = readRows(table, SNAPSHOT_COLUMNS, defects)
  const readings: string[] = []
  const inBillions = median(rows.map(({ values }) => values.market_cap)) < 1e5
  // The median large company has never yielded 20 %.
  const inPercent = median(rows.map(({ values }) => values.dividend_yield).filter((value) => value > 0)) > 0.2
  const swapped = rows.filter(({ values }) => values.low_52_weeks > values.high_52_weeks).length > rows.length / 2
  readings.push(`market cap and EBITDA in ${inBillions ? 'billions of ' : ''}dollars`)
  readings.push(`dividend yield ${inPercent ? 'in percent' : 'as a fraction'}`)
  if (swapped) readings.push('52 week low and high are swapped in the file: put right')
  for (const { values } of rows) {
    if (inBillions && values.market_cap !== undefined) values.market_cap *= BILLION
    if (inBillions && values.ebitda_ttm !== undefined) values.ebitda_ttm *= BILLION
    if (inPercent && values.dividend_yield !== undefined) values.dividend_yield /= 100
    if (swapped) [values.low_52_weeks, values.high_52_weeks] = [values.high_52_weeks, values.low_52_weeks]
  }
  readings.push('shares = market cap / price; book value per share = price / (price/book) where it is not given')
  return { records: rows.map(({ symbol, values }) => asRecord(symbol, day, values)), readings, defects }
}

/** An export of a market screener: one day, dollars, dividend yield in percent. */
export function readScreener(table: Table, day: number): FiguresRead {
  const defects: RowDefect[] = []
  const rows = readRows(table, SCREENER_COLUMNS, defects)
  for (const { values } of rows) if (values.dividend_yield !== undefined) values.dividend_yield /= 100
  const readings = ['dividend yield in percent', 'shares = market cap / price']
  return { records: rows.map(({ symbol, values }) => asRecord(symbol, day, values)), readings, defects }
}
