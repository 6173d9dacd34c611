/** Numbers and names as the report writes them: the same on every machine, whatever its language. */

const MINUS = '\u2212'
const NONE = 'n/a'
export type Maybe = number | null | undefined

const isNumber = (value: Maybe): value is number => typeof value === 'number' && Number.isFinite(value)

/** Digits with a comma between thousands; the sign is U+2212. */
export function number(value: Maybe, decimals = 2): string {
  if (!isNumber(value)) return NONE
  const digits = Math.abs(value).toFixed(decimals)
  const [whole, part] = digits.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const sign = value < 0 && /[1-9]/.test(digits) ? MINUS : ''
  return `${sign}${grouped}${part === undefined ? '' : `.${part}`}`
}

/** The same with its sign where it is above 0 too. */
export function signed(value: Maybe, decimals = 2): string {
  const text = number(value, decimals)
  return isNumber(value) && value > 0 && /[1-9]/.test(text) ? `+${text}` : text
}

/** A fraction in percent: 0.0312 is 3.12 %. */
export function percent(value: Maybe, decimals = 2): string {
  return isNumber(value) ? `${number(value * 100, decimals)} %` : NONE
}

export function signedPercent(value: Maybe, decimals = 2): string {
  return isNumber(value) ? `${signed(value * 100, decimals)} %` : NONE
}

/** A price: cents, or as many digits as a small one needs. */
export function price(value: Maybe): string {
  if (!isNumber(value)) return NONE
  const size = Math.abs(value)
  return number(value, size === 0 || size >= 10 ? 2 : size >= 0.1 ? 4 : 6)
}

/** A number as it comes: whole ones without decimals, others with four significant ones. */
export function plainNumber(value: Maybe): string {
  if (!isNumber(value)) return NONE
  if (Number.isInteger(value)) return number(value, 0)
  const size = Math.abs(value)
  if (size < 1e-4) return value.toExponential(2).replace('-', MINUS)
  return number(value, size >= 100 ? 2 : size >= 1 ? 3 : 4)
}

/** Names and letters that keep their own spelling. */
const SPELLED: Readonly<Record<string, string>> = {
  sharpe: 'Sharpe',
  sortino: 'Sortino',
  calmar: 'Calmar',
  omega: 'Omega',
  kelly: 'Kelly',
  monte: 'Monte',
  carlo: 'Carlo',
  cagr: 'CAGR',
  sqn: 'SQN',
  mae: 'MAE',
  mfe: 'MFE',
  bps: 'bp',
  cpu: 'CPU',
  aws: 'AWS',
  ms: 'ms',
}

/** A wire name in words: `max_drawdown` is "Max drawdown". */
export function words(name: string): string {
  const text = name
    .trim()
    .split('_')
    .map((word) => (Object.hasOwn(SPELLED, word) ? SPELLED[word] : word))
    .join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const RATIO = /(ratio|factor|quality|capture|_over_|^sqn|^r_squared|beta$|correlation|turnover|skew|kurtosis)/
const COUNT =
  /(^|_)(trades|days|sessions|bars|count|samples|seed|number|periods|streak|symbols|positions|trials|bps|ms|version|chunks|cells)($|_)/
const MONEY = /(equity|cash|pnl|commissions?|_cost|slippage|dividends|fees|borrow|net_profit|paid)$/
const FRACTION =
  /(return|returns|drawdown|depth|exposure|exposure_time|volatility|deviation|alpha|excess_over_beta|rate|share|hit_rate|cagr|kelly|expectancy|probabilistic_sharpe|deflated_sharpe|tracking_error|probability|level|average_trade|mean_trade|mae|mfe)$|at_risk|^(best|worst)_|^probability_/
/** Points of a distribution: they are what the distribution is of. */
const POINT = /^(mean|median|low|high|min|max|best|worst|p\d+|q\d+|percentile_\d+)$/

/** A figure of a result, by what its wire name says it is: a fraction, money, a count, or a plain number; `of`: the name it stands under. */
export function figure(name: string, value: Maybe, of = ''): string {
  if (POINT.test(name) && of !== '') return figure(/trade/.test(of) ? 'return' : of, value)
  if (COUNT.test(name)) return plainNumber(value)
  if (/_return$/.test(name)) return percent(value)
  if (/^excess_over_beta$/.test(name)) return percent(value)
  if (RATIO.test(name)) return number(value, 2)
  if (MONEY.test(name)) return number(value, 2)
  if (FRACTION.test(name)) return percent(value)
  return plainNumber(value)
}
