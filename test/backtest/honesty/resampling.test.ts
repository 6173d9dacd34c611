import { expect, it } from 'vitest'
import { meanInterval } from '../../../lib/backtest/honesty/bootstrap.ts'
import { monteCarlo } from '../../../lib/backtest/honesty/monte-carlo.ts'
import { normal, seeded } from '../../../lib/core/random.ts'

function known<Found extends object>(found: Found | { reason: string }): Found {
  if ('reason' in found) throw new Error(String(found.reason))
  return found as Found
}

it('of many normal values the interval is the mean and 1.96 standard errors', () => {
  const random = seeded(3)
  const values = Array.from({ length: 400 }, () => 0.01 + 0.05 * normal(random))
  const { mean, low, high } = known(meanInterval(values, 1, 20_000))
  const deviation = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 400)
  const half = (1.96 * deviation) / Math.sqrt(400)
  expect(Math.abs(low - (mean - half)) / half).toBeLessThan(0.05)
  expect(Math.abs(high - (mean + half)) / half).toBeLessThan(0.05)
})

it('a long right tail pulls the interval to the right', () => {
  // Exponential values: BCa corrects the skewness, so that the upper part is longer than the lower.
  const random = seeded(5)
  const values = Array.from({ length: 40 }, () => -Math.log(1 - random()))
  const { mean, low, high } = known(meanInterval(values, 1))
  expect(high - mean).toBeGreaterThan(1.1 * (mean - low))
})

it('the same seed draws the same, another one not', () => {
  const values = [0.1, -0.05, 0.02, 0.07, -0.01]
  expect(meanInterval(values, 7)).toEqual(meanInterval(values, 7))
  expect(meanInterval(values, 7)).not.toEqual(meanInterval(values, 8))
})

it('equal values leave no doubt, and one value no interval', () => {
  expect(known(meanInterval([0.5, 0.5, 0.5], 1))).toMatchObject({ mean: 0.5, low: 0.5, high: 0.5 })
  expect(meanInterval([0.5], 1)).toEqual({ reason: 'fewer than two closed trades' })
})

it('100,000 trades take a moment, and their interval is as narrow as their number makes it', () => {
  const random = seeded(9)
  const values = Array.from({ length: 100_000 }, () => 0.02 * normal(random))
  const started = performance.now()
  const { low, high } = known(meanInterval(values, 1))
  const { samples } = known(monteCarlo(values, 100_000, 1))
  expect(performance.now() - started).toBeLessThan(15_000)
  expect(samples).toBe(200)
  // 2 x 1.96 x 0.02 / sqrt(100,000)
  expect((high - low) / 0.000_247_9).toBeGreaterThan(0.93)
  expect((high - low) / 0.000_247_9).toBeLessThan(1.07)
})

it('of one loss among gains the drawdown is the loss in any order', () => {
  const found = known(monteCarlo([0.1, 0.1, -0.2, 0.1], 1_000, 1))
  expect(found.observed_drawdown).toBeCloseTo(0.2, 12)
  expect(found.drawdown.p5).toBeCloseTo(0.2, 12)
  expect(found.drawdown.p95).toBeCloseTo(0.2, 12)
  expect(found.probability_of_deeper_drawdown).toBe(0)
})

it('two losses apart are deeper where they meet: two thirds of the orders', () => {
  // Of the 6 orders of (-10 %, -10 %, +50 %) the losses are neighbours in 4: 19 % in place of 10 %.
  const found = known(monteCarlo([-0.1, 0.5, -0.1], 1_000, 1))
  expect(found.observed_drawdown).toBeCloseTo(0.1, 12)
  expect(found.drawdown.p95).toBeCloseTo(0.19, 12)
  expect(found.probability_of_deeper_drawdown).toBeGreaterThan(0.6)
  expect(found.probability_of_deeper_drawdown).toBeLessThan(0.73)
})

it('two trades of +50 % and -50 %, drawn with replacement, lose three times in four', () => {
  // +50 % and -50 %: both drawn gains 2.25, one each 0.75 (twice), both losses 0.25: 3 of 4 draws lose.
  const found = known(monteCarlo([0.5, -0.5], 100, 1))
  expect(Math.abs(found.probability_of_loss - 0.75)).toBeLessThan(0.05)
  expect(found.final_equity).toMatchObject({ p5: 25, p50: 75, p95: 225 })
})
