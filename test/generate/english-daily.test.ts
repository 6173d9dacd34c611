import { describe, expect, test } from 'vitest'
import { dailyReading } from '../../lib/generate/english/daily-reading.ts'
import { parseRule } from '../../lib/rule/clauses.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { printExpression } from '../../lib/rule/print.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'

const read = (clauses: RuleClauses) => dailyReading({ timeframe: '5m', universe: 'stocks', ...clauses })

describe('an intraday rule on daily bars', () => {
  test.each([
    ['dopen()/pclose()-1 >= 0.05 and bar_of_day() == 1', 'open/close[1]-1 >= 0.05'],
    [
      'bar_of_day() == 1 and dopen()/pclose()-1 >= 0.06 and pd(roc(close,5)) >= 0.20',
      'open/close[1]-1 >= 0.06 and roc(close,5)[1] >= 0.20',
    ],
    [
      'dopen()/pclose()-1 <= -0.03 and pd(rsi(close,14)) < 30 and bar_of_day() == 1',
      'open/close[1]-1 <= -0.03 and rsi(close,14)[1] < 30',
    ],
    ['dopen() > pd(high) and bar_of_day() == 1', 'open > high[1]'],
    ['dhigh() > pd(highest(high,50))', 'high > highest(high,50)[1]'],
    ['dlow() < pd(lowest(low,20))', 'low < lowest(low,20)[1]'],
    [
      'dhigh() > pd(highest(high,50)) and pd(close > sma(close,200))',
      'high > highest(high,50)[1] and (close > sma(close,200))[1]',
    ],
    ['dhigh() > pd(highest(high,50)[1])', 'high > highest(high,50)[2]'],
    ['raw_dvol() >= 1000000', 'raw_volume >= 1000000'],
  ])('%s keeps its meaning', (signal, expected) => {
    const daily = read({ signal, fire: 'session' })
    const written = printExpression(parseExpression(expected))
    expect(daily?.clauses).toEqual({ timeframe: '1d', universe: 'stocks', signal: written, fire: 'session' })
    expect(() => parseRule(daily!.clauses)).not.toThrow()
  })

  test('says what the reading of a gap changes', () => {
    expect(read({ signal: 'dopen()/pclose()-1 >= 0.05 and bar_of_day() == 1' })?.says).toBe(
      'read on daily bars: the gap is known at the open, the signal is stamped at that day’s close',
    )
  })

  test.each([
    ['an opening range', { signal: 'tod() > 15 and close > orh(15)' }],
    ['a time of day', { signal: 'tod() == 60 and close > dopen()' }],
    ['the pre-market', { signal: 'pm_last()/pclose()-1 >= 0.04', at: '09:25' }],
    ['an exit at the session’s close', { short: 'bar_of_day() == 1 and dopen()/pclose()-1 >= 0.06', flat: 'close' }],
    ['the first bar’s close', { signal: 'bar_of_day() == 1 and close > dopen()' }],
    ['the price so far', { signal: 'close/pclose()-1 >= 0.05' }],
    ['a high not reached', { signal: 'dhigh() < pd(highest(high,50))' }],
    ['volume by the time of day', { signal: 'day_rvol(10) > 2' }],
    ['the average price of the session', { signal: 'close > vwap()' }],
    ['indicators of shorter bars', { signal: 'rsi(close,14) < 30' }],
    ['the open of a shorter bar', { signal: 'open > pclose()' }],
    ['bars held', { signal: 'dhigh() > pd(high)', exit: 'bars_held >= 78' }],
    ['a high not above', { signal: 'not (dhigh() > pd(high))' }],
    ['a ratio with today’s close', { signal: 'dhigh() > pd(high) and pe < 15' }],
  ] as [string, RuleClauses][])('%s cannot be read', (_name, clauses) => {
    expect(read(clauses)).toBeNull()
  })

  test('a session is one bar: once per session goes without saying', () => {
    expect(read({ signal: 'dhigh() > pd(high)', once: 'session', stop: 'entry_price*0.92' })?.clauses).toEqual({
      timeframe: '1d',
      universe: 'stocks',
      signal: 'high > high[1]',
      stop: 'entry_price * 0.92',
    })
  })

  test('a daily rule needs no other reading', () => {
    expect(dailyReading({ timeframe: '1d', signal: 'close > open' })).toBeNull()
    expect(dailyReading({ signal: 'close > open' })).toBeNull()
  })
})
