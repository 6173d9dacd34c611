import type { CompareOp } from './ast.ts'

/** Bare names. */
export const NAMES: Readonly<Record<string, string>> = {
  open: 'the open',
  high: 'the high',
  low: 'the low',
  close: 'the close',
  volume: 'volume',
  raw_open: 'the open as traded',
  raw_high: 'the high as traded',
  raw_low: 'the low as traded',
  raw_close: 'the close as traded',
  raw_volume: 'volume as traded',
  pe: 'P/E (positive earnings only)',
  pb: 'price to book',
  mcap: 'market capitalisation',
  ev: 'enterprise value',
  ey: 'the earnings yield',
  symbol: 'symbol',
  sector: 'sector',
  industry: 'industry',
  debt_to_equity: 'debt to equity',
  current_ratio: 'the current ratio',
  stocks: 'it is a stock',
  all: 'any symbol',
  entry_price: 'the entry price',
  bars_held: 'the number of bars held',
  initial_risk: 'the initial risk per share',
  side: 'the side (1 long, -1 short)',
}

/** Means beside the simple one. */
export const MEANS: Readonly<Record<string, string>> = {
  wma: 'weighted average',
  hma: 'Hull average',
  dema: 'double EMA',
  tema: 'triple EMA',
  kama: 'adaptive average',
  vwma: 'volume-weighted average',
}

/** Studies, said with their windows in parentheses. */
export const INDICATORS: Readonly<Record<string, string>> = {
  atr: 'ATR',
  adx: 'ADX',
  psar: 'the parabolic SAR',
  supertrend: 'the Supertrend line',
  donchian_upper: 'the upper Donchian channel',
  donchian_lower: 'the lower Donchian channel',
  donchian_mid: 'the middle of the Donchian channel',
  aroon_up: 'Aroon up',
  aroon_down: 'Aroon down',
  aroon_osc: 'the Aroon oscillator',
  cmf: 'Chaikin money flow',
  ultosc: 'the ultimate oscillator',
  pdi: '+DI',
  mdi: '-DI',
  mfi: 'MFI',
  cci: 'CCI',
  willr: 'Williams %R',
  stoch_k: 'stochastic %K',
  stoch_d: 'stochastic %D',
  macd: 'MACD',
  macd_signal: 'the MACD signal line',
  macd_hist: 'the MACD histogram',
  bb_upper: 'the upper Bollinger band',
  bb_lower: 'the lower Bollinger band',
  bb_mid: 'the middle Bollinger band',
  bb_width: 'the Bollinger band width',
  bb_pct: 'the place in the Bollinger bands',
  kc_upper: 'the upper Keltner channel',
  kc_lower: 'the lower Keltner channel',
}

/** Calls without arguments that read better than their line in the table of series. */
export const PLAIN_CALLS: Readonly<Record<string, string>> = {
  tr: 'the true range',
  obv: 'on-balance volume',
  close_pos: "the place of the close in the bar's range (0 low, 1 high)",
  fscore: 'the Piotroski F-score',
  tod: 'the number of minutes since the open',
  bar_of_day: 'the number of the bar in its session',
  minutes_left: 'the number of minutes to the close',
  dopen: "the session's open",
  dhigh: "the session's high so far",
  dlow: "the session's low so far",
  dvol: "the session's volume so far",
  raw_dvol: "the session's volume so far",
  vwap: "the session's VWAP",
  pclose: "the previous session's close",
  pm_last: 'the last pre-market price',
  pm_volume: 'the pre-market volume',
  raw_pm_volume: 'the pre-market volume',
}

export const VERBS: Readonly<Record<CompareOp, string>> = {
  '<': 'is below',
  '<=': 'is at most',
  '>': 'is above',
  '>=': 'is at least',
  '==': 'equals',
  '!=': 'differs from',
}

/** How a number of bars held compares. */
export const HELD: Readonly<Record<CompareOp, string>> = {
  '<': 'fewer than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
  '==': 'exactly',
  '!=': 'other than',
}
