import { signature } from '../strategy/series.ts'
import type { Expr } from './ast.ts'
import { printExpression } from './print.ts'

/** What a value counts: dollars of a price, shares, a fraction people read in percent, a multiple, bars, points of an oscillator. */
export type Unit = 'price' | 'shares' | 'fraction' | 'times' | 'bars' | 'points' | 'number'

const OF_NAME: Readonly<Record<string, Unit>> = {
  ...Object.fromEntries(
    'open high low close raw_open raw_high raw_low raw_close entry_price initial_risk'
      .split(' ')
      .map((name): [string, Unit] => [name, 'price']),
  ),
  volume: 'shares',
  raw_volume: 'shares',
  bars_held: 'bars',
  ...Object.fromEntries(
    'roe roa ey div_yield fcf_yield payout gross_margin'.split(' ').map((name): [string, Unit] => [name, 'fraction']),
  ),
  ...Object.fromEntries('pe pb debt_to_equity current_ratio'.split(' ').map((name): [string, Unit] => [name, 'times'])),
}

const OF_CALL: Readonly<Record<string, Unit>> = {
  ...Object.fromEntries(
    'atr tr macd macd_signal macd_hist bb_mid bb_upper bb_lower kc_upper kc_lower vwap dopen dhigh dlow pclose orh orl pm_last'
      .split(' ')
      .map((name): [string, Unit] => [name, 'price']),
  ),
  ...Object.fromEntries(
    'rsi stoch_k stoch_d adx pdi mdi mfi willr cci'.split(' ').map((name): [string, Unit] => [name, 'points']),
  ),
  ...Object.fromEntries(
    'roc gap yoy bb_width bb_pct close_pos xrank breadth pct_rank eps_surprise'
      .split(' ')
      .map((name): [string, Unit] => [name, 'fraction']),
  ),
  rvol: 'times',
  day_rvol: 'times',
  count: 'bars',
  barssince: 'bars',
  dvol: 'shares',
  raw_dvol: 'shares',
  avg_dvol: 'shares',
  zscore: 'number',
  xz: 'number',
  obv: 'shares',
}

/** The unit of a value, as far as its formula tells; `number` where it does not. */
export function unitOf(expr: Expr): Unit {
  switch (expr.kind) {
    case 'number':
      return expr.percent ? 'fraction' : 'number'
    case 'name':
      return OF_NAME[expr.name] ?? 'number'
    case 'ago':
    case 'negate':
      return unitOf(expr.of)
    case 'arithmetic':
      return ofArithmetic(expr)
    case 'call': {
      const known = OF_CALL[expr.name]
      if (known !== undefined) return known
      const kinds = signature(expr.name, true)?.args ?? []
      // The series it is taken of: where(c, x) has it second, on('SPY', x) too.
      const series = expr.args.findLast((_, i) => kinds[i]?.startsWith('x'))
      return series === undefined ? 'number' : unitOf(series)
    }
    default:
      return 'number'
  }
}

function ofArithmetic(expr: Expr & { kind: 'arithmetic' }): Unit {
  const { op, left, right } = expr
  const [a, b] = [unitOf(left), unitOf(right)]
  const lessOne = op === '-' && right.kind === 'number' && right.value === 1
  if (lessOne && left.kind === 'arithmetic' && left.op === '/' && unitOf(left) === 'times') return 'fraction'
  if (op === '+' || op === '-') return a === 'number' ? b : a
  if (op === '*') return isPlain(left) ? b : isPlain(right) ? a : 'number'
  if (isPlain(right)) return a
  return a === b && a !== 'number' ? 'times' : printExpression(left) === printExpression(right) ? 'times' : 'number'
}

const isPlain = (expr: Expr): boolean => expr.kind === 'number' || (expr.kind === 'negate' && isPlain(expr.of))

/** The unit in which two sides are compared. */
export function unitOfBoth(left: Expr, right: Expr): Unit {
  const [a, b] = [unitOf(left), unitOf(right)]
  return a === 'number' ? b : a
}
