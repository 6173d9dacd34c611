import type { Expr } from './ast.ts'

/**
 * Whether a value, once it is defined, stays defined on every later bar. A smoothing (ema, rma) walks over defined values
 * only, so over an input that may have gaps no fixed number of bars fixes its state. Errs on the side of "may have gaps".
 */
export function staysDefined(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'in':
      return true
    case 'name':
      return BARS.has(expr.name) || LABELS.has(expr.name)
    case 'ago':
    case 'negate':
    case 'not':
      return staysDefined(expr.of)
    case 'and':
    case 'or':
      return expr.parts.every(staysDefined)
    case 'compare':
      return expr.operands.every(staysDefined)
    case 'arithmetic':
      return staysDefined(expr.left) && staysDefined(expr.right) && (expr.op !== '/' || staysNonZero(expr.right))
    case 'call':
      return callStaysDefined(expr.name, expr.args)
  }
}

const BARS = new Set([
  'open',
  'high',
  'low',
  'close',
  'volume',
  'raw_open',
  'raw_high',
  'raw_low',
  'raw_close',
  'raw_volume',
])
const PRICES = new Set([...BARS].filter((name) => !name.endsWith('volume')))
const LABELS = new Set(['symbol', 'sector', 'industry', 'stocks', 'all'])

/** Defined from the first sufficient history on, whatever the bars hold: rma of true ranges cannot return to 0. */
const ALWAYS = new Set([
  'index_member',
  'month_end',
  'week_end',
  'gap',
  'tr',
  'atr',
  'pdi',
  'mdi',
  'adx',
  'macd',
  'macd_signal',
  'macd_hist',
  'bb_mid',
  'bb_upper',
  'bb_lower',
  'bb_width',
  'kc_upper',
  'kc_lower',
  'mfi',
  'obv',
  'psar',
  'supertrend',
  'donchian_upper',
  'donchian_lower',
  'donchian_mid',
  'aroon_up',
  'aroon_down',
  'aroon_osc',
  'dollar_volume',
  'up',
  'down',
  'inside_bar',
  'outside_bar',
  'nr',
  'doji',
  'hammer',
  'shooting_star',
  'bullish_engulfing',
  'bearish_engulfing',
  'three_white_soldiers',
  'three_black_crows',
  'tod',
  'bar_of_day',
  'minutes_left',
  'dopen',
  'dhigh',
  'dlow',
  'dvol',
  'raw_dvol',
  'pclose',
])
/** Defined where their arguments are. */
const AS_ARGUMENTS = new Set([
  'abs',
  'floor',
  'min',
  'max',
  'sum',
  'sma',
  'stdev',
  'highest',
  'lowest',
  'count',
  'ema',
  'rma',
  'wma',
  'hma',
  'dema',
  'tema',
  'kama',
  'linreg_slope',
  'change',
  'pct_rank',
  'rsi',
  'rising',
  'falling',
  'crosses_above',
  'crosses_below',
  'any',
  'all',
  'wk',
  'mo',
  'pd',
])

function callStaysDefined(name: string, args: readonly Expr[]): boolean {
  if (ALWAYS.has(name)) return true
  if (AS_ARGUMENTS.has(name)) return args.every(staysDefined)
  if (name === 'where') return args.length === 3 && args.every(staysDefined)
  if (name === 'log') return staysDefined(args[0]!) && isPositive(args[0]!)
  if (name === 'sqrt') return staysDefined(args[0]!) && isNonNegative(args[0]!)
  if (name === 'roc' || name === 'trix') return staysDefined(args[0]!) && isPositive(args[0]!)
  return false
}

/**
 * Once it is not 0, never 0 again: what is always positive, and smoothings of values >= 0, which decay but do not end
 * (a window of 1 forgets at once).
 */
function staysNonZero(expr: Expr): boolean {
  if (isPositive(expr)) return true
  if (expr.kind === 'arithmetic' && expr.op === '+') return staysNonZero(expr.left) && staysNonZero(expr.right)
  if (expr.kind !== 'call') return false
  const last = expr.args.at(-1)
  const forgets = last?.kind === 'number' && last.value === 1
  if (expr.name === 'atr' || expr.name === 'pdi' || expr.name === 'mdi') return !forgets
  return (expr.name === 'ema' || expr.name === 'rma') && !forgets && isNonNegative(expr.args[0]!)
}

/** Above 0 wherever it is defined: prices and what is made of them alone. */
export function isPositive(expr: Expr): boolean {
  if (expr.kind === 'number') return expr.value > 0
  if (expr.kind === 'name') return PRICES.has(expr.name) || expr.name === 'entry_price' || expr.name === 'bars_held'
  if (expr.kind === 'ago') return isPositive(expr.of)
  if (expr.kind === 'arithmetic') {
    if (expr.op === '-') return false
    if (expr.op === '+')
      return (
        (isPositive(expr.left) && isNonNegative(expr.right)) || (isNonNegative(expr.left) && isPositive(expr.right))
      )
    return isPositive(expr.left) && isPositive(expr.right)
  }
  if (expr.kind !== 'call') return false
  const [x, y] = expr.args
  if (expr.name === 'max') return isPositive(x!) || isPositive(y!)
  if (expr.name === 'min') return isPositive(x!) && isPositive(y!)
  if (PRICE_CALLS.has(expr.name)) return true
  if (expr.name === 'on') return isPositive(y!)
  return KEEP_SIGN.has(expr.name) && isPositive(x!)
}

const PRICE_CALLS = new Set([
  'bb_mid',
  'donchian_upper',
  'donchian_lower',
  'donchian_mid',
  'pclose',
  'dopen',
  'dhigh',
  'dlow',
  'vwap',
  'orh',
  'orl',
  'pm_last',
])

const KEEP_SIGN = new Set([
  'sum',
  'sma',
  'highest',
  'lowest',
  'ema',
  'rma',
  'wma',
  'kama',
  'vwma',
  'wk',
  'mo',
  'pd',
  'sqrt',
  'valuewhen',
  'highest_since',
  'lowest_since',
  'entry',
  'since_entry_high',
  'since_entry_low',
])
const NEVER_NEGATIVE = new Set('abs stdev count tr atr rsi mfi adx pdi mdi aroon_up aroon_down ultosc dvol'.split(' '))

/** At least 0 wherever it is defined. */
export function isNonNegative(expr: Expr): boolean {
  if (isPositive(expr)) return true
  if (expr.kind === 'number') return true
  if (expr.kind === 'name') return BARS.has(expr.name)
  if (expr.kind === 'ago') return isNonNegative(expr.of)
  if (expr.kind === 'arithmetic') return expr.op !== '-' && isNonNegative(expr.left) && isNonNegative(expr.right)
  if (expr.kind !== 'call') return false
  const [x, y] = expr.args
  if (expr.name === 'max') return isNonNegative(x!) || isNonNegative(y!)
  if (expr.name === 'min') return isNonNegative(x!) && isNonNegative(y!)
  return NEVER_NEGATIVE.has(expr.name) || (KEEP_SIGN.has(expr.name) && isNonNegative(x!))
}
