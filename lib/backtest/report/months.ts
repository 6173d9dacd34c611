import type { ReportResult } from './result-shape.ts'

/** Returns of one year, January first; null in months without sessions. */
export interface YearOfReturns {
  year: string
  months: (number | null)[]
  total: number | null
}

/** The result's returns by month and year, or those of its equity curve where it has none; years ascending. */
export function yearsOfReturns({ portfolio }: Pick<ReportResult, 'portfolio'>, cash: number | null): YearOfReturns[] {
  const months = portfolio.returns_by_month ?? returnsBy(portfolio.equity_curve, cash, 7).map(asMonth)
  const totals = new Map(
    (
      portfolio.returns_by_year ??
      returnsBy(portfolio.equity_curve, cash, 4).map(({ period, value }) => ({ year: period, return: value }))
    ).map((each) => [String(each.year), each.return]),
  )
  const years = new Map<string, YearOfReturns>()
  for (const { month, return: value } of months) {
    const year = month.slice(0, 4)
    const at = Number(month.slice(5, 7)) - 1
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) continue
    if (!years.has(year)) years.set(year, { year, months: new Array(12).fill(null), total: totals.get(year) ?? null })
    years.get(year)!.months[at] = value
  }
  return [...years.values()].sort((a, b) => (a.year < b.year ? -1 : 1))
}

const asMonth = ({ period, value }: { period: string; value: number | null }) => ({ month: period, return: value })

/** last equity of a period / last equity before it - 1; before the first period stands the starting cash. */
function returnsBy(
  { date, equity }: { date: string[]; equity: (number | null)[] },
  cash: number | null,
  letters: 4 | 7,
): { period: string; value: number | null }[] {
  const ends = new Map<string, number | null>()
  date.forEach((day, i) => {
    ends.set(day.slice(0, letters), equity[i])
  })
  let before = cash ?? equity[0] ?? null
  return [...ends].map(([period, end]) => {
    const value = before !== null && before > 0 && end !== null ? end / before - 1 : null
    before = end
    return { period, value }
  })
}

/** Class of a heat map's cell: how far from 0, in steps a reader can tell apart. */
export function heat(value: number | null): string {
  if (value === null) return 'h-none'
  const size = Math.abs(value)
  const step = size < 0.0005 ? 0 : size < 0.01 ? 1 : size < 0.03 ? 2 : size < 0.07 ? 3 : 4
  return step === 0 ? 'h-0' : `${value > 0 ? 'h-up' : 'h-down'}-${step}`
}
