import { beforeAll, describe, expect, test } from 'vitest'
import { isoDay, parseDay } from '../../lib/core/days.ts'
import { nyse } from '../../lib/market/calendar.ts'
import { importBars } from '../../lib/market/import.ts'
import { checkBars } from '../../lib/market/inspect.ts'
import type { Market } from '../../lib/market/market.ts'
import { storeSimulatedMarket } from '../../lib/market/simulate.ts'
import { BarCache, loadMarket } from '../../lib/market/store.ts'
import { GICS_SECTORS } from '../../lib/market/universe.ts'
import { MemoryStore } from './memory-store.ts'
import { csv, singleFile } from './worlds.ts'

const lastDay = parseDay('2024-06-30')
const store = new MemoryStore()
let market: Market
let version: string
let cpuMs: number

beforeAll(async () => {
  const start = process.cpuUsage()
  version = (await storeSimulatedMarket(store, { seed: 1, lastDay })).version
  const { user, system } = process.cpuUsage(start)
  cpuMs = (user + system) / 1000
  market = await loadMarket(store, new BarCache(1e8), { timeframe: '1d', lookback: 0 })
})

const stocks = () => market.symbols.filter((symbol) => symbol !== 'SPY').map((symbol) => market.bars(symbol)!)
const returnsOf = (close: Float64Array) => Array.from(close.subarray(1), (value, i) => Math.log(value / close[i]))
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Correlation of two equally long lists. */
function correlation(a: number[], b: number[]): number {
  const [ma, mb] = [mean(a), mean(b)]
  const cov = mean(a.map((value, i) => (value - ma) * (b[i] - mb)))
  return cov / Math.sqrt(mean(a.map((value) => (value - ma) ** 2)) * mean(b.map((value) => (value - mb) ** 2)))
}

describe('the simulated market', () => {
  test('is marked as simulated and made in at most 3 s of one core', () => {
    expect(market.simulated).toBe(true)
    expect(cpuMs).toBeLessThan(3000)
  })

  test('has 100 stocks in the eleven sectors and SPY, with invented names', () => {
    expect(market.symbols).toHaveLength(101)
    expect(market.listing('SPY')!.assetClass).toBe('etf')
    const sectors = stocks().map(({ symbol }) => market.listing(symbol)!.sector)
    for (const sector of GICS_SECTORS)
      expect(sectors.filter((name) => name === sector).length).toBeGreaterThanOrEqual(9)
    expect(new Set(stocks().map(({ symbol }) => market.listing(symbol)!.name)).size).toBe(100)
  })

  test('covers five years of sessions up to the day', () => {
    const spy = market.bars('SPY')!
    expect([isoDay(spy.day[0]), isoDay(spy.day[spy.length - 1])]).toEqual(['2019-07-01', '2024-06-28'])
    expect([...spy.day].every((day) => nyse.isSession(day))).toBe(true)
  })

  test('every bar is possible: low <= open, close <= high, in whole cents, with volume', () => {
    const impossible: string[] = []
    for (const symbol of market.symbols) {
      const { rawOpen, rawHigh, rawLow, rawClose, rawVolume, length, day } = market.bars(symbol)!
      for (let i = 0; i < length; i++) {
        const [low, high] = [Math.min(rawOpen[i], rawClose[i]), Math.max(rawOpen[i], rawClose[i])]
        const inCents = [rawOpen[i], rawHigh[i], rawLow[i], rawClose[i]].every(
          (price) => Math.abs(price * 100 - Math.round(price * 100)) < 1e-6,
        )
        const possible = rawLow[i] > 0 && rawLow[i] <= low && high <= rawHigh[i] && rawVolume[i] > 0
        if (!possible || !inCents) impossible.push(`${symbol} ${isoDay(day[i])}`)
      }
    }
    expect(impossible).toEqual([])
  })

  test('passes its own check: no gaps, no unexplained jumps', async () => {
    expect(await checkBars(store)).toMatchObject({ ok: true, missingSessions: 0, zeroVolume: 0, jumps: 0 })
  })

  test('has splits, dividends, gaps on heavy volume, and companies listed on the way', () => {
    const count = (of: (i: number, bars: ReturnType<typeof stocks>[number]) => boolean) =>
      stocks().reduce((sum, bars) => sum + Array.from(bars.day).filter((_, i) => i > 0 && of(i, bars)).length, 0)
    expect(count((i, { split }) => split[i] !== 1)).toBeGreaterThan(3)
    expect(count((i, { dividend }) => dividend[i] > 0)).toBeGreaterThan(300)
    const gaps = count((i, { open, close, volume }) => open[i] > close[i - 1] * 1.03 && volume[i] > volume[i - 1] * 1.5)
    expect(gaps).toBeGreaterThan(200)
    expect(stocks().some(({ length }) => length < 1000)).toBe(true)
  })

  test('stocks move with the market, stormy days cluster, volume follows moves', () => {
    const spy = returnsOf(market.bars('SPY')!.close)
    const whole = stocks().filter(({ length }) => length === market.bars('SPY')!.length)
    expect(mean(whole.map(({ close }) => correlation(returnsOf(close), spy)))).toBeGreaterThan(0.25)
    const size = spy.map(Math.abs)
    expect(correlation(size.slice(5), size.slice(0, -5))).toBeGreaterThan(0.02)
    const follows = whole.map(({ close, volume }) =>
      correlation(returnsOf(close).map(Math.abs), Array.from(volume.subarray(1), Math.log)),
    )
    expect(mean(follows)).toBeGreaterThan(0.15)
  })

  test('has figures that value screens find something in, and not everything', () => {
    const last = stocks().map(({ symbol, rawClose, length }) => ({
      ...market.figures(symbol).at(-1)!.values,
      price: rawClose[length - 1],
    })) as Record<string, number>[]
    const cheap = last.filter((v) => v.eps_ttm > 0 && v.price / v.eps_ttm < 15)
    const sound = cheap.filter(
      (v) => v.long_term_debt / v.equity < 0.5 && v.current_assets / v.current_liabilities > 1.5,
    )
    expect(cheap.length).toBeGreaterThan(8)
    expect(cheap.length).toBeLessThan(60)
    expect(sound.length).toBeGreaterThan(0)
    expect(last.some((v) => v.eps_ttm < 0)).toBe(true)
    for (const v of last) expect(v.total_assets).toBeGreaterThanOrEqual(v.current_assets)
  })

  test('publishes figures after their period, and before the last day', () => {
    for (const { symbol } of stocks())
      for (const { periodEnd, published } of market.figures(symbol)) {
        expect(published).toBeGreaterThan(periodEnd + 20)
        expect(published).toBeLessThanOrEqual(lastDay)
      }
  })

  test('is the same for the same seed and another for another', async () => {
    const again = new MemoryStore()
    expect((await storeSimulatedMarket(again, { seed: 1, lastDay })).version).toBe(version)
    expect((await storeSimulatedMarket(again, { seed: 1, lastDay })).changed).toBe(0)
    expect((await storeSimulatedMarket(again, { seed: 2, lastDay })).version).not.toBe(version)
    expect((await loadMarket(again, new BarCache(1e8), { timeframe: '1d', lookback: 0 })).symbols).toHaveLength(101)
  })

  test('does not take the place of imported bars unless told to', async () => {
    const real = new MemoryStore()
    await importBars(real, singleFile(csv('AAA.csv', '2020-01-02,1,2,1,2,100')))
    await expect(storeSimulatedMarket(real, { seed: 1, lastDay })).rejects.toMatchObject({ code: 'conflict' })
    await storeSimulatedMarket(real, { seed: 1, lastDay, replace: true })
    expect((await loadMarket(real, new BarCache(1e8), { timeframe: '1d', lookback: 0 })).simulated).toBe(true)
  })
})
