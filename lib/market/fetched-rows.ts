import { isoDay } from '../core/days.ts'
import { firstAt } from './bars.ts'
import { copyRows, emptyColumns, type StoredColumns } from './codec.ts'
import type { CorporateAction } from './provider.ts'
import type { ParsedBars } from './row-buffer.ts'
import type { StoredSymbol } from './stored-symbol.ts'

/** What a provider said of one symbol. */
export interface Fetched {
  /** checked rows, without splits and dividends */
  rows: ParsedBars
  /** by ex-date */
  splits: readonly CorporateAction[]
  dividends: readonly CorporateAction[]
  /** ex-dates of splits were asked for from this day to that */
  splitsAsked: readonly [from: number, to: number]
}

/** What a fetch changes of one symbol. */
export interface SymbolChanges {
  /** sessions that had no bar */
  added: number[]
  /** stored bars whose prices or volume the provider has otherwise now */
  corrected: { symbol: string; date: string; closeWas: number; close: number; volumeWas: number; volume: number }[]
  splits: { symbol: string; date: string; was: number; now: number }[]
  dividends: { symbol: string; date: string; was: number; now: number }[]
  /** stored splits the provider does not name; they stay */
  unconfirmed: { symbol: string; date: string; ratio: number }[]
}

const TRADED = ['open', 'high', 'low', 'close', 'volume'] as const

/**
 * A symbol's stored bars with what was fetched put in. A fetched row replaces the stored one of its day with its split and
 * dividend; elsewhere stored rows stay, and get the splits that became known since. A split or dividend of a day without a
 * bar acts on the next one. No bars when there is nothing to put in.
 */
export async function mergedRows(
  fetched: Fetched,
  stored: StoredSymbol | undefined,
): Promise<{ bars: ParsedBars | undefined; changes: SymbolChanges }> {
  const { rows } = fetched
  const { day: days } = rows.columns
  const { symbol } = rows
  const known = new Map(stored?.entry.splits)
  const splitAt = await rowsOf(distinct(fetched.splits), days, stored, known, (product, ratio) => product * ratio)
  const dividendAt = await rowsOf(fetched.dividends, days, stored, new Map(), (sum, cash) => sum + cash)

  const isFetched = new Set(days)
  const late = [...splitAt].filter(([day, ratio]) => !isFetched.has(day) && (known.get(day) ?? 1) !== ratio)
  const changes: SymbolChanges = { added: [], corrected: [], splits: [], dividends: [], unconfirmed: [] }
  for (const [day, ratio] of known) {
    const asked = day >= fetched.splitsAsked[0] && day <= fetched.splitsAsked[1]
    if (asked && !isFetched.has(day) && !splitAt.has(day))
      changes.unconfirmed.push({ symbol, date: isoDay(day), ratio })
  }
  const touched = [...days, ...late.map(([day]) => day)]
  if (touched.length === 0) return { bars: undefined, changes }
  const span = ends(touched)
  const held = stored ? await stored.rows(...span) : emptyColumns(0)

  const columns = emptyColumns(new Set([...days, ...held.day]).size)
  for (let row = 0, at = 0, old = 0; row < columns.day.length; row++) {
    const isNew = at < days.length && (old >= held.day.length || days[at] <= held.day[old])
    const isOld = old < held.day.length && (at >= days.length || held.day[old] <= days[at])
    const same = isNew && isOld && TRADED.every((name) => rows.columns[name][at] === held[name][old])
    // Equal bars stay as they are stored, with the adjusted close of the file they came from.
    if (isOld && (!isNew || same)) copyRows(held, old, old + 1, columns, row)
    else copyRows(rows.columns, at, at + 1, columns, row)
    const day = columns.day[row]
    if (isNew) {
      columns.split[row] = splitAt.get(day) ?? 1
      columns.dividend[row] = dividendAt.get(day) ?? 0
    } else columns.split[row] = splitAt.get(day) ?? held.split[old]
    if (isOld) compare(symbol, held, old, columns, row, same || !isNew, changes)
    else changes.added.push(day)
    if (isNew) at++
    if (isOld) old++
  }
  return { bars: { ...rows, columns, span }, changes }
}

function compare(
  symbol: string,
  held: StoredColumns,
  old: number,
  columns: StoredColumns,
  row: number,
  sameBar: boolean,
  changes: SymbolChanges,
): void {
  const date = isoDay(columns.day[row])
  if (!sameBar) {
    const [closeWas, close] = [held.close[old], columns.close[row]]
    changes.corrected.push({ symbol, date, closeWas, close, volumeWas: held.volume[old], volume: columns.volume[row] })
  }
  for (const [name, list] of [
    ['split', changes.splits],
    ['dividend', changes.dividends],
  ] as const) {
    const [was, now] = [held[name][old], columns[name][row]]
    if (was !== now) list.push({ symbol, date, was, now })
  }
}

/** The first and the last of some days. */
function ends(days: readonly number[]): [number, number] {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const day of days) {
    if (day < first) first = day
    if (day > last) last = day
  }
  return [first, last]
}

/** Some providers name a split twice. */
function distinct(splits: readonly CorporateAction[]): CorporateAction[] {
  return [...new Map(splits.map((split) => [`${split.day} ${split.value}`, split])).values()]
}

/**
 * By the day of the bar they act on, the values of actions: those of one bar are combined. An action whose bar is neither stored
 * nor fetched yet waits for it; one before the first bar changes nothing.
 */
async function rowsOf(
  actions: readonly CorporateAction[],
  days: Int32Array,
  stored: StoredSymbol | undefined,
  known: ReadonlyMap<number, number>,
  combine: (a: number, b: number) => number,
): Promise<Map<number, number>> {
  const isFetched = new Set(days)
  // What stands in the catalog as the provider has it needs no look at the bars; anything else may share a bar with it.
  const settled = actions.every(({ day, value }) => isFetched.has(day) || known.get(day) === value)
  const begins = Math.min(days[0] ?? Number.POSITIVE_INFINITY, stored?.entry.first ?? Number.POSITIVE_INFINITY)
  const at = new Map<number, number>()
  for (const { day, value } of [...actions].sort((a, b) => a.day - b.day || a.value - b.value)) {
    if (day < begins) continue
    const next = firstAt(days, day)
    const fetchedDay = next < days.length ? days[next] : Number.POSITIVE_INFINITY
    const storedDay = settled ? day : ((await stored?.firstFrom(day)) ?? Number.POSITIVE_INFINITY)
    const row = Math.min(fetchedDay, storedDay)
    if (row === Number.POSITIVE_INFINITY) continue
    const before = at.get(row)
    at.set(row, before === undefined ? value : combine(before, value))
  }
  return at
}
