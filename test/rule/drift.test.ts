import { expect, it } from 'vitest'
import { seeded } from '../../lib/core/random.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { marketOf, seriesOf } from './load.ts'

/** Twenty years of bars; values are whole millionths, so that sums of them have an exact answer. */
const LENGTH = 20 * 252
const MILLIONTHS = 1_000_000
const uniform = seeded(99)
const draw = (magnitude: number) => Math.max(1, Math.floor(uniform() * magnitude * MILLIONTHS))

/** Stretches of very different size next to each other, and single giants among the small. */
const whole = Array.from({ length: LENGTH }, (_, i) => {
  if (i % 97 === 5) return draw(1e9)
  return [draw(1e9), draw(1), draw(1e-3), draw(1e4), 1_000][Math.floor(i / 60) % 5]
})
const x = whole.map((value) => value / MILLIONTHS)
const series = seriesOf('X', { day: x.map((_, i) => i), open: x, high: x, low: x, close: x, volume: x })
const column = (text: string) => createEvaluator(marketOf([series]), series).column(parseExpression(text))

function exactSum(end: number, n: number): number {
  let total = 0n
  for (let k = end - n + 1; k <= end; k++) total += BigInt(whole[k])
  return Number(total) / MILLIONTHS
}

function relative(found: number, expected: number): number {
  return Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-300)
}

it.each([2, 20, 50, 252])('sums and means over %i bars of twenty years are those of each window alone', (n) => {
  const sums = column(`sum(close,${n})`)
  const means = column(`sma(close,${n})`)
  for (let i = n - 1; i < LENGTH; i++) {
    const exact = exactSum(i, n)
    expect(relative(sums[i], exact), `sum at ${i}`).toBeLessThan(1e-14)
    expect(relative(means[i], exact / n), `mean at ${i}`).toBeLessThan(1e-14)
  }
})

it('deviations, weighted means, slopes and money flows carry nothing from window to window', () => {
  const n = 20
  const texts = [
    `stdev(close,${n})`,
    `wma(close,${n})`,
    `linreg_slope(close,${n})`,
    `zscore(close,${n})`,
    `vwma(close,${n})`,
    `cci(${n})`,
    `mfi(${n})`,
    `hma(close,${n})`,
    `stoch_k(${n},3)`,
  ]
  for (const text of texts) {
    const all = column(text)
    for (let i = 60; i < LENGTH; i += 7) {
      // the window computed on bars that begin a little before it: no history that could drift
      const from = i - 59
      const part = x.slice(from, i + 1)
      const short = seriesOf('X', {
        day: part.map((_, k) => k),
        open: part,
        high: part,
        low: part,
        close: part,
        volume: part,
      })
      const alone = createEvaluator(marketOf([short]), short)
        .column(parseExpression(text))
        .at(-1)!
      if (Number.isNaN(alone)) expect(all[i], `${text} at ${i}`).toBeNaN()
      else expect(Math.abs(all[i] - alone), `${text} at ${i}`).toBeLessThanOrEqual(1e-9 * Math.abs(alone) + 1e-12)
    }
  }
})

it('a tie stays a tie after twenty years', () => {
  // the last two hundred closes are the same: every mean of them is that close, to the bit of the comparison
  const flat = x.map((value, i) => (i < LENGTH - 200 ? value : 12.34))
  const after = seriesOf('X', { day: x.map((_, i) => i), open: flat, high: flat, low: flat, close: flat, volume: flat })
  const value = (text: string) =>
    createEvaluator(marketOf([after]), after)
      .column(parseExpression(text))
      .at(-1)
  expect(value('sma(close,10) == sma(close,50)')).toBe(1)
  expect(value('sma(close,10) > sma(close,50)')).toBe(0)
  expect(value('stdev(close,100)')).toBe(0)
  expect(value('wma(close,100) == close')).toBe(1)
  expect(value('linreg_slope(close,50)')).toBe(0)
  expect(value('bb_upper(20,2) == bb_lower(20,2)')).toBe(1)
})
