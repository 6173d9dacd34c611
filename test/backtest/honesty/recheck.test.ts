import { expect, it } from 'vitest'
import { cutsOf, recheck } from '../../../lib/backtest/honesty/recheck.ts'
import type { BarSeries } from '../../../lib/market/bars.ts'
import { nyse } from '../../../lib/market/calendar.ts'
import { cutSource } from '../../../lib/market/cut.ts'
import type { FigureRecord, Market } from '../../../lib/market/market.ts'
import type { MarketSource } from '../../../lib/market/source.ts'
import type { Sandbox } from '../../../lib/sandbox/sandbox.ts'
import { FIRST_DAY, flat } from '../world.ts'

/** Ten bars at 40 and a split of 2 for 1 on the ninth: adjusted, the earlier ones stand at 20. */
const series: BarSeries = {
  ...flat('AAA', [40, 40, 40, 40, 40, 40, 40, 40, 20, 20], { splits: { 8: 2 } }),
  splits: [{ day: FIRST_DAY + 8, ratio: 2 }],
}
const figures: FigureRecord[] = [3, 7].map((published) => ({
  symbol: 'AAA',
  kind: 'annual',
  periodEnd: FIRST_DAY - 60,
  published: FIRST_DAY + published,
  values: { eps_ttm: published },
}))

/** A source that holds all of it, and cuts bars off at `to` as stored ones are. */
const source: MarketSource = {
  symbols: async () => ['AAA'],
  load: async ({ to = Number.POSITIVE_INFINITY }) => {
    const length = series.day.filter((day) => day <= to).length
    const part = Object.entries(series).map(([name, value]) => [
      name,
      ArrayBuffer.isView(value) ? (value as Float64Array).subarray(0, length) : value,
    ])
    const bars = { ...Object.fromEntries(part), length } as BarSeries
    const market: Market = {
      timeframe: '1d',
      symbols: ['AAA'],
      calendar: nyse,
      simulated: false,
      listingsKnown: false,
      bars: (symbol) => (symbol === 'AAA' ? bars : undefined),
      listing: (symbol) => ({ symbol, name: '', sector: '', industry: '', assetClass: 'stock' }),
      figures: () => figures,
      membership: () => new Map([['AAA', [{ start: FIRST_DAY, end: FIRST_DAY + 9 }, { start: FIRST_DAY + 20 }]]]),
    }
    return market
  },
}

const check = (signal: string) =>
  recheck(
    {
      strategy: { rule: { signal }, code: '', entry_points: ['classifySymbol'], series: [], history_days: 0 },
      version: 'any',
      symbols: ['AAA'],
      from: FIRST_DAY,
      to: FIRST_DAY + 9,
      cut: FIRST_DAY + 5,
      engine: 'columns',
    },
    source,
    {} as Sandbox,
  )

it('a rule that speaks of what was known then decides the same without the future', async () => {
  // true on all six bars up to the cut, whatever the scale
  expect(await check('close >= 0.9*close and close > 0')).toEqual({
    cells_compared: 6,
    signals_compared: 6,
    differences_found: 0,
    differences: [],
  })
})

it('a price level that only a later split brings about is a look ahead, on every bar', async () => {
  // With the split to come the bars stood at 40: the run, which knows it, sees 20.
  const found = await check('close < 30')
  expect(found.differences_found).toBe(6)
  expect(found.differences[0]).toEqual({
    cut: '2024-01-06',
    symbol: 'AAA',
    date: '2024-01-01',
    what: 'signal',
    run: 'true',
    cut_off: 'false',
  })
})

it('what is known on a day has no later bars, splits, figures or ends of membership', async () => {
  const market = await cutSource(source, FIRST_DAY + 5).load({ timeframe: '1d', lookback: 0 })
  const bars = market.bars('AAA')!
  expect(bars.length).toBe(6)
  expect([...bars.close]).toEqual([40, 40, 40, 40, 40, 40])
  expect(bars.splits).toEqual([])
  expect(market.figures('AAA').map(({ published }) => published)).toEqual([FIRST_DAY + 3])
  expect(market.membership('SP500')!.get('AAA')).toEqual([{ start: FIRST_DAY }])
})

it('cuts are drawn by the strategy, never after the last day', () => {
  const days = Array.from({ length: 50 }, (_, i) => FIRST_DAY + i)
  expect(cutsOf(days, 'a')).toEqual(cutsOf(days, 'a'))
  expect(cutsOf(days, 'a')).not.toEqual(cutsOf(days, 'b'))
  expect(cutsOf(days, 'a').every((day) => day < FIRST_DAY + 49)).toBe(true)
  expect(cutsOf([FIRST_DAY], 'a')).toEqual([])
})
