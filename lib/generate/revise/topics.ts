/** Which condition of a rule words speak of: by everything the condition may be called. */
import type { Expr } from '../../rule/ast.ts'
import { typeOf } from '../../rule/check.ts'
import { Phrases } from '../../rule/phrases.ts'
import { printExpression } from '../../rule/print.ts'
import { namedTerms } from '../../rule/terms.ts'
import { contains } from '../../rule/tree.ts'
import type { ExprKey } from './clause-exprs.ts'
import { contentWords, stem } from './words.ts'

const OF_CLAUSE: Readonly<Partial<Record<ExprKey, string>>> = {
  universe: 'universe stock stocks symbol symbols name names',
  short: 'short',
  exit: 'exit exits sell selling out close closing leave',
  stop: 'stop loss stop-loss',
  stop_after_target: 'stop after target',
  target: 'target profit take',
  trail: 'trail trailing stop',
  rank: 'rank ranking ranked sort sorting order ordering',
  size: 'size sizing position risk',
}

/** What people call the names of the rule language. */
const ALSO: Readonly<Record<string, string>> = {
  rsi: 'rsi oscillator oversold overbought',
  volume: 'volume trading',
  rvol: 'volume relative spike',
  raw_volume: 'volume share shares',
  dollar_volume: 'dollar volume liquidity turnover',
  sma: 'average moving ma sma simple trend',
  ema: 'average moving ma ema exponential trend',
  gap: 'gap gapping',
  roc: 'return momentum change move gain performance',
  highest: 'high breakout new',
  lowest: 'low breakdown new',
  crosses_above: 'cross crossing crossover crosses golden',
  crosses_below: 'cross crossing crossover crosses death',
  bb_upper: 'bollinger band',
  bb_lower: 'bollinger band',
  bb_width: 'bollinger band width squeeze',
  kc_upper: 'keltner channel',
  kc_lower: 'keltner channel',
  atr: 'atr range volatility',
  stdev: 'deviation volatility',
  stoch_k: 'stochastic stoch',
  stoch_d: 'stochastic stoch',
  willr: 'williams',
  pe: 'pe earning multiple valuation',
  pb: 'pb book valuation',
  mcap: 'market cap capitalization capitalisation size',
  raw_close: 'price dollar',
  close: 'price close',
  debt_to_equity: 'debt equity leverage',
  div_yield: 'dividend yield',
  roe: 'return equity',
  bars_held: 'hold holding held time period duration',
  xrank: 'rank percentile strength decile',
  index_member: 'index member membership',
  sector: 'sector',
  on: 'market index',
  rising: 'streak row consecutive rising',
  falling: 'streak row consecutive falling',
  wk: 'weekly week',
  mo: 'monthly month',
  bars_since_earnings: 'earning report',
  bars_to_earnings: 'earning report',
}

const phrases = new Phrases('day', true)

/** Everything a part of a clause may be called by. */
export function namesOf(key: ExprKey, expr: Expr): ReadonlySet<string> {
  const words = [OF_CLAUSE[key] ?? '', printExpression(expr), says(expr), ...termNames(expr)]
  contains(expr, (part) => {
    if (part.kind === 'call' || part.kind === 'name') words.push(ALSO[part.name] ?? '')
    return false
  })
  const bag = new Set(words.flatMap((each) => each.toLowerCase().split(/[^a-z0-9.]+/)).map(stem))
  // The average of the volume is no trend of the price, and a gap is no close.
  if (bag.has('volume') && !/[se]ma\((?!volume)/.test(printExpression(expr)))
    for (const word of ['trend', 'moving', 'ma', 'simple', 'exponential']) bag.delete(word)
  return bag
}

/** Whether all words that say something are names of it. */
export function isAbout(words: string, names: ReadonlySet<string>): boolean {
  const content = contentWords(words)
  return content.length > 0 && content.every((word) => names.has(word))
}

function says(expr: Expr): string {
  return typeOf(expr) === 'condition' ? phrases.condition(expr) : phrases.value(expr)
}

function termNames(expr: Expr): string[] {
  if (typeOf(expr) !== 'condition') return []
  const universe: Expr = { kind: 'name', name: 'stocks', at: 0 }
  return namedTerms({ clauses: {}, timeframe: '1d', universe, signal: expr }).map(({ name }) =>
    name.replaceAll('_', ' '),
  )
}
