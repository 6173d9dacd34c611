import { expect, test } from 'vitest'
import { reportBars } from '../../lib/backtest/report/bars.ts'
import { barsAround } from '../../lib/backtest/report/page/trade-bars.ts'
import { pageData } from '../../lib/backtest/report/page-data.ts'
import { reportResult } from '../../lib/backtest/report/result-shape.ts'
import { isoDay } from '../../lib/core/days.ts'
import { madeResult, weekdays } from './made-result.ts'

// Ten bars with a 2:1 split on the sixth: 40 as traded before it, 20 after; split-adjusted it never moved.
const date = weekdays(10)
const as = (before: number, after: number) => date.map((_, i) => (i < 5 ? before : after))
const SPLIT = {
  symbol: 'KO',
  date,
  open: as(40, 20),
  high: as(41, 20.5),
  low: as(39, 19.5),
  close: as(40, 20),
  factor: as(2, 1),
}

const trade = (entry: number, exit: number | null, price: number, more: object = {}) => ({
  symbol: 'KO',
  side: 'long',
  signal_date: date[entry - 1],
  entry_date: date[entry],
  entry_price: price,
  exit_date: exit === null ? null : date[exit],
  exit_price: exit === null ? null : 20,
  bars_held: exit === null ? 1 : exit - entry + 1,
  executions: [],
  ...more,
})

function pageOf(trades: object[], bars = SPLIT) {
  const { json } = madeResult(1, 1, 120)
  const result = reportResult.parse({ ...json, portfolio: { ...json.portfolio, trades } })
  const known = reportBars(result.portfolio.trades, new Map([['KO', bars]]), false)
  return {
    known,
    data: pageData(
      {
        result,
        bars: known,
        strategy: { absent: '' },
        funnels: { absent: '' },
        assets: { script: '', style: '' },
      },
      100_000,
    ),
  }
}

test('a trade held over a split is drawn in the prices of its entry, its later fills scaled with the bars', async () => {
  const bars = await barsAround(pageOf([trade(3, 7, 40)]).data, 0)
  expect(bars?.open).toEqual(new Array(10).fill(40))
  expect(bars?.low).toEqual(new Array(10).fill(39))
  // the exit at 20 as traded is drawn at 40
  expect(bars?.scale).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
  expect(bars).toMatchObject({ entry: 3, exit: 7, hasGap: false })
})

test('a trade after the split is drawn as traded after it', async () => {
  const bars = await barsAround(pageOf([trade(6, 7, 20)]).data, 0)
  expect(bars?.open).toEqual(new Array(10).fill(20))
  expect(bars?.scale).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1, 1])
})

test('an open position is drawn to the last bar', async () => {
  expect(await barsAround(pageOf([trade(6, null, 20)]).data, 0)).toMatchObject({ entry: 6, exit: 9 })
})

test('a position whose middle is left out says so', async () => {
  const bars = await barsAround(pageOf([trade(6, 8, 20, { bars_held: 900 })]).data, 0)
  expect(bars?.hasGap).toBe(true)
})

test('thirty bars stand before the entry and fifteen after the exit', async () => {
  const { json, bars } = madeResult(1, 1, 300, () => 'KO')
  const result = reportResult.parse(json)
  const [own] = result.portfolio.trades
  const data = pageOf([own], bars.get('KO')!).data
  const found = await barsAround(data, 0)
  const all = bars.get('KO')!
  const [entry, exit] = [all.date.indexOf(own.entry_date), all.date.indexOf(own.exit_date!)]
  expect(found?.stamp.map(isoDay)).toEqual(all.date.slice(entry - 30, exit + 16))
  expect(found?.entry).toBe(30)
})

test('bars of another market under the same names are not shown: the entries lie outside them', () => {
  const { known, data } = pageOf([trade(3, 7, 55)])
  expect(known).toEqual({ absent: expect.stringContaining('1 of 1 entries lie outside') })
  expect(data.bars).toBeNull()
})

test('an entry that lies outside its corrected bar is counted', () => {
  const { known } = pageOf([trade(3, 7, 40), trade(2, 4, 40), trade(6, 7, 30)])
  expect(known).toMatchObject({ value: { notes: ['1 entry lies outside the stored bar: it was corrected since.'] } })
})

test('a symbol without bars is named, and its trades have none', async () => {
  const { known, data } = pageOf([trade(3, 7, 40), { ...trade(3, 7, 40), symbol: 'PEP' }])
  expect(known).toMatchObject({ value: { notes: ['No bars are stored for PEP.'] } })
  expect(await barsAround(data, 1)).toBeUndefined()
})
