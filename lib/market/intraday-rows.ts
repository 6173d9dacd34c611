import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { readCells, shown, symbolOfRow } from './bar-rows.ts'
import { nyse } from './calendar.ts'
import { emptyColumns } from './codec.ts'
import { LineReader, readBarHeader } from './csv.ts'
import {
  BAR_MINUTES,
  clockText,
  closeMinute,
  LAST_MINUTE,
  OPEN_MINUTE,
  PREMARKET_MINUTE,
  slotEnd,
} from './intraday-grid.ts'
import { type IntradayForm, parseStamp, type Stamp, StampsSeen } from './intraday-stamps.ts'
import { newYorkInstant } from './new-york.ts'
import { type Fault, outside, type ParsedBars, RowBuffer, sessionFault } from './row-buffer.ts'

/** The usable bars of one symbol in a file: the session's and, before them, the pre-market's, by the instant they end. */
export interface IntradayBars extends ParsedBars {
  preMarket: number
  /** rows that are left out without being wrong: after the close, and bars that have not ended */
  afterMarket: number
  forming: number
}

const NUMBERS = ['open', 'high', 'low', 'close', 'volume'] as const

interface Counts {
  preMarket: number
  afterMarket: number
  forming: number
}

/**
 * The bars of a CSV file of intraday bars, by symbol; `symbol` and `only` as for daily bars. Bars that end after `now` (epoch ms)
 * are still forming and left out. Throws `bad_request` for a file whose times are not what `form` says.
 */
export function parseIntraday(
  bytes: Uint8Array,
  file: string,
  symbol: string,
  only: boolean,
  form: IntradayForm,
  now = Number.POSITIVE_INFINITY,
): IntradayBars[] {
  const reader = new LineReader(bytes)
  const header = readBarHeader(reader, file)
  if (header.split >= 0 || header.dividend >= 0)
    throw new AppError(
      'bad_request',
      `${file} has a column of splits or dividends: of intraday bars they are read from a file of corporate actions (--actions FILE) or from the stored daily bars. Remove the column.`,
    )
  const buffers = new Map<string, { rows: RowBuffer; counts: Counts }>()
  const bufferOf = (name: string) => {
    let buffer = buffers.get(name)
    if (!buffer)
      buffers.set(name, (buffer = { rows: new RowBuffer(), counts: { preMarket: 0, afterMarket: 0, forming: 0 } }))
    return buffer
  }
  if (header.symbol < 0 || only) bufferOf(symbol)
  const seen = new StampsSeen(form, file)
  while (reader.next()) {
    const named = symbolOfRow(reader, header, symbol, only)
    const { of } = named
    let { fault } = named
    const { rows, counts } = bufferOf(of)
    rows.rows++
    const stamp = fault ?? parseStamp(bytes, reader.starts[header.date], reader.ends[header.date], form.zone)
    if (stamp === 'date')
      throw new AppError(
        'bad_request',
        `${file} line ${reader.line}: ${shown(reader, header.date)} has no time of day. Daily bars are imported without --timeframe.`,
      )
    if (stamp === undefined)
      fault = ['bad_date', `${shown(reader, header.date)} is no time: YYYY-MM-DD HH:MM is wanted`]
    else if (!Array.isArray(stamp)) fault = take(stamp as Stamp, { form, seen, rows, counts, now, reader, header })
    if (fault) rows.defects.push({ symbol: of, file, line: reader.line, kind: fault[0], reason: fault[1] })
  }
  seen.check()
  return [...buffers].map(([name, { rows, counts }]) => ({ ...finished(name, file, rows), ...counts }))
}

interface Taking {
  form: IntradayForm
  seen: StampsSeen
  rows: RowBuffer
  counts: Counts
  now: number
  reader: LineReader
  header: ReturnType<typeof readBarHeader>
}

/** Takes the current line as a bar, counts it where it is none of ours, or says why it cannot be used. */
function take(stamp: Stamp, { form, seen, rows, counts, now, reader, header }: Taking): Fault | undefined {
  const { day } = stamp
  const size = BAR_MINUTES[form.timeframe]
  rows.first = Math.min(rows.first, day)
  rows.last = Math.max(rows.last, day)
  const wrongDay = sessionFault(day)
  if (wrongDay) return wrongDay
  if (stamp.second !== 0 || stamp.minute % size !== 0) {
    seen.offGrid(stamp.minute)
    return ['off_grid', `${clockText(stamp.minute)} New York is no ${form.stamp} of a ${form.timeframe} bar`]
  }
  const start = form.stamp === 'start' ? stamp.minute : stamp.minute - size
  seen.add(stamp)
  if (start < PREMARKET_MINUTE || start >= LAST_MINUTE)
    return ['outside_hours', `${clockText(stamp.minute)} New York lies outside 04:00 to 20:00`]
  const close = closeMinute(day)
  if (start >= close) {
    counts.afterMarket++
    return undefined
  }
  // The hour that holds the open begins with it.
  const isPre = slotEnd(start, size) <= OPEN_MINUTE
  const end = newYorkInstant(day, Math.min(slotEnd(start, size), isPre ? OPEN_MINUTE : close))
  if (end > now) {
    counts.forming++
    return undefined
  }
  rows.grow()
  const fault = readCells(reader, header, rows.columns, rows.length)
  if (fault) return fault
  if (isPre) counts.preMarket++
  if (end < rows.previous) rows.unsorted++
  rows.previous = end
  rows.columns.day[rows.length] = day
  rows.columns.time[rows.length] = end
  rows.lines[rows.length++] = reader.line
  return undefined
}

/** Sorted by time, one row per bar; the first of several rows of a bar stays, those that differ from it are listed. */
function finished(symbol: string, file: string, buffer: RowBuffer): ParsedBars {
  const source = buffer.columns
  let order = Uint32Array.from({ length: buffer.length }, (_, i) => i)
  if (buffer.unsorted > 0) order = order.sort((a, b) => source.time[a] - source.time[b] || a - b)
  const kept: number[] = []
  let duplicates = 0
  for (const row of order) {
    const before = kept[kept.length - 1]
    if (before === undefined || source.time[before] !== source.time[row]) kept.push(row)
    else if (NUMBERS.every((name) => source[name][row] === source[name][before])) duplicates++
    else {
      const when = `the bar of ${isoDay(source.day[row])} that ends ${clockText((source.time[row] - nyse.openInstant(source.day[row])) / 60_000 + OPEN_MINUTE)}`
      const reason = `${when} stands on line ${buffer.lines[before]} with other values: the first stays`
      buffer.defects.push({ symbol, file, line: buffer.lines[row], kind: 'conflict', reason })
    }
  }
  const columns = emptyColumns(kept.length)
  let zeroVolume = 0
  kept.forEach((row, i) => {
    columns.day[i] = source.day[row]
    columns.time[i] = source.time[row]
    columns.split[i] = 1
    for (const name of NUMBERS) columns[name][i] = source[name][row]
    if (columns.volume[i] === 0) zeroVolume++
    const reason = outside(columns, i)
    if (reason) buffer.defects.push({ symbol, file, line: buffer.lines[row], kind: 'outside', reason })
  })
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
