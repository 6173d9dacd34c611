import { describe, expect, it } from 'vitest'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { compilePosition, type PositionState } from '../../lib/rule/position.ts'
import { marketOf, seriesOf } from './load.ts'

const close = [10, 11, 12, 15, 13, 9, 14]
const series = seriesOf('X', {
  day: close.map((_, i) => i),
  open: close.map((value) => value - 0.5),
  high: close.map((value) => value + 1),
  low: close.map((value) => value - 1),
  close,
  volume: close.map(() => 1000),
})
const market = marketOf([series], {
  figures: new Map([
    ['X', [{ symbol: 'X', kind: 'annual', periodEnd: -90, published: 0, values: { equity: 500, net_income_ttm: 50 } }]],
  ]),
})
const compile = (text: string) => compilePosition(parseExpression(text), createEvaluator(market, series))
const long: PositionState = { signal: 1, entry: 2, entryPrice: 11.5, side: 1, equity: 100_000, initialRisk: 0.5 }

describe('a position clause', () => {
  it('counts the entry bar as the first held', () => {
    const exit = compile('bars_held >= 3')
    expect([2, 3, 4, 5].map((t) => exit(t, long))).toEqual([0, 0, 1, 1])
  })

  it('mixes columns of bar t with values of the position', () => {
    const exit = compile('close < entry_price or close > entry_price + 6*initial_risk')
    expect([2, 3, 4, 5].map((t) => exit(t, long))).toEqual([0, 1, 0, 1])
    expect(compile('close < sma(close,2)')(4, long)).toBe(1)
  })

  it('keeps the signal bar: entry(x)', () => {
    const stop = compile('entry_price - 2*entry(high - low)')
    expect([2, 6].map((t) => stop(t, long))).toEqual([7.5, 7.5])
    expect(compile('entry(close[1])')(6, long)).toBe(10)
  })

  it('knows the extremes since the entry bar, in any order of asking', () => {
    const high = compile('since_entry_high(high)')
    const low = compile('since_entry_low(close)')
    expect([2, 3, 4, 6].map((t) => high(t, long))).toEqual([13, 16, 16, 16])
    expect([6, 2, 5, 4].map((t) => low(t, long))).toEqual([9, 12, 9, 12])
    const later = { ...long, signal: 3, entry: 4 }
    expect([high(6, later), high(6, long), high(4, later)]).toEqual([15, 16, 14])
    expect(high(1, long)).toBeNaN()
  })

  it('is undefined since the entry once one x is undefined', () => {
    const high = compile('since_entry_high(where(close != 15, close))')
    expect([2, 3, 4].map((t) => high(t, long))).toEqual([12, Number.NaN, Number.NaN])
  })

  it('reads equity as the account, and as the shareholders inside a ratio', () => {
    expect(compile('floor(0.01*equity/(2*entry(high - low)))')(1, long)).toBe(250)
    expect(compile('0.1*equity/entry_price')(1, long)).toBe(10_000 / 11.5)
    expect(compile('equity*roe')(3, long)).toBeCloseTo(10_000, 9)
    expect(createEvaluator(market, series).column(parseExpression('equity'))[3]).toBe(500)
  })

  it('turns with the side', () => {
    const target = compile('entry_price*(1 + 0.1*side)')
    expect(target(2, { ...long, entryPrice: 10 })).toBe(11)
    expect(target(2, { ...long, entryPrice: 10, side: -1 })).toBe(9)
  })

  it('has three values and the tolerance of rules', () => {
    const missing = { ...long, initialRisk: Number.NaN }
    expect(compile('initial_risk > 0 and bars_held > 99')(3, missing)).toBe(0)
    expect(compile('initial_risk > 0 or bars_held > 0')(3, missing)).toBe(1)
    expect(compile('not (initial_risk > 0)')(3, missing)).toBeNaN()
    expect(compile('initial_risk > 0 and bars_held > 0')(3, missing)).toBeNaN()
    expect(compile('0.1 + 0.2 < entry_price < 12')(3, { ...long, entryPrice: 0.3 })).toBe(0)
    expect(compile('entry_price/(bars_held - 2)')(3, long)).toBeNaN()
    expect(compile('max(entry_price, lowest(low,2))')(3, long)).toBe(11.5)
    expect(compile('where(bars_held > 2, entry_price, 7)')(3, long)).toBe(7)
    expect(compile('abs(-entry_price) + min(side, 2) + sqrt(side) + log(side)')(3, long)).toBe(13.5)
  })

  it('refuses a window or a look back on one number', () => {
    expect(() => compile('sma(entry_price,3)')).toThrow(/one number/)
    expect(() => compile('bars_held[1] > 2')).toThrow(/one number/)
  })
})
