import { seeded } from '../../core/random.ts'
import { mean } from '../metrics/statistics.ts'
import { normalCdf, normalInverse } from './normal.ts'

/** Where the mean of all such trades lies, as far as these tell. */
export interface Interval {
  mean: number
  low: number
  high: number
  level: number
  method: string
  samples: number
  seed: number
  trades: number
}

export const SAMPLES = 2_000
const LEVEL = 0.95
/** More values than this are drawn in groups of neighbours. */
const MOST_DRAWN = 5_000

/**
 * Bootstrap interval of a mean, bias-corrected and accelerated (BCa: Efron, "Better bootstrap confidence intervals", JASA 82, 1987),
 * the acceleration from the jackknife, which for a mean is sum(d^3) / (6 sum(d^2)^1.5). Draws depend on `seed` and on the order of the
 * values alone. Of more than 5,000 values neighbours are drawn together, in 5,000 groups. A reason for fewer than two.
 */
export function meanInterval(
  values: readonly number[],
  seed: number,
  samples = SAMPLES,
): Interval | { reason: string } {
  if (values.length < 2) return { reason: 'fewer than two closed trades' }
  const observed = mean(values)
  const { sums, counts } = grouped(values)
  const random = seeded(seed)
  const means = new Float64Array(samples)
  for (let i = 0; i < samples; i++) {
    let sum = 0
    let count = 0
    for (let k = 0; k < sums.length; k++) {
      const drawn = Math.floor(random() * sums.length)
      sum += sums[drawn]
      count += counts[drawn]
    }
    means[i] = sum / count
  }
  means.sort()
  const { bias, acceleration } = corrections(values, observed, means)
  const at = (p: number) => {
    const z = bias + normalInverse(p)
    return quantile(means, normalCdf(bias + z / (1 - acceleration * z)))
  }
  return {
    mean: observed,
    low: at((1 - LEVEL) / 2),
    high: at((1 + LEVEL) / 2),
    level: LEVEL,
    method: 'bootstrap, BCa',
    samples,
    seed,
    trades: values.length,
  }
}

function grouped(values: readonly number[]): { sums: Float64Array; counts: Float64Array } {
  const groups = Math.min(values.length, MOST_DRAWN)
  const sums = new Float64Array(groups)
  const counts = new Float64Array(groups)
  for (const [i, value] of values.entries()) {
    const group = Math.floor((i * groups) / values.length)
    sums[group] += value
    counts[group]++
  }
  return { sums, counts }
}

/** z0 from the share of sample means below the observed one, equal ones by half, and the acceleration. */
function corrections(values: readonly number[], observed: number, means: Float64Array) {
  let below = 0
  const near = 1e-12 * Math.abs(observed)
  for (const each of means) below += Math.abs(each - observed) <= near ? 0.5 : each < observed ? 1 : 0
  // No sample on one side: half a sample is taken to be there, else the correction would be infinite.
  const share = Math.min(Math.max(below / means.length, 0.5 / means.length), 1 - 0.5 / means.length)
  let squares = 0
  let cubes = 0
  for (const value of values) {
    squares += (value - observed) ** 2
    cubes += (value - observed) ** 3
  }
  return { bias: normalInverse(share), acceleration: squares > 0 ? cubes / (6 * squares ** 1.5) : 0 }
}

/** The value of ascending ones below which a fraction p of them lies, between two of them in proportion. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = Math.min(Math.max(p, 0), 1) * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (at - below) * (sorted[above] - sorted[below])
}
