import { expect, test } from 'vitest'
import { seeded } from '../../lib/core/random.ts'
import { newColumn } from '../../lib/rule/column-memory.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { ago } from '../../lib/rule/kernels-memory.ts'
import { compare } from '../../lib/rule/kernels-pointwise.ts'
import { sma, sum } from '../../lib/rule/kernels-window.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { marketOf, seriesOf } from './load.ts'

test.each([
  ['volumes', 1e9],
  ['the largest sums that are exact', 2 ** 53],
])('sums of whole numbers are exact: %s', (_, largest) => {
  const uniform = seeded(7)
  for (const n of [1, 2, 20]) {
    const x = Float64Array.from({ length: 200 }, () => Math.floor(((uniform() - 0.5) * largest) / n))
    const sums = sum(x, n)
    const means = sma(x, n)
    for (let i = 0; i < x.length; i++) {
      const window = [...x.subarray(Math.max(0, i - n + 1), i + 1)].map(BigInt)
      const exact = i < n - 1 ? Number.NaN : Number(window.reduce((total, value) => total + value))
      expect(sums[i]).toBe(exact)
      expect(means[i]).toBe(exact / n)
    }
  }
})

test('a comparison with a number has the tolerance of a comparison with a column of it', () => {
  const isclose = (a: number, b: number) =>
    Math.abs(a - b) <= Math.max(1e-9 * Math.max(Math.abs(a), Math.abs(b)), 1e-12)
  for (const k of [0, 30, -30, 1e-12, 1e300, -5e-324]) {
    const size = Math.max(1e-9 * Math.abs(k), 1e-12)
    const steps = [0, 0.5, 0.999, 1.001, 1.5, 2.5, 4.5, 1e3, 1e12]
    const x = Float64Array.from([...steps.flatMap((step) => [k + step * size, k - step * size]), Number.NaN])
    const above = compare('>', x, k)
    const least = compare('>=', x, k)
    x.forEach((value, i) => {
      const unknown = Number.isNaN(value)
      expect(above[i], `${value} > ${k}`).toBe(unknown ? Number.NaN : Number(value > k && !isclose(value, k)))
      expect(least[i], `${value} >= ${k}`).toBe(unknown ? Number.NaN : Number(value > k || isclose(value, k)))
    })
  }
})

test('bars ago may be written over what they are read from', () => {
  const x = Float64Array.of(1, 2, 3, 4, 5)
  expect([...ago(x.slice(), 2)]).toEqual([Number.NaN, Number.NaN, 1, 2, 3])
  expect([...ago(x, 2, x)]).toEqual([Number.NaN, Number.NaN, 1, 2, 3])
  expect([...ago(Float64Array.of(1, 2), 7)]).toEqual([Number.NaN, Number.NaN])
})

test('new columns never overlap, whatever their lengths', () => {
  const columns = [504, 1, 4_096, 4_097, 100_000, 504].map((length, i) => newColumn(length).fill(i))
  columns.forEach((column, i) => {
    expect(column.every((value) => value === i)).toBe(true)
  })
})

test('an expression has the same values whether its parts were asked for before or not, and leaves them as they were', () => {
  const uniform = seeded(3)
  const draw = () => Float64Array.from({ length: 300 }, () => 10 + Math.round(uniform() * 8) / 4)
  const [open, close] = [draw(), draw()]
  const raw = { day: open.map((_, i) => 18_000 + i), open, high: open, low: close, close, volume: draw() }
  const series = seriesOf('A', raw)
  const market = marketOf([series])
  const texts = [
    'close - open',
    '(close - open)[1]',
    '(close - open) * 2 > (close - open)[1] / (open - 11)',
    'open < close < 11.5 or not (close - open > 0.5 and volume[2] >= 11)',
    'sma(close - open, 3) > 0 and (close - open)[1] <= 0',
  ]
  const alone = texts.map((text) => createEvaluator(market, series).column(parseExpression(text)).slice())
  for (const order of [texts, texts.toReversed()]) {
    const together = createEvaluator(market, series)
    const asked = new Map(order.map((text) => [text, together.column(parseExpression(text))]))
    texts.forEach((text, i) => {
      expect([...asked.get(text)!], text).toEqual([...alone[i]])
    })
  }
  // by hand, on one bar after another
  for (let i = 1; i < 300; i++) {
    const moved = close[i] - open[i]
    expect(alone[1][i]).toBe(close[i - 1] - open[i - 1])
    if (open[i] !== 11) {
      const right = (close[i - 1] - open[i - 1]) / (open[i] - 11)
      expect(alone[2][i]).toBe(Number(moved * 2 > right && Math.abs(moved * 2 - right) > 1e-8))
    }
  }
})

test('and is three-valued in every order of its parts, remembered or not', () => {
  // unknown where a bar is NaN; the columns go through every pair of true, false and unknown
  const values = [1, 0, Number.NaN]
  const a = Float64Array.from({ length: 9 }, (_, i) => values[i % 3])
  const b = Float64Array.from({ length: 9 }, (_, i) => values[Math.floor(i / 3)])
  const raw = { day: a.map((_, i) => 18_000 + i), open: a, high: a, low: a, close: b, volume: b }
  const series = seriesOf('A', raw)
  const market = marketOf([series])
  const expected = Array.from(a, (x, i) => (x === 0 || b[i] === 0 ? 0 : x === 1 && b[i] === 1 ? 1 : Number.NaN))
  for (const text of ['open > 0.5 and close > 0.5', 'close > 0.5 and open > 0.5', 'open > 0.5 and not close < 0.5']) {
    expect([...createEvaluator(market, series).column(parseExpression(text))], text).toEqual(expected)
    const evaluator = createEvaluator(market, series)
    evaluator.column(parseExpression('open > 0.5'))
    const close = evaluator.column(parseExpression('close > 0.5')).slice()
    expect([...evaluator.column(parseExpression(text))], text).toEqual(expected)
    expect([...evaluator.column(parseExpression('close > 0.5'))]).toEqual([...close])
  }
  const given = new Map([['close > 0.5', new Float64Array(9)]])
  const overridden = createEvaluator(market, series, { overrides: given })
  expect([...overridden.column(parseExpression('open > 0.5 and close > 0.5'))]).toEqual(new Array(9).fill(0))
})
