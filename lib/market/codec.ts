import { seedOf } from '../core/random.ts'
import type { RawColumns } from './adjust.ts'
import { decodeTable, encodeTable } from './arrow.ts'

/** Symbols are spread over this many shards; a stored layout depends on it. */
export const SHARDS = 16

/** The shard of a symbol, 0..15: the same on every machine. */
export function shardOf(symbol: string): number {
  return seedOf(symbol) % SHARDS
}

/** Bars as stored: as traded, with the vendor's adjusted close where the file gave one (NaN: none). */
export interface StoredColumns extends RawColumns {
  adjClose: Float64Array
}

const RAW_NUMBERS = ['time', 'open', 'high', 'low', 'close', 'volume', 'dividend', 'split'] as const

/** Columns for this many bars, all 0. */
export function emptyRaw(length: number): RawColumns {
  const column = () => new Float64Array(length)
  const prices = { open: column(), high: column(), low: column(), close: column() }
  return {
    day: new Int32Array(length),
    time: column(),
    ...prices,
    volume: column(),
    dividend: column(),
    split: column(),
  }
}

/** The same with a column of adjusted closes, none given. */
export function emptyColumns(length: number): StoredColumns {
  return { ...emptyRaw(length), adjClose: new Float64Array(length).fill(Number.NaN) }
}

/** Copies rows [from, to) of one set of columns to position `at` of another. */
export function copyRaw(source: RawColumns, from: number, to: number, target: RawColumns, at: number): void {
  target.day.set(source.day.subarray(from, to), at)
  for (const name of RAW_NUMBERS) target[name].set(source[name].subarray(from, to), at)
}

/** copyRaw with the adjusted closes. */
export function copyRows(source: StoredColumns, from: number, to: number, target: StoredColumns, at: number): void {
  copyRaw(source, from, to, target, at)
  target.adjClose.set(source.adjClose.subarray(from, to), at)
}

/** Rows [from, to) of a symbol's columns. */
export interface SymbolRows {
  symbol: string
  columns: StoredColumns
  from: number
  to: number
}

/** One object: the bars of the given symbols (code-unit order, rows by time) of one shard and calendar year, as Arrow IPC. */
export function encodeBars(groups: readonly SymbolRows[]): Uint8Array {
  const length = groups.reduce((rows, group) => rows + group.to - group.from, 0)
  const all = emptyColumns(length)
  const codes = new Int32Array(length)
  let at = 0
  groups.forEach((group, code) => {
    copyRows(group.columns, group.from, group.to, all, at)
    codes.fill(code, at, (at += group.to - group.from))
  })
  return encodeTable([
    { name: 'symbol', kind: 'text', codes, texts: groups.map((group) => group.symbol) },
    { name: 'date', kind: 'day', values: all.day },
    { name: 'time', kind: 'instant', values: all.time },
    { name: 'open', kind: 'number', values: all.open },
    { name: 'high', kind: 'number', values: all.high },
    { name: 'low', kind: 'number', values: all.low },
    { name: 'close', kind: 'number', values: all.close },
    { name: 'volume', kind: 'number', values: all.volume },
    { name: 'dividend', kind: 'number', values: all.dividend },
    { name: 'split', kind: 'number', values: all.split },
    { name: 'adj_close', kind: 'number', values: all.adjClose, nullable: true },
  ])
}

/** A decoded object: symbol -> its rows [from, to). The columns are views of the object's bytes: never written to. */
export interface DecodedBars {
  readonly columns: StoredColumns
  readonly ranges: ReadonlyMap<string, readonly [from: number, to: number]>
  readonly bytes: number
}

/** Reads an object that encodeBars wrote; `key` names it in errors. */
export function decodeBars(bytes: Uint8Array, key: string): DecodedBars {
  const table = decodeTable(bytes, key)
  const { codes, texts } = table.text('symbol')
  const ranges = new Map<string, readonly [number, number]>()
  for (let from = 0; from < codes.length; ) {
    let to = from + 1
    while (to < codes.length && codes[to] === codes[from]) to++
    ranges.set(texts[codes[from]], [from, to])
    from = to
  }
  const columns: StoredColumns = {
    day: table.days('date'),
    time: table.instants('time'),
    open: table.numbers('open'),
    high: table.numbers('high'),
    low: table.numbers('low'),
    close: table.numbers('close'),
    volume: table.numbers('volume'),
    dividend: table.numbers('dividend'),
    split: table.numbers('split'),
    adjClose: table.numbers('adj_close'),
  }
  return { columns, ranges, bytes: bytes.byteLength + columns.time.byteLength + columns.adjClose.byteLength }
}
