import { isoDay } from '../core/days.ts'
import { firstAt } from './bars.ts'
import { EXACT_FROM, nyse } from './calendar.ts'
import { emptyColumns, type StoredColumns } from './codec.ts'

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
  | 'off_grid'
  | 'outside_hours'

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

/** Rows of one symbol in the order they came, growing. */
export class RowBuffer {
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
    larger.time.set(this.columns.time)
    for (const name of NUMBERS) larger[name].set(this.columns[name])
    this.columns = larger
    const lines = new Int32Array(this.length * 2)
    lines.set(this.lines)
    this.lines = lines
  }
}

/** Why a row cannot be used. */
export type Fault = readonly [kind: DefectKind, reason: string]

export const PRICES = ['open', 'high', 'low', 'close'] as const

export function priceFault(name: string, value: number): Fault | undefined {
  return value <= 0 ? ['non_positive', `${name} is ${value}`] : undefined
}

export function volumeFault(volume: number): Fault | undefined {
  return volume < 0 ? ['negative_volume', `volume is ${volume}`] : undefined
}

export function rangeFault(high: number, low: number): Fault | undefined {
  return high < low ? ['high_below_low', `high ${high} is below low ${low}`] : undefined
}

export function sessionFault(day: number): Fault | undefined {
  if (nyse.isSession(day) || day < EXACT_FROM) return undefined
  return ['not_a_session', `${isoDay(day)} is no session of the exchange`]
}

/** Sorted by day, one row per day; the first of several rows of a day stays, those that differ from it are listed. */
export function finished(symbol: string, file: string, buffer: RowBuffer): ParsedBars {
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
    const reason = outside(columns, i)
    if (reason) buffer.defects.push({ symbol, file, line: buffer.lines[row], kind: 'outside', reason })
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

/** Why a bar's open or close cannot have been traded, though the bar is kept; undefined for a sound one. */
export function outside({ open, high, low, close }: StoredColumns, i: number): string | undefined {
  if (open[i] >= low[i] && open[i] <= high[i] && close[i] >= low[i] && close[i] <= high[i]) return undefined
  return `open ${open[i]} or close ${close[i]} lies outside ${low[i]}..${high[i]}: kept as it is`
}
