/** Metrics of the portfolio's trades. */
import type { PortfolioTrade } from '../holding.ts'
import { type Entries, entries } from './entry.ts'
import * as of from './trade-figures.ts'

/** Metrics of the trades that are closed, in the order of their entries. */
export function tradeEntries(closed: readonly PortfolioTrade[]): Entries {
  const trades = closed.map(figuresOf)
  return entries('per trade', trades.length, {
    positive_return_rate: ['closed portfolio trades with a profit after costs / closed trades', of.winRate(trades)],
    profit_factor: ['sum of profits / sum of losses, in money', of.profitFactor(trades)],
    profit_factor_of_returns: ['sum of returns above 0 / sum of those below', of.profitFactorOfReturns(trades)],
    expectancy: ['mean return of a trade: pnl / value bought (short: sold) to open', of.expectancy(trades)],
    expectancy_cash: ['mean pnl of a trade', of.expectancyCash(trades)],
    average_trade: ['geometric mean of the returns of trades', of.geometricTrade(trades)],
    best_trade: ['largest return of a trade', of.extremeOf(trades, 'return', 1)],
    worst_trade: ['smallest return of a trade', of.extremeOf(trades, 'return', -1)],
    system_quality: ['sqrt(trades) x mean pnl / sample deviation of pnl (SQN)', of.systemQuality(trades)],
    kelly: ['win rate - (1 - win rate) / payoff_ratio', of.kelly(trades)],
    payoff_ratio: ['mean profit of won trades / mean loss of lost ones, in money', of.payoffRatio(trades)],
    longest_winning_streak: ['most trades in a row, by entry, with a profit', of.longestStreak(trades, 1)],
    longest_losing_streak: ['most trades in a row, by entry, with a loss', of.longestStreak(trades, -1)],
    average_bars_held: ['mean of bars from entry to exit, both counted', of.meanOf(trades, 'barsHeld')],
    max_trade_days: ['longest time from the first fill to the last; calendar days', of.extremeOf(trades, 'days', 1)],
    average_trade_days: ['mean of those times; calendar days', of.meanOf(trades, 'days')],
    average_mae: ['mean of the worst price while held, as a fraction of the entry price', of.meanOf(trades, 'mae')],
    average_mfe: ['mean of the best price while held, as a fraction of the entry price', of.meanOf(trades, 'mfe')],
  })
}

function figuresOf(trade: PortfolioTrade): of.TradeFigures {
  const { executions, pnl, barsHeld } = trade
  const days = executions[executions.length - 1].day - executions[0].day
  const { mae, mfe } = trade as { mae?: number | null; mfe?: number | null }
  return { pnl, return: trade.return, barsHeld, days, mae, mfe }
}
