import { parseDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { type FiguresRead, storeFigures } from './figures.ts'
import { readAnnual, readReports } from './figures-reports.ts'
import { readScreener, readSnapshot } from './figures-snapshots.ts'
import type { ObjectStore } from './objects.ts'
import { type ImportFile, parseTable, type Table } from './table.ts'
import type { TableReport } from './universe.ts'

interface Format {
  what: string
  /** columns that only this format has together */
  marks: readonly string[]
  /** the stored source; snapshots of different days are different sources */
  source: (taken: string | undefined) => string
  dated: boolean
  read: (table: Table, day: number) => FiguresRead
}

const FORMATS: readonly Format[] = [
  {
    what: 'annual reports (10-K lines)',
    marks: ['ticker symbol', 'period ending', 'earnings per share', 'total revenue', 'total equity'],
    source: () => 'annual-10k',
    dated: false,
    read: readAnnual,
  },
  {
    what: 'quarterly and annual SEC reports',
    marks: ['collected_date', 'symbol', 'end_date', 'period_focus', 'revenues', 'equity'],
    source: () => 'sec-reports',
    dated: false,
    read: readReports,
  },
  {
    what: 'snapshot of an index',
    marks: ['symbol', 'price', 'earnings/share', 'market cap', 'price/book', 'dividend yield'],
    source: (taken) => `snapshot-${taken}`,
    dated: true,
    read: readSnapshot,
  },
  {
    what: 'screener export',
    marks: ['symbol', 'price', 'market_cap', 'eps_ttm', 'dividend_yield_pct'],
    source: (taken) => `screener-${taken}`,
    dated: true,
    read: readScreener,
  },
]

/** The day a snapshot was taken, from `--date` or its file name; a name with a month alone stands for the month's last day. */
function snapshotDay(name: string, date: string | undefined): { day: number; text: string; reading?: string } {
  const text = date ?? /\d{4}-\d{2}(-\d{2})?/.exec(name)?.[0]
  if (text === undefined)
    throw new AppError(
      'bad_request',
      `${name} is a snapshot and its name has no date: add --date YYYY-MM-DD, the day it was taken.`,
    )
  if (date === undefined && text.length === 7) {
    const day = Date.UTC(+text.slice(0, 4), +text.slice(5, 7), 0) / 86_400_000
    return {
      day,
      text,
      reading: `the name gives the month ${text} only: known from its last day on (say --date for another)`,
    }
  }
  const day = parseDay(text)
  if (Number.isNaN(day)) throw new AppError('bad_request', `"${text}" is not a date: write YYYY-MM-DD.`)
  return { day, text }
}

/**
 * Imports figures, each with the day it became known, in one of four formats told apart by their header. Values are kept as
 * reported, in US dollars. A record with the same symbol, kind, period and publication day replaces the stored one.
 */
export async function importFigures(objects: ObjectStore, file: ImportFile, date?: string): Promise<TableReport> {
  const table = parseTable(await file.bytes(), file.name)
  const format = FORMATS.find(({ marks }) => marks.every((column) => table.header.includes(column)))
  if (!format) {
    const known = FORMATS.map(({ what, marks }) => `${what} (${marks.join(', ')})`).join('; ')
    throw new AppError('bad_request', `${file.name} has none of the known headers: ${known}.`)
  }
  const taken = format.dated ? snapshotDay(file.name, date) : undefined
  const read = format.read(table, taken?.day ?? Number.NaN)
  const defects = [...table.defects, ...read.defects].sort((a, b) => a.line - b.line)
  if (read.records.length === 0)
    throw new AppError('bad_request', `${file.name} (${format.what}) holds no usable record; what is stored stays.`, {
      defects: defects.slice(0, 20),
    })
  const changed = await storeFigures(objects, format.source(taken?.text), read.records)
  return {
    file: file.name,
    rows: table.rows.length + table.defects.length,
    stored: read.records.length,
    changed,
    readings: [`read as ${format.what}`, ...(taken?.reading ? [taken.reading] : []), ...read.readings],
    defects,
  }
}
