import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { openFile } from '../../lib/adapters/local/files.ts'
import { parseDay } from '../../lib/core/days.ts'
import { firstAt } from '../../lib/market/bars.ts'
import { importBars } from '../../lib/market/import.ts'
import type { Market } from '../../lib/market/market.ts'
import { BarCache, loadMarket } from '../../lib/market/store.ts'
import { shared, withShared } from '../shared.ts'
import { MemoryStore } from './memory-store.ts'
import { directoryOf } from './worlds.ts'

withShared('Apple, SPY and Coca-Cola as stored', () => {
  let market: Market

  beforeAll(async () => {
    const store = new MemoryStore()
    const names = ['AAPL', 'SPY', 'KO'].map((symbol) => shared(`market/bars/daily/${symbol}.csv.gz`))
    await importBars(store, directoryOf(...(await Promise.all(names.map(openFile)))))
    market = await loadMarket(store, new BarCache(1e8), { timeframe: '1d', lookback: 0 })
  })

  const at = (symbol: string, date: string) => {
    const series = market.bars(symbol)!
    const i = firstAt(series.day, parseDay(date))
    const { close, volume, rawClose, rawVolume, factor, open } = series
    return {
      open: open[i],
      close: close[i],
      volume: volume[i],
      rawClose: rawClose[i],
      rawVolume: rawVolume[i],
      factor: factor[i],
    }
  }

  test('Apple’s splits of 2000, 2005, 2014 and 2020 as the file has them: 2, 2, 7.000007, 4', () => {
    // From the file: 1999-11-01 closes at 77.62 with 2,487,300 shares; 2 x 2 x 7.000007 x 4 = 112.000112.
    const first = at('AAPL', '1999-11-01')
    expect(first.factor).toBeCloseTo(112.000112, 9)
    expect(first.close).toBeCloseTo(0.693035021251, 9)
    expect(first.volume).toBeCloseTo(278_577_878.5776, 3)
    expect([first.rawClose, first.rawVolume]).toEqual([77.62, 2_487_300])
    // The day before the 2:1 of 2000-06-21, and the day itself, whose prices are already split.
    expect(at('AAPL', '2000-06-20').factor).toBeCloseTo(112.000112, 9)
    expect(at('AAPL', '2000-06-21').factor).toBeCloseTo(56.000056, 9)
    expect(at('AAPL', '2000-06-21').close).toBeCloseTo(55.63 / 56.000056, 9)
    expect(at('AAPL', '2014-06-06').factor).toBeCloseTo(28.000028, 9)
    expect(at('AAPL', '2014-06-09').factor).toBe(4)
    expect(at('AAPL', '2014-06-09').open).toBe(92.7 / 4)
    expect(at('AAPL', '2020-08-31')).toMatchObject({ factor: 1, close: 129.04, volume: 223_505_733 })
    expect(at('AAPL', '2021-04-21')).toMatchObject({ close: 133.5, rawClose: 133.5, factor: 1 })
  })

  test.each(['AAPL', 'SPY', 'KO'])('every cell of %s is the number its file holds', (symbol) => {
    const text = gunzipSync(readFileSync(shared(`market/bars/daily/${symbol}.csv.gz`))).toString()
    const lines = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
    const series = market.bars(symbol)!
    expect([...series.day]).toEqual(lines.map(([date]) => parseDay(date)))
    const columns = [series.rawOpen, series.rawHigh, series.rawLow, series.rawClose, series.rawVolume]
    columns.forEach((column, i) => {
      expect([...column]).toEqual(lines.map((cells) => Number(cells[i + 1])))
    })
    expect([...series.split]).toEqual(lines.map((cells) => Number(cells[8])))
    if (symbol === 'SPY') expect([...series.dividend]).toEqual(lines.map((cells) => Number(cells[7])))
  })
})
