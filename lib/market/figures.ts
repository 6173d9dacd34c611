import * as z from 'zod'
import { AppError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import { type Column, decodeTable, encodeTable } from './arrow.ts'
import type { FigureRecord } from './market.ts'
import type { ObjectStore } from './objects.ts'
import type { RowDefect } from './table.ts'

const KINDS: FigureRecord['kind'][] = ['annual', 'quarter', 'snapshot']

/** What a reader of one format makes of a table. */
export interface FiguresRead {
  records: FigureRecord[]
  readings: string[]
  defects: RowDefect[]
}

const sourceShape = z.strictObject({
  /** where the figures come from: annual-10k, sec-reports, snapshot-2013-02-10 ... */
  id: z.string(),
  key: z.string(),
  records: z.number().int(),
  symbols: z.number().int(),
})
const catalogShape = z.strictObject({ format: z.literal(1), sources: z.array(sourceShape) })
export type FigureSource = z.infer<typeof sourceShape>

const folder = (simulated: boolean) => (simulated ? 'simulated/figures/' : 'figures/')
export const figuresKey = (simulated: boolean) => `${folder(simulated)}catalog.json`

/** By symbol, publication day, period end, kind: the order they are stored and answered in. */
function byTime(a: FigureRecord, b: FigureRecord): number {
  if (a.symbol !== b.symbol) return a.symbol < b.symbol ? -1 : 1
  return a.published - b.published || a.periodEnd - b.periodEnd || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)
}

const identity = (record: FigureRecord) => `${record.symbol} ${record.kind} ${record.periodEnd} ${record.published}`

/** Figures as an Arrow IPC file: one row per record, one nullable column per field. */
export function encodeFigures(records: readonly FigureRecord[]): Uint8Array {
  const sorted = [...records].sort(byTime)
  const symbols = [...new Set(sorted.map((record) => record.symbol))]
  const code = new Map(symbols.map((symbol, i) => [symbol, i]))
  const fields = [...new Set(sorted.flatMap((record) => Object.keys(record.values)))].sort()
  const columns: Column[] = [
    {
      name: 'symbol',
      kind: 'text',
      codes: Int32Array.from(sorted, (record) => code.get(record.symbol)!),
      texts: symbols,
    },
    {
      name: 'kind',
      kind: 'text',
      codes: Int32Array.from(sorted, (record) => KINDS.indexOf(record.kind)),
      texts: KINDS,
    },
    { name: 'period_end', kind: 'day', values: Int32Array.from(sorted, (record) => record.periodEnd) },
    { name: 'published', kind: 'day', values: Int32Array.from(sorted, (record) => record.published) },
    ...fields.map((name) => {
      const values = Float64Array.from(sorted, (record) => record.values[name] ?? Number.NaN)
      return { name, kind: 'number' as const, values, nullable: true }
    }),
  ]
  return encodeTable(columns)
}

/** Decoded figures of one source; the records of a symbol are made when they are asked for. */
export interface DecodedFigures {
  readonly symbols: ReadonlyMap<string, readonly [number, number]>
  records(symbol: string): FigureRecord[]
}

const FIXED = new Set(['symbol', 'kind', 'period_end', 'published'])

export function decodeFigures(bytes: Uint8Array, key: string): DecodedFigures {
  const table = decodeTable(bytes, key)
  const { codes, texts } = table.text('symbol')
  const kinds = table.text('kind')
  const periodEnd = table.days('period_end')
  const published = table.days('published')
  const fields = table.names.filter((name) => !FIXED.has(name)).map((name) => [name, table.numbers(name)] as const)
  const symbols = new Map<string, readonly [number, number]>()
  for (let from = 0; from < codes.length; ) {
    let to = from + 1
    while (to < codes.length && codes[to] === codes[from]) to++
    symbols.set(texts[codes[from]], [from, to])
    from = to
  }
  return {
    symbols,
    records(symbol) {
      const [from, to] = symbols.get(symbol) ?? [0, 0]
      const records: FigureRecord[] = []
      for (let row = from; row < to; row++) {
        const values: Record<string, number> = {}
        for (const [name, column] of fields) if (!Number.isNaN(column[row])) values[name] = column[row]
        const kind = kinds.texts[kinds.codes[row]] as FigureRecord['kind']
        records.push({ symbol, kind, periodEnd: periodEnd[row], published: published[row], values })
      }
      return records
    },
  }
}

/** Records of several sources as one list, in publication order. */
export function mergeRecords(lists: readonly FigureRecord[][]): FigureRecord[] {
  const filled = lists.filter((list) => list.length > 0)
  return filled.length < 2 ? (filled[0] ?? []) : filled.flat().sort(byTime)
}

/** The stored sources; empty when no figures are stored. */
export async function readFigureSources(objects: ObjectStore, simulated: boolean): Promise<FigureSource[]> {
  const bytes = await objects.get(figuresKey(simulated))
  if (!bytes) return []
  const catalog = catalogShape.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
  if (!catalog.success)
    throw new AppError('internal', `${figuresKey(simulated)} is damaged. Import the fundamentals again.`)
  return catalog.data.sources
}

/**
 * Adds records to a source: one with the same symbol, kind, period end and publication day is replaced, all others stay
 * (`whole`: none stays).
 * The catalog is written last, so that a reader sees the import whole or not at all; says whether anything changed.
 */
export async function storeFigures(
  objects: ObjectStore,
  sourceId: string,
  records: readonly FigureRecord[],
  { simulated = false, whole = false }: { simulated?: boolean; whole?: boolean } = {},
): Promise<boolean> {
  const sources = await readFigureSources(objects, simulated)
  const held = sources.find((source) => source.id === sourceId)
  const merged = new Map<string, FigureRecord>()
  if (held && !whole) {
    const bytes = await objects.get(held.key)
    if (!bytes)
      throw new AppError('internal', `${held.key} is in the catalog and not stored. Import the fundamentals again.`)
    const stored = decodeFigures(bytes, held.key)
    for (const symbol of stored.symbols.keys())
      for (const record of stored.records(symbol)) merged.set(identity(record), record)
  }
  for (const record of records) merged.set(identity(record), record)
  const all = [...merged.values()]
  const bytes = encodeFigures(all)
  const key = `${folder(simulated)}${sourceId}-${sha256(bytes).slice(0, 16)}.arrow`
  if (held?.key === key) return false
  await objects.put(key, bytes)
  const source = { id: sourceId, key, records: all.length, symbols: new Set(all.map((record) => record.symbol)).size }
  const next = [...sources.filter((other) => other.id !== sourceId), source].sort((a, b) => (a.id < b.id ? -1 : 1))
  await objects.put(
    figuresKey(simulated),
    new TextEncoder().encode(`${JSON.stringify({ format: 1, sources: next })}\n`),
  )
  // What neither the old nor the new catalog names was left by a killed import; what was replaced may still be read.
  const named = new Set([...sources, ...next].map((entry) => entry.key))
  for (const stored of await objects.list(folder(simulated)))
    if (stored.endsWith('.arrow') && !named.has(stored)) await objects.delete(stored)
  return true
}
