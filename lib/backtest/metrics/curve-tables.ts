/** What a curve of daily equity looks like by month and year, and its deepest drawdowns. */
import { dateParts, isoDay } from '../../core/days.ts'
import { drawdownsOf } from './drawdowns.ts'

/** One value per session, at its close. */
export interface DailyCurve {
  day: readonly number[]
  equity: readonly number[]
}

/** The return of each month from the last equity before it (the starting cash for the first). */
export function returnsByMonth(curve: DailyCurve, cash: number): { month: string; return: number | null }[] {
  return byPeriod(curve, cash, (day) => isoDay(day).slice(0, 7)).map(([month, value]) => ({ month, return: value }))
}

/** The return of each calendar year, the first and last as far as they go. */
export function returnsByYear(curve: DailyCurve, cash: number): { year: number; return: number | null }[] {
  return byPeriod(curve, cash, (day) => dateParts(day).year).map(([year, value]) => ({ year, return: value }))
}

/** Null where the equity before was not above 0: there is nothing to compare with. */
function byPeriod<Name>(
  { day, equity }: DailyCurve,
  cash: number,
  nameOf: (day: number) => Name,
): [Name, number | null][] {
  const found: [Name, number | null][] = []
  let before = cash
  for (let i = 0; i < day.length; i++) {
    const name = nameOf(day[i])
    if (i + 1 < day.length && nameOf(day[i + 1]) === name) continue
    found.push([name, before > 0 ? equity[i] / before - 1 : null])
    before = equity[i]
  }
  return found
}

export interface DrawdownRow {
  /** null: the starting cash was the peak */
  peak_date: string | null
  trough_date: string
  /** the session on which the peak was reached again; null while it is not */
  recovery_date: string | null
  depth: number
  /** from the peak to the recovery, or to the end of the data */
  sessions: number
  days: number | null
}

const MOST = 20

/** The deepest drawdowns of daily equity, the starting cash taken as the first peak; ties by date. */
export function deepestDrawdowns({ day, equity }: DailyCurve, cash: number): DrawdownRow[] {
  const found = drawdownsOf([cash, ...equity]).sort((a, b) => b.depth - a.depth || a.peak - b.peak)
  const dayAt = (i: number): number | null => (i === 0 ? null : day[i - 1])
  return found.slice(0, MOST).map(({ peak, trough, recovery, depth }) => {
    const end = recovery ?? equity.length
    const [first, last] = [dayAt(peak), dayAt(end)]
    return {
      peak_date: first === null ? null : isoDay(first),
      trough_date: isoDay(day[trough - 1]),
      recovery_date: recovery === null ? null : isoDay(day[recovery - 1]),
      depth,
      sessions: end - peak,
      days: first === null || last === null ? null : last - first,
    }
  })
}
