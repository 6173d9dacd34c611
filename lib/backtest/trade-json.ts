import { isoDay } from '../core/days.ts'
import { finite } from '../core/plain.ts'
import type { Execution } from './account.ts'
import type { PairTrade, PortfolioTrade } from './portfolio-trade.ts'

/** A trade of the portfolio as a row of JSON; money and prices in the currency of the bars, prices and shares as traded. */
export function tradeJson(trade: PortfolioTrade): Record<string, unknown> {
  const { executions } = trade
  const entry = executions[0]
  const last = executions[executions.length - 1]
  return {
    symbol: trade.symbol,
    side: sideName(trade.side),
    signal_date: isoDay(trade.signalDay),
    entry_date: isoDay(entry.day),
    entry_price: finite(entry.price),
    shares: finite(Math.abs(entry.shares)),
    exit_date: trade.open ? null : isoDay(last.day),
    exit_price: trade.open ? null : finite(last.price),
    exit_reason: trade.open ? 'open' : trade.exitReason,
    bars_held: trade.barsHeld,
    pnl: finite(trade.pnl),
    return: finite(trade.return),
    stop: finite(trade.stop),
    target: finite(trade.target),
    mae: finite(trade.mae),
    mfe: finite(trade.mfe),
    dividends: finite(trade.dividends),
    commission: finite(trade.commission),
    slippage: finite(trade.slippage),
    borrow: finite(trade.borrow),
    ...(trade.unfilled > 0 ? { unfilled: finite(trade.unfilled) } : {}),
    executions: executions.map(executionJson),
    ...(trade.pair === undefined ? {} : { pair: pairJson(trade.pair) }),
  }
}

/** When the bars of a signal and its fills ended, epoch ms. */
export function tradeTimes({ signalTime, executions, open }: PortfolioTrade): Record<string, unknown> {
  return {
    signal_time: signalTime,
    entry_time: executions[0].time,
    exit_time: open ? null : executions[executions.length - 1].time,
  }
}

export function sideName(side: 1 | -1): 'long' | 'short' {
  return side === 1 ? 'long' : 'short'
}

function executionJson({ day, price, shares, reason, late }: Execution): Record<string, unknown> {
  const row = { date: isoDay(day), price: finite(price), shares: finite(shares), reason }
  return late === undefined ? row : { ...row, late }
}

/** The leg of PAIR: its part of the costs and of the profit that the trade's own figures hold. */
function pairJson({ symbol, side, executions, ...money }: PairTrade): Record<string, unknown> {
  return {
    symbol,
    side: sideName(side),
    pnl: finite(money.pnl),
    dividends: finite(money.dividends),
    commission: finite(money.commission),
    slippage: finite(money.slippage),
    borrow: finite(money.borrow),
    executions: executions.map(executionJson),
  }
}
