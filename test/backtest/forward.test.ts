import { expect, test } from 'vitest'
import { forwardReturn, forwardReturns } from '../../lib/backtest/forward.ts'
import { flat, world } from './world.ts'

test('runs from the open after the signal to the close h bars after it', () => {
  const series = world('A', [
    [10, 10, 10, 10],
    [20, 20, 20, 21],
    [30, 30, 30, 33],
  ])
  expect(forwardReturn(series, 0, 1)).toBeCloseTo(21 / 20 - 1, 15)
  expect(forwardReturn(series, 0, 2)).toBeCloseTo(33 / 20 - 1, 15)
})

test('counts dividends with ex-date in t+2 .. t+h', () => {
  const after = (exDate: number) => forwardReturn(flat('A', [10, 10, 10, 10, 10], { dividends: { [exDate]: 1 } }), 0, 3)
  expect([0, 1, 2, 3, 4].map(after)).toEqual([0, 0, 0.1, 0.1, 0].map((value) => expect.closeTo(value, 12)))
})

test('splits change nothing', () => {
  const series = flat('A', [100, 100, 25, 30], { splits: { 2: 4 }, dividends: { 3: 1 } })
  // (30 + 1) / 25 - 1
  expect(forwardReturn(series, 0, 3)).toBeCloseTo(0.24, 15)
})

test('is null where the data end before t+h', () => {
  expect(forwardReturns(flat('A', [10, 11, 12, 13, 14, 15]), 0)).toEqual({
    1: expect.closeTo(0, 12),
    5: expect.closeTo(15 / 11 - 1, 12),
    20: null,
  })
  expect(forwardReturns(flat('A', [10]), 0)).toEqual({ 1: null, 5: null, 20: null })
})
