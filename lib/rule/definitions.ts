/**
 * The derived names of the rule language, written in it: sections 5, 6 and 7 of the reference, formula by formula. What
 * cannot be written so stays core and is computed by the evaluator: pct_rank, cci, obv, wma, kama, linreg_slope, psar,
 * supertrend, aroon_up, aroon_down.
 */
export interface Definition {
  readonly parameters: readonly string[]
  /** the formula; `[n]` stands for the window's value; a function of it where the text grows with the window */
  readonly text: string | ((n: number) => string)
}

const define = (parameters: string, text: Definition['text']): Definition => ({
  parameters: parameters === '' ? [] : parameters.split(' '),
  text,
})

/** `x op x[1] and x[1] op x[2] and ...`, n comparisons; not a chain of windows, since `false and unknown` is false. */
const inARow = (op: '<' | '>') => (n: number) =>
  Array.from({ length: n }, (_, i) => `${i === 0 ? 'x' : `x[${i}]`} ${op} x[${i + 1}]`).join(' and ')

const RISE = 'rma(max(x - x[1], 0), n)'
const FALL = 'rma(max(x[1] - x, 0), n)'
const UP_MOVE = '(high - high[1])'
const DOWN_MOVE = '(low[1] - low)'
const TYPICAL = '((high + low + close)/3)'
const FLOW_IN = `sum(where(${TYPICAL} > ${TYPICAL}[1], ${TYPICAL}*volume, 0), n)`
const FLOW_OUT = `sum(where(${TYPICAL} < ${TYPICAL}[1], ${TYPICAL}*volume, 0), n)`
const SMOOTHED_THRICE = 'ema(ema(ema(x, n), n), n)'
const PRESSURE = (n: string) => `sum(close - min(low, close[1]), ${n})/sum(tr(), ${n})`
const BODY = 'abs(close - open)'
const RANGE = '(high - low)'
const LOWER_SHADOW = '(min(open, close) - low)'
const UPPER_SHADOW = '(high - max(open, close))'
const CLOSES_HIGH = `(high - close <= 0.25*${RANGE})`
const CLOSES_LOW = `(close - low <= 0.25*${RANGE})`

export const CALLS: Readonly<Record<string, Definition>> = {
  roc: define('x n', 'x/x[n] - 1'),
  change: define('x n', 'x - x[n]'),
  gap: define('', 'open/close[1] - 1'),
  rvol: define('n', 'volume/sma(volume, n)[1]'),
  zscore: define('x n', '(x - sma(x, n))/stdev(x, n)'),
  rising: define('x n', inARow('>')),
  falling: define('x n', inARow('<')),
  crosses_above: define('a b', 'a > b and a[1] <= b[1]'),
  crosses_below: define('a b', 'a < b and a[1] >= b[1]'),
  any: define('c n', 'count(c, n) >= 1'),
  all: define('c n', 'count(c, n) == n'),

  rsi: define('x n', `where(${FALL} == 0, where(${RISE} > 0, 100, 50), 100 - 100/(1 + ${RISE}/${FALL}))`),
  tr: define('', 'max(high - low, max(abs(high - close[1]), abs(low - close[1])))'),
  atr: define('n', 'rma(tr(), n)'),
  pdi: define('n', `100*rma(where(${UP_MOVE} > ${DOWN_MOVE} and ${UP_MOVE} > 0, ${UP_MOVE}, 0), n)/atr(n)`),
  mdi: define('n', `100*rma(where(${DOWN_MOVE} > ${UP_MOVE} and ${DOWN_MOVE} > 0, ${DOWN_MOVE}, 0), n)/atr(n)`),
  adx: define('n', 'rma(100*abs(pdi(n) - mdi(n))/(pdi(n) + mdi(n)), n)'),
  macd: define('f s', 'ema(close, f) - ema(close, s)'),
  macd_signal: define('f s g', 'ema(macd(f, s), g)'),
  macd_hist: define('f s g', 'macd(f, s) - macd_signal(f, s, g)'),
  bb_mid: define('n', 'sma(close, n)'),
  bb_upper: define('n k', 'bb_mid(n) + k*stdev(close, n)'),
  bb_lower: define('n k', 'bb_mid(n) - k*stdev(close, n)'),
  bb_width: define('n k', '(bb_upper(n, k) - bb_lower(n, k))/bb_mid(n)'),
  bb_pct: define('n k', '(close - bb_lower(n, k))/(bb_upper(n, k) - bb_lower(n, k))'),
  kc_upper: define('n k m', 'ema(close, n) + k*atr(m)'),
  kc_lower: define('n k m', 'ema(close, n) - k*atr(m)'),
  stoch_k: define('n s', 'sma(100*(close - lowest(low, n))/(highest(high, n) - lowest(low, n)), s)'),
  stoch_d: define('n s d', 'sma(stoch_k(n, s), d)'),
  willr: define('n', '-100*(highest(high, n) - close)/(highest(high, n) - lowest(low, n))'),
  mfi: define('n', `where(${FLOW_IN} + ${FLOW_OUT} == 0, 50, 100*${FLOW_IN}/(${FLOW_IN} + ${FLOW_OUT}))`),
  dollar_volume: define('n', 'sma(close*volume, n)'),

  hma: define('x n', (n) => {
    const half = Math.max(1, Math.floor(n / 2))
    return `wma(2*wma(x, ${half}) - wma(x, ${n}), ${Math.floor(Math.sqrt(n))})`
  }),
  dema: define('x n', '2*ema(x, n) - ema(ema(x, n), n)'),
  tema: define('x n', `3*ema(x, n) - 3*ema(ema(x, n), n) + ${SMOOTHED_THRICE}`),
  trix: define('x n', `100*(${SMOOTHED_THRICE}/${SMOOTHED_THRICE}[1] - 1)`),
  vwma: define('x n', 'sum(x*volume, n)/sum(volume, n)'),
  donchian_upper: define('n', 'highest(high, n)[1]'),
  donchian_lower: define('n', 'lowest(low, n)[1]'),
  donchian_mid: define('n', '(donchian_upper(n) + donchian_lower(n))/2'),
  aroon_osc: define('n', 'aroon_up(n) - aroon_down(n)'),
  cmf: define('n', 'sum(where(high > low, ((close - low) - (high - close))/(high - low)*volume, 0), n)/sum(volume, n)'),
  ultosc: define('a b c', `100*(4*${PRESSURE('a')} + 2*${PRESSURE('b')} + ${PRESSURE('c')})/7`),

  up: define('', 'close > open'),
  down: define('', 'close < open'),
  inside_bar: define('', 'high < high[1] and low > low[1]'),
  outside_bar: define('', 'high > high[1] and low < low[1]'),
  nr: define('n', 'high - low == lowest(high - low, n)'),
  close_pos: define('', '(close - low)/(high - low)'),
  doji: define('', `high > low and ${BODY} <= 0.1*${RANGE}`),
  hammer: define('', `high > low and ${LOWER_SHADOW} >= 2/3*${RANGE} and ${LOWER_SHADOW} >= 2*${BODY}`),
  shooting_star: define('', `high > low and ${UPPER_SHADOW} >= 2/3*${RANGE} and ${UPPER_SHADOW} >= 2*${BODY}`),
  bullish_engulfing: define(
    '',
    `down()[1] and up() and open <= close[1] and close >= open[1] and ${BODY} > ${BODY}[1]`,
  ),
  bearish_engulfing: define(
    '',
    `up()[1] and down() and open >= close[1] and close <= open[1] and ${BODY} > ${BODY}[1]`,
  ),
  three_white_soldiers: define(
    '',
    `up() and up()[1] and up()[2] and rising(close, 2) and open[1] <= open <= close[1] and open[2] <= open[1] <= close[2] and ${CLOSES_HIGH} and ${CLOSES_HIGH}[1] and ${CLOSES_HIGH}[2]`,
  ),
  three_black_crows: define(
    '',
    `down() and down()[1] and down()[2] and falling(close, 2) and close[1] <= open <= open[1] and close[2] <= open[1] <= open[2] and ${CLOSES_LOW} and ${CLOSES_LOW}[1] and ${CLOSES_LOW}[2]`,
  ),

  day_rvol: define('n', 'dvol()/avg_dvol(n)'),
  yoy: define('x', 'where(ly(x) > 0, x/ly(x) - 1)'),
  fscore: define(
    '',
    '(roa > 0) + (cfo_to_assets > 0) + (roa > ly(roa)) + (cfo_to_assets > roa) + (lt_debt_to_assets < ly(lt_debt_to_assets)) + (current_ratio > ly(current_ratio)) + (shares <= ly(shares)) + (gross_margin > ly(gross_margin)) + (asset_turnover > ly(asset_turnover))',
  ),
}

export const RATIOS: Readonly<Record<string, string>> = {
  mcap: 'close*shares',
  total_debt: 'long_term_debt + short_term_debt',
  ev: 'mcap + total_debt - cash',
  pe: 'where(eps_ttm > 0, close/eps_ttm)',
  pb: 'where(book_ps > 0, close/book_ps)',
  ey: 'eps_ttm/close',
  roe: 'where(equity > 0, net_income_ttm/equity)',
  roa: 'net_income_ttm/total_assets',
  cfo_to_assets: 'cfo_ttm/total_assets',
  debt_to_equity: 'where(equity > 0, long_term_debt/equity)',
  lt_debt_to_assets: 'long_term_debt/total_assets',
  current_ratio: 'current_assets/current_liabilities',
  gross_margin: 'gross_profit_ttm/revenue_ttm',
  asset_turnover: 'revenue_ttm/total_assets',
  fcf_yield: '(cfo_ttm - capex_ttm)/mcap',
  div_yield: 'dps_ttm/close',
  payout: 'where(eps_ttm > 0, dps_ttm/eps_ttm)',
  invested_capital: 'fixed_assets + max(current_assets - current_liabilities, 0)',
}
