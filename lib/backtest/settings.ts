import type { Expr } from '../rule/ast.ts'
import { contains } from '../rule/tree.ts'
import { signature } from '../strategy/series.ts'
import type { RuleClauses } from '../strategy/strategy.ts'
import type { Fill } from './exits.ts'

/** How the portfolio of a backtest trades; every result prints it. */
export interface BacktestSettings {
  /** starting cash, in the currency of the bars */
  cash: number
  /** most positions at once; null: as many as are selected (REBALANCE without MAXPOS) */
  slots: number | null
  /** each fill is worse than the bar's price by this many hundredths of a percent */
  slippageBps: number
  /** and by this fraction of the bar's range (high - low) */
  slippageRange: number
  /** fraction of the traded value */
  commission: number
  /** money for each share as traded */
  commissionPerShare: number
  /** least money of one order that costs commission */
  commissionMinimum: number
  /** which fills cost commission */
  commissionOn: 'entry' | 'exit' | 'both'
  /** largest part of a bar's volume one order takes (the rest of an exit goes at the next opens); null: no limit */
  volumeShare: number | null
  /** a year's fee for borrowing what is sold short, as a fraction of its value; by calendar days / 365 */
  borrowRate: number
  /** sessions without re-entry into a symbol after an exit */
  cooldown: number
  fill: Fill
  /** parts of shares may be held */
  fractional: boolean
  /** what is held at the end: valued at the last close, or sold at the last bar's open or close */
  endPositions: 'mark' | 'close_open' | 'close_last'
  /** symbol the account is compared with; null: SPY where it is stored, else the equal-weight universe */
  benchmark: string | null
}

/** Positions at once, and parts of equity, when the rule has no MAXPOS. */
export const DEFAULT_SLOTS = 20

export const DEFAULT_SETTINGS: BacktestSettings = {
  cash: 100_000,
  slots: DEFAULT_SLOTS,
  slippageBps: 1,
  slippageRange: 0,
  commission: 0,
  commissionPerShare: 0,
  commissionMinimum: 0,
  commissionOn: 'both',
  volumeShare: null,
  borrowRate: 0,
  cooldown: 0,
  fill: 'next_open',
  fractional: false,
  endPositions: 'mark',
  benchmark: null,
}

/** What is asked for the run; where it says nothing, the rule's MAXPOS, COOLDOWN, FILL and REBALANCE; else the defaults. */
export function settingsOf(clauses: RuleClauses | null, asked: Partial<BacktestSettings> = {}): BacktestSettings {
  return {
    ...DEFAULT_SETTINGS,
    slots: clauses?.maxpos ?? (clauses?.rebalance === undefined ? DEFAULT_SLOTS : null),
    cooldown: clauses?.cooldown ?? DEFAULT_SETTINGS.cooldown,
    fill: clauses?.fill ?? DEFAULT_SETTINGS.fill,
    ...asked,
  }
}

/** One sentence for each clause a backtest reads and the portfolio does not apply, under the fill in force; they go to the result's warnings. */
export function unappliedClauses(clauses: RuleClauses | null, fill: Fill): string[] {
  if (clauses === null) return []
  const found: string[] = []
  if (clauses.pair !== undefined)
    found.push(
      `PAIR: the portfolio carries ${clauses.pair.replaceAll("'", '')} against every position; future_return and forward_returns of an instance are of the signal's own symbol.`,
    )
  if (clauses.limit !== undefined)
    found.push('LIMIT orders and cuts a screen; it does not limit the positions of a backtest (MAXPOS does).')
  if (clauses.flat !== undefined && (clauses.timeframe ?? '1d') === '1d')
    found.push(
      fill === 'close'
        ? 'FLAT with FILL close on daily bars leaves nothing to trade: the position would end at the price of its fill.'
        : 'FLAT on daily bars: a position is entered at the next open and left at that same bar’s close.',
    )
  if (clauses.rebalance !== undefined)
    found.push(
      'future_return of an instance is its stand-alone trade; the portfolio holds it from one REBALANCE to the next.',
    )
  return found
}

/** Whether SIZE reads no price or other series (`100`, `floor(equity/1000)`): its number then means shares as traded. */
export function sizeIsAsTraded(size: Expr): boolean {
  return !contains(
    size,
    (part) =>
      (part.kind === 'name' && part.name !== 'equity') ||
      (part.kind === 'call' && signature(part.name, true)?.group !== 'pointwise'),
  )
}
