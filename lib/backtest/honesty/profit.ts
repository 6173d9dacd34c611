/** Where a profit came from, and what would take it away. */
import { isoDay } from '../../core/days.ts'
import type { PortfolioTrade } from '../holding.ts'

/** Share of the net profit that the best symbol and the best month made; more than 1 where the others lost. */
export interface Concentration {
  symbol: string | null
  symbol_share: number | null
  /** YYYY-MM in which trades were left; those still open count in the month of the last valuation */
  month: string | null
  month_share: number | null
  reason?: string
}

/** More of the profit than this from one symbol or month carries it. */
export const CONCENTRATED = 0.5

/** Shares of the sum of all trades' profits; null with a reason when that is not positive. `lastDay`: of the valuation. */
export function concentration(trades: readonly PortfolioTrade[], lastDay: number): Concentration {
  const none = { symbol: null, symbol_share: null, month: null, month_share: null }
  if (trades.length === 0) return { ...none, reason: 'no trade' }
  const net = sum(trades.map(({ pnl }) => pnl))
  if (!(net > 0)) return { ...none, reason: 'the trades made no profit together' }
  const monthOf = ({ open, executions }: PortfolioTrade) =>
    isoDay(open ? lastDay : executions[executions.length - 1].day).slice(0, 7)
  const symbol = best(trades, (trade) => trade.symbol)
  const month = best(trades, monthOf)
  return { symbol: symbol.name, symbol_share: symbol.pnl / net, month: month.name, month_share: month.pnl / net }
}

/** The group with the largest profit; of equal ones the first by name. */
function best(trades: readonly PortfolioTrade[], nameOf: (trade: PortfolioTrade) => string) {
  const sums = new Map<string, number>()
  for (const trade of trades) sums.set(nameOf(trade), (sums.get(nameOf(trade)) ?? 0) + trade.pnl)
  const sorted = [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return { name: sorted[0][0], pnl: sorted[0][1] }
}

export interface Costs {
  /** sum of the trades' profits after costs, and what was paid for trading them; money */
  net_profit: number
  paid: number
  /** slippage of each fill, in hundredths of a percent, at which the trades would have made nothing together */
  break_even_slippage_bps: number | null
  reason?: string
  note: string
}

const NOTE =
  'slippage in force + 10,000 x net profit / value traded at the prices of the bars; shares, fills and commissions as they were, positions still open at their mark'

/**
 * What trading cost, and the slippage that would have eaten the profit: each fill of value v costs v s / 10,000, so that the profit
 * falls in a straight line with s. `slippageBps`: the one in force.
 */
export function costsOf(trades: readonly PortfolioTrade[], slippageBps: number): Costs {
  const net = sum(trades.map(({ pnl }) => pnl))
  const paid = sum(trades.map((trade) => trade.commission + trade.slippage + (borrowOf(trade) ?? 0)))
  const traded = sum(
    // A fill's price holds its slippage: what was bought was dearer by it, what was sold cheaper.
    trades.flatMap(({ executions }) =>
      executions.map(({ price, shares, slippage }) => Math.abs(shares) * price - Math.sign(shares) * slippage),
    ),
  )
  const base = { net_profit: net, paid, note: NOTE }
  if (!(traded > 0)) return { ...base, break_even_slippage_bps: null, reason: 'nothing was traded' }
  return { ...base, break_even_slippage_bps: slippageBps + (10_000 * net) / traded }
}

const borrowOf = (trade: PortfolioTrade & { borrow?: number }): number | undefined => trade.borrow

function sum(values: readonly number[]): number {
  let total = 0
  for (const value of values) total += value
  return total
}
