/** Figures of the fiscal reports, point in time: at bar t the latest one published by the close of t. */
import { dateParts } from '../core/days.ts'
import { type BarSeries, factorAt } from '../market/bars.ts'
import type { Calendar, FigureRecord, Market } from '../market/market.ts'
import { signature } from '../strategy/series.ts'
import type { Expr } from './ast.ts'
import { expandDerived } from './derived.ts'
import { reportDays, sessionsSinceReport } from './report-dates.ts'
import { partsOf } from './tree.ts'

/** One step back in the reports: a fiscal year or a quarter. */
export type FiscalStep = 'ly' | 'pq'

/** A figure older than this many days after its publication is undefined. */
export const MOST_AGE = 460
/** Days between the ends of two periods that are a fiscal year, or a quarter, apart. */
const YEAR_APART: readonly [number, number] = [350, 380]
const QUARTER_APART: readonly [number, number] = [75, 105]

const PER_SHARE: ReadonlySet<string> = new Set(['eps_ttm', 'eps_q', 'book_ps'])
/** Made from the bars, not from stored records. */
const FROM_BARS: ReadonlySet<string> = new Set(['dps_ttm', 'div_growth_years'])

/** The records of one period in publication order (a later one corrects an earlier one). */
interface FiscalPeriod {
  end: number
  records: FigureRecord[]
}

/**
 * A figure on every bar, split-adjusted as of its own publication, after the steps back given outermost first
 * (`ly(pq(x))`: ly, pq). Undefined before the first publication, 460 days after the last, and where the figure is blank.
 */
export function figureColumn(
  market: Market,
  series: BarSeries,
  field: string,
  steps: readonly FiscalStep[] = [],
): Float64Array {
  if (field === 'dps_ttm') return dividendsOfYear(series)
  if (field === 'div_growth_years') return dividendGrowthYears(series)
  if (field === 'bars_since_earnings') return sessionsSinceReport(market, series, MOST_AGE)
  const out = new Float64Array(series.length).fill(Number.NaN)
  const records = market.figures(series.symbol).filter((record) => !field.endsWith('_q') || record.kind === 'quarter')
  // A source that never shows the figure does not hide another source's figure by being newer.
  const kinds = new Set(records.filter((record) => carries(record, field)).map((record) => record.kind))
  if (kinds.size === 0) return out
  const periods = new Map<FigureRecord['kind'], FiscalPeriod[]>()
  for (const kind of kinds) periods.set(kind, [])
  let next = 0
  let value = Number.NaN
  let until = Number.NEGATIVE_INFINITY
  for (let i = 0; i < out.length; i++) {
    const day = knownDay(series, market.calendar, i)
    let changed = false
    for (; next < records.length && records[next].published <= day; next++) {
      const known = periods.get(records[next].kind)
      if (known) {
        addRecord(known, records[next])
        changed = true
      }
    }
    if (changed) {
      const latest = latestOf(periods)
      until = latest.published + MOST_AGE
      value = figureOf(series, stepBack(latest.kind, latest.known, steps), field)
    }
    if (day <= until) out[i] = value
  }
  return out
}

/** The last day whose close has come by the bar's end: figures are known from the close of their day on. */
function knownDay({ timeframe, day, time }: BarSeries, calendar: Calendar, i: number): number {
  return timeframe === '1d' || time[i] >= calendar.closeInstant(day[i]) ? day[i] : day[i] - 1
}

function addRecord(known: FiscalPeriod[], record: FigureRecord): void {
  let at = known.length
  while (at > 0 && known[at - 1].end > record.periodEnd) at--
  if (at > 0 && known[at - 1].end === record.periodEnd) known[at - 1].records.push(record)
  else known.splice(at, 0, { end: record.periodEnd, records: [record] })
}

/** Of several kinds of records the one whose newest period was published last. */
function latestOf(periods: ReadonlyMap<FigureRecord['kind'], FiscalPeriod[]>) {
  let found: { kind: FigureRecord['kind']; known: FiscalPeriod[]; published: number } | undefined
  for (const [kind, known] of periods) {
    const published = known.at(-1)?.records.at(-1)?.published
    if (published !== undefined && (found === undefined || published > found.published))
      found = { kind, known, published }
  }
  return found!
}

function stepBack(
  kind: FigureRecord['kind'],
  known: readonly FiscalPeriod[],
  steps: readonly FiscalStep[],
): FiscalPeriod | undefined {
  let at = known.length - 1
  for (const step of steps) {
    const [least, most] = step === 'ly' ? YEAR_APART : QUARTER_APART
    // Annual reports: the one just before or none; quarters: the one a year or a quarter earlier.
    const reach = kind === 'annual' && step === 'ly' ? 1 : kind === 'quarter' ? 6 : 0
    const end = known[at].end
    let found = -1
    for (let back = at - 1; back >= 0 && back >= at - reach && found < 0; back--)
      if (end - known[back].end >= least && end - known[back].end <= most) found = back
    if (found < 0) return undefined
    at = found
  }
  return known[at]
}

function carries({ values }: FigureRecord, field: string): boolean {
  return (
    values[field] !== undefined || (field === 'book_ps' && values.equity !== undefined && values.shares !== undefined)
  )
}

function figureOf(series: BarSeries, period: FiscalPeriod | undefined, field: string): number {
  const record = period?.records.findLast((one) => carries(one, field))
  if (record === undefined) return Number.NaN
  const factor = PER_SHARE.has(field) || field === 'shares' ? factorAt(series, record.published) : 1
  const reported = record.values[field]
  let value = reported / factor
  if (field === 'shares') value = reported * factor
  if (reported === undefined) value = record.values.equity / (record.values.shares * factor)
  return Number.isFinite(value) ? value : Number.NaN
}

/** Sum of the split-adjusted dividends with ex-date in (t - 365 days, t]. */
function dividendsOfYear(series: BarSeries): Float64Array {
  const { day, dividend, length } = series
  const out = new Float64Array(length)
  const paid: number[] = []
  let first = 0
  let total = 0
  for (let i = 0; i < length; i++) {
    let changed = false
    if (dividend[i] !== 0) changed = paid.push(i) > 0
    for (; first < paid.length && day[paid[first]] <= day[i] - 365; first++) changed = true
    if (changed) {
      total = 0
      for (let p = first; p < paid.length; p++) total += dividend[paid[p]]
    }
    out[i] = total
  }
  return out
}

/** In how many of the last completed calendar years in a row the dividends grew; the first year here is never used. */
function dividendGrowthYears(series: BarSeries): Float64Array {
  const { day, dividend, length } = series
  const out = new Float64Array(length)
  const totals: number[] = []
  let growth = 0
  let yearEnd = Number.NEGATIVE_INFINITY
  let year = 0
  for (let i = 0; i < length; i++) {
    if (day[i] >= yearEnd) {
      const last = year
      year = dateParts(day[i]).year
      yearEnd = Date.UTC(year + 1, 0, 1) / 86_400_000
      if (i > 0) for (let skipped = last + 1; skipped < year; skipped++) totals.push(0)
      growth = 0
      for (let back = totals.length - 1; back >= 2 && totals[back] > totals[back - 1] + 1e-9; back--) growth++
      totals.push(0)
    }
    totals[totals.length - 1] += dividend[i]
    out[i] = growth
  }
  return out
}

/** The figures a rule's expressions use, also through ratios; in `ofPosition` the bare name equity is the account's. */
export function figuresUsed(exprs: readonly Expr[], ofPosition: readonly Expr[] = []): string[] {
  const used = new Set<string>()
  const seen = new Set<Expr>()
  const walk = (expr: Expr, account: boolean): void => {
    if (seen.has(expr)) return
    seen.add(expr)
    if (expr.kind === 'name') {
      if (signature(expr.name, false)?.group === 'figure' && !(account && expr.name === 'equity')) used.add(expr.name)
    }
    for (const part of partsOf(expr)) walk(part, account)
    const definition = expandDerived(expr)
    if (definition) walk(definition, false)
  }
  for (const expr of exprs) walk(expr, false)
  for (const expr of ofPosition) walk(expr, true)
  return [...used].sort()
}

/** The figures a rule uses that no stored record of any symbol here has: they are undefined everywhere. */
export function missingFields(market: Market, exprs: readonly Expr[], ofPosition: readonly Expr[] = []): string[] {
  const missing = new Set(figuresUsed(exprs, ofPosition).filter((field) => !FROM_BARS.has(field)))
  for (const symbol of market.symbols) {
    if (missing.size === 0) break
    if (reportDays(market.figures(symbol)).length > 0) missing.delete('bars_since_earnings')
    for (const record of market.figures(symbol))
      for (const field of missing)
        if (carries(record, field) && (record.kind === 'quarter' || !field.endsWith('_q'))) missing.delete(field)
  }
  return [...missing]
}
