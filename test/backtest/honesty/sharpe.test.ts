import { expect, it } from 'vitest'
import {
  deflatedSharpe,
  expectedBest,
  probabilisticSharpe,
  sharpeSample,
} from '../../../lib/backtest/honesty/sharpe.ts'

it('the published example: 100 trials, 1,250 days, Sharpe 2.5 a year, skewness -3, kurtosis 10, is worth 0.9004', () => {
  // Bailey & Lopez de Prado (2014): V = 1/2 a year over 250 days; the best of 100 is expected at 0.1132 a day.
  const sample = { sharpe: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10, periods: 1_250 }
  const found = deflatedSharpe(sample, 100, 1 / 2 / 250)
  expect(found.threshold).toBeCloseTo(0.1132, 4)
  expect('value' in found && found.value).toBeCloseTo(0.9004, 4)
  // The same paper: 46 trials would leave it at 0.95; with normal returns 88 trials would.
  const after46 = deflatedSharpe(sample, 46, 1 / 2 / 250)
  expect('value' in after46 && after46.value).toBeCloseTo(0.95, 2)
  const normal = deflatedSharpe({ ...sample, skewness: 0, kurtosis: 3 }, 88, 1 / 2 / 250)
  expect('value' in normal && normal.value).toBeCloseTo(0.9505, 2)
})

it('the other published example: two years of months, Sharpe 0.458, skewness -2.448, kurtosis 10.164, is worth 0.913', () => {
  // Bailey & Lopez de Prado (2012): 24 months of a hedge fund; 0.982 where the returns are taken for normal.
  const sample = { sharpe: 0.458, skewness: -2.448, kurtosis: 10.164, periods: 24 }
  const found = probabilisticSharpe(sample)
  expect('value' in found && found.value).toBeCloseTo(0.913, 2)
  const normal = probabilisticSharpe({ ...sample, skewness: 0, kurtosis: 3 })
  expect('value' in normal && normal.value).toBeCloseTo(0.982, 2)
})

it('a single trial is not deflated, and more trials ask for more', () => {
  expect(expectedBest(1, 0.01)).toBe(0)
  const best = [2, 10, 100, 1_000].map((trials) => expectedBest(trials, 0.01))
  expect(best).toEqual([...best].sort((a, b) => a - b))
  // The expected largest of 1,000 standard normal draws is 3.2414 (tables of order statistics); the approximation is close to it.
  expect(expectedBest(1_000, 1)).toBeCloseTo(3.2414, 1)
})

it('moments of two values, half each, are those of a coin: no skewness, kurtosis 1', () => {
  const sample = sharpeSample([0.03, -0.01, 0.03, -0.01, 0.03, -0.01, 0.03, -0.01, 0.03, -0.01])
  if ('reason' in sample) throw new Error(sample.reason)
  expect(sample.skewness).toBeCloseTo(0, 12)
  expect(sample.kurtosis).toBeCloseTo(1, 12)
  // mean 0.01, sample deviation 0.02 sqrt(10/9)
  expect(sample.sharpe).toBeCloseTo(0.5 / Math.sqrt(10 / 9), 12)
})

it('without variation or without returns there is a reason and no number', () => {
  expect(sharpeSample(new Array(20).fill(0))).toEqual({ reason: 'the daily returns do not vary' })
  expect(sharpeSample([0.01, 0.02])).toEqual({ reason: 'fewer than 10 daily returns' })
})
