import { dateParts } from '../core/days.ts'
import { sha256 } from '../core/hash.ts'
import type { ParsedBars } from './bar-rows.ts'
import { firstAt } from './bars.ts'
import type { ObjectEntry, SymbolEntry } from './catalog.ts'
import { copyRows, type DecodedBars, emptyColumns, encodeBars, type StoredColumns, type SymbolRows } from './codec.ts'

const yearStart = (year: number) => Date.UTC(year, 0, 1) / 86_400_000

/** New bars of a symbol, at least one, and the days between which they are all there is of it. */
export type NewBars = Pick<ParsedBars, 'symbol' | 'columns' | 'span'>

/** A symbol's rows of one year after the merge: stored rows outside the file's span, the file's rows inside it. */
function mergedYear(stored: SymbolRows | undefined, parsed: NewBars, year: number): SymbolRows {
  const { columns, symbol } = parsed
  const [first, last] = parsed.span!
  const from = firstAt(columns.day, yearStart(year))
  const to = firstAt(columns.day, yearStart(year + 1))
  if (!stored) return { symbol, columns, from, to }
  const days = stored.columns.day.subarray(stored.from, stored.to)
  const before = firstAt(days, first)
  const after = firstAt(days, last + 1)
  const rest = days.length - after
  if (before === 0 && rest === 0) return { symbol, columns, from, to }
  const merged: StoredColumns = emptyColumns(before + to - from + rest)
  copyRows(stored.columns, stored.from, stored.from + before, merged, 0)
  copyRows(columns, from, to, merged, before)
  copyRows(stored.columns, stored.from + after, stored.to, merged, before + to - from)
  return { symbol, columns: merged, from: 0, to: merged.day.length }
}

/** The catalog entry of a symbol after the merge; `rows` are its bars by year in the years the file touches. */
function mergedEntry(
  old: SymbolEntry | undefined,
  parsed: NewBars,
  shard: number,
  rows: Map<number, number>,
): SymbolEntry {
  const { day, split } = parsed.columns
  const [first, last] = parsed.span!
  const counts = new Map<number, number>()
  old?.rows.forEach((count, i) => {
    counts.set(old.firstYear + i, count)
  })
  for (const [year, count] of rows) counts.set(year, count)
  const years = [...counts].filter(([, count]) => count > 0).map(([year]) => year)
  const firstYear = Math.min(...years)
  const splits: [number, number][] = (old?.splits ?? []).filter(([at]) => at < first || at > last)
  split.forEach((ratio, i) => {
    if (ratio !== 1) splits.push([day[i], ratio])
  })
  return {
    symbol: parsed.symbol,
    shard,
    firstYear,
    rows: Array.from({ length: Math.max(...years) - firstYear + 1 }, (_, i) => counts.get(firstYear + i) ?? 0),
    first: old && old.first < first ? old.first : day[0],
    last: old && old.last > last ? old.last : day[day.length - 1],
    splits: splits.sort((a, b) => a[0] - b[0]),
  }
}

/** What a shard holds after a merge, and how many of its objects are new or gone. */
export interface ShardMerge {
  symbols: SymbolEntry[]
  objects: ObjectEntry[]
  changed: number
}

/**
 * One shard with new bars merged in. `read` gives the stored
 * object of a year, so that only the years they touch are read; `write` stores one that is new under the key `keyOf` gives it.
 */
export async function mergeShard(
  shard: number,
  parsed: readonly NewBars[],
  stored: { symbols: readonly SymbolEntry[]; objects: readonly ObjectEntry[] },
  read: (entry: ObjectEntry) => Promise<DecodedBars>,
  keyOf: (name: Pick<ObjectEntry, 'shard' | 'year' | 'sha256'>) => string,
  write: (key: string, bytes: Uint8Array) => Promise<void>,
): Promise<ShardMerge> {
  const bySymbol = new Map(parsed.map((bars) => [bars.symbol, bars]))
  const touched = new Set<number>()
  for (const { span } of parsed) {
    const [first, last] = span!
    for (let year = dateParts(first).year; year <= dateParts(last).year; year++) touched.add(year)
  }
  const rows = new Map(parsed.map((bars) => [bars.symbol, new Map<number, number>()]))
  const objects = new Map(stored.objects.map((entry) => [entry.year, entry]))
  let changed = 0
  for (const year of [...touched].sort()) {
    const entry = objects.get(year)
    const old = entry && (await read(entry))
    const groups: SymbolRows[] = []
    for (const symbol of [...new Set([...(old?.ranges.keys() ?? []), ...bySymbol.keys()])].sort()) {
      const range = old?.ranges.get(symbol)
      const held = old && range && { symbol, columns: old.columns, from: range[0], to: range[1] }
      const bars = bySymbol.get(symbol)
      const group = bars ? mergedYear(held, bars, year) : held!
      if (bars) rows.get(symbol)!.set(year, group.to - group.from)
      if (group.to > group.from) groups.push(group)
    }
    if (groups.length === 0) {
      if (objects.delete(year)) changed++
      continue
    }
    const bytes = encodeBars(groups)
    const sha = sha256(bytes)
    if (entry?.sha256 === sha) continue
    const key = keyOf({ shard, year, sha256: sha })
    await write(key, bytes)
    changed++
    const count = groups.reduce((sum, group) => sum + group.to - group.from, 0)
    objects.set(year, { shard, year, key, rows: count, bytes: bytes.byteLength, sha256: sha })
  }
  const old = new Map(stored.symbols.map((entry) => [entry.symbol, entry]))
  const symbols = new Map(old)
  for (const bars of parsed)
    symbols.set(bars.symbol, mergedEntry(old.get(bars.symbol), bars, shard, rows.get(bars.symbol)!))
  return { symbols: [...symbols.values()], objects: [...objects.values()], changed }
}
