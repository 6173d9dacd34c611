import type { BarSeries, Timeframe } from './bars.ts'

/** What the universe file says of a symbol. */
export interface Listing {
  symbol: string
  name: string
  /** one of the 11 GICS names; '' when unknown */
  sector: string
  industry: string
  assetClass: 'stock' | 'etf' | ''
}

/** One published set of figures; a blank figure is absent. Values as reported (not split-adjusted). */
export interface FigureRecord {
  symbol: string
  /** annual lines stand for TTM; quarter: `_q` fields; snapshot: what a vendor showed on one day */
  kind: 'annual' | 'quarter' | 'snapshot'
  /** day number the period ended */
  periodEnd: number
  /** day number from whose close on the figures are known */
  published: number
  values: Readonly<Record<string, number>>
}

/** Index membership of a ticker: a member on day t when start <= t < end (end undefined: still in). */
export interface MembershipSpan {
  start: number
  end?: number
}

/** The exchange's sessions, by rule. */
export interface Calendar {
  isSession(day: number): boolean
  /** the first session on or after / the last on or before the day */
  nextSession(day: number): number
  previousSession(day: number): number
  /** epoch ms UTC of the session's close (16:00 New York, 13:00 on half days) and of 09:30 */
  closeInstant(day: number): number
  openInstant(day: number): number
  /** whether the day is the last session of its calendar week / month */
  isWeekEnd(day: number): boolean
  isMonthEnd(day: number): boolean
}

/** Loaded data a rule or a strategy is evaluated on: everything in memory, read only. */
export interface Market {
  readonly timeframe: Timeframe
  /** the symbols of the data with bars loaded here, code-unit order */
  readonly symbols: readonly string[]
  readonly calendar: Calendar
  /** true for the simulated market: every result says so */
  readonly simulated: boolean
  /** names the listings, figures and memberships this market knows: equal names, equal knowledge; absent: not known to be */
  readonly known?: string
  /** false when no universe file is stored: every symbol but a few well-known funds then counts as a stock without a sector */
  readonly listingsKnown: boolean
  bars(symbol: string): BarSeries | undefined
  listing(symbol: string): Listing | undefined
  /** by publication day, then period end; empty when none are stored */
  figures(symbol: string): readonly FigureRecord[]
  /** spans by ticker of an index such as SP500, or undefined when no constituents file of that name is stored */
  membership(index: string): ReadonlyMap<string, readonly MembershipSpan[]> | undefined
}
