/**
 * Every name of the rule language that stands for a value per bar: its arguments and one line of meaning.
 * The rule checker, the guest's series handles, the type stubs and the reference page are all built from this table.
 */

/**
 * One argument: `x` a series of numbers, `c` a condition, `n` a window (positive integer literal), `k` a number literal,
 * `s` a symbol or index in quotes. A trailing `?` marks an argument that may be left out.
 */
export type ArgumentKind = 'x' | 'c' | 'n' | 'k' | 's' | 'n?' | 'x?'

export type SeriesGroup =
  | 'bar'
  | 'text'
  | 'pointwise'
  | 'window'
  | 'memory'
  | 'calendar'
  | 'cross-section'
  | 'indicator'
  | 'candle'
  | 'intraday'
  | 'figure'
  | 'ratio'
  | 'position'

export interface SeriesSignature {
  readonly name: string
  readonly group: SeriesGroup
  /** absent: a bare name (`close`, `pe`); present: a call, also with no arguments (`gap()`) */
  readonly args?: readonly ArgumentKind[]
  /** what it yields */
  readonly yields: 'number' | 'condition' | 'text'
  readonly meaning: string
}

const bare = (
  group: SeriesGroup,
  yields: SeriesSignature['yields'],
  names: Record<string, string>,
): SeriesSignature[] => Object.entries(names).map(([name, meaning]) => ({ name, group, yields, meaning }))

const call = (
  group: SeriesGroup,
  yields: SeriesSignature['yields'],
  calls: Record<string, [ArgumentKind[], string]>,
): SeriesSignature[] => Object.entries(calls).map(([name, [args, meaning]]) => ({ name, group, args, yields, meaning }))

export const SERIES: readonly SeriesSignature[] = [
  ...bare('bar', 'number', {
    open: 'first price of the bar, split-adjusted',
    high: 'highest price of the bar, split-adjusted',
    low: 'lowest price of the bar, split-adjusted',
    close: 'last price of the bar, split-adjusted',
    volume: 'shares traded in the bar, split-adjusted',
    raw_open: 'open as traded',
    raw_high: 'high as traded',
    raw_low: 'low as traded',
    raw_close: 'close as traded',
    raw_volume: 'volume as traded',
  }),
  ...bare('text', 'text', {
    symbol: 'the symbol',
    sector: 'one of the 11 GICS sectors',
    industry: 'the industry of the universe file',
  }),
  ...bare('text', 'condition', {
    stocks: 'the symbol is a stock (asset class of the universe file)',
    all: 'true for every symbol; only in UNIVERSE',
  }),
  ...call('text', 'condition', { index_member: [['s'], 'the symbol is a member of the index on the bar’s date'] }),
  ...call('pointwise', 'number', {
    abs: [['x'], 'absolute value'],
    log: [['x'], 'natural logarithm; undefined for x <= 0'],
    sqrt: [['x'], 'square root; undefined for x < 0'],
    floor: [['x'], 'largest integer <= x'],
    min: [['x', 'x'], 'the smaller of two values'],
    max: [['x', 'x'], 'the larger of two values'],
    where: [
      ['c', 'x', 'x?'],
      'the second argument where the condition is true, the third (or undefined) where it is false',
    ],
  }),
  ...call('window', 'number', {
    sum: [['x', 'n'], 'sum of the last n values'],
    sma: [['x', 'n'], 'mean of the last n values'],
    stdev: [['x', 'n'], 'population standard deviation of the last n values'],
    highest: [['x', 'n'], 'largest of the last n values'],
    lowest: [['x', 'n'], 'smallest of the last n values'],
    count: [['c', 'n'], 'on how many of the last n bars the condition was true'],
    ema: [['x', 'n'], 'exponential mean, a = 2/(n+1), seeded with the mean of the first n values'],
    rma: [['x', 'n'], 'Wilder’s mean, a = 1/n, seeded with the mean of the first n values'],
    wma: [['x', 'n'], 'linearly weighted mean: n times the value at t, once the oldest'],
    hma: [['x', 'n'], 'Hull’s mean: wma of 2*wma(x,n/2) - wma(x,n) over the square root of n bars'],
    dema: [['x', 'n'], 'double exponential mean, 2*ema - ema of ema'],
    tema: [['x', 'n'], 'triple exponential mean, 3*ema - 3*ema of ema + ema of ema of ema'],
    kama: [['x', 'n', 'n?', 'n?'], 'Kaufman’s adaptive mean; the fast and slow ends 2 and 30 when left out'],
    vwma: [['x', 'n'], 'mean of the last n values weighted by volume'],
    linreg_slope: [['x', 'n'], 'slope per bar of the least-squares line through the last n values'],
    roc: [['x', 'n'], 'x/x[n] - 1'],
    change: [['x', 'n'], 'x - x[n]'],
    zscore: [['x', 'n'], '(x - sma(x,n))/stdev(x,n)'],
    pct_rank: [['x', 'n'], 'share of the previous n values that are smaller than x'],
  }),
  ...call('window', 'condition', {
    rising: [['x', 'n'], 'x rose n times in a row'],
    falling: [['x', 'n'], 'x fell n times in a row'],
    crosses_above: [['x', 'x'], 'the first is above the second now and was at or below it on the bar before'],
    crosses_below: [['x', 'x'], 'the first is below the second now and was at or above it on the bar before'],
    any: [['c', 'n'], 'true on at least one of the last n bars'],
    all: [['c', 'n'], 'true on each of the last n bars'],
  }),
  ...call('memory', 'number', {
    barssince: [['c'], 'bars since the condition was last true, 0 when it is now'],
    valuewhen: [['c', 'x'], 'x at the latest bar where the condition was true'],
    highest_since: [['c', 'x'], 'largest x from the latest bar where the condition was true'],
    lowest_since: [['c', 'x'], 'smallest x from the latest bar where the condition was true'],
  }),
  ...call('calendar', 'number', {
    wk: [['x'], 'x on the symbol’s weekly bars, as of the last week completed by this close'],
    mo: [['x'], 'x on the symbol’s monthly bars, as of the last month completed by this close'],
    on: [['s', 'x'], 'x on another symbol’s bars at the same date'],
  }),
  ...call('calendar', 'condition', {
    month_end: [[], 'the calendar’s last session of its month'],
    week_end: [[], 'the calendar’s last session of its week'],
  }),
  ...call('cross-section', 'number', {
    xrank: [['x'], 'ascending percentile 0..1 among the members on the date'],
    xz: [['x'], 'z-score among the members on the date, cut to -3..3'],
    sec_median: [['x'], 'median over the members of the same sector on the date'],
    breadth: [['c'], 'share of the members for which the condition is true'],
  }),
  ...call('cross-section', 'condition', { top: [['x', 'n'], 'among the n members with the largest x on the date'] }),
  ...call('indicator', 'number', {
    gap: [[], 'open/close[1] - 1'],
    rvol: [['n'], 'volume over the mean volume of the n bars before'],
    rsi: [['x', 'n'], 'Wilder’s relative strength index, 0..100'],
    tr: [[], 'true range'],
    atr: [['n'], 'average true range (Wilder)'],
    pdi: [['n'], '+DI, 0..100'],
    mdi: [['n'], '-DI, 0..100'],
    adx: [['n'], 'average directional index, 0..100'],
    macd: [['n', 'n'], 'ema(close,f) - ema(close,s)'],
    macd_signal: [['n', 'n', 'n'], 'ema of macd(f,s) over g bars'],
    macd_hist: [['n', 'n', 'n'], 'macd - macd_signal'],
    bb_mid: [['n'], 'Bollinger middle band'],
    bb_upper: [['n', 'k'], 'Bollinger upper band'],
    bb_lower: [['n', 'k'], 'Bollinger lower band'],
    bb_width: [['n', 'k'], 'Bollinger band width over the middle band'],
    bb_pct: [['n', 'k'], 'place of the close within the bands, 0 lower, 1 upper'],
    kc_upper: [['n', 'k', 'n?'], 'Keltner upper channel'],
    kc_lower: [['n', 'k', 'n?'], 'Keltner lower channel'],
    stoch_k: [['n', 'n'], 'slow stochastic %K, 0..100'],
    stoch_d: [['n', 'n', 'n'], 'slow stochastic %D, 0..100'],
    willr: [['n'], 'Williams %R, -100..0'],
    cci: [['n'], 'commodity channel index'],
    mfi: [['n'], 'money flow index, 0..100'],
    obv: [[], 'on-balance volume from the first bar'],
    dollar_volume: [['n'], 'mean of close*volume over n bars'],
    psar: [['k', 'k'], 'Wilder’s parabolic stop and reverse: step and largest step, usually 0.02 and 0.2'],
    supertrend: [['n', 'k'], 'Supertrend line, k ATR(n) from the middle: below the close while the trend is up'],
    donchian_upper: [['n'], 'highest high of the n bars before this one'],
    donchian_lower: [['n'], 'lowest low of the n bars before this one'],
    donchian_mid: [['n'], 'middle of the Donchian channel'],
    aroon_up: [['n'], 'Aroon up, 0..100: 100 when the high of the last n+1 bars is this bar’s'],
    aroon_down: [['n'], 'Aroon down, 0..100: 100 when the low of the last n+1 bars is this bar’s'],
    aroon_osc: [['n'], 'Aroon up less Aroon down, -100..100'],
    cmf: [['n'], 'Chaikin money flow, -1..1'],
    trix: [['x', 'n'], 'percent change from the bar before of the triply smoothed ema'],
    ultosc: [['n', 'n', 'n'], 'ultimate oscillator, 0..100, usually over 7, 14 and 28 bars'],
    close_pos: [[], 'place of the close in the bar’s range, 0 low, 1 high'],
  }),
  ...call('candle', 'condition', {
    up: [[], 'close above open'],
    down: [[], 'close below open'],
    inside_bar: [[], 'high below the prior high and low above the prior low'],
    outside_bar: [[], 'high above the prior high and low below the prior low'],
    nr: [['n'], 'the narrowest range of the last n bars'],
    doji: [[], 'body at most a tenth of the range'],
    hammer: [[], 'long lower shadow'],
    shooting_star: [[], 'long upper shadow'],
    bullish_engulfing: [[], 'an up body that engulfs the prior down body'],
    bearish_engulfing: [[], 'a down body that engulfs the prior up body'],
    three_white_soldiers: [[], 'three rising up bars closing near their highs'],
    three_black_crows: [[], 'three falling down bars closing near their lows'],
  }),
  ...call('intraday', 'number', {
    tod: [[], 'minutes from 09:30 to the end of the bar'],
    bar_of_day: [[], '1 for the first bar of the session'],
    minutes_left: [[], 'minutes to the session’s close'],
    dopen: [[], 'the session’s open'],
    dhigh: [[], 'the session’s high so far'],
    dlow: [[], 'the session’s low so far'],
    dvol: [[], 'the session’s volume so far'],
    raw_dvol: [[], 'the session’s volume so far, as traded'],
    vwap: [[], 'volume-weighted mean price of the session so far'],
    pclose: [[], 'close of the previous session'],
    orh: [['n'], 'high of the first m minutes'],
    orl: [['n'], 'low of the first m minutes'],
    avg_dvol: [['n'], 'mean volume by this time of day over n previous sessions'],
    day_rvol: [['n'], 'dvol()/avg_dvol(n)'],
    pd: [['x'], 'x on the daily bar of the previous session'],
    pm_last: [[], 'last pre-market price of today'],
    pm_volume: [[], 'pre-market volume of today'],
    raw_pm_volume: [[], 'pre-market volume of today, as traded'],
  }),
  ...bare('figure', 'number', {
    eps_ttm: 'earnings per share, trailing twelve months',
    revenue_ttm: 'revenue, trailing twelve months',
    ebit_ttm: 'earnings before interest and tax, trailing twelve months',
    net_income_ttm: 'net income, trailing twelve months',
    cfo_ttm: 'cash flow from operations, trailing twelve months',
    capex_ttm: 'capital expenditure (positive), trailing twelve months',
    gross_profit_ttm: 'gross profit, trailing twelve months',
    dps_ttm: 'dividends per share with ex-date in the last 365 days',
    book_ps: 'book value per share',
    shares: 'shares outstanding',
    total_assets: 'total assets',
    current_assets: 'current assets',
    current_liabilities: 'current liabilities',
    fixed_assets: 'fixed assets',
    long_term_debt: 'long-term debt',
    short_term_debt: 'short-term debt',
    equity: 'shareholders’ equity; in SIZE and exits the account’s equity at the signal bar',
    cash: 'cash and cash equivalents',
    eps_q: 'earnings per share of the last quarter',
    revenue_q: 'revenue of the last quarter',
    div_growth_years: 'completed calendar years in a row with a larger dividend',
    bars_since_earnings: 'sessions since the last report could first be traded on',
    bars_to_earnings: 'sessions until the next announced report can be traded on',
    eps_surprise: '(actual - estimate)/|estimate| of the last report',
  }),
  ...bare('ratio', 'number', {
    mcap: 'market capitalisation, close*shares',
    total_debt: 'long-term plus short-term debt',
    ev: 'enterprise value, mcap + total_debt - cash',
    pe: 'price over earnings; undefined for earnings <= 0',
    pb: 'price over book; undefined for book <= 0',
    ey: 'earnings yield, eps_ttm/close',
    roe: 'return on equity',
    roa: 'return on assets',
    cfo_to_assets: 'cash flow from operations over assets',
    debt_to_equity: 'long-term debt over equity',
    lt_debt_to_assets: 'long-term debt over assets',
    current_ratio: 'current assets over current liabilities',
    gross_margin: 'gross profit over revenue',
    asset_turnover: 'revenue over assets',
    fcf_yield: 'free cash flow over mcap',
    div_yield: 'dps_ttm/close',
    payout: 'dividends over earnings',
    invested_capital: 'fixed assets plus positive working capital',
  }),
  ...call('ratio', 'number', {
    ly: [['x'], 'x one fiscal year (or the same quarter of the prior year) earlier'],
    pq: [['x'], 'x one quarter earlier'],
    yoy: [['x'], 'growth against ly(x) where that is positive'],
    fscore: [[], 'Piotroski F-score, 0..9'],
  }),
  ...bare('position', 'number', {
    entry_price: 'price of the fill',
    bars_held: 'bars in the position, 1 on the entry bar',
    initial_risk: 'entry_price less the first STOP',
    side: '1 long, -1 short',
  }),
  ...call('position', 'number', {
    entry: [['x'], 'x at the signal bar'],
    since_entry_high: [['x'], 'largest x from the entry bar on'],
    since_entry_low: [['x'], 'smallest x from the entry bar on'],
  }),
]

const BARE = new Map(SERIES.filter(({ args }) => args === undefined).map((entry) => [entry.name, entry]))
const CALLS = new Map(SERIES.filter(({ args }) => args !== undefined).map((entry) => [entry.name, entry]))

/** The signature of a name, or undefined. `all` is a bare name in UNIVERSE and a call elsewhere: ask with `isCall`. */
export function signature(name: string, isCall: boolean): SeriesSignature | undefined {
  return (isCall ? CALLS : BARE).get(name)
}
