import { parseDate } from './bar-dates.ts'
import type { StoredColumns } from './codec.ts'
import { type BarHeader, LineReader, readBarHeader } from './csv.ts'
import {
  type Fault,
  finished,
  type ParsedBars,
  PRICES,
  priceFault,
  RowBuffer,
  rangeFault,
  sessionFault,
  volumeFault,
} from './row-buffer.ts'

export type { BarDefect, DefectKind, ParsedBars } from './row-buffer.ts'

export function shown(reader: LineReader, cell: number): string {
  return JSON.stringify(reader.text(cell).slice(0, 40))
}

function optional(reader: LineReader, cell: number, blank: number): number {
  return cell < 0 || reader.isBlank(cell) ? blank : reader.number(cell)
}

function notNumeric(reader: LineReader, cell: number, name: string): Fault {
  const what = reader.isBlank(cell) ? 'blank' : `not a number: ${shown(reader, cell)}`
  return ['non_numeric', `${name} is ${what}`]
}

/** Whose row the current line is, and why it cannot be read as one: of a file without a symbol column all are its own. */
export function symbolOfRow(
  reader: LineReader,
  header: BarHeader,
  symbol: string,
  only: boolean,
): { of: string; fault?: Fault } {
  const of = symbol
  if (reader.cells !== header.width)
    return { of, fault: ['cells', `${reader.cells} cells, the header has ${header.width}`] }
  if (reader.broken) return { of, fault: ['cells', 'a quote is not closed'] }
  if (header.symbol < 0) return { of }
  const named = reader.text(header.symbol).toUpperCase()
  if (named !== symbol && only)
    return { of, fault: ['symbol', `symbol is ${shown(reader, header.symbol)} in the file of ${symbol}`] }
  if (!isSymbol(named)) return { of, fault: ['symbol', `${shown(reader, header.symbol)} is no symbol`] }
  return { of: named }
}

/** Reads the cells of the current line into row `row`, or says why they cannot be used. */
export function readCells(
  reader: LineReader,
  header: BarHeader,
  columns: StoredColumns,
  row: number,
): Fault | undefined {
  for (const name of PRICES) {
    const value = reader.number(header[name])
    if (!Number.isFinite(value)) return notNumeric(reader, header[name], name)
    const fault = priceFault(name, value)
    if (fault) return fault
    columns[name][row] = value
  }
  const volume = reader.number(header.volume)
  if (!Number.isFinite(volume)) return notNumeric(reader, header.volume, 'volume')
  const fault = volumeFault(volume) ?? rangeFault(columns.high[row], columns.low[row])
  if (fault) return fault
  const split = optional(reader, header.split, 1)
  if (!(split > 0 && Number.isFinite(split)))
    return ['bad_split', `split is ${shown(reader, header.split)}: a ratio new/old above 0 is wanted`]
  const dividend = optional(reader, header.dividend, 0)
  if (!(dividend >= 0)) return ['bad_dividend', `dividend is ${shown(reader, header.dividend)}`]
  const adjClose = optional(reader, header.adjClose, Number.NaN)
  if (Number.isNaN(adjClose) && header.adjClose >= 0 && !reader.isBlank(header.adjClose))
    return notNumeric(reader, header.adjClose, 'adj_close')
  columns.volume[row] = volume
  columns.split[row] = split
  columns.dividend[row] = dividend
  columns.adjClose[row] = adjClose
  return undefined
}

/** Takes the current line as the bar of a day; of a line that cannot be used its split and dividend are remembered. */
function readRow(reader: LineReader, header: BarHeader, buffer: RowBuffer, day: number): Fault | undefined {
  buffer.grow()
  const row = buffer.length
  const fault = sessionFault(day) ?? readCells(reader, header, buffer.columns, row)
  if (!fault) {
    buffer.columns.day[row] = day
    buffer.lines[row] = reader.line
    buffer.length++
    return undefined
  }
  const [kind] = fault
  let reason = fault[1]
  const split = optional(reader, header.split, 1)
  if (split > 0 && split !== 1) {
    buffer.orphanSplits.push([day, split])
    reason += `; its split ${split} is booked on the next bar`
  }
  const dividend = optional(reader, header.dividend, 0)
  if (dividend > 0) {
    buffer.orphanDividends.push([day, dividend])
    reason += `; its dividend ${dividend} is booked on the next bar`
  }
  return [kind, reason]
}

/**
 * The bars of a CSV file by symbol. A file with a symbol column may hold many; `symbol` is what the file's name says, and
 * when `only` is set rows of another are listed as defects. Throws `bad_request` when the file holds no daily bars at all
 * by its header or times.
 */
export function parseBars(bytes: Uint8Array, file: string, symbol: string, only: boolean): ParsedBars[] {
  const reader = new LineReader(bytes)
  const header = readBarHeader(reader, file)
  const buffers = new Map<string, RowBuffer>()
  const bufferOf = (name: string) => {
    let buffer = buffers.get(name)
    if (!buffer) buffers.set(name, (buffer = new RowBuffer()))
    return buffer
  }
  if (header.symbol < 0 || only) bufferOf(symbol)
  while (reader.next()) {
    const named = symbolOfRow(reader, header, symbol, only)
    const { of } = named
    let { fault } = named
    const buffer = bufferOf(of)
    buffer.rows++
    if (!fault) {
      const day = parseDate(bytes, reader.starts[header.date], reader.ends[header.date], file)
      if (Number.isNaN(day)) fault = ['bad_date', `${shown(reader, header.date)} is no date: YYYY-MM-DD is wanted`]
      else {
        if (day < buffer.previous) buffer.unsorted++
        buffer.previous = day
        buffer.first = Math.min(buffer.first, day)
        buffer.last = Math.max(buffer.last, day)
        fault = readRow(reader, header, buffer, day)
      }
    }
    if (fault) buffer.defects.push({ symbol: of, file, line: reader.line, kind: fault[0], reason: fault[1] })
  }
  return [...buffers].map(([name, buffer]) => finished(name, file, buffer))
}

/** Whether a text can be a symbol: letters, digits and the marks share classes, indexes and futures are written with. */
export function isSymbol(text: string): boolean {
  return /^[A-Z0-9^][A-Z0-9.\-^=_+]{0,19}$/.test(text)
}

/** The symbol a file of bars is named after (aapl.csv.gz: AAPL), or undefined when the name is none. */
export function symbolOfFile(name: string): string | undefined {
  const symbol = name.replace(/\.csv(\.gz)?$/i, '').toUpperCase()
  return isSymbol(symbol) ? symbol : undefined
}
