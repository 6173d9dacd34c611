import { describe, expect, it } from 'vitest'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { addToFunnel, blocking, emptyFunnel, joinFunnels } from '../../lib/rule/funnel.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { dayOf, marketOf, seriesOf } from './load.ts'

// Eight bars of two symbols, small enough to count by hand.
const MONDAY = dayOf('2024-01-01')
const bars = (symbol: string, close: number[], volume: number[]) =>
  seriesOf(symbol, { day: close.map((_, i) => MONDAY + i), open: close, high: close, low: close, close, volume })
const P = bars('P', [9, 11, 12, 9], [200, 100, 200, 100])
const Q = bars('Q', [11, 10.9, 8, 9.9], [140, 100, 300, 149])

function funnel(text: string, which = [P, Q], counts = [1, 1, 1, 1]) {
  const expr = parseExpression(text)
  const market = marketOf([P, Q])
  const each = which.map((series) => {
    const counted = emptyFunnel(expr)
    const range = { from: 0, to: series.length, counts: Uint8Array.from(counts) }
    addToFunnel(counted, expr, createEvaluator(market, series), range)
    return counted
  })
  return each.reduce(joinFunnels)
}

describe('the funnel of two conditions', () => {
  const found = funnel('close > 10 and volume > 150')

  it('counts each alone, each after those before it, and all but one', () => {
    expect(found).toMatchObject({ bars: 8, passed: 1, unknown: 0 })
    // close > 10 on P2 P3 Q1 Q2; volume > 150 on P1 P3 Q3; both on P3
    expect(found.conditions).toEqual([
      { true: 4, unknown: 0, together: 4, others: 3 },
      { true: 3, unknown: 0, together: 1, others: 4 },
    ])
  })

  it('names the condition whose removal lets most pass', () => {
    expect(blocking(found)).toBe(1)
    expect(blocking(funnel('close > 0 and volume > 0'))).toBeUndefined()
  })

  it('finds the bar that fails the fewest conditions by the least share of the threshold', () => {
    // Q1 misses 150 by 10; P1 misses 10 by 1, P2 and Q2 miss 150 by 50, Q3 misses 10 by 2
    expect(found.nearest).toEqual({ symbol: 'Q', day: MONDAY, failed: [1], short: expect.closeTo(10 / 150, 12) })
  })

  it('is the same in whatever order symbols come', () => {
    expect(funnel('close > 10 and volume > 150', [Q, P])).toEqual(found)
  })

  it('looks only at bars that count', () => {
    expect(funnel('close > 10 and volume > 150', [P, Q], [0, 1, 0, 1])).toMatchObject({ bars: 4, passed: 0 })
  })
})

it('unknown bars are counted, and are no near misses', () => {
  const found = funnel('sma(close,3) > 0 and volume > 250')
  // the average is known from the third bar on: P3 P4 Q3 Q4; of those only Q3 has the volume
  expect(found.conditions[0]).toEqual({ true: 4, unknown: 4, together: 4, others: 1 })
  expect([found.passed, found.unknown]).toEqual([1, 0])
  expect(found.nearest).toMatchObject({
    symbol: 'P',
    day: MONDAY + 2,
    failed: [1],
    short: expect.closeTo(50 / 250, 12),
  })
})

it('what no number measures is further than what one does', () => {
  // P3 fails only the text; Q1 fails only the volume, by 10 of 150
  const found = funnel("close > 10 and volume > 150 and symbol != 'P'")
  expect(found.nearest).toMatchObject({ symbol: 'Q', day: MONDAY, failed: [1] })
})

it('an "or" falls short by its best part, an "and" within it by its worst', () => {
  // one bar: close 11 against 22 (half short) or volume 140 against 200 (0.3 short)
  const one = funnel('close > 22 or volume > 200', [Q], [1, 0, 0, 0])
  expect(one.nearest?.short).toBeCloseTo(0.3, 12)
  const both = funnel('(close > 22 and volume > 200) or close > 110', [Q], [1, 0, 0, 0])
  expect(both.nearest?.short).toBeCloseTo(0.5, 12)
  const turned = funnel('not (close < 22)', [Q], [1, 0, 0, 0])
  expect(turned.nearest?.short).toBeCloseTo(0.5, 12)
})
