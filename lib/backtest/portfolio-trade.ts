import type { Execution } from './account.ts'
import type { ExitReason } from './exits.ts'
import type { LotSums } from './lot.ts'

/** An entry and everything that came of it; money in the currency of the bars, shares and prices as traded. */
export interface PortfolioTrade {
  symbol: string
  side: 1 | -1
  signalDay: number
  /** the instant the signal's bar ended */
  signalTime: number
  /** of the signal's own symbol */
  executions: Execution[]
  /** levels at the entry, as traded then; null without one */
  stop: number | null
  target: number | null
  /** worst and best price met while held, as fractions of the entry price: 0 or less, 0 or more */
  mae: number
  mfe: number
  /** shares that the entry bar's volume left unfilled */
  unfilled: number
  /** credited (short: charged) on ex-dates; these and the costs with those of the pair */
  dividends: number
  /** fee for shares sold short */
  borrow: number
  commission: number
  slippage: number
  /** after costs, dividends included; while open: with the rest valued at the last close */
  pnl: number
  /** pnl / value of what was bought and sold short to open */
  return: number
  barsHeld: number
  open: boolean
  exitReason: ExitReason | null
  /** PAIR: the opposite position that went with it */
  pair?: PairTrade
}

/** The other leg of a trade under PAIR. */
export interface PairTrade extends Pick<LotSums, 'executions' | 'dividends' | 'borrow' | 'commission' | 'slippage'> {
  symbol: string
  side: 1 | -1
  pnl: number
}
