import { AppError } from '../core/errors.ts'

const COMMA = 44
const QUOTE = 34
const NEWLINE = 10
const RETURN = 13
const SPACE = 32
const TAB = 9
const MINUS = 45
const DOT = 46
const ZERO = 48

const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i)
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/**
 * The number in bytes [from, to), NaN when it is no plain decimal number (blank included). Up to 15 digits are read as an
 * integer over a power of ten, both exact doubles, so that the quotient is the correctly rounded value, as Number() gives.
 */
export function parseDecimal(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  const negative = bytes[at] === MINUS
  if (negative) at++
  let mantissa = 0
  let digits = 0
  let point = -1
  for (; at < to; at++) {
    const digit = bytes[at] - ZERO
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit
      digits++
    } else if (bytes[at] === DOT && point < 0) point = at
    else return written(bytes, from, to)
  }
  if (digits === 0) return Number.NaN
  const decimals = point < 0 ? 0 : to - point - 1
  if (digits > 15 || decimals > 22) return written(bytes, from, to)
  const value = decimals === 0 ? mantissa : mantissa / POWERS[decimals]
  return negative ? -value : value
}

function cellText(bytes: Uint8Array, from: number, to: number): string {
  return new TextDecoder().decode(bytes.subarray(from, to))
}

/** Exponents and long mantissas, the slow way. */
function written(bytes: Uint8Array, from: number, to: number): number {
  const text = cellText(bytes, from, to)
  return PLAIN.test(text) ? Number(text) : Number.NaN
}

/**
 * A forward reader of CSV lines over bytes: commas, optional quotes around a cell, LF or CRLF, a byte order mark. After
 * next() the cells of the line are the byte ranges [starts[i], ends[i]), trimmed and without their quotes.
 */
export class LineReader {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** cells of the current line (may exceed the room kept for them) and its number, 1-based */
  cells = 0
  line = 0
  /** a quote of the current line is not closed on it */
  broken = false
  #at = 0

  constructor(bytes: Uint8Array, room = 64) {
    this.bytes = bytes
    this.starts = new Int32Array(room)
    this.ends = new Int32Array(room)
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#at = 3
  }

  /** Moves to the next line that is not blank; false at the end. */
  next(): boolean {
    const { bytes } = this
    while (this.#at < bytes.length) {
      this.line++
      this.cells = 0
      this.broken = false
      let at = this.#at
      for (;;) {
        const end = this.#cell(at)
        if (bytes[end] !== COMMA) {
          this.#at = end + 1
          break
        }
        at = end + 1
      }
      if (this.cells > 1 || this.starts[0] < this.ends[0] || this.broken) return true
    }
    return false
  }

  /** Notes one cell and returns the position of the comma or newline behind it (the length at the end of the bytes). */
  #cell(begin: number): number {
    const { bytes } = this
    let from = begin
    while (bytes[from] === SPACE || bytes[from] === TAB) from++
    let end: number
    let to: number
    if (bytes[from] === QUOTE) {
      end = ++from
      while (end < bytes.length && bytes[end] !== NEWLINE && (bytes[end] !== QUOTE || bytes[end + 1] === QUOTE))
        end += bytes[end] === QUOTE ? 2 : 1
      to = Math.min(end, bytes.length)
      if (bytes[end] === QUOTE) end++
      else this.broken = true
      while (end < bytes.length && bytes[end] !== COMMA && bytes[end] !== NEWLINE) {
        if (bytes[end] > SPACE) this.broken = true
        end++
      }
    } else {
      end = from
      while (end < bytes.length && bytes[end] !== COMMA && bytes[end] !== NEWLINE) end++
      to = end
    }
    while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === RETURN || bytes[to - 1] === TAB)) to--
    if (this.cells < this.starts.length) {
      this.starts[this.cells] = from
      this.ends[this.cells] = to
    }
    this.cells++
    return Math.min(end, bytes.length)
  }

  text(cell: number): string {
    return cellText(this.bytes, this.starts[cell], this.ends[cell])
  }

  number(cell: number): number {
    return parseDecimal(this.bytes, this.starts[cell], this.ends[cell])
  }

  isBlank(cell: number): boolean {
    return this.starts[cell] >= this.ends[cell]
  }
}

/** Columns a file of bars may have, by position; -1: absent. */
export interface BarHeader {
  date: number
  open: number
  high: number
  low: number
  close: number
  volume: number
  adjClose: number
  dividend: number
  split: number
  symbol: number
  /** how many cells every row must have */
  width: number
}

/** Reads the header of a file of bars; throws `bad_request` saying what the file lacks. */
export function readBarHeader(reader: LineReader, name: string): BarHeader {
  const { bytes } = reader
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new AppError('bad_request', `${name} is UTF-16 text: save it as UTF-8.`)
  if (!reader.next()) throw new AppError('bad_request', `${name} is empty: a header and bars are wanted.`)
  const width = reader.cells
  const names = Array.from({ length: Math.min(width, reader.starts.length) }, (_, i) => reader.text(i).toLowerCase())
  const at = (...wanted: string[]) => names.findIndex((column) => wanted.includes(column))
  const header: BarHeader = {
    date: at('date', 'timestamp'),
    open: at('open'),
    high: at('high'),
    low: at('low'),
    close: at('close'),
    volume: at('volume'),
    adjClose: at('adj_close'),
    dividend: at('dividend'),
    split: at('split'),
    symbol: at('symbol'),
    width,
  }
  const missing = (['date', 'open', 'high', 'low', 'close', 'volume'] as const).filter((column) => header[column] < 0)
  if (missing.length > 0) {
    const lacking = missing.map((column) => (column === 'date' ? 'date (or timestamp)' : column)).join(', ')
    const found = names
      .join(', ')
      .replace(/[^\x20-\x7e]/g, '?')
      .slice(0, 100)
    throw new AppError(
      'bad_request',
      `${name} is not a CSV file of bars: no column ${lacking} in its first line (${found}).`,
    )
  }
  const twice = names.find((column, i) => column !== '' && names.indexOf(column) !== i)
  if (twice)
    throw new AppError('bad_request', `${name} has two columns "${twice}": which one is meant cannot be known.`)
  return header
}
