/** Figures of a list of simple returns, one a period; risk-free rate 0. Without a source named a formula is the field's common one. */

import { maxDrawdown } from './drawdowns.ts'
import { type Figure, known, ratio, unknown } from './figure.ts'
import { geometricMean, mean, quantile, sampleDeviation, varies } from './statistics.ts'

/** Trading days a year, by which daily figures are annualised. */
export const DAYS_A_YEAR = 252

const FEW = 'fewer than two daily returns'
const FLAT = 'the equity never changed: no position was held'
const EQUAL = 'the daily returns do not vary'

/** Simple returns from one value of a curve to the next. */
export function returnsOf(curve: readonly number[]): number[] {
  return curve.slice(1).map((value, i) => value / curve[i] - 1)
}

/** What daily returns are taken between: equity from the first close on, or from the starting cash where that close differs from it. */
export function returnBase(equity: readonly number[], cash: number): readonly number[] {
  return equity.length > 0 && equity[0] !== cash ? [cash, ...equity] : equity
}

/** Product of (1 + r) - 1. */
export function cumulativeReturn(returns: readonly number[]): number {
  let product = 1
  for (const each of returns) product *= 1 + each
  return product - 1
}

/** (1 + cumulative return) ^ (periods a year / n) - 1. */
export function annualReturn(returns: readonly number[], periods = DAYS_A_YEAR): Figure {
  if (returns.length === 0) return unknown('no daily return')
  return known((1 + cumulativeReturn(returns)) ** (periods / returns.length) - 1)
}

/** Sample deviation x sqrt(periods a year). */
export function annualVolatility(returns: readonly number[], periods = DAYS_A_YEAR): Figure {
  if (returns.length < 2) return unknown(FEW)
  return known(varies(returns) ? sampleDeviation(returns) * Math.sqrt(periods) : 0)
}

/** mean / sample deviation x sqrt(periods a year); undefined for fewer than two returns or without variation. */
export function sharpeRatio(returns: readonly number[], periods = DAYS_A_YEAR): Figure {
  const why = whyNoRatio(returns)
  if (why !== null) return unknown(why)
  return known((mean(returns) / sampleDeviation(returns)) * Math.sqrt(periods))
}

function whyNoRatio(returns: readonly number[]): string | null {
  if (returns.length < 2) return FEW
  if (returns.every((each) => each === 0)) return FLAT
  return varies(returns) ? null : EQUAL
}

/** Root of the mean square of the returns below 0, over all periods, x sqrt(periods a year). */
export function downsideDeviation(returns: readonly number[], periods = DAYS_A_YEAR): number {
  let squares = 0
  for (const each of returns) if (each < 0) squares += each ** 2
  return Math.sqrt(squares / returns.length) * Math.sqrt(periods)
}

/** mean x periods a year / downside deviation (Sortino and Price 1994, target 0). */
export function sortinoRatio(returns: readonly number[], periods = DAYS_A_YEAR): Figure {
  if (returns.length < 2) return unknown(FEW)
  return ratio(mean(returns) * periods, downsideDeviation(returns, periods), 'no daily return is below 0')
}

/** annual return / largest drawdown (Young 1991). */
export function calmarRatio(returns: readonly number[], periods = DAYS_A_YEAR): Figure {
  const annual = annualReturn(returns, periods)
  if ('reason' in annual) return annual
  return ratio(annual.value, maxDrawdown(growth(returns)), 'the equity never fell from a peak')
}

/** The value of 1 after each return, the start included. */
export function growth(returns: readonly number[]): number[] {
  const curve = [1]
  for (const each of returns) curve.push(curve[curve.length - 1] * (1 + each))
  return curve
}

/** Sum of the returns above 0 / sum of those below it (Keating and Shadwick 2002, threshold 0). */
export function omegaRatio(returns: readonly number[]): Figure {
  let [gains, losses] = [0, 0]
  for (const each of returns) {
    if (each > 0) gains += each
    else losses -= each
  }
  return returns.length < 2 ? unknown(FEW) : ratio(gains, losses, 'no daily return is below 0')
}

/** 95th percentile of the returns / absolute 5th percentile. */
export function tailRatio(returns: readonly number[]): Figure {
  if (returns.length < 2) return unknown(FEW)
  return ratio(
    Math.abs(quantile(returns, 0.95)),
    Math.abs(quantile(returns, 0.05)),
    'the 5th percentile of the returns is 0',
  )
}

/** The 5th percentile of the returns: one day in twenty is as bad or worse. */
export function valueAtRisk(returns: readonly number[], cutoff = 0.05): Figure {
  return returns.length === 0 ? unknown('no daily return') : known(quantile(returns, cutoff))
}

/** Mean of the worst returns: the floor((n - 1) x 5 %) + 1 lowest. */
export function conditionalValueAtRisk(returns: readonly number[], cutoff = 0.05): Figure {
  if (returns.length === 0) return unknown('no daily return')
  const sorted = Array.from(Float64Array.from(returns).sort())
  return known(mean(sorted.slice(0, Math.floor((returns.length - 1) * cutoff) + 1)))
}

/**
 * Annual volatility of compounding returns, sqrt((s^2 + (1 + g)^2)^N - (1 + g)^2N), s^2 their sample variance and g their geometric
 * mean: what backtesting.py calls Volatility (Ann.).
 */
export function compoundVolatility(returns: readonly number[], periods = DAYS_A_YEAR): Figure {
  if (returns.length < 2) return unknown(FEW)
  const grown = (1 + geometricMean(returns)) ** 2
  return known(Math.sqrt((sampleDeviation(returns) ** 2 + grown) ** periods - grown ** periods))
}
