import { expect, test } from 'vitest'
import { sizeFrom, sizeParts } from '../../lib/backtest/size-reads.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { printExpression } from '../../lib/rule/print.ts'

/** 1 % of 100,000 at risk, in at 50, the stop at 45. */
const position = { signal: 7, entry: 8, entryPrice: 50, side: 1 as const, equity: 100_000, initialRisk: 5 }
const size = (text: string, reads: number[], of = position) => sizeFrom(parseExpression(text), reads, of)
const parts = (text: string) => sizeParts(parseExpression(text)).map(printExpression)

test('what is read of the market is told apart from what the account knows', () => {
  const text = '0.01*equity/(2 * atr(14)) + floor(close/entry_price)'
  expect(parts(text)).toEqual(['0.01', '2 * atr(14)', 'close'])
  expect(size(text, [0.01, 4, 120])).toBe(252)
  expect(parts('equity/entry_price')).toEqual([])
  expect(size('equity/entry_price', [])).toBe(2_000)
  expect(size('0.01*equity/initial_risk', [0.01])).toBe(200)
})

test('without the account SIZE is one value', () => {
  expect(parts('volume / 1000')).toEqual(['volume / 1000'])
  expect(size('volume / 1000', [12])).toBe(12)
  expect(size('volume / 1000', [Number.NaN])).toBeNaN()
})

test('the signal is the bar it is read at: not held yet at the next open, held one bar when filled at its own close', () => {
  expect(size('bars_held + entry(close)', [10])).toBe(10)
  expect(size('bars_held + entry(close)', [10], { ...position, entry: 7 })).toBe(11)
  expect(size('since_entry_high(close)', [10])).toBeNaN()
  expect(size('since_entry_high(close)', [10], { ...position, entry: 7 })).toBe(10)
})
