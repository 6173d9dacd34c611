import { beforeAll, describe, expect, it } from 'vitest'
import type { Market } from '../../lib/market/market.ts'
import { columnOf, FIVE, load, rows, stored, valuesOf } from './worlds.ts'

/**
 * Three sessions of five-minute bars, worked out by hand: a Friday before the clocks change and the Monday after, with a bar missing,
 * a bar without volume and a pre-market; and a half day (the day after Thanksgiving closes at 13:00).
 */
const WORLD = [
  ...rows('2019-03-08', '09:30 10 11 9 10 100', '09:35 10 12 10 11 200', '15:55 11 11.5 10.5 11 300'),
  ...rows(
    '2019-03-11',
    '08:00 12 12 12 12 50',
    '09:25 12 12.5 12 12.4 70',
    '09:30 12 13 12 12.5 0',
    '09:40 12.5 14 12 13 400',
    '15:55 13 13 12.8 12.9 100',
    '16:00 13 99 13 13 9999',
  ),
  ...rows('2019-11-29', '09:30 20 22 19 21 500', '12:55 21 21.5 20 20.5 100', '13:00 20.5 99 20.5 20.5 9999'),
]
const x = null

describe('the names of the session, on bars worked out by hand', () => {
  let market: Market
  beforeAll(async () => {
    market = await load(await stored(FIVE, { AAA: WORLD }, []))
  })

  it('has the bars of the sessions, by the end of each bar in New York', () => {
    expect(Object.keys(valuesOf(market, 'AAA', 'close'))).toEqual([
      '2019-03-08 09:35',
      '2019-03-08 09:40',
      '2019-03-08 16:00',
      '2019-03-11 09:35',
      '2019-03-11 09:45',
      '2019-03-11 16:00',
      '2019-11-29 09:35',
      '2019-11-29 13:00',
    ])
    // 09:35 is 14:35 UTC in winter, 13:35 in summer.
    const { time } = market.bars('AAA')!
    expect(new Date(time[0]).toISOString()).toBe('2019-03-08T14:35:00.000Z')
    expect(new Date(time[3]).toISOString()).toBe('2019-03-11T13:35:00.000Z')
  })

  it.each([
    ['tod()', [5, 10, 390, 5, 15, 390, 5, 210]],
    ['minutes_left()', [385, 380, 0, 385, 375, 0, 205, 0]],
    ['bar_of_day()', [1, 2, 3, 1, 2, 3, 1, 2]],
    ['dopen()', [10, 10, 10, 12, 12, 12, 20, 20]],
    ['dhigh()', [11, 12, 12, 13, 14, 14, 22, 22]],
    ['dlow()', [9, 9, 9, 12, 12, 12, 19, 19]],
    ['dvol()', [100, 300, 600, 0, 400, 500, 500, 600]],
    ['raw_dvol()', [100, 300, 600, 0, 400, 500, 500, 600]],
    // (10*100)/100, (1000 + 11*200)/300, (3200 + 11*300)/600; no volume; 13; (13*400 + 12.9*100)/500; 62/3; (62/3*500 + 62/3*100)/600
    ['vwap()', [10, 32 / 3, 65 / 6, x, 13, 12.98, 62 / 3, 62 / 3]],
    ['pclose()', [x, x, x, 11, 11, 11, 12.9, 12.9]],
    // undefined before ten minutes are over; on Monday the bar that ends at 09:40 is missing
    ['orh(10)', [x, 12, 12, x, 13, 13, x, 22]],
    ['orl(10)', [x, 9, 9, x, 12, 12, x, 19]],
    // no bar ends within the first minute
    ['orh(1)', [x, x, x, x, x, x, x, x]],
    // Monday at 09:45 against Friday's first two bars; on the half day against Monday's first two
    ['avg_dvol(1)', [x, x, x, 100, 300, 600, 0, 400]],
    ['avg_dvol(2)', [x, x, x, x, x, x, 50, 350]],
    ['day_rvol(1)', [x, x, x, 0, 400 / 300, 500 / 600, x, 1.5]],
    ['pd(close)', [x, x, x, 11, 11, 11, 12.9, 12.9]],
    ['pd(open)', [x, x, x, 10, 10, 10, 12, 12]],
    ['pd(volume)', [x, x, x, 600, 600, 600, 500, 500]],
    ['pd(highest(high,2))', [x, x, x, x, x, x, 14, 14]],
    ['pd(close[1])', [x, x, x, x, x, x, 11, 11]],
    ['pm_last()', [x, x, x, 12.4, 12.4, 12.4, x, x]],
    ['pm_volume()', [0, 0, 0, 120, 120, 120, 0, 0]],
    ['raw_pm_volume()', [0, 0, 0, 120, 120, 120, 0, 0]],
    // windows and [k] run across sessions
    ['close[1]', [x, 10, 11, 11, 12.5, 13, 12.9, 21]],
    ['sum(volume,3)', [x, x, 600, 500, 700, 500, 1000, 700]],
    // a week is over at the close of its last session, not before; the half day is a Friday
    ['wk(close)', [x, x, 11, 11, 11, 11, 12.9, 20.5]],
    ['week_end()', [1, 1, 1, 0, 0, 0, 1, 1]],
  ])('%s', (text, expected) => {
    const found = columnOf(market, 'AAA', text)
    expect(found.length).toBe(expected.length)
    expected.forEach((value, i) => {
      if (value === null) expect(found[i]).toBeNull()
      else expect(found[i]).toBeCloseTo(value, 12)
    })
  })

  it('knows nothing of the pre-market where none of the symbol is stored', async () => {
    const without = WORLD.filter((line) => !/ 0[89]:(00|25),/.test(line))
    const market = await load(await stored(FIVE, { AAA: without, BBB: WORLD }, []))
    for (const name of ['pm_last()', 'pm_volume()', 'raw_pm_volume()'])
      expect(columnOf(market, 'AAA', name)).toEqual(Array(8).fill(null))
    expect(columnOf(market, 'BBB', 'pm_volume()')[3]).toBe(120)
  })

  it('counts the pre-market up to a time before the open where the rule is read then', async () => {
    const market = await load(await stored(FIVE, { AAA: WORLD }, []), { premarketUntil: 9 * 60 + 25 })
    // the bar that begins at 09:25 ends at 09:30
    expect(columnOf(market, 'AAA', 'raw_pm_volume()')[3]).toBe(50)
    expect(columnOf(market, 'AAA', 'pm_last()')[3]).toBe(12)
  })

  it('adjusts by the splits after each date, and leaves what is as traded', async () => {
    const market = await load(await stored(FIVE, { AAA: WORLD }, ['AAA,2019-11-29,split,2', 'AAA,2021-01-04,split,5']))
    // F is 10 before the first split and 5 after it: the second one lies behind the last bar.
    expect(columnOf(market, 'AAA', 'dopen()').slice(2, 7)).toEqual([1, 1.2, 1.2, 1.2, 4])
    expect(columnOf(market, 'AAA', 'pclose()')[6]).toBeCloseTo(1.29, 12)
    expect(columnOf(market, 'AAA', 'pm_last()')[3]).toBeCloseTo(1.24, 12)
    expect(columnOf(market, 'AAA', 'pm_volume()')[3]).toBe(1200)
    expect(columnOf(market, 'AAA', 'raw_pm_volume()')[3]).toBe(120)
    expect(columnOf(market, 'AAA', 'dvol()')[7]).toBe(3000)
    expect(columnOf(market, 'AAA', 'raw_dvol()')[7]).toBe(600)
    expect(columnOf(market, 'AAA', 'raw_close')[0]).toBe(10)
    expect(market.bars('AAA')!.split[6]).toBe(2)
  })

  it('reads another symbol at the same time of the same day', async () => {
    const other = rows('2019-03-11', '09:30 5 5 5 5 10', '09:35 6 6 6 6 10', '09:40 7 7 7 7 10')
    const market = await load(await stored(FIVE, { AAA: WORLD, SPY: other }, []))
    expect(columnOf(market, 'AAA', "on('SPY', close)")).toEqual([x, x, x, 5, 7, x, x, x])
    expect(columnOf(market, 'AAA', "on('SPY', dvol())")).toEqual([x, x, x, 10, 30, x, x, x])
  })
})
