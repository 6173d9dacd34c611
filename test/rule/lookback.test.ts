import { describe, expect, it } from 'vitest'
import { seeded } from '../../lib/core/random.ts'
import { parseRule } from '../../lib/rule/clauses.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { lookbackOf } from '../../lib/rule/lookback.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { dayOf, marketOf, seriesOf } from './load.ts'

const lookback = (text: string) => lookbackOf(parseExpression(text))

describe('the lookback of an expression', () => {
  it.each([
    ['close', 0],
    ['close[3]', 3],
    ['sma(close,20)', 19],
    ['sma(close,20)[1]', 20],
    ['highest(sma(close,5)[2],10)', 4 + 2 + 9],
    ['roc(close,63)', 63],
    ['gap()', 1],
    ['rising(close,3)', 3],
    ['pct_rank(close,10)', 10],
    ['cci(20)', 19],
    ['three_white_soldiers()', 2],
    ['bb_width(20,2) == lowest(bb_width(20,2),126)', 19 + 125],
    ['stoch_d(14,3,3)', 13 + 2 + 2],
    ['pe < 15 and fscore() >= 8 and yoy(eps_q) > 0', 0],
    ["symbol == 'A' and index_member('SP500') and month_end()", 0],
    ['xrank(close[21]/close[252]-1)', 252],
    ["on('SPY', sma(close,200))", 199],
    ['hma(close,16)', 15 + 3],
    ['linreg_slope(wma(close,5),10)', 4 + 9],
    ['aroon_osc(25) > 0 and donchian_upper(20) < close', 25],
    ['cmf(20)', 19],
    ['ultosc(7,14,28)', 1 + 27],
    ['vwma(close,20)[2]', 21],
  ])('%s: %i, exactly', (text, bars) => {
    expect(lookback(text)).toBe(bars)
  })

  it('adds 18 windows to an ema and 37 to an rma, one over the other when nested', () => {
    expect(lookback('ema(close,20)')).toBe(20 + 18 * 20)
    expect(lookback('atr(14)')).toBe(1 + 14 + 37 * 14)
    expect(lookback('rsi(close,14)')).toBe(1 + 14 + 37 * 14)
    expect(lookback('macd_signal(12,26,9)')).toBe(19 * 26 + 19 * 9)
    expect(lookback('adx(14)')).toBe(1 + 38 * 14 + 38 * 14)
    expect(lookback('dema(close,20)')).toBe(2 * 19 * 20)
    expect(lookback('trix(close,15)')).toBe(1 + 3 * 19 * 15)
  })

  it('is the whole history for what remembers', () => {
    for (const text of [
      'barssince(up())',
      'valuewhen(up(),close)',
      'highest_since(up(),high)',
      'lowest_since(up(),low)',
      'obv()',
      'psar(0.02,0.2)',
      'supertrend(10,3)',
      'kama(close,10)',
    ])
      expect(lookback(`sma(${text},5)`)).toBe(Number.POSITIVE_INFINITY)
  })

  it('is the whole history for a smoothing whose input may have gaps', () => {
    for (const text of [
      'ema(pe,10)',
      'ema(stoch_k(14,3),3)',
      'rma(volume/volume[1],5)',
      'ema(where(up(),close),5)',
      "ema(on('SPY',close),5)",
    ])
      expect(lookback(text), text).toBe(Number.POSITIVE_INFINITY)
    for (const text of [
      'ema(close/close[1],10)',
      'ema(log(close),3)',
      'rma(where(up(),close,0),5)',
      'ema(rsi(close,2),3)',
    ])
      expect(lookback(text), text).toBeLessThan(1_000)
  })

  it('looks further back on ranks and other symbols, whose bars lie closer than those of a symbol with gaps', () => {
    expect(lookback('xrank(close)[3]')).toBe(3 + 3 + 21)
    expect(lookback("sma(on('SPY',roc(close,10)),5)")).toBe(10 + 4 + 4 + 21)
    // Y trades daily, X misses twelve days: its bar before is Y's thirteenth, and Y's return there needs three more
    const days = Array.from({ length: 30 }, (_, i) => 18_000 + i)
    const bars = (symbol: string, day: number[], from = 0) => {
      const price = day.map((each) => 10 + ((each * 7) % 5))
      const cut = (column: number[]) => column.slice(from)
      return seriesOf(symbol, {
        day: cut(day),
        open: cut(price),
        high: cut(price),
        low: cut(price),
        close: cut(price),
        volume: cut(price),
      })
    }
    const gappy = days.filter((day) => day < 18_016 || day >= 18_028)
    const text = "on('Y', roc(close,3))[1]"
    const value = (from: number) => {
      const x = bars('X', gappy)
      const market = marketOf([x, bars('Y', days, from)])
      return createEvaluator(market, x).column(parseExpression(text))[16]
    }
    expect(value(0)).not.toBeNaN()
    expect(value(28 - lookback(text))).toBe(value(0))
  })

  it('counts a week as 5 sessions and a month as 23, with a period to spare', () => {
    expect(lookback('wk(sma(close,30))')).toBe((29 + 2) * 5)
    expect(lookback('mo(close[1])')).toBe((1 + 2) * 23)
  })

  it('measures deeply nested indicators without unfolding them', () => {
    let text = 'close'
    for (let i = 0; i < 30; i++) text = `rsi(${text},2)`
    expect(lookback(text)).toBe(30 * (1 + 38 * 2))
  })

  it('of a rule is the most over its clauses', () => {
    const rule = parseRule(
      'SIGNAL: close > sma(close,20)\nEXIT: close < sma(close,50)\nSTOP: entry_price - 2*entry(atr(14))\nRANK: roc(close,252) desc',
    )
    expect(lookbackOf(rule)).toBe(533)
    expect(lookbackOf(parseRule('SIGNAL: up()\nUNIVERSE: dollar_volume(60) > 1000000'))).toBe(59)
  })
})

describe('a shorter history', () => {
  const uniform = seeded(3)
  const length = 1_400
  const close: number[] = []
  let price = 40
  for (let i = 0; i < length; i++)
    close.push((price = Math.max(5, Math.round(price * (0.97 + uniform() * 0.061) * 100) / 100)))
  const spread = close.map(() => Math.round(uniform() * 100) / 100)
  const raw = {
    day: close.map((_, i) => dayOf('2015-01-05') + Math.floor(i / 5) * 7 + (i % 5)),
    open: close.map((value, i) => value + spread[i] / 2),
    high: close.map((value, i) => value + spread[i]),
    low: close.map((value, i) => value - spread[i]),
    close,
    volume: close.map(() => Math.round(uniform() * 1_000)),
  }
  const bars = (from: number) =>
    seriesOf(
      'X',
      Object.fromEntries(Object.entries(raw).map(([name, column]) => [name, column.slice(from)])) as typeof raw,
    )
  const whole = bars(0)
  const market = (series: typeof whole) => marketOf([series])

  it.each([
    'rsi(close,14)',
    'adx(14)',
    'macd_signal(12,26,9)',
    'kc_upper(20,1.5)',
    'mfi(14)',
    'bb_pct(20,2)',
    'stoch_d(14,3,3)',
    'cci(20)',
    'pct_rank(close,30)',
    'wk(sma(close,10)[1])',
    'mo(highest(high,3))',
    'zscore(log(close),60)',
    'willr(14)[5]',
  ])('of that many bars gives the same %s', (text) => {
    const expr = parseExpression(text)
    const expected = createEvaluator(market(whole), whole).column(expr)[length - 1]
    const cut = bars(length - 1 - lookbackOf(expr))
    const found = createEvaluator(market(cut), cut).column(expr).at(-1)!
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected))
  })

  it.each(['sma(close,20)[3]', 'highest(high,20)', 'roc(close,63)', 'pct_rank(close,30)', 'cci(20)', 'bb_width(20,2)'])(
    'of one bar less leaves %s undefined',
    (text) => {
      const expr = parseExpression(text)
      const cut = bars(length - lookbackOf(expr))
      expect(createEvaluator(market(cut), cut).column(expr).at(-1)).toBeNaN()
    },
  )
})
