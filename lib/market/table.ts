import { parse } from 'csv-parse/sync'
import { AppError } from '../core/errors.ts'

/** One data row of a CSV file: its line (1-based) and its cells by lower-case column name. */
export interface TableRow {
  line: number
  cells: Readonly<Record<string, string>>
}

/** A row or cell that was not taken, and why. */
export interface RowDefect {
  line: number
  reason: string
}

export interface Table {
  /** lower-case column names, in order */
  header: string[]
  rows: TableRow[]
  defects: RowDefect[]
}

/** A file handed to an import: its name (no folder) and its unpacked content. */
export interface ImportFile {
  readonly name: string
  bytes(): Promise<Uint8Array>
}

/** Reads a CSV file with a header row (quotes, CRLF and a byte order mark allowed); throws `bad_request` when it is none. */
export function parseTable(bytes: Uint8Array, name: string): Table {
  let records: { record: string[]; info: { lines: number } }[]
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true } as const
    records = parse(Buffer.from(bytes), options) as unknown as typeof records
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('bad_request', `${name} is not a CSV file: ${reason}`, undefined, error)
  }
  const [first, ...rest] = records
  if (!first) throw new AppError('bad_request', `${name} is empty: a CSV file with a header row is wanted.`)
  const header = first.record.map((cell) => cell.trim().toLowerCase())
  const rows: TableRow[] = []
  const defects: RowDefect[] = []
  for (const { record, info } of rest) {
    if (record.length !== header.length)
      defects.push({ line: info.lines, reason: `${record.length} cells, the header has ${header.length}` })
    else
      rows.push({ line: info.lines, cells: Object.fromEntries(header.map((column, i) => [column, record[i].trim()])) })
  }
  return { header, rows, defects }
}

/** Throws `bad_request` naming the columns that are missing. */
export function needColumns(table: Table, name: string, columns: readonly string[], what: string): void {
  const missing = columns.filter((column) => !table.header.includes(column))
  if (missing.length === 0) return
  const found = table.header.slice(0, 12).join(', ')
  throw new AppError('bad_request', `${name} is no ${what}: no column ${missing.join(', ')} (found: ${found}).`)
}

const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** The number a cell holds: undefined when blank, NaN when it is something else than a plain decimal number. */
export function cellNumber(text: string): number | undefined {
  if (text === '') return undefined
  return PLAIN.test(text) ? Number(text) : Number.NaN
}
