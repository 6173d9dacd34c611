/** Figures of returns against those of a benchmark over the same periods; risk-free rate 0. */
import { type Figure, known, ratio, unknown } from './figure.ts'
import { annualReturn, DAYS_A_YEAR } from './returns.ts'
import { covariance, mean, sampleDeviation, varies } from './statistics.ts'

/** Returns of both, period by period. */
export interface Pairs {
  own: readonly number[]
  benchmark: readonly number[]
}

const FEW = 'fewer than two sessions with a return of the benchmark'
const STILL = 'the benchmark does not vary'

const enough = ({ own, benchmark }: Pairs, value: () => Figure): Figure => {
  if (own.length < 2) return unknown(FEW)
  return varies(benchmark) ? value() : unknown(STILL)
}

/** covariance with the benchmark / variance of the benchmark. */
export function beta(pairs: Pairs): Figure {
  const { own, benchmark } = pairs
  return enough(pairs, () => known(covariance(own, benchmark) / sampleDeviation(benchmark) ** 2))
}

/** (1 + mean of r - beta x benchmark) ^ periods a year - 1: what beta does not explain (Jensen 1968). */
export function alpha(pairs: Pairs, periods = DAYS_A_YEAR): Figure {
  const slope = beta(pairs)
  if ('reason' in slope) return slope
  const rest = pairs.own.map((each, i) => each - slope.value * pairs.benchmark[i])
  return known((1 + mean(rest)) ** periods - 1)
}

/** Pearson's correlation. */
export function correlation(pairs: Pairs): Figure {
  const { own, benchmark } = pairs
  return enough(pairs, () =>
    varies(own)
      ? known(covariance(own, benchmark) / (sampleDeviation(own) * sampleDeviation(benchmark)))
      : unknown('the daily returns do not vary'),
  )
}

const active = ({ own, benchmark }: Pairs) => own.map((each, i) => each - benchmark[i])

/** Sample deviation of r - benchmark x sqrt(periods a year). */
export function trackingError(pairs: Pairs, periods = DAYS_A_YEAR): Figure {
  return pairs.own.length < 2 ? unknown(FEW) : known(sampleDeviation(active(pairs)) * Math.sqrt(periods))
}

/** mean of r - benchmark / its sample deviation x sqrt(periods a year). */
export function informationRatio(pairs: Pairs, periods = DAYS_A_YEAR): Figure {
  if (pairs.own.length < 2) return unknown(FEW)
  const over = active(pairs)
  if (!varies(over) || over.every((each) => each === 0))
    return unknown('the returns do not differ from the benchmark’s')
  return known((mean(over) / sampleDeviation(over)) * Math.sqrt(periods))
}

/** Annual return over the sessions on which the benchmark rose (fell) / the benchmark's own over them. */
export function capture(pairs: Pairs, side: 1 | -1, periods = DAYS_A_YEAR): Figure {
  const at = pairs.benchmark.flatMap((each, i) => (Math.sign(each) === side ? [i] : []))
  if (at.length === 0) return unknown(`the benchmark never ${side === 1 ? 'rose' : 'fell'}`)
  const own = annualReturn(
    at.map((i) => pairs.own[i]),
    periods,
  )
  const other = annualReturn(
    at.map((i) => pairs.benchmark[i]),
    periods,
  )
  if ('reason' in own) return own
  if ('reason' in other) return other
  return side === 1 ? ratio(own.value, other.value, STILL) : ratio(-own.value, -other.value, STILL)
}
