import { isoDay, parseDay } from '../../core/days.ts'
import type { Timeframe } from '../../market/bars.ts'
import type { BarWindow } from '../../signals/stored-bars.ts'
import type { ReportTrade } from './result-shape.ts'

/** How many bars a chart shows before the entry and after the exit. */
export const BARS_AROUND = { before: 30, after: 15 }

/** Calendar days that hold at least so many bars, a long weekend included. */
const DAYS_AROUND: Readonly<Record<Timeframe, { before: number; after: number }>> = {
  '1d': { before: 46, after: 25 },
  '1h': { before: 9, after: 6 },
  '15m': { before: 5, after: 4 },
  '5m': { before: 4, after: 4 },
  '1m': { before: 4, after: 4 },
}

/** Of a position held longer the middle is left out: days after the entry and before the exit that are shown. */
const DAYS_INSIDE = 400

/** The days around every trade, merged by symbol, symbols and days ascending; `end` is the last day of the run. */
export function barWindows(trades: readonly ReportTrade[], timeframe: Timeframe, end: string): BarWindow[] {
  const { before, after } = DAYS_AROUND[timeframe]
  const bySymbol = new Map<string, [number, number][]>()
  for (const { symbol, entry_date, exit_date } of trades) {
    const [entry, exit] = [parseDay(entry_date), parseDay(exit_date ?? end)]
    if (Number.isNaN(entry) || Number.isNaN(exit)) continue
    const spans: [number, number][] =
      exit - entry <= 2 * DAYS_INSIDE
        ? [[entry - before, exit + after]]
        : [
            [entry - before, entry + DAYS_INSIDE],
            [exit - DAYS_INSIDE, exit + after],
          ]
    bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), ...spans])
  }
  return [...bySymbol]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([symbol, spans]) => merged(spans).map(([from, to]) => ({ symbol, from, to })))
}

function merged(spans: [number, number][]): [number, number][] {
  const found: [number, number][] = []
  for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
    const last = found.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else found.push([from, to])
  }
  return found
}

/** A window on the wire. */
export const windowJson = ({ symbol, from, to }: BarWindow) => ({
  symbol,
  start_date: isoDay(from),
  end_date: isoDay(to),
})
