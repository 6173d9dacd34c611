import { describe, expect, it } from 'vitest'
import { crossColumns } from '../../lib/rule/cross-section.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { type ConditionAt, explainCondition } from '../../lib/rule/explain-bar.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { dayOf, marketOf, seriesOf } from './load.ts'

// Five bars whose averages are computed by hand: sma(close,3) is 37/3 on the last one and 12 on the one before.
const MONDAY = dayOf('2024-01-01')
const STOCKS = parseExpression('stocks')
const closes = [10, 11, 12, 13, 12]
const bars = (symbol: string, close: number[], volume = close.map(() => 100)) =>
  seriesOf(symbol, { day: close.map((_, i) => MONDAY + i), open: close, high: close, low: close, close, volume })
const X = bars('X', closes, [100, 100, 100, 100, 300])

function at(text: string, t = 4, series = X, market = marketOf([series])): ConditionAt {
  const expr = parseExpression(text)
  const cross = crossColumns(market, market.symbols, [expr], parseExpression('all'))
  const evaluator = createEvaluator(market, series, { cross })
  return explainCondition(expr, { evaluator, t, universe: STOCKS, unit: 'day' })
}
const valuesOf = ({ values = [] }: ConditionAt) => values.map(({ value }) => value)

describe('a comparison', () => {
  it('shows both sides, what they are made of, and by how much it falls short', () => {
    const found = at('close > sma(close,3)')
    expect(found.holds).toBe(false)
    expect(valuesOf(found)).toEqual([12, expect.closeTo(37 / 3, 12)])
    // 12 - 37/3 dollars; as a share of the threshold 37/3
    expect(found.margin).toEqual({ by: expect.closeTo(-1 / 3, 12), share: expect.closeTo(-1 / 37, 12), unit: 'price' })
  })

  it('shows the inputs of a side: the average that is doubled', () => {
    const found = at('volume >= 2*sma(volume,3)[1]')
    expect([found.holds, valuesOf(found)]).toEqual([true, [300, 200]])
    expect(found.inputs).toEqual([
      { text: 'sma(volume, 3)[1]', name: 'avg_volume_3_prior', unit: 'shares', value: 100 },
    ])
    expect(found.margin).toEqual({ by: 100, share: 0.5, unit: 'shares' })
  })

  it.each([
    // below: the threshold less the value; a tie of a strict comparison is short by nothing and still false
    ['close < 15', true, 3, 0.2],
    ['close < 12', false, 0, 0],
    ['close <= 12', true, 0, 0],
    ['close == 13', false, -1, -1 / 13],
    ['close != 13', true, 1, 1 / 13],
    // 12/13 - 1 against 2 %: -1/13 - 0.02, and that by 0.02
    ['roc(close,1) > 2%', false, -1 / 13 - 0.02, (-1 / 13 - 0.02) / 0.02],
    // no share of a threshold of 0
    ['change(close,1) > 0', false, -1, null],
  ])('%s: %s by %d', (text, holds, by, share) => {
    const { margin, ...found } = at(text)
    expect(found.holds).toBe(holds)
    expect(margin?.by).toBeCloseTo(by, 12)
    if (share === null) expect(margin?.share).toBeNull()
    else expect(margin?.share).toBeCloseTo(share, 12)
  })

  it('reads percentages and gaps in fractions, with the prices they are made of', () => {
    const found = at('open/close[1]-1 < 3%')
    expect(found.margin?.unit).toBe('fraction')
    expect(found.inputs?.map(({ text, value }) => [text, value])).toEqual([
      ['open', 12],
      ['close[1]', 13],
    ])
  })
})

describe('a condition of conditions', () => {
  it('is a tree: a crossing is its two comparisons', () => {
    const found = at('crosses_below(close, sma(close,3))')
    expect(found).toMatchObject({ holds: true, op: 'and' })
    expect(found.parts?.map(({ text, holds, margin }) => [text, holds, margin?.by])).toEqual([
      ['close < sma(close, 3)', true, expect.closeTo(1 / 3, 12)],
      ['close[1] >= sma(close, 3)[1]', true, 1],
    ])
  })

  it('opens weekly bars, other symbols, streaks and chains', () => {
    const parts = (text: string) => at(text).parts?.map((part) => [part.text, part.holds])
    expect(parts('10 < close < 12')).toEqual([
      ['10 < close', true],
      ['close < 12', false],
    ])
    expect(parts('falling(close,2)')).toEqual([
      ['close < close[1]', true],
      ['close[1] < close[2]', false],
    ])
    expect(at("on('X', close > 11)").values?.map(({ text, value }) => [text, value])).toEqual([
      ["on('X', close)", 12],
      ['11', 11],
    ])
  })

  it('keeps three values: false decides an "and", true an "or", else unknown stays', () => {
    expect(at('close > 100 and sma(close,200) > 0').holds).toBe(false)
    expect(at('close > 1 and sma(close,200) > 0').holds).toBeNull()
    expect(at('close > 1 or sma(close,200) > 0').holds).toBe(true)
    expect(at('not (close > 11)')).toMatchObject({
      holds: false,
      op: 'not',
      parts: [{ holds: true, margin: { by: 1 } }],
    })
    expect(at('not (sma(close,200) > 0)').holds).toBeNull()
  })

  it('is unknown where it depends on a position, and read where it does not', () => {
    expect(at('bars_held >= 5 or close < 13')).toMatchObject({
      holds: true,
      parts: [
        { holds: null, unknown: 'depends on a position: bars_held' },
        { holds: true, margin: { by: 1 } },
      ],
    })
  })
})

describe('unknown', () => {
  it.each([
    ['sma(close,200) > 0', 'needs 200 bars, 5 stored'],
    ['rsi(close,14) < 30', 'needs 15 bars, 5 stored'],
    ['close > highest(high,252)[1]', 'needs 253 bars, 5 stored'],
    ['close[7] > 1', 'needs 8 bars, 5 stored'],
    ['close/(close - close) > 1', 'division by zero: close - close is 0'],
    ['log(close - 12) > 0', 'log of 0 does not exist'],
    ['pe < 15', 'no eps_ttm of X is stored'],
    ["sector == 'Energy'", 'no sector of X is stored'],
    ['barssince(close > 100) < 5', 'close > 100 has not been true yet'],
    ["on('Y', close) > 1", 'Y has no such value on 2024-01-05: no bar, or too few before it'],
  ])('%s: %s', (text, why) => {
    const other = seriesOf('Y', { day: [MONDAY], open: [1], high: [1], low: [1], close: [1], volume: [1] })
    expect(at(text, 4, X, marketOf([X, other]))).toMatchObject({ holds: null, unknown: why })
  })

  it('names the day a figure was published first, and one that has grown too old', () => {
    const record = { symbol: 'X', kind: 'annual' as const, periodEnd: MONDAY - 100, values: { eps_ttm: 1 } }
    const known = (published: number) => marketOf([X], { figures: new Map([['X', [{ ...record, published }]]]) })
    expect(at('eps_ttm > 0', 1, X, known(MONDAY + 2)).unknown).toBe('no eps_ttm published before 2024-01-03')
    expect(at('eps_ttm > 0', 3, X, known(MONDAY + 2)).holds).toBe(true)
    expect(at('eps_ttm > 0', 3, X, known(MONDAY - 500)).unknown).toBe(
      'the latest eps_ttm was published on 2022-08-19, more than 460 days before',
    )
  })
})
