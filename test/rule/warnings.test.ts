import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRule } from '../../lib/rule/clauses.ts'
import { alwaysTrue, neverTrue } from '../../lib/rule/contradictions.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { ruleWarnings } from '../../lib/rule/warnings.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { shared, withShared } from '../shared.ts'
import { coarseBars, plainConditions } from './expressions.ts'
import { marketOf } from './load.ts'

const kinds = (text: string) => ruleWarnings(parseRule(text)).map((warning) => warning.kind)
const messages = (text: string) => ruleWarnings(parseRule(text)).map((warning) => warning.message)

describe('contradictions', () => {
  it.each([
    'rsi(close,14) < 30 and rsi(close,14) > 70',
    'rsi(close,14) > 100',
    'willr(14) > 5',
    'xrank(close) > 1.5',
    'close < 0',
    'roc(close,5) < -1',
    'close > open and close < open',
    'close > open > high > close',
    'sma(close,50) > sma(close,200) and sma(close,200) > sma(close,50)',
    'up() and down()',
    'up()[1] and down()[1]',
    'doji() and not doji()',
    'not (close > open or close <= open)',
    'volume > 2*sma(volume,20)[1] and volume < 1.5*sma(volume,20)[1]',
    'rvol(20) > 2 and volume/sma(volume,20)[1] < 1',
    'gap() > 3% and open < 1.02*close[1]',
    'crosses_above(rsi(close,14),70) and rsi(close,14) < 30',
    'close > highest(high,20)',
    'low < lowest(low,5)',
    'high < low',
    'highest(high,5) > highest(high,20)',
    'count(up(),5) > 5',
    "symbol == 'A' and symbol == 'B'",
    "sector in ('Energy') and sector != 'Energy'",
    'rsi(close,14) == 50 and rsi(close,14) != 50',
    '(up() or rsi(close,14) > 101) and (down() or willr(14) > 1)',
    '2 < 1',
    'three_white_soldiers() and down()',
    'sma(close,5) > sma(close,10) and sma(close,10) > sma(close,20) and sma(close,20) > sma(close,5)',
    'close > bb_upper(20,2) and close < bb_lower(20,2)',
    'close < kc_lower(20,1.5) and close > ema(close,20) and ema(close,20) > kc_upper(20,1.5)',
    'close < donchian_lower(20) and close > donchian_upper(20)',
    'all(up(),3) and down()',
    'up() and not any(up(),3)',
    'crosses_above(rsi(close,14),30) and rsi(close,14)[1] > 30',
    'macd(12,26) > macd_signal(12,26,9) and macd_hist(12,26,9) < 0',
    'close - open > 0 and open > close',
    'max(close,open) < close or floor(close) > close',
    'wk(rsi(close,14)) > 100',
    "on('SPY', sma(rsi(close,14),3)) > 100",
    'cmf(20) > 1.5',
  ])('%s is never true', (text) => {
    expect(kinds(text)).toContain('contradiction')
  })

  it.each([
    'rsi(close,14) < 30 or rsi(close,14) > 70',
    'rsi(close,14) < 30 and rsi(close,2) > 70',
    'rsi(close,14) < 30 and rsi(close,14)[1] > 70',
    'close > highest(high,20)[1]',
    'close > highest(close,20)[1] and close <= highest(high,20)',
    'highest(high,20)[1] > highest(high,5)',
    'close >= 1.05*close[1] and roc(close,1) <= 5%',
    'rsi(close,14) >= 50 and rsi(close,14) <= 50',
    'up() and down()[1]',
    'close - open > 1 and open - close > -3',
    'macd(12,26) > 2*macd_signal(12,26,9) and macd(12,26) < macd_signal(12,26,9)',
    'crosses_above(close, sma(close,50)) and crosses_below(close[1], sma(close,50)[1])',
    "sector != 'Energy' and sector != 'Utilities'",
    'roe > 2*roa and roe < roa',
    'sma(close,5) >= sma(close,10) and sma(close,10) >= sma(close,20) and sma(close,20) >= sma(close,5)',
    'close > bb_upper(20,2) and close > bb_lower(20,3)',
    'any(up(),3) and down()',
    'all(up(),3)[1] and down()',
  ])('%s can be true', (text) => {
    expect(kinds(text)).not.toContain('contradiction')
  })

  it('says what excludes what, and what to write', () => {
    expect(messages('rsi(close,14) < 30 and rsi(close,14) > 70')).toEqual([
      'SIGNAL can never be true: "rsi(close, 14) < 30" and "rsi(close, 14) > 70" cannot hold at the same time.',
    ])
    expect(messages('close > highest(high,20)')[0]).toContain('for the bars before it write highest(high, 20)[1]')
    expect(messages('adx(14) > 120')[0]).toContain('adx(14) lies between 0 and 100')
  })

  it('looks at EXIT, SHORT and UNIVERSE, and at UNIVERSE together with SIGNAL', () => {
    expect(messages('SIGNAL: up()\nEXIT: bars_held < 1')[0]).toContain('EXIT can never be true')
    expect(messages("UNIVERSE: symbol == 'KO'\nSIGNAL: symbol == 'PEP' and up()")[0]).toContain(
      'never true inside UNIVERSE',
    )
  })

  it('gives up on too many combinations instead of taking long', () => {
    const either = Array.from(
      { length: 30 },
      (_, i) => `(close > sma(close,${i + 2}) or volume > sma(volume,${i + 2}))`,
    )
    expect(kinds(either.join(' and '))).toEqual([])
  })
})

describe('always true', () => {
  it('is said of a whole condition and of a part that selects nothing', () => {
    expect(kinds('close > 0')).toEqual(['always'])
    expect(kinds('rsi(close,14) < 70 or rsi(close,14) > 30')).toEqual(['always'])
    expect(messages('rsi(close,14) >= 0 and rsi(close,2) < 10')).toEqual([
      'SIGNAL: "rsi(close, 14) >= 0" is true wherever it is known, so it selects nothing.',
    ])
  })
})

describe('what is claimed of a condition by its text', () => {
  it('holds on bars', () => {
    const series = coarseBars(200)
    const evaluator = createEvaluator(marketOf([series]), series)
    let claims = 0
    fc.assert(
      fc.property(plainConditions(), (text) => {
        const expr = parseRule({ signal: text }).signal!
        const column = Array.from(evaluator.column(expr))
        if (neverTrue(expr) !== undefined) {
          claims++
          expect(column, text).not.toContain(1)
        }
        if (alwaysTrue(expr)) {
          claims++
          expect(column, text).not.toContain(0)
        }
      }),
      { numRuns: 1_500, seed: 7 },
    )
    expect(claims).toBeGreaterThan(100)
  })
})

describe('adjusted levels', () => {
  it.each([
    ['close > 10', 'raw_close'],
    ['volume >= 1000000', 'raw_volume'],
    ['sma(close,5) > 10', 'Compare ratios'],
    ['atr(14) > 2', 'Compare ratios'],
    ['eps_ttm > 1', 'Compare ratios'],
    ['crosses_above(close, 100)', 'raw_close'],
    ['count(close > 5, 10) > 3', 'raw_close'],
    ['close - close[1] > 2', 'Compare ratios'],
  ])('%s looks ahead', (text, advice) => {
    const [warning] = ruleWarnings(parseRule(text))
    expect(warning.kind).toBe('look-ahead')
    expect(warning.message).toContain(advice)
  })

  it.each([
    'raw_close > 10 and raw_volume > 1000000',
    'close/close[1] - 1 > 0.03',
    'macd(12,26) < -0',
    'macd(12,26) > 0',
    'zscore(close,20) > 2',
    'dollar_volume(20) > 1000000',
    'mcap > 100000000',
    'pe < 15',
    'rsi(close,14) < 30',
    'shares <= ly(shares)',
    'bb_pct(20,2) > 1',
    'obv() > obv()[5]',
  ])('%s does not', (text) => {
    expect(kinds(text)).not.toContain('look-ahead')
  })
})

withShared('the development prompts', () => {
  it('have no contradiction and no look-ahead', () => {
    const prompts: { rule: RuleClauses | null }[] = JSON.parse(readFileSync(shared('prompts/prompts.json'), 'utf8'))
    for (const { rule } of prompts) if (rule !== null) expect(ruleWarnings(parseRule(rule))).toEqual([])
  })
})
