import {
  type Data,
  DateDay,
  Dictionary,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMillisecond,
  tableFromIPC,
  tableToIPC,
  Utf8,
  Vector,
} from 'apache-arrow'
import { AppError } from '../core/errors.ts'

/** A column to write: names by code, days since 1970, instants in epoch ms, or doubles (`nullable`: NaN is written as null). */
export type Column =
  | { name: string; kind: 'text'; codes: Int32Array; texts: readonly string[] }
  | { name: string; kind: 'day'; values: Int32Array }
  | { name: string; kind: 'instant'; values: Float64Array }
  | { name: string; kind: 'number'; values: Float64Array; nullable?: boolean }

/** Float64 instants as the two's-complement little-endian int64 that Arrow's timestamps are, without a BigInt per row. */
function int64(values: Float64Array): BigInt64Array {
  const result = new BigInt64Array(values.length)
  const words = new Int32Array(result.buffer)
  for (let i = 0; i < values.length; i++) {
    const high = Math.floor(values[i] / 4_294_967_296)
    words[2 * i] = values[i] - high * 4_294_967_296
    words[2 * i + 1] = high
  }
  return result
}

function doubles(values: BigInt64Array): Float64Array {
  const result = new Float64Array(values.length)
  const high = new Int32Array(values.buffer, values.byteOffset, 2 * values.length)
  const low = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length)
  for (let i = 0; i < result.length; i++) result[i] = high[2 * i + 1] * 4_294_967_296 + low[2 * i]
  return result
}

/** Validity bits of a nullable column (bit set: a value), and the values with 0 where there is none. */
function nullable(values: Float64Array): { nullBitmap: Uint8Array; nullCount: number; data: Float64Array } {
  const nullBitmap = new Uint8Array((values.length + 7) >> 3)
  const data = new Float64Array(values)
  let nullCount = 0
  for (let i = 0; i < data.length; i++) {
    if (Number.isNaN(data[i])) {
      data[i] = 0
      nullCount++
    } else nullBitmap[i >> 3] |= 1 << (i & 7)
  }
  return { nullBitmap, nullCount, data }
}

function arrowData(column: Column, dictionaryId: number): Data {
  if (column.kind === 'day') return makeData({ type: new DateDay(), data: column.values })
  if (column.kind === 'instant') return makeData({ type: new TimestampMillisecond('UTC'), data: int64(column.values) })
  if (column.kind === 'text') {
    const encoded = column.texts.map((text) => new TextEncoder().encode(text))
    const offsets = new Int32Array(encoded.length + 1)
    encoded.forEach((bytes, i) => {
      offsets[i + 1] = offsets[i] + bytes.length
    })
    const data = new Uint8Array(offsets[encoded.length])
    encoded.forEach((bytes, i) => {
      data.set(bytes, offsets[i])
    })
    const dictionary = new Vector([makeData({ type: new Utf8(), valueOffsets: offsets, data, length: encoded.length })])
    // The id is given here: Arrow's own counter would make the bytes depend on what the process wrote before.
    return makeData({ type: new Dictionary(new Utf8(), new Int32(), dictionaryId), data: column.codes, dictionary })
  }
  if (column.nullable) return makeData({ type: new Float64(), ...nullable(column.values) })
  return makeData({ type: new Float64(), data: column.values })
}

/** An Arrow IPC file (Feather v2) of one record batch; equal columns give equal bytes. */
export function encodeTable(columns: readonly Column[]): Uint8Array {
  const parts = columns.map((column, i) => arrowData(column, i))
  const fields = columns.map(
    (column, i) => new Field(column.name, parts[i].type, column.kind === 'number' && column.nullable === true),
  )
  const schema = new Schema(fields)
  const length = parts[0].length
  const struct = makeData({ type: new Struct(fields), length, children: parts, nullCount: 0 })
  return tableToIPC(new Table(schema, [new RecordBatch(schema, struct)]), 'file')
}

/** A decoded file: columns by name, as views of its bytes where the layout allows it. */
export interface DecodedTable {
  readonly length: number
  text(name: string): { codes: Int32Array; texts: string[] }
  days(name: string): Int32Array
  /** epoch ms */
  instants(name: string): Float64Array
  /** null reads as NaN */
  numbers(name: string): Float64Array
  readonly names: readonly string[]
}

/** Reads what encodeTable wrote, or throws `internal` naming `what` when the bytes are damaged. */
export function decodeTable(bytes: Uint8Array, what: string): DecodedTable {
  let table: Table
  try {
    table = tableFromIPC(bytes)
  } catch (error) {
    throw new AppError(
      'internal',
      `${what} is damaged: it cannot be read as Arrow IPC. Import it again.`,
      undefined,
      error,
    )
  }
  const part = (name: string): Data => {
    const vector = table.getChild(name)
    if (!vector) throw new AppError('internal', `${what} has no column "${name}". Import it again.`)
    if (vector.data.length !== 1)
      throw new AppError(
        'internal',
        `${what} has ${vector.data.length} record batches, one was written. Import it again.`,
      )
    return vector.data[0]
  }
  // Buffers are padded to 8 bytes and more: a view may hold values behind the last row.
  const values = <Values extends { subarray(from: number, to: number): Values }>(data: Data): Values =>
    (data.values as Values).subarray(data.offset, data.offset + data.length)
  return {
    length: table.numRows,
    names: table.schema.fields.map((field) => String(field.name)),
    text(name) {
      const data = part(name)
      return { codes: values<Int32Array>(data), texts: Array.from(data.dictionary as Vector<Utf8>, String) }
    },
    days: (name) => values<Int32Array>(part(name)),
    instants: (name) => doubles(values<BigInt64Array>(part(name))),
    numbers(name) {
      const data = part(name)
      const numbers = values<Float64Array>(data)
      if (data.nullCount === 0) return numbers
      const bits = data.nullBitmap
      return numbers.map((value, i) => ((bits[i >> 3] >> (i & 7)) & 1 ? value : Number.NaN))
    },
  }
}
