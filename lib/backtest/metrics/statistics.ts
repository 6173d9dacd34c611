/** Sum in the order given, divided by how many. */
export function mean(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** Sample standard deviation (n - 1). */
export function sampleDeviation(values: readonly number[]): number {
  return Math.sqrt(squaresAround(values, mean(values)) / (values.length - 1))
}

function squaresAround(values: readonly number[], middle: number): number {
  let squares = 0
  for (const value of values) squares += (value - middle) ** 2
  return squares
}

/** Whether values differ by more than the rounding of their sums: equal ones leave rounding, not a deviation. */
export function varies(values: readonly number[]): boolean {
  return sampleDeviation(values) > 1e-12 * Math.abs(mean(values))
}

/** The q-quantile, 0 to 1, of one value or more, linear between neighbours (Hyndman and Fan, type 7). */
export function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort()
  const at = q * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below)
}

/** Mean of the products of deviations, divided by n - 1. */
export function covariance(a: readonly number[], b: readonly number[]): number {
  const [middleA, middleB] = [mean(a), mean(b)]
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - middleA) * (b[i] - middleB)
  return sum / (a.length - 1)
}

/** Third and fourth standardised central moments (divided by n); a normal distribution has 0 and 3. */
export function moments(values: readonly number[]): { skewness: number; kurtosis: number } {
  const middle = mean(values)
  let [second, third, fourth] = [0, 0, 0]
  for (const value of values) {
    const off = value - middle
    second += off ** 2
    third += off ** 3
    fourth += off ** 4
  }
  const n = values.length
  const variance = second / n
  return { skewness: third / n / variance ** 1.5, kurtosis: fourth / n / variance ** 2 }
}

/** exp(mean(log(1 + r))) - 1; 0 when anything was lost whole. */
export function geometricMean(returns: readonly number[]): number {
  let sum = 0
  for (const each of returns) {
    if (each <= -1) return 0
    sum += Math.log1p(each)
  }
  return Math.expm1(sum / returns.length)
}
