import type { BarSeries } from '../market/bars.ts'
import type { Trade } from './trades.ts'

/** A signal that wants a position: its bar, side and rank, and its own trade (null: no bar to enter on). */
export interface PortfolioEntry {
  bar: number
  side: 1 | -1
  /** RANK's value or what the strategy returned; NaN without */
  score: number
  trade: Trade | null
}

/** An entry with the symbol it belongs to. */
export interface Candidate {
  symbol: string
  series: BarSeries
  score: number
  entry: PortfolioEntry
}
