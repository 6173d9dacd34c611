import type { ReportInstance, ReportTrade } from './result-shape.ts'

/** What one symbol brought. */
export interface SymbolRow {
  symbol: string
  signals: number
  trades: number
  /** of its closed trades */
  won: number | null
  pnl: number
  meanReturn: number | null
  best: number | null
  worst: number | null
  meanBars: number | null
}

/** One row for each symbol with a signal or a trade, the largest profit first. */
export function symbolRows(trades: readonly ReportTrade[], instances: readonly ReportInstance[]): SymbolRow[] {
  const own = new Map<string, { trades: ReportTrade[]; signals: number }>()
  const of = (symbol: string) => {
    let found = own.get(symbol)
    if (found === undefined) own.set(symbol, (found = { trades: [], signals: 0 }))
    return found
  }
  for (const trade of trades) of(trade.symbol).trades.push(trade)
  for (const { ticker, classification } of instances) if (classification) of(ticker).signals++
  return [...own]
    .map(([symbol, found]) => rowOf(symbol, found))
    .sort((a, b) => b.pnl - a.pnl || (a.symbol < b.symbol ? -1 : 1))
}

function rowOf(symbol: string, { trades, signals }: { trades: ReportTrade[]; signals: number }): SymbolRow {
  const returns = trades.map((trade) => trade.return).filter((value) => value !== null)
  const closed = trades.filter(({ exit_date }) => exit_date !== null)
  const mean = (values: number[]) =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
  const extreme = (pick: (a: number, b: number) => number) =>
    returns.length === 0 ? null : returns.reduce((a, b) => pick(a, b))
  return {
    symbol,
    signals,
    trades: trades.length,
    won: mean(closed.map(({ pnl }) => ((pnl ?? 0) > 0 ? 1 : 0))),
    pnl: trades.reduce((sum, { pnl }) => sum + (pnl ?? 0), 0),
    meanReturn: mean(returns),
    best: extreme(Math.max),
    worst: extreme(Math.min),
    meanBars: mean(trades.map(({ bars_held }) => bars_held)),
  }
}
