import { expect, it } from 'vitest'
import { normalCdf, normalInverse } from '../../../lib/backtest/honesty/normal.ts'

// Computed with 40 digits (mpmath's ncdf, and its root), outside this code.
const CDF: [number, number][] = [
  [-10, 7.619853024160525e-24],
  [-6, 9.86587645037698e-10],
  [-3, 0.0013498980316300946],
  [-1.5, 0.06680720126885807],
  [-0.5, 0.3085375387259869],
  [-0.1, 0.460172162722971],
  [0, 0.5],
  [0.3, 0.6179114221889526],
  [0.6, 0.7257468822499265],
  [0.7, 0.758036347776927],
  [1, 0.8413447460685429],
  [1.96, 0.9750021048517796],
  [2.5, 0.9937903346742238],
  [5.5, 0.9999999810104375],
  [5.8, 0.999999996684254],
  [7, 0.9999999999987202],
]
const INVERSE: [number, number][] = [
  [1e-300, -37.0470962993612],
  [1e-20, -9.262340089798409],
  [1e-10, -6.361340902404056],
  [0.001, -3.0902323061678136],
  [0.025, -1.9599639845400543],
  [0.07, -1.4757910281791706],
  [0.08, -1.4050715603096327],
  [0.3, -0.524400512708041],
  [0.5, 0],
  [0.9, 1.2815515655446004],
  [0.975, 1.9599639845400543],
  [0.999999, 4.753424308822899],
]

it.each(CDF)('the normal distribution at %d is within 1e-12, in its far tail in proportion', (x, value) => {
  expect(Math.abs(normalCdf(x) - value)).toBeLessThan(1e-12 * Math.max(Math.min(1, value * 10), 1e-30))
})

it.each(INVERSE)('its inverse at %d is within 1e-9', (p, x) => {
  expect(Math.abs(normalInverse(p) - x)).toBeLessThan(1e-9)
})

it('the ends are infinite, and outside there is nothing', () => {
  expect([normalInverse(0), normalInverse(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
  expect([normalInverse(-0.1), normalInverse(1.1)]).toEqual([Number.NaN, Number.NaN])
})
