import { entryStamp } from './bars.ts'
import type { PackedSymbol } from './pack.ts'
import type { ReportParts } from './parts.ts'
import type { ReportTrade } from './result-shape.ts'
import { wallText } from './stamps.ts'

/** What the page's script reads; trades by column. */
export interface PageData {
  curve: { date: string[]; equity: (number | null)[]; benchmark: (number | null)[] | null }
  cash: number | null
  trades: TradeColumns
  bars: { intraday: boolean; symbols: Record<string, PackedSymbol> } | null
}

export interface TradeColumns {
  symbol: string[]
  /** 1 long, -1 short */
  side: (1 | -1)[]
  signal: (string | null)[]
  /** the day, of intraday bars with the New York time at which the bar ended; so is exit */
  entry: string[]
  exit: (string | null)[]
  reason: string[]
  pair: (string | null)[]
  /** the bar of the entry, and of the exit, as the packed bars stamp them; null while open */
  entryStamp: number[]
  exitStamp: (number | null)[]
  /** the fills of a trade that was not simply entered and left: date, price, shares, reason */
  fills: ([string, number | null, number | null, string][] | null)[]
  numbers: Record<TradeNumber, (number | null)[]>
}

export const TRADE_NUMBERS = [
  'entry_price',
  'exit_price',
  'shares',
  'bars_held',
  'pnl',
  'return',
  'dividends',
  'commission',
  'slippage',
  'borrow',
  'stop',
  'target',
  'mae',
  'mfe',
] as const
export type TradeNumber = (typeof TRADE_NUMBERS)[number]

export function pageData({ result, bars }: ReportParts, cash: number | null): PageData {
  const { trades, equity_curve: curve } = result.portfolio
  const known = 'value' in bars ? bars.value : null
  const benchmark = curve.benchmark?.some((value) => value !== null) ? curve.benchmark.map(rounded) : null
  return {
    curve: { date: curve.date, equity: curve.equity.map(rounded), benchmark },
    cash,
    trades: columnsOf(
      trades,
      trades.some(({ entry_time }) => entry_time !== null),
    ),
    bars: known && { intraday: known.intraday, symbols: known.symbols },
  }
}

function columnsOf(trades: readonly ReportTrade[], intraday: boolean): TradeColumns {
  const numbers = Object.fromEntries(
    TRADE_NUMBERS.map((name) => [name, trades.map((trade) => rounded(trade[name]))]),
  ) as TradeColumns['numbers']
  const entries = trades.map((trade) => entryStamp(trade, intraday))
  const exits = trades.map((trade) =>
    trade.exit_date === null
      ? null
      : entryStamp({ ...trade, entry_date: trade.exit_date, entry_time: trade.exit_time }, intraday),
  )
  return {
    symbol: trades.map(({ symbol }) => symbol),
    side: trades.map(({ side }) => (side === 'short' ? -1 : 1)),
    signal: trades.map((trade) => trade.signal_date),
    entry: trades.map(({ entry_date }, i) => (intraday ? wallText(entries[i]) : entry_date)),
    exit: trades.map(({ exit_date }, i) => (intraday && exits[i] !== null ? wallText(exits[i]) : exit_date)),
    reason: trades.map((trade) => trade.exit_reason ?? 'open'),
    pair: trades.map(({ pair }) => pair),
    entryStamp: entries,
    exitStamp: exits,
    fills: trades.map(({ executions, exit_date }) =>
      executions.length === (exit_date === null ? 1 : 2)
        ? null
        : executions.map(({ date, price, shares, reason }) => [date, rounded(price), rounded(shares), reason ?? '']),
    ),
    numbers,
  }
}

/** To a millionth: what is shown has fewer digits, and the file stays small. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6
}
