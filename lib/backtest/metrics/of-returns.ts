/** Metrics of the portfolio's daily equity. */
import { drawdownsOf, maxDrawdown } from './drawdowns.ts'
import { type Entries, entries } from './entry.ts'
import { both, type Figure, figureOf, known, ratio, unknown } from './figure.ts'
import * as of from './returns.ts'
import { mean, moments, varies } from './statistics.ts'

const N = of.DAYS_A_YEAR

/** Metrics of daily returns; `equity` holds the values they were computed from. */
export function returnEntries(equity: readonly number[]): Entries {
  const returns = of.returnsOf(equity)
  const annual = of.annualReturn(returns)
  const volatility = of.compoundVolatility(returns)
  const shape = (name: 'skewness' | 'kurtosis'): Figure =>
    returns.length > 1 && varies(returns) ? known(moments(returns)[name]) : unknown('the daily returns do not vary')
  return entries('daily', returns.length, {
    annual_return: [`(last / first equity) ^ (${N} / n) - 1`, annual],
    annual_volatility: [`sample deviation x sqrt(${N})`, of.annualVolatility(returns)],
    compound_volatility: [
      `sqrt((s^2 + (1 + g)^2)^${N} - (1 + g)^(2 x ${N})), s^2 the sample variance, g = (1 + annual_return)^(1/${N}) - 1`,
      volatility,
    ],
    sharpe_ratio: [
      `mean / sample standard deviation of the portfolio's daily returns x sqrt(${N}), risk-free rate 0`,
      of.sharpeRatio(returns),
    ],
    return_over_volatility: ['annual_return / compound_volatility', over(annual, volatility)],
    sortino_ratio: [`mean x ${N} / (sqrt(mean(min(r, 0)^2)) x sqrt(${N}))`, of.sortinoRatio(returns)],
    return_over_downside: [
      `annual_return / (sqrt(mean(min(r, 0)^2)) x sqrt(${N}))`,
      returns.length < 2 ? unknown('fewer than two daily returns') : over(annual, known(of.downsideDeviation(returns))),
    ],
    calmar_ratio: ['annual_return / max_drawdown', of.calmarRatio(returns)],
    omega_ratio: ['sum of returns above 0 / -sum of those below', of.omegaRatio(returns)],
    tail_ratio: ['95th percentile / |5th percentile|', of.tailRatio(returns)],
    value_at_risk_95: ['5th percentile, linear between neighbours', of.valueAtRisk(returns)],
    conditional_value_at_risk_95: [
      'mean of the floor((n - 1) x 5 %) + 1 lowest returns',
      of.conditionalValueAtRisk(returns),
    ],
    skewness: ['third standardised central moment', shape('skewness')],
    kurtosis: ['fourth standardised central moment; 3 for a normal distribution', shape('kurtosis')],
    best_day: [
      'largest daily return',
      figureOf(returns, 'no daily return', (list) => list.reduce((a, b) => Math.max(a, b))),
    ],
    worst_day: [
      'smallest daily return',
      figureOf(returns, 'no daily return', (list) => list.reduce((a, b) => Math.min(a, b))),
    ],
  })
}

const over = (a: Figure, b: Figure): Figure =>
  both(a, b, (value, under) => ratio(value, under, 'the equity does not vary (downwards)'))

/** Metrics of drawdowns; the starting cash counts as the first peak. */
export function drawdownEntries(day: readonly number[], equity: readonly number[], cash: number): Entries {
  const NONE = 'no session with bars in the range'
  const found = drawdownsOf([cash, ...equity])
  const dayAt = (i: number) => day[Math.max(i - 1, 0)]
  const days = found.map(({ peak, recovery }) => dayAt(recovery ?? equity.length) - dayAt(peak))
  const sessions = found.map(({ peak, recovery }) => (recovery ?? equity.length) - peak)
  const of = (value: () => number | Figure): Figure => figureOf(day, NONE, value)
  const few = 'the equity never fell from a peak'
  const longest = (list: readonly number[]) => of(() => list.reduce((a, b) => Math.max(a, b), 0))
  return entries('daily', day.length, {
    max_drawdown: [
      'largest fall of daily equity from its peak / that peak, starting cash included',
      of(() => maxDrawdown([cash, ...equity])),
    ],
    average_drawdown: [
      'mean over drawdowns of their largest fall',
      of(() => figureOf(found, few, (list) => mean(list.map(({ depth }) => depth)))),
    ],
    max_drawdown_days: [
      'longest time from a peak until it is reached again, or to the end; calendar days',
      longest(days),
    ],
    max_drawdown_sessions: ['the same in sessions', longest(sessions)],
    average_drawdown_days: ['mean of those times; calendar days', of(() => figureOf(days, few, mean))],
  })
}
