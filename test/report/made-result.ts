import { isoDay, weekday } from '../../lib/core/days.ts'
import { uniform } from './numbers.ts'

/** The first day of made results: Monday, 2001-01-01. */
const FIRST = 11_323

/** Weekdays from the first day on. */
export function weekdays(count: number): string[] {
  const found: string[] = []
  for (let day = FIRST; found.length < count; day++) if (weekday(day) < 5) found.push(isoDay(day))
  return found
}

export interface MadeBars {
  symbol: string
  date: string[]
  open: number[]
  high: number[]
  low: number[]
  close: number[]
  factor: number[]
}

/** A result with every field a backtest may have, of so many trades over so many symbols, with the bars it was made on. */
export function madeResult(trades: number, symbols: number, sessions = 2_500, name = (i: number) => `S${i}`) {
  const next = uniform(7)
  const date = weekdays(sessions)
  const bars = new Map<string, MadeBars>()
  for (let s = 0; s < symbols; s++) bars.set(name(s), madeBars(name(s), date, next))
  const names = [...bars.keys()]
  const made = Array.from({ length: trades }, (_, i) => tradeOf(bars.get(names[i % symbols])!, i, next))
  made.sort((a, b) =>
    a.entry_date < b.entry_date ? -1 : a.entry_date > b.entry_date ? 1 : a.symbol < b.symbol ? -1 : 1,
  )
  let value = 100_000
  const equity = date.map(() => (value *= 1 + 0.02 * (next() - 0.49)))
  let held = 100_000
  const benchmark = date.map((_, i) => (i < 3 ? null : (held *= 1 + 0.015 * (next() - 0.49))))
  const json = {
    success: true,
    strategy_id: 1,
    execution_mode: 'backtest',
    run_id: 'made',
    instances: made.map(({ symbol, signal_date, side }) => ({
      ticker: symbol,
      date: signal_date,
      classification: true,
      side,
      future_return: 0.01,
    })),
    summary: { total_instances: trades, date_range: [date[0], date.at(-1)], symbols_processed: symbols },
    performance_metrics: {
      total_return: equity.at(-1)! / 100_000 - 1,
      max_drawdown: 0.31,
      sharpe_ratio: null,
      reasons: { sharpe_ratio: 'the daily returns do not vary' },
      definitions: {
        total_return: { formula: 'final equity / starting cash - 1', frequency: 'whole range', periods: 9 },
      },
    },
    portfolio: {
      signals: { taken: trades, no_free_slot: 12 },
      equity_curve: { date, equity, cash: equity, positions: equity.map(() => 3), gross: equity, benchmark },
      drawdowns: [
        { peak_date: date[9], trough_date: date[30], recovery_date: null, depth: 0.31, sessions: 90, days: 130 },
      ],
      trades: made,
    },
    benchmark: { kind: 'symbol', symbol: 'SPY', note: 'with dividends', total_return: 0.4 },
    honesty: {
      verdict: { words: 'A coin would have done as well.', level: 'weak', reasons: ['the interval holds 0'] },
      trials: { count: 3, source: 'strategies' },
      probabilistic_sharpe: null,
      reasons: { probabilistic_sharpe: 'no variation' },
      mean_trade_interval: { mean: 0.001, low: -0.002, high: 0.004, level: 0.95, samples: 1000, seed: 1, trades },
      out_of_sample: null,
    },
    claims: { note: 'Returned by the strategy itself.', sessions: 2, last: { date: date[5], returns: 9.99 } },
    receipt: { strategy_hash: 'a'.repeat(64), settings: { cash: 100_000, commission: 0 }, skipped: [] },
    assumptions: ['gap: open against close'],
    warnings: ['survivorship-biased'],
  }
  return { json, bars }
}

function madeBars(symbol: string, date: string[], next: () => number): MadeBars {
  const bars: MadeBars = { symbol, date, open: [], high: [], low: [], close: [], factor: [] }
  let price = 20 + 80 * next()
  const cents = (value: number) => Math.max(1, Math.round(value * 100)) / 100
  for (let i = 0; i < date.length; i++) {
    const open = cents(price * (1 + 0.01 * (next() - 0.5)))
    const close = cents(open * (1 + 0.04 * (next() - 0.5)))
    bars.open.push(open)
    bars.close.push(close)
    bars.high.push(cents(Math.max(open, close) * (1 + 0.01 * next())))
    bars.low.push(cents(Math.min(open, close) * (1 - 0.01 * next())))
    bars.factor.push(1)
    price = Math.max(2, close)
  }
  return bars
}

function tradeOf({ symbol, date, open, close }: MadeBars, i: number, next: () => number) {
  const entry = 40 + Math.floor(next() * (date.length - 90))
  const held = 1 + Math.floor(next() * 10)
  const exit = entry + held
  const side = i % 5 === 0 ? 'short' : 'long'
  const change = close[exit] / open[entry] - 1
  const gain = side === 'long' ? change : -change
  return {
    symbol,
    side,
    signal_date: date[entry - 1],
    entry_date: date[entry],
    entry_price: open[entry],
    shares: 100,
    exit_date: date[exit],
    exit_price: close[exit],
    exit_reason: ['exit', 'stop', 'target'][i % 3],
    bars_held: held + 1,
    pnl: gain * open[entry] * 100,
    return: gain,
    dividends: 0,
    commission: 1.5,
    slippage: 0.25,
    stop: open[entry] * (side === 'long' ? 0.95 : 1.05),
    target: open[entry] * (side === 'long' ? 1.1 : 0.9),
    mae: -0.02,
    mfe: 0.03,
    executions: [
      { date: date[entry], price: open[entry], shares: 100, reason: 'entry' },
      { date: date[exit], price: close[exit], shares: -100, reason: 'exit' },
    ],
  }
}
