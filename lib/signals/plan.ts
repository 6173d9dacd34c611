import { dateParts } from '../core/days.ts'
import type { Catalog, SymbolEntry } from '../market/catalog.ts'
import { SHARDS } from '../market/codec.ts'

/** What planning needs to know of a stored symbol. */
export interface StoredSymbol {
  symbol: string
  shard: number
  rows: number
}

/** Days of a scan, both included, and how many bars before them it reads; Infinity for all. */
export interface PlanWindow {
  from: number
  to: number
  lookback: number
}

/**
 * Splits symbols into at most `count` chunks of about equal stored rows, and into more where one would have over `most` symbols.
 * Symbols of one stored shard stay together where they can, so that each object is read by few chunks. Every symbol is in
 * exactly one chunk.
 */
export function planChunks(
  stored: readonly StoredSymbol[],
  count: number,
  most = Number.POSITIVE_INFINITY,
): string[][] {
  const ordered = [...stored].sort((a, b) => a.shard - b.shard || (a.symbol < b.symbol ? -1 : 1))
  const total = ordered.reduce((sum, each) => sum + each.rows, 0)
  const chunks: string[][] = Array.from({ length: Math.max(1, Math.min(count, ordered.length)) }, () => [])
  let before = 0
  for (const { symbol, rows } of ordered) {
    const middle = before + rows / 2
    chunks[Math.min(chunks.length - 1, Math.floor((middle / Math.max(1, total)) * chunks.length))].push(symbol)
    before += rows
  }
  return chunks.flatMap((chunk) => evenly(chunk, most))
}

/** A list in the fewest parts of at most `most`, of about equal length; none for an empty one. */
function evenly<Item>(list: readonly Item[], most: number): Item[][] {
  const parts = Math.ceil(list.length / Math.min(most, Math.max(1, list.length)))
  const at = (part: number) => Math.floor((part * list.length) / parts)
  return Array.from({ length: parts }, (_, part) => list.slice(at(part), at(part + 1)))
}

/** What planning needs of a catalog entry: its bars in the window and before it, where a year is only partly inside by its share of days. */
export function storedWithin({ from, to, lookback }: PlanWindow): (entry: SymbolEntry) => StoredSymbol {
  return ({ symbol, shard, firstYear, rows }) => {
    let inside = 0
    let earlier = 0
    rows.forEach((count, i) => {
      const start = firstDayOf(firstYear + i)
      const end = firstDayOf(firstYear + i + 1)
      inside += (count * Math.max(0, Math.min(to + 1, end) - Math.max(from, start))) / (end - start)
      earlier += (count * Math.max(0, Math.min(from, end) - start)) / (end - start)
    })
    return { symbol, shard, rows: Math.round(inside + Math.min(lookback, earlier)) }
  }
}

const firstDayOf = (year: number): number => Date.UTC(year, 0, 1) / 86_400_000

/** How many calendar years of objects a scan of the window reads. */
export function yearsRead({ from, to, lookback }: PlanWindow, stored: { first: number; last: number }): number {
  const back = Math.min(lookback, SESSIONS_PER_YEAR * YEARS) / SESSIONS_PER_YEAR
  const start = Math.max(dateParts(from).year - Math.ceil(back), dateParts(stored.first).year)
  const end = Math.min(dateParts(to).year, dateParts(stored.last).year)
  return Math.max(0, end - start + 1)
}

/** Bytes of a stored bar, what S3 gives one function in a millisecond, how long an object takes to begin to come, how many come at once. */
const BAR_BYTES = 80
const BYTES_PER_MS = (75 * 2 ** 20) / 1_000
const OBJECT_MS = 30
const AT_ONCE = 8

/** Milliseconds for reading so many stored bars in so many objects from S3. */
export const readMs = (rows: number, objects: number): number =>
  (rows * BAR_BYTES) / BYTES_PER_MS + (objects / AT_ONCE) * OBJECT_MS

/** Milliseconds a chunk takes to read the objects of its shard, which hold the bars of all the shard's symbols. */
export function shardMs(catalog: Catalog, window: PlanWindow): number {
  const [first] = catalog.symbols
  if (first === undefined) return 0
  const { rows, ...span } = catalog.symbols.reduce(
    (all, entry) => ({
      rows: all.rows + storedWithin(window)(entry).rows,
      first: Math.min(all.first, entry.first),
      last: Math.max(all.last, entry.last),
    }),
    { rows: 0, first: first.first, last: first.last },
  )
  return readMs(rows / SHARDS, yearsRead(window, span))
}

const SESSIONS_PER_YEAR = 252
/** More than any history has. */
const YEARS = 200
