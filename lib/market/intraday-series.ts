import { adjustedSeries, splitFactors } from './adjust.ts'
import { type BarSeries, firstAt, type Premarket } from './bars.ts'
import type { SymbolEntry } from './catalog.ts'
import { copyRaw, emptyRaw, type StoredColumns } from './codec.ts'
import { inSession } from './group-bars.ts'
import { newYorkInstant } from './new-york.ts'
import type { MarketRequest } from './source.ts'

/** Rows [from, to) of a decoded object. */
export interface StoredPart {
  columns: StoredColumns
  from: number
  to: number
}

/**
 * A symbol's intraday series put together from its stored rows: the bars of the sessions in the window, at least `lookback` before
 * them, from the first bar of a session on, and beside them the pre-market's bars of the same days. `before`: whether older rows are stored.
 */
export function intradaySeries(
  entry: SymbolEntry,
  parts: readonly StoredPart[],
  request: MarketRequest,
  before: boolean,
): BarSeries | undefined {
  const length = parts.reduce((sum, { from, to }) => sum + to - from, 0)
  const rowOf = (day: number | undefined, whenAbsent: number) =>
    day === undefined
      ? whenAbsent
      : parts.reduce((sum, { columns, from, to }) => sum + firstAt(columns.day.subarray(from, to), day), 0)
  const end = rowOf(request.to === undefined ? undefined : request.to + 1, length)
  const start = startOf(parts, rowOf(request.from, 0), request.lookback)
  const raw = emptyRaw(end - start)
  let position = 0
  for (const { columns, from, to } of parts) {
    const first = Math.max(from, from + start - position)
    const last = Math.min(to, from + end - position)
    if (first < last) copyRaw(columns, first, last, raw, position + first - from - start)
    position += to - from
  }
  const inside: number[] = []
  const outside: number[] = []
  for (let i = 0; i < raw.day.length; i++) (inSession(raw.day[i], raw.time[i]) ? inside : outside).push(i)
  if (inside.length === 0) return undefined
  const splits = entry.splits.map(([day, ratio]) => ({ day, ratio }))
  const bars = outside.length === 0 ? raw : picked(raw, inside)
  const series = adjustedSeries(entry.symbol, request.timeframe, bars, splits, start > 0 || before)
  if (!entry.premarket?.some((rows) => rows > 0)) return series
  const until = request.premarketUntil
  const known = until === undefined ? outside : outside.filter((i) => raw.time[i] <= newYorkInstant(raw.day[i], until))
  return { ...series, premarket: premarketOf(picked(raw, known), splits) }
}

/** The row from which on the series begins: so many session bars before a row, and on to the first of their session. */
function startOf(parts: readonly StoredPart[], row: number, lookback: number): number {
  let position = parts.reduce((sum, { from, to }) => sum + to - from, 0)
  let at = row
  let left = lookback
  let day = Number.NaN
  for (const { columns, from, to } of parts.toReversed()) {
    position -= to - from
    for (; at > position; at--) {
      const i = from + at - 1 - position
      if (left <= 0 && columns.day[i] !== day) return at
      if (left > 0) day = columns.day[i]
      if (inSession(columns.day[i], columns.time[i])) left--
    }
  }
  return at
}

function picked(raw: ReturnType<typeof emptyRaw>, rows: readonly number[]): ReturnType<typeof emptyRaw> {
  const out = emptyRaw(rows.length)
  for (const name of Object.keys(out) as (keyof typeof out)[])
    for (let i = 0; i < rows.length; i++) out[name][i] = raw[name][rows[i]]
  return out
}

function premarketOf(raw: ReturnType<typeof emptyRaw>, splits: Parameters<typeof splitFactors>[1]): Premarket {
  const factor = splitFactors(raw.day, splits)
  return {
    day: raw.day,
    time: raw.time,
    close: raw.close.map((price, i) => price / factor[i]),
    volume: raw.volume.map((shares, i) => shares * factor[i]),
    rawVolume: raw.volume,
  }
}
