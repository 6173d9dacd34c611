import { describe, expect, it } from 'vitest'
import { checkExpression } from '../../lib/rule/check.ts'
import { definitionOf, expandDerived, isCore } from '../../lib/rule/derived.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { printExpression } from '../../lib/rule/print.ts'
import { SERIES } from '../../lib/strategy/series.ts'

const expanded = (text: string): string => {
  const expr = expandDerived(parseExpression(text))
  return expr === undefined ? 'core' : printExpression(expr)
}
/** The reference's formula, as canonical text. */
const formula = (text: string): string => printExpression(parseExpression(text))

describe('derived names', () => {
  it.each([
    ['roc(close,5)', 'close/close[5] - 1'],
    ['change(high,3)', 'high - high[3]'],
    ['gap()', 'open/close[1] - 1'],
    ['rvol(20)', 'volume/sma(volume,20)[1]'],
    ['zscore(log(close),60)', '(log(close) - sma(log(close),60))/stdev(log(close),60)'],
    ['rising(close,3)', 'close > close[1] and close[1] > close[2] and close[2] > close[3]'],
    ['falling(low,1)', 'low < low[1]'],
    ['crosses_above(rsi(close,14),70)', 'rsi(close,14) > 70 and rsi(close,14)[1] <= 70[1]'],
    ['crosses_below(close,open)', 'close < open and close[1] >= open[1]'],
    ['any(up(),3)', 'count(up(),3) >= 1'],
    ['all(up(),3)', 'count(up(),3) == 3'],
    ['atr(14)', 'rma(tr(),14)'],
    ['adx(14)', 'rma(100*abs(pdi(14)-mdi(14))/(pdi(14)+mdi(14)), 14)'],
    ['pdi(5)', '100*rma(where(high-high[1] > low[1]-low and high-high[1] > 0, high-high[1], 0), 5)/atr(5)'],
    ['mdi(5)', '100*rma(where(low[1]-low > high-high[1] and low[1]-low > 0, low[1]-low, 0), 5)/atr(5)'],
    ['macd_hist(12,26,9)', 'macd(12,26) - macd_signal(12,26,9)'],
    ['bb_pct(20,2)', '(close-bb_lower(20,2))/(bb_upper(20,2)-bb_lower(20,2))'],
    ['kc_upper(20,1.5)', 'ema(close,20) + 1.5*atr(20)'],
    ['kc_lower(20,1.5,10)', 'ema(close,20) - 1.5*atr(10)'],
    ['stoch_d(14,3,5)', 'sma(stoch_k(14,3),5)'],
    ['nr(7)', 'high-low == lowest(high-low,7)'],
    ['fcf_yield', '(cfo_ttm-capex_ttm)/mcap'],
    ['roe', 'where(equity > 0, net_income_ttm/equity)'],
    ['yoy(eps_q)', 'where(ly(eps_q) > 0, eps_q/ly(eps_q)-1)'],
    ['day_rvol(10)', 'dvol()/avg_dvol(10)'],
  ])('%s is %s', (text, meaning) => {
    expect(expanded(text)).toBe(formula(meaning))
  })

  it('rsi is 100 or 50 where nothing fell', () => {
    const up = 'rma(max(close-close[1],0),14)'
    const down = 'rma(max(close[1]-close,0),14)'
    expect(expanded('rsi(close,14)')).toBe(
      formula(`where(${down} == 0, where(${up} > 0, 100, 50), 100 - 100/(1+${up}/${down}))`),
    )
  })

  it('leaves core names alone', () => {
    for (const text of ['close', 'sma(close,5)', 'pct_rank(close,5)', 'cci(20)', 'obv()', 'pe + 1', 'rsi(close,2) < 3'])
      expect(expanded(text)).toBe('core')
    expect(definitionOf('constructor')).toBeUndefined()
    expect(definitionOf('toString', [])).toBeUndefined()
  })

  it('ends in core names, all of which exist, and every definition passes the check', () => {
    const sample = { x: 'close', c: 'close > open', n: '14', k: '2', s: "'SPY'" }
    for (const { name, args, group } of SERIES) {
      const x = group === 'ratio' ? 'roa' : sample.x
      const text =
        args === undefined
          ? name
          : `${name}(${args.map((kind) => (kind[0] === 'x' ? x : sample[kind[0] as 'c'])).join(',')})`
      const definition = expandDerived(parseExpression(text))
      expect(isCore(name, args !== undefined), name).toBe(definition === undefined)
      if (definition !== undefined) checkExpression(definition, { clause: 'value', timeframe: '5m' })
    }
  })
})
