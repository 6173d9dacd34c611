import { isoDay } from '../core/days.ts'
import { parseDate } from './bar-dates.ts'
import { firstAt } from './bars.ts'
import { EXACT_FROM, nyse } from './calendar.ts'
import { emptyColumns, type StoredColumns } from './codec.ts'
import { type BarHeader, LineReader, readBarHeader } from './csv.ts'

/** Why a row is listed in the defects file. All are left out but `outside`, which is kept as the file has it. */
export type DefectKind =
  | 'unreadable'
  | 'cells'
  | 'symbol'
  | 'bad_date'
  | 'not_a_session'
  | 'non_numeric'
  | 'non_positive'
  | 'high_below_low'
  | 'negative_volume'
  | 'bad_dividend'
  | 'bad_split'
  | 'conflict'
  | 'outside'

export interface BarDefect {
  symbol: string
  file: string
  /** 1-based; 0: the whole file */
  line: number
  kind: DefectKind
  reason: string
}

/** The usable bars a file holds of one symbol, and what was found on the way. */
export interface ParsedBars {
  symbol: string
  file: string
  rows: number
  /** by day, each day once */
  columns: StoredColumns
  /** the first and last date the file speaks of, bad rows included: it is the truth between them */
  span: [number, number] | undefined
  /** rows that repeat an earlier one cell by cell */
  duplicates: number
  /** rows dated before the row above them */
  unsorted: number
  zeroVolume: number
  defects: BarDefect[]
}

const NUMBERS = ['open', 'high', 'low', 'close', 'volume', 'dividend', 'split', 'adjClose'] as const

/** Rows of one symbol in file order, growing. */
class RowBuffer {
  columns = emptyColumns(256)
  lines = new Int32Array(256)
  length = 0
  rows = 0
  first = Number.POSITIVE_INFINITY
  last = Number.NEGATIVE_INFINITY
  previous = Number.NEGATIVE_INFINITY
  unsorted = 0
  /** splits and dividends of rows that were left out, by day: they did happen */
  orphanSplits: [number, number][] = []
  orphanDividends: [number, number][] = []
  defects: BarDefect[] = []

  grow(): void {
    if (this.length < this.lines.length) return
    const larger = emptyColumns(this.length * 2)
    larger.day.set(this.columns.day)
    for (const name of NUMBERS) larger[name].set(this.columns[name])
    this.columns = larger
    const lines = new Int32Array(this.length * 2)
    lines.set(this.lines)
    this.lines = lines
  }
}

function shown(reader: LineReader, cell: number): string {
  return JSON.stringify(reader.text(cell).slice(0, 40))
}

type Fault = readonly [kind: DefectKind, reason: string]

function optional(reader: LineReader, cell: number, blank: number): number {
  return cell < 0 || reader.isBlank(cell) ? blank : reader.number(cell)
}

const PRICES = ['open', 'high', 'low', 'close'] as const

function notNumeric(reader: LineReader, cell: number, name: string): Fault {
  const what = reader.isBlank(cell) ? 'blank' : `not a number: ${shown(reader, cell)}`
  return ['non_numeric', `${name} is ${what}`]
}

/** Reads the cells of the current line into row `row`, or says why they cannot be used. */
function readCells(reader: LineReader, header: BarHeader, columns: StoredColumns, row: number): Fault | undefined {
  for (const name of PRICES) {
    const value = reader.number(header[name])
    if (!Number.isFinite(value)) return notNumeric(reader, header[name], name)
    if (value <= 0) return ['non_positive', `${name} is ${value}`]
    columns[name][row] = value
  }
  const volume = reader.number(header.volume)
  if (!Number.isFinite(volume)) return notNumeric(reader, header.volume, 'volume')
  if (volume < 0) return ['negative_volume', `volume is ${volume}`]
  if (columns.high[row] < columns.low[row])
    return ['high_below_low', `high ${columns.high[row]} is below low ${columns.low[row]}`]
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
  const fault: Fault | undefined =
    nyse.isSession(day) || day < EXACT_FROM
      ? readCells(reader, header, buffer.columns, row)
      : ['not_a_session', `${isoDay(day)} is no session of the exchange`]
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

/** Sorted by day, one row per day; the first of several rows of a day stays, those that differ from it are listed. */
function finished(symbol: string, file: string, buffer: RowBuffer): ParsedBars {
  const source = buffer.columns
  let order = Uint32Array.from({ length: buffer.length }, (_, i) => i)
  // Rows of one day stay in file order: the sort is stable.
  if (buffer.unsorted > 0) order = order.sort((a, b) => source.day[a] - source.day[b] || a - b)
  const kept: number[] = []
  let duplicates = 0
  for (const row of order) {
    const before = kept[kept.length - 1]
    if (before === undefined || source.day[before] !== source.day[row]) {
      kept.push(row)
      continue
    }
    if (NUMBERS.every((name) => Object.is(source[name][row], source[name][before]))) {
      duplicates++
      continue
    }
    const reason = `${isoDay(source.day[row])} stands on line ${buffer.lines[before]} with other values: the first stays`
    buffer.defects.push({ symbol, file, line: buffer.lines[row], kind: 'conflict', reason })
  }
  const columns = emptyColumns(kept.length)
  let zeroVolume = 0
  kept.forEach((row, i) => {
    columns.day[i] = source.day[row]
    columns.time[i] = nyse.closeInstant(source.day[row])
    for (const name of NUMBERS) columns[name][i] = source[name][row]
    if (columns.volume[i] === 0) zeroVolume++
    const { low, high, open, close } = columns
    if (open[i] < low[i] || open[i] > high[i] || close[i] < low[i] || close[i] > high[i]) {
      const reason = `open ${open[i]} or close ${close[i]} lies outside ${low[i]}..${high[i]}: kept as it is`
      buffer.defects.push({ symbol, file, line: buffer.lines[row], kind: 'outside', reason })
    }
  })
  // A split between two bars acts on the next one: F of every bar is then what it would be with the missing bar present.
  for (const [day, ratio] of buffer.orphanSplits) {
    const next = firstAt(columns.day, day)
    if (next < columns.day.length && columns.day[next] !== day) columns.split[next] *= ratio
  }
  for (const [day, cash] of buffer.orphanDividends) {
    const next = firstAt(columns.day, day)
    if (next < columns.day.length && columns.day[next] !== day) columns.dividend[next] += cash
  }
  buffer.defects.sort((a, b) => a.line - b.line)
  return {
    symbol,
    file,
    rows: buffer.rows,
    columns,
    span: buffer.first <= buffer.last ? [buffer.first, buffer.last] : undefined,
    duplicates,
    unsorted: buffer.unsorted,
    zeroVolume,
    defects: buffer.defects,
  }
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
    let of = symbol
    let fault: Fault | undefined
    if (reader.cells !== header.width) fault = ['cells', `${reader.cells} cells, the header has ${header.width}`]
    else if (reader.broken) fault = ['cells', 'a quote is not closed']
    else if (header.symbol >= 0) {
      const named = reader.text(header.symbol).toUpperCase()
      if (named !== symbol && only)
        fault = ['symbol', `symbol is ${shown(reader, header.symbol)} in the file of ${symbol}`]
      else if (!isSymbol(named)) fault = ['symbol', `${shown(reader, header.symbol)} is no symbol`]
      else of = named
    }
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
