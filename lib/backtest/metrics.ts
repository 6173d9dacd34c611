import type { PortfolioTrade } from './holding.ts'
import { type Instance, knownReturn } from './instances.ts'
import type { EquityCurve } from './portfolio.ts'

/** Trading days a year, by which daily figures are annualised. */
export const DAYS_A_YEAR = 252

export interface Metrics {
  average_return: number | null
  hit_rate: number | null
  sharpe_ratio: number | null
  max_return: number | null
  positive_return_rate: number | null
  total_return: number | null
  max_drawdown: number | null
  exposure: number | null
  trades: number
  closed_trades: number
  final_equity: number
}

/** Metrics, why some are null, and how each is computed on how many values. */
export interface MetricsReport {
  values: Metrics
  reasons: Partial<Record<keyof Metrics, string>>
  definitions: Record<keyof Metrics, { formula: string; frequency: string; periods: number }>
}

/** A number, or why there is none. */
type Figure = { value: number } | { reason: string }

/** Sum in the order given, divided by how many. */
export function mean(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** Sample standard deviation (n - 1). */
export function sampleDeviation(values: readonly number[]): number {
  const middle = mean(values)
  let squares = 0
  for (const value of values) squares += (value - middle) ** 2
  return Math.sqrt(squares / (values.length - 1))
}

/** Simple returns from one value of a curve to the next. */
export function returnsOf(curve: readonly number[]): number[] {
  return curve.slice(1).map((value, i) => value / curve[i] - 1)
}

/** mean / sample deviation x sqrt(252), risk-free rate 0; undefined for fewer than two returns or without variation. */
export function sharpeRatio(returns: readonly number[]): Figure {
  if (returns.length < 2) return { reason: 'fewer than two daily returns' }
  const middle = mean(returns)
  const deviation = sampleDeviation(returns)
  if (returns.every((each) => each === 0)) return { reason: 'the equity never changed: no position was held' }
  // equal returns leave rounding, not a deviation
  if (deviation <= 1e-12 * Math.abs(middle)) return { reason: 'the daily returns do not vary' }
  return { value: (middle / deviation) * Math.sqrt(DAYS_A_YEAR) }
}

/** Largest fall from a peak as a fraction of it, 0 or more; the start counts as a peak. */
export function maxDrawdown(curve: readonly number[]): number {
  let peak = Number.NEGATIVE_INFINITY
  let worst = 0
  for (const value of curve) {
    if (value > peak) peak = value
    if (peak > 0) worst = Math.max(worst, 1 - value / peak)
  }
  return worst
}

/** The guide's five metrics and the portfolio's first figures, from instances and trades in their fixed order. */
export function metricsOf(
  instances: readonly Instance[],
  portfolio: { curve: EquityCurve; trades: readonly PortfolioTrade[]; finalEquity: number },
  cash: number,
): MetricsReport {
  const { curve, trades, finalEquity } = portfolio
  const returns = instances.map(knownReturn).filter((value) => value !== null)
  const closed = trades.filter((trade) => !trade.open)
  const daily = returnsOf(curve.equity)
  const of = (list: readonly unknown[], reason: string, value: () => number): Figure =>
    list.length === 0 ? { reason } : { value: value() }
  const noReturn = 'no instance with a known return'
  const noSession = 'no session with bars in the range'

  const figures = {
    average_return: of(returns, noReturn, () => mean(returns)),
    hit_rate: of(returns, noReturn, () => returns.filter((value) => value > 0).length / returns.length),
    sharpe_ratio: sharpeRatio(daily),
    max_return: of(returns, noReturn, () => returns.reduce((most, value) => Math.max(most, value))),
    positive_return_rate: of(
      closed,
      'the portfolio closed no trade',
      () => closed.filter((trade) => trade.pnl > 0).length / closed.length,
    ),
    total_return: of(curve.day, noSession, () => finalEquity / cash - 1),
    max_drawdown: of(curve.day, noSession, () => maxDrawdown([cash, ...curve.equity])),
    exposure: of(curve.day, noSession, () => mean(curve.gross.map((gross, i) => gross / curve.equity[i]))),
  }
  const values = { trades: trades.length, closed_trades: closed.length, final_equity: finalEquity } as Metrics
  const reasons: MetricsReport['reasons'] = {}
  for (const [name, figure] of Object.entries(figures) as [keyof typeof figures, Figure][]) {
    if ('value' in figure && Number.isFinite(figure.value)) values[name] = figure.value
    else {
      values[name] = null
      reasons[name] = 'reason' in figure ? figure.reason : 'the account was ruined: equity reached 0'
    }
  }
  return {
    values,
    reasons,
    definitions: definitions(returns.length, closed.length, trades.length, daily.length, curve.day.length),
  }
}

function definitions(
  known: number,
  closed: number,
  trades: number,
  daily: number,
  sessions: number,
): MetricsReport['definitions'] {
  const define = (formula: string, frequency: string, periods: number) => ({ formula, frequency, periods })
  return {
    average_return: define('mean of future_return over the instances where it is known', 'per instance', known),
    hit_rate: define('instances with future_return > 0 / instances where it is known', 'per instance', known),
    sharpe_ratio: define(
      `mean / sample standard deviation of the portfolio's daily returns x sqrt(${DAYS_A_YEAR}), risk-free rate 0`,
      'daily',
      daily,
    ),
    max_return: define('largest known future_return', 'per instance', known),
    positive_return_rate: define(
      'closed portfolio trades with a profit after costs / closed trades',
      'per trade',
      closed,
    ),
    total_return: define('final equity / starting cash - 1', 'whole range', sessions),
    max_drawdown: define(
      'largest fall of daily equity from its peak / that peak, starting cash included',
      'daily',
      sessions,
    ),
    exposure: define('mean of the value of all positions (shorts positive) / equity at the close', 'daily', sessions),
    trades: define('entries of the portfolio', 'per trade', trades),
    closed_trades: define('entries that were fully left', 'per trade', closed),
    final_equity: define('cash + positions at the last close', 'whole range', sessions),
  }
}
