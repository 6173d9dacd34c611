import { mean, sampleDeviation } from '../metrics/statistics.ts'
import { normalCdf, normalInverse } from './normal.ts'

/** A number, or why there is none. */
export type Known = { value: number } | { reason: string }

/** What a Sharpe ratio is judged by: per period, not annualised; kurtosis 3 for a normal distribution. */
export interface SharpeSample {
  sharpe: number
  skewness: number
  kurtosis: number
  /** returns it was computed from */
  periods: number
}

/** Fewer returns say nothing of skewness and kurtosis. */
const FEWEST = 10

/** The Sharpe ratio of returns with their third and fourth standardised moments (population); a reason where undefined. */
export function sharpeSample(returns: readonly number[]): SharpeSample | { reason: string } {
  if (returns.some((each) => !Number.isFinite(each))) return { reason: 'the account was ruined: equity reached 0' }
  if (returns.length < FEWEST) return { reason: `fewer than ${FEWEST} daily returns` }
  const middle = mean(returns)
  const deviation = sampleDeviation(returns)
  // equal returns leave rounding, not a deviation
  if (deviation <= 1e-12 * Math.abs(middle) || deviation === 0) return { reason: 'the daily returns do not vary' }
  const moment = (power: number) => mean(returns.map((each) => (each - middle) ** power))
  const variance = moment(2)
  return {
    sharpe: middle / deviation,
    skewness: moment(3) / variance ** 1.5,
    kurtosis: moment(4) / variance ** 2,
    periods: returns.length,
  }
}

/**
 * Probability that the true Sharpe ratio is above `threshold` (per period), given returns of this skewness and kurtosis:
 * Phi((SR - SR*) sqrt(n - 1) / sqrt(1 - skewness SR + (kurtosis - 1) / 4 SR^2)). Bailey & Lopez de Prado, "The Sharpe ratio
 * efficient frontier", Journal of Risk 15 (2012).
 */
export function probabilisticSharpe({ sharpe, skewness, kurtosis, periods }: SharpeSample, threshold = 0): Known {
  const variance = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2
  if (!(variance > 0)) return { reason: 'skewness and kurtosis leave the Sharpe ratio no variance' }
  return { value: normalCdf(((sharpe - threshold) * Math.sqrt(periods - 1)) / Math.sqrt(variance)) }
}

const EULER_MASCHERONI = 0.5772156649015329

/**
 * Sharpe ratio (per period) that the best of `trials` strategies without any edge is expected to show, where their Sharpe ratios
 * vary by `variance`: sqrt(V) ((1 - g) Phi^-1(1 - 1/N) + g Phi^-1(1 - 1/(N e))), g Euler's constant; 0 for a single trial.
 * Bailey & Lopez de Prado, "The deflated Sharpe ratio", Journal of Portfolio Management 40 (2014).
 */
export function expectedBest(trials: number, variance: number): number {
  if (trials <= 1) return 0
  const first = normalInverse(1 - 1 / trials)
  const second = normalInverse(1 - 1 / (trials * Math.E))
  // An expected maximum grows with the trials; just above one trial the approximation is below 0.
  return Math.max(0, Math.sqrt(variance) * ((1 - EULER_MASCHERONI) * first + EULER_MASCHERONI * second))
}

/** Said beside the figure. */
export const TRIAL_VARIANCE =
  'the Sharpe ratios of the other trials are not known: they are taken to vary as those of strategies without an edge over as many returns do, by 1 / (n - 1)'

/**
 * Probability that the true Sharpe ratio is above what the best of so many trials shows by chance. `variance` of the trials'
 * Sharpe ratios per period: 1 / (n - 1) when absent, the sampling variance at a true Sharpe ratio of 0 (Lo 2002).
 */
export function deflatedSharpe(
  sample: SharpeSample,
  trials: number,
  variance = 1 / (sample.periods - 1),
): Known & { threshold: number } {
  const threshold = expectedBest(trials, variance)
  return { ...probabilisticSharpe(sample, threshold), threshold }
}
