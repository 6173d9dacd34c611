import { dateParts } from '../core/days.ts'
import { sha256 } from '../core/hash.ts'
import type { ParsedBars } from './bar-rows.ts'
import { firstAt } from './bars.ts'
import type { ObjectEntry, SymbolEntry } from './catalog.ts'
import { copyRows, type DecodedBars, emptyColumns, encodeBars, type StoredColumns, type SymbolRows } from './codec.ts'

const yearStart = (year: number) => Date.UTC(year, 0, 1) / 86_400_000

/** New bars of a symbol, at least one, and the days between which they are all there is of it. */
export type NewBars = Pick<ParsedBars, 'symbol' | 'columns' | 'span'> & {
  /** every split of the symbol, also outside the span; absent: those of the columns, inside it */
  splits?: [number, number][]
}

/** Whether the bar that ends at an instant of a day is one of the session; the others of intraday bars are the pre-market's. */
type InSession = (day: number, time: number) => boolean

/** Bars of a symbol in a year. */
interface YearRows {
  session: number
  premarket: number
}

function rowsIn({ columns, from, to }: SymbolRows, inSession: InSession | undefined): YearRows {
  if (inSession === undefined) return { session: to - from, premarket: 0 }
  let session = 0
  for (let i = from; i < to; i++) if (inSession(columns.day[i], columns.time[i])) session++
  return { session, premarket: to - from - session }
}

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

/** The same of intraday bars: stored rows of other days, the file's rows of the days it has any of. */
function mergedDays(stored: SymbolRows | undefined, parsed: NewBars, year: number): SymbolRows {
  const { columns, symbol } = parsed
  const from = firstAt(columns.day, yearStart(year))
  const to = firstAt(columns.day, yearStart(year + 1))
  if (!stored) return { symbol, columns, from, to }
  const merged: StoredColumns = emptyColumns(stored.to - stored.from + to - from)
  let length = 0
  let own = from
  let old = stored.from
  while (own < to || old < stored.to) {
    const day = Math.min(own < to ? columns.day[own] : Infinity, old < stored.to ? stored.columns.day[old] : Infinity)
    const ownEnd = firstAt(columns.day, day + 1)
    const oldEnd = stored.from + firstAt(stored.columns.day.subarray(stored.from, stored.to), day + 1)
    const isOwn = own < to && columns.day[own] === day
    const [source, begin, end] = isOwn ? [columns, own, ownEnd] : [stored.columns, old, oldEnd]
    copyRows(source, begin, end, merged, length)
    length += end - begin
    if (isOwn) own = ownEnd
    old = oldEnd
  }
  return { symbol, columns: merged, from: 0, to: length }
}

/** The catalog entry of a symbol after the merge; `rows` are its bars by year in the years the file touches. */
function mergedEntry(
  old: SymbolEntry | undefined,
  parsed: NewBars,
  shard: number,
  rows: Map<number, YearRows>,
  isIntraday: boolean,
): SymbolEntry {
  const { day, split } = parsed.columns
  const [first, last] = isIntraday ? [day[0], day[day.length - 1]] : parsed.span!
  const counts = new Map<number, YearRows>()
  old?.rows.forEach((session, i) => {
    counts.set(old.firstYear + i, { session, premarket: old.premarket?.[i] ?? 0 })
  })
  for (const [year, count] of rows) counts.set(year, count)
  const years = [...counts].filter(([, { session, premarket }]) => session + premarket > 0).map(([year]) => year)
  const firstYear = Math.min(...years)
  const splits: [number, number][] =
    parsed.splits ?? (old?.splits ?? []).filter(([at]) => isIntraday || at < first || at > last)
  if (!isIntraday)
    split.forEach((ratio, i) => {
      if (ratio !== 1) splits.push([day[i], ratio])
    })
  const length = Math.max(...years) - firstYear + 1
  const perYear = (kind: keyof YearRows) => Array.from({ length }, (_, i) => counts.get(firstYear + i)?.[kind] ?? 0)
  return {
    symbol: parsed.symbol,
    shard,
    firstYear,
    rows: perYear('session'),
    ...(isIntraday ? { premarket: perYear('premarket') } : {}),
    first: old && old.first < first ? old.first : day[0],
    last: old && old.last > last ? old.last : day[day.length - 1],
    splits: [...splits].sort((a, b) => a[0] - b[0]),
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
 * object of a year, so that only the years they touch are read; `inSession` tells intraday bars apart from daily ones; `write` stores one that is new under the key `keyOf` gives it.
 */
export async function mergeShard(
  shard: number,
  parsed: readonly NewBars[],
  stored: { symbols: readonly SymbolEntry[]; objects: readonly ObjectEntry[] },
  read: (entry: ObjectEntry) => Promise<DecodedBars>,
  keyOf: (name: Pick<ObjectEntry, 'shard' | 'year' | 'sha256'>) => string,
  write: (key: string, bytes: Uint8Array) => Promise<void>,
  inSession?: InSession,
): Promise<ShardMerge> {
  const bySymbol = new Map(parsed.map((bars) => [bars.symbol, bars]))
  const touched = new Set<number>()
  for (const { span, columns } of parsed) {
    const [first, last] = inSession ? [columns.day[0], columns.day[columns.day.length - 1]] : span!
    for (let year = dateParts(first).year; year <= dateParts(last).year; year++) touched.add(year)
  }
  const rows = new Map(parsed.map((bars) => [bars.symbol, new Map<number, YearRows>()]))
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
      const group = bars ? (inSession ? mergedDays : mergedYear)(held, bars, year) : held!
      if (bars) rows.get(symbol)!.set(year, rowsIn(group, inSession))
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
    symbols.set(
      bars.symbol,
      mergedEntry(old.get(bars.symbol), bars, shard, rows.get(bars.symbol)!, inSession !== undefined),
    )
  return { symbols: [...symbols.values()], objects: [...objects.values()], changed }
}
