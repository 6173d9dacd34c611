import { describe, expect, test } from 'vitest'
import { normalText } from './normal-form.ts'
import { likeness } from './same-rule.ts'
import { nonsense, otherNumbers } from './variations.ts'

describe('two texts of one meaning', () => {
  test.each([
    ['a < b and c > d', 'd < c and b > a'],
    ['close/close[1]-1 > 0.05', 'close/close[1] > 1.05'],
    ['close - open > 0', 'open < close'],
    ['not (close > open)', 'close <= open'],
    ['not (close > open or high > low)', 'close <= open and high <= low'],
    ['close > open > low', 'open > low and close > open'],
    ['(close > open)[1]', 'close[1] > open[1]'],
    ['gap() >= 3%', 'open/close[1] - 1 >= 0.03'],
    ['2*volume', 'volume*2'],
  ])('%s is %s', (one, two) => {
    const named = (text: string) =>
      text.replace(/\b[abcd]\b/g, (name) => ({ a: 'open', b: 'high', c: 'low', d: 'close' })[name]!)
    expect(normalText(named(one))).toBe(normalText(named(two)))
  })

  test.each([
    ['close > open', 'close >= open'],
    ['close > open', 'open > close'],
    ['close > sma(close,20)[1]', 'close > sma(close,20)'],
  ])('%s is not %s', (one, two) => {
    expect(normalText(one)).not.toBe(normalText(two))
  })
})

test('conditions that read differently are the same where they are true on the same bars', () => {
  const same = (signal: string, other: string) => likeness({ signal }, { signal: other })
  expect(same('rising(close,3)', 'all(close > close[1],3)').exact).toBe(true)
  expect(same('volume/sma(volume,20)[1] > 2', 'volume > 2*sma(volume,20)[1]').exact).toBe(true)
  const near = same('rsi(close,14) < 30', 'rsi(close,14) < 31')
  expect(near.exact).toBe(false)
  expect(near.jaccard).toBeGreaterThan(0.5)
  expect(near.jaccard).toBeLessThan(1)
})

test('a variation changes the rule where the words changed', () => {
  const made = otherNumbers('RSI below 30 on 2x volume', {
    signal: 'rsi(close,14) < 30 and volume >= 2*sma(volume,20)[1]',
  })
  expect(made.map(({ prompt, rule }) => [prompt, rule!.signal])).toEqual([
    ['RSI below 31 on 2x volume', 'rsi(close,14) < 31 and volume >= 2*sma(volume,20)[1]'],
    ['RSI below 30 on 3x volume', 'rsi(close,14) < 30 and volume >= 3*sma(volume,20)[1]'],
  ])
  expect(nonsense('RSI below 30').map(({ prompt }) => prompt)).toEqual([
    'zibbly RSI below 30',
    'RSI zibbly below 30',
    'RSI below 30 zibbly',
  ])
})
