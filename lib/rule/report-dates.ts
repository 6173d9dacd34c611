/** When companies reported: the dates on which stored reports became known. */
import type { BarSeries } from '../market/bars.ts'
import { ANNUAL_DELAY_DAYS } from '../market/figures-reports.ts'
import type { Calendar, FigureRecord, Market } from '../market/market.ts'

/**
 * Days on which a new period was first reported, ascending. Quarterly reports, and annual ones whose day is a fact: one that
 * stands exactly the assumed delay after its period says nothing of when the company spoke. Corrections are no new reports.
 */
export function reportDays(records: readonly FigureRecord[]): number[] {
  const first = new Map<number, number>()
  for (const { kind, periodEnd, published } of records) {
    if (kind === 'snapshot' || (kind === 'annual' && published === periodEnd + ANNUAL_DELAY_DAYS)) continue
    first.set(periodEnd, Math.min(published, first.get(periodEnd) ?? published))
  }
  return [...new Set(first.values())].sort((a, b) => a - b)
}

/**
 * Sessions since the latest report could first be traded on, 0 on that session: the first one at whose close it is known.
 * Undefined before the first report and `mostAge` days after the latest.
 */
export function sessionsSinceReport(market: Market, series: BarSeries, mostAge: number): Float64Array {
  const { day, length } = series
  const out = new Float64Array(length).fill(Number.NaN)
  const days = reportDays(market.figures(series.symbol))
  let next = 0
  let since = Number.NaN
  let through = 0
  for (let i = 0; i < length; i++) {
    for (; next < days.length && days[next] <= day[i]; next++) {
      through = market.calendar.nextSession(days[next])
      since = 0
    }
    if (next === 0) continue
    since += sessionsIn(market.calendar, through, day[i])
    through = Math.max(through, day[i])
    if (day[i] <= days[next - 1] + mostAge) out[i] = since
  }
  return out
}

/** Sessions after one day through another. */
function sessionsIn(calendar: Calendar, after: number, through: number): number {
  let count = 0
  for (let day = after + 1; day <= through; day++) if (calendar.isSession(day)) count++
  return count
}
