import { describe, expect, it } from 'vitest'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { marketOf, seriesOf } from './load.ts'

/** undefined */
const none = Number.NaN

type Column = readonly number[]
function study(text: string, close: Column, more: { high?: Column; low?: Column; volume?: Column } = {}): number[] {
  const { high = close, low = close, volume = close.map(() => 1) } = more
  const series = seriesOf('X', { day: close.map((_, i) => 18_000 + i), open: close, high, low, close, volume })
  return Array.from(createEvaluator(marketOf([series]), series).column(parseExpression(text)))
}

function near(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length)
  found.forEach((value, i) => {
    if (Number.isNaN(expected[i])) expect(value, `bar ${i}`).toBeNaN()
    else expect(value, `bar ${i}`).toBeCloseTo(expected[i], 12)
  })
}

describe('weighted means', () => {
  it('weigh the last value n times and the oldest once', () => {
    // (1*1 + 2*2 + 3*4)/6, (1*2 + 2*4 + 3*8)/6
    near(study('wma(close,3)', [1, 2, 4, 8]), [none, none, 17 / 6, 34 / 6])
    near(study('wma(close,1)', [1, 2]), [1, 2])
    near(study('wma(where(close != 5, close),2)', [1, 2, 5, 2, 1]), [none, 5 / 3, none, none, 4 / 3])
  })

  it('after Hull: twice the half window less the whole, over the square root of the window', () => {
    // n = 4: 2*wma2 - wma4 on bars 3 and 4 of 1 2 4 8 16, then wma over 2
    const raw = [2 * (20 / 3) - 4.9, 2 * (40 / 3) - 9.8]
    near(study('hma(close,4)', [1, 2, 4, 8, 16]), [none, none, none, none, (raw[0] + 2 * raw[1]) / 3])
    // n = 5 halves to 2 and its root is 2: the windows are rounded down
    expect(study('hma(close,5) == wma(2*wma(close,2) - wma(close,5),2)', [1, 2, 4, 8, 16, 9]).at(-1)).toBe(1)
    near(study('hma(close,1)', [3, 7]), [3, 7])
  })

  it('by volume: days without any weigh nothing, a window without any is undefined', () => {
    near(study('vwma(close,2)', [10, 20, 30, 40], { volume: [1, 3, 0, 0] }), [none, 17.5, 20, none])
  })

  it('twice and thrice smoothed lose the lag of a straight line', () => {
    // ema(2) of t lags by 1/2 once settled: 2*(t - 1/2) - (t - 1) = t
    const line = Array.from({ length: 80 }, (_, t) => t + 1)
    near(study('dema(close,2)', line).slice(60), line.slice(60))
    near(study('tema(close,2)', line).slice(60), line.slice(60))
    expect(study('dema(close,3)', line).findIndex((value) => value > 0)).toBe(4)
    expect(study('tema(close,3)', line).findIndex((value) => value > 0)).toBe(6)
  })

  it('trix is the percent change of the third: growth of 1 % a bar is 1, no change is 0', () => {
    const grown = Array.from({ length: 400 }, (_, t) => 1.01 ** t)
    expect(study('trix(close,5)', grown).at(-1)).toBeCloseTo(1, 10)
    expect(study('trix(close,2)', Array(9).fill(0.1 + 0.2))).toEqual([none, none, none, none, 0, 0, 0, 0, 0])
  })
})

describe('the adaptive mean', () => {
  it('starts at the n-th value and follows a straight line at the speed of the fast end', () => {
    // efficiency 1: s = 2/3, s*s = 4/9
    near(study('kama(close,2)', [1, 2, 3, 4]), [none, 2, 2 + 4 / 9, 2 + 4 / 9 + (4 / 9) * (4 - 2 - 4 / 9)])
  })

  it('follows a value that comes back at the speed of the slow end', () => {
    // |x - x[2]| = 0 over a path of 2: s = 2/31
    near(study('kama(close,2)', [1, 2, 1]), [none, 2, 2 - (2 / 31) ** 2])
    near(study('kama(close,2,2,5)', [1, 2, 1]), [none, 2, 2 - (1 / 3) ** 2])
  })

  it('takes no change for full speed, and walks over undefined values', () => {
    near(study('kama(close,1)', [4, 4, 4]), [4, 4, 4])
    const gap = study('kama(where(close != 9, close),2)', [1, 9, 2, 9, 3])
    near(gap, [none, none, 2, none, 2 + 4 / 9])
  })
})

describe('the regression slope', () => {
  it('is the rise per bar', () => {
    near(study('linreg_slope(close,3)', [5, 7, 9, 11]), [none, none, 2, 2])
    // 0 0 3: sum of (-1 0 1) * x over 2
    near(study('linreg_slope(close,3)', [0, 0, 3]), [none, none, 1.5])
  })

  it('is exactly 0 where nothing changed, and undefined over one bar', () => {
    expect(study('linreg_slope(close,4)', Array(5).fill(0.1 + 0.7))).toEqual([none, none, none, 0, 0])
    expect(study('linreg_slope(close,1)', [1, 2])).toEqual([none, none])
  })
})

describe('channels and trends', () => {
  it('a Donchian channel leaves the current bar out', () => {
    const high = [5, 7, 6, 9]
    const low = [4, 3, 5, 2]
    near(study('donchian_upper(2)', [4, 5, 6, 8], { high, low }), [none, none, 7, 7])
    near(study('donchian_lower(2)', [4, 5, 6, 8], { high, low }), [none, none, 3, 3])
    near(study('donchian_mid(2)', [4, 5, 6, 8], { high, low }), [none, none, 5, 5])
    expect(study('close > donchian_upper(2)', [4, 5, 6, 8], { high, low }).at(-1)).toBe(1)
  })

  it('Aroon counts the bars since the latest of equal extremes, within n + 1 bars', () => {
    const high = [5, 5 + 1e-12, 4, 3, 3, 3]
    near(study('aroon_up(3)', high), [none, none, none, 100 / 3, 0, 0])
    near(study('aroon_down(3)', high), [none, none, none, 100, 100, 100])
    near(study('aroon_osc(3)', high), [none, none, none, 100 / 3 - 100, -100, -100])
  })

  it('Chaikin money flow takes a bar without a range for nothing, and is undefined without volume', () => {
    // closes at the high, without a range, at the low, in the middle
    const bars = { high: [2, 3, 4, 4], low: [1, 3, 2, 2], volume: [10, 30, 20, 0] }
    near(study('cmf(2)', [2, 3, 2, 3], bars), [none, 10 / 40, -20 / 50, -20 / 20])
    near(study('cmf(1)', [2, 3, 2, 3], bars), [1, 0, -1, none])
  })

  it('the parabolic stop is undefined until its first guess is broken', () => {
    const high = [10, 11, 12, 9, 8, 7]
    const low = [9, 10, 11, 8, 7, 6]
    // rises from 9; bar 3 breaks it; from there it falls from 12: 12 + 0.02*(8 - 12), never below the highs 12 and 9 before
    near(study('psar(0.02,0.2)', low, { high, low }), [none, none, none, none, 12, 12 + 0.04 * (7 - 12)])
  })

  it('Supertrend is below the close while the trend is up and above it while it is down', () => {
    // ranges of 2 around the close: atr(2) = 2 from bar 2 on while closes move by 0 or 1
    const close = [10, 10, 10, 11, 12, 6]
    const bars = { high: close.map((x) => x + 1), low: close.map((x) => x - 1) }
    // bands 10 +/- 2: follows 8; raised to 9 and 10; a close of 6 (tr 7, atr 4.5) turns it to the upper band, 12 until then
    near(study('supertrend(2,1)', close, bars).slice(0, 5), [none, none, 8, 9, 10])
    expect(study('close < supertrend(2,1)', close, bars).at(-1)).toBe(1)
  })
})
