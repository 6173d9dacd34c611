import type { Candidate, PortfolioEntry, PortfolioSymbol } from './candidate.ts'
import type { Position } from './exits.ts'
import type { HeldBars } from './held-bars.ts'
import type { PairSymbol } from './holding.ts'
import type { BacktestSettings } from './settings.ts'
import type { Trade } from './trades.ts'

export interface PortfolioRequest {
  symbols: readonly PortfolioSymbol[]
  /** last day simulated */
  to: number
  /** every session of the range and when it closes, ascending: the account has an equity on each of them */
  sessions: readonly { day: number; time: number }[]
  settings: BacktestSettings
  /** which scores come first when there are more signals than slots; null: by symbol alone */
  rankOrder: 'asc' | 'desc' | null
  /** last day of the data: a symbol whose bars end more than a week before it is sold at its last close */
  dataEnd: number
  /** of how long a span the bars are asked for at once; a year when absent */
  span?: 'year' | 'month'
  /** SIZE: shares on the split-adjusted scale of the data, NaN when undefined */
  size?: (entry: PortfolioEntry, position: Position) => number
  /** SIZE reads no price, so that its number means shares as traded */
  sizeAsTraded?: boolean
  /** STOP, TARGET, TRAIL or EXIT refer to the account's equity: each trade is asked for when it is entered */
  tradesNeedEquity?: boolean
  /** REBALANCE: whether the signals of a day decide what the portfolio holds */
  rebalance?: (day: number) => boolean
  /** PAIR: the symbol every position holds for equal dollars on the opposite side */
  pair?: PairSymbol
}

/**
 * What a simulation needs to go on: the bars of some symbols over the days `from` to `to` (answered by symbol; one without
 * bars there is absent), or the trade of a signal under the account's equity at its bar.
 */
export type PortfolioNeed =
  | { kind: 'bars'; symbols: string[]; from: number; to: number }
  | { kind: 'trade'; candidate: Candidate; equity: number }
export type PortfolioAnswer = ReadonlyMap<string, HeldBars> | Trade | null
export type Steps<Result> = Generator<PortfolioNeed, Result, PortfolioAnswer>
