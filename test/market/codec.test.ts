import { tableFromIPC } from 'apache-arrow'
import { expect, test } from 'vitest'
import { parseDay } from '../../lib/core/days.ts'
import { sha256 } from '../../lib/core/hash.ts'
import { nyse } from '../../lib/market/calendar.ts'
import { decodeBars, emptyColumns, encodeBars, type SymbolRows, shardOf } from '../../lib/market/codec.ts'

/** Rows 0..n-1 with a different number in every cell. */
function rows(symbol: string, n: number, base: number): SymbolRows {
  const columns = emptyColumns(n)
  for (let i = 0; i < n; i++) {
    columns.day[i] = parseDay('1969-12-29') + i
    columns.time[i] = nyse.closeInstant(columns.day[i])
    columns.open[i] = base + i + 0.1
    columns.high[i] = base + i + 0.2
    columns.low[i] = base + i + 0.3
    columns.close[i] = base + i + 0.4
    columns.volume[i] = (base + i) * 1e9
    columns.dividend[i] = i / 7
    columns.split[i] = 1 + i
    if (i % 3 !== 0) columns.adjClose[i] = base + i + 0.5
  }
  return { symbol, columns, from: 0, to: n }
}

// Odd lengths: the buffers end in padding that must not be read as rows. Days and instants before 1970 are negative.
const groups = [rows('AAA', 7, 0), rows('BRK.B', 1, 100), rows('ΣΑΣ', 5, 1000)]

test('what is written is read back, cell by cell', () => {
  const { columns, ranges } = decodeBars(encodeBars(groups), 'x')
  expect([...ranges]).toEqual([
    ['AAA', [0, 7]],
    ['BRK.B', [7, 8]],
    ['ΣΑΣ', [8, 13]],
  ])
  for (const name of Object.keys(columns) as (keyof typeof columns)[])
    expect([...columns[name]]).toEqual(groups.flatMap((group) => [...group.columns[name]]))
})

test('a part of the rows can be written', () => {
  const { columns } = decodeBars(encodeBars([{ ...groups[0], from: 2, to: 5 }]), 'x')
  expect([...columns.close]).toEqual([...groups[0].columns.close.subarray(2, 5)])
})

test('equal bars give equal bytes, whatever was written before', () => {
  const first = sha256(encodeBars(groups))
  encodeBars([groups[1]])
  expect(sha256(encodeBars(groups))).toBe(first)
})

test('any reader of Arrow sees names, dates, instants, doubles and nulls', () => {
  const table = tableFromIPC(encodeBars(groups))
  expect(table.schema.fields.map(({ name, type }) => `${name}: ${type}`)).toEqual([
    'symbol: Dictionary<Int32, Utf8>',
    'date: Date32<DAY>',
    'time: Timestamp<MILLISECOND, UTC>',
    ...['open', 'high', 'low', 'close', 'volume', 'dividend', 'split', 'adj_close'].map((name) => `${name}: Float64`),
  ])
  const row = table.get(8)!.toJSON()
  expect(row).toMatchObject({ symbol: 'ΣΑΣ', open: 1000.1, volume: 1e12, adj_close: null })
  expect(new Date(Number(row.date)).toISOString().slice(0, 10)).toBe('1969-12-29')
  expect(new Date(Number(row.time)).toISOString()).toBe('1969-12-29T21:00:00.000Z')
  expect(table.get(1)!.toJSON().adj_close).toBe(1.5)
})

test('bytes that are none are refused with the object’s name', () => {
  const bytes = encodeBars(groups)
  expect(() => decodeBars(new Uint8Array(100), 'bars/1d/00/x.arrow')).toThrow('bars/1d/00/x.arrow')
  expect(() => decodeBars(bytes.subarray(0, 300), 'bars/1d/00/x.arrow')).toThrow('bars/1d/00/x.arrow')
})

test('a symbol’s shard never changes: what is stored depends on it', () => {
  // FNV-1a by hand: '' is 0x811c9dc5; 'a' is 0xe40c292c (the published test vector).
  expect(shardOf('')).toBe(0x811c9dc5 % 16)
  expect(shardOf('a')).toBe(0xe40c292c % 16)
})
