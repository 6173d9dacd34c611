import { describe, expect, it } from 'vitest'
import { beforeOpenReading } from '../../lib/generate/before-open.ts'
import { newYorkText } from '../../lib/market/new-york.ts'
import { readingBars, ruleReading } from '../../lib/rule/at.ts'
import { parseRule } from '../../lib/rule/clauses.ts'
import { FIVE, load, MINUTES, rows, stored } from './worlds.ts'

/** A full session with a bar missing at 10:30, and a half day that closes at 13:00. */
const WORLD = [
  ...rows('2015-12-22', '09:35 5 5 5 5 10', '10:25 5 5 5 5 10', '15:25 5 5 5 5 10', '15:55 5 5 5 5 10'),
  ...rows('2015-12-23', '09:30 5 5 5 5 10', '10:20 5 5 5 5 10', '10:30 5 5 5 5 10', '15:25 5 5 5 5 10'),
  ...rows('2015-12-24', '09:30 5 5 5 5 10', '10:25 5 5 5 5 10', '12:55 5 5 5 5 10'),
]

async function readAt(at: string, timeframe: '5m' | '1h' = '5m') {
  const rule = parseRule(`TF: ${timeframe}; AT: ${at}; SIGNAL: pclose() > 0`)
  const market = await load(await stored(timeframe === '5m' ? FIVE : MINUTES, { AAA: WORLD }, []), { timeframe })
  const series = market.bars('AAA')!
  const read = readingBars(series, market.calendar, ruleReading(rule)!)
  return Array.from(series.time.keys())
    .filter((i) => read[i] === 1)
    .map((i) => newYorkText(series.time[i]))
}

describe('a rule with AT is read', () => {
  it('before the open at the first bar of each session', async () => {
    expect(await readAt('09:25')).toEqual(['2015-12-22 09:40', '2015-12-23 09:35', '2015-12-24 09:35'])
    expect(await readAt('09:30')).toEqual(['2015-12-22 09:40', '2015-12-23 09:35', '2015-12-24 09:35'])
  })

  it('in the session at the bar that ends then, and not where the symbol has none', async () => {
    expect(await readAt('10:30')).toEqual(['2015-12-22 10:30', '2015-12-24 10:30'])
    // Between two ends the earlier bar is what is known.
    expect(await readAt('10:33')).toEqual(['2015-12-22 10:30', '2015-12-24 10:30'])
  })

  it('at the close on a session that is over by then', async () => {
    expect(await readAt('15:30')).toEqual(['2015-12-22 15:30', '2015-12-23 15:30', '2015-12-24 13:00'])
    expect(await readAt('16:00')).toEqual(['2015-12-22 16:00', '2015-12-24 13:00'])
  })

  it('on hour bars at the last full hour', async () => {
    expect(await readAt('10:30', '1h')).toEqual(['2015-12-22 10:00', '2015-12-23 10:00', '2015-12-24 10:00'])
  })
})

describe('before the open', () => {
  it.each([
    ['close > 5', 'close is not known at 09:25'],
    ['dopen() > pclose()', 'dopen is not known'],
    ['rvol(20) > 2', 'is not known'],
    ['mcap > 1000000', 'mcap is not known|close is not known'],
    ["on('SPY', close) > 5", 'close is not known'],
  ])('%s is an error', (signal, message) => {
    expect(() => parseRule(`TF: 5m; AT: 09:25; SIGNAL: ${signal}`)).toThrow(new RegExp(message))
  })

  it.each([
    'pm_last()/pclose() - 1 >= 0.04 and raw_pm_volume() >= 100000 and bar_of_day() == 1',
    'pd(rsi(close,14)) < 30 and pd(mcap) > 1000000',
    "on('SPY', pm_last()/pclose()) < 1",
    "sector == 'Energy' and eps_ttm > 0 and xrank(pm_last()/pclose()) >= 0.9",
  ])('%s is known', (signal) => {
    expect(parseRule(`TF: 5m; AT: 09:25; SIGNAL: ${signal}`).timeframe).toBe('5m')
  })

  it('words about today’s price mean the session before', () => {
    const clauses = {
      timeframe: '5m' as const,
      at: '09:25',
      signal: 'raw_close > 5 and rvol(20) > 2 and close > close[1] and pm_last()/pclose() - 1 >= 0.04',
      rank: 'mcap desc',
    }
    const { clauses: read, says } = beforeOpenReading(clauses)
    expect(read.signal).toBe(
      'pd(raw_close) > 5 and pd(rvol(20)) > 2 and pd(close) > pd(close[1]) and pm_last() / pclose() - 1 >= 0.04',
    )
    expect(read.rank).toBe('pd(mcap) desc')
    expect(says).toMatch(/raw_close, rvol\(20\), close, close\[1\], mcap as of the session before/)
    expect(() => parseRule(read)).not.toThrow()
    expect(beforeOpenReading({ ...clauses, at: '10:00' })).toEqual({
      clauses: { ...clauses, at: '10:00' },
      says: undefined,
    })
  })
})

it('a time between the open and the first bar’s end is refused', () => {
  expect(() => parseRule('TF: 5m; AT: 09:33; SIGNAL: close > 5')).toThrow(/the first 5m bar ends at 09:35/)
  expect(() => parseRule('TF: 1h; AT: 09:45; SIGNAL: close > 5')).toThrow(/the first 1h bar ends at 10:00/)
})
