import { isoDay } from '../core/days.ts'
import { type BarSeries, firstAt } from './bars.ts'
import { sessionBars } from './intraday-grid.ts'
import type { Calendar } from './market.ts'

const MISSING_LISTED = 10

/** Of one symbol in a window: how many bars the calendar's sessions have and how many there are. */
export interface BarCoverage {
  symbol: string
  barsExpected: number
  barsGot: number
  /** sessions without any bar, as YYYY-MM-DD, at most 10 */
  missing: string[]
  /** first and last bar inside the window */
  firstBar: string | null
  lastBar: string | null
}

/**
 * Coverage of a series over the window [from, to] (day numbers): expected are the sessions from the later of the window's
 * start and the symbol's first bar to the earlier of the window's end and the data's last day.
 */
export function coverage(
  series: BarSeries,
  calendar: Calendar,
  from: number,
  to: number,
  dataLastDay: number,
): BarCoverage {
  const { day } = series
  const first = firstAt(day, from)
  const last = firstAt(day, to + 1) - 1
  // A cut series has bars before the first one here, so the symbol was listed when the window began.
  const start = series.cut || series.length === 0 ? from : Math.max(from, day[0])
  const end = Math.min(to, dataLastDay)
  const missing: string[] = []
  let barsExpected = 0
  let barsGot = 0
  let at = first
  for (let session = start; session <= end; session++) {
    if (!calendar.isSession(session)) continue
    barsExpected += sessionBars(session, series.timeframe)
    while (at <= last && day[at] < session) at++
    const before = barsGot
    for (; at <= last && day[at] === session; at++) barsGot++
    if (barsGot > before) continue
    if (missing.length < MISSING_LISTED) missing.push(isoDay(session))
  }
  const some = first <= last
  return {
    symbol: series.symbol,
    barsExpected,
    barsGot,
    missing,
    firstBar: some ? isoDay(day[first]) : null,
    lastBar: some ? isoDay(day[last]) : null,
  }
}
