import { expect, test } from 'vitest'
import type { Catalog } from '../../lib/market/catalog.ts'
import type { Market } from '../../lib/market/market.ts'
import type { MarketRequest } from '../../lib/market/source.ts'
import { MOST_BARS, storedBars } from '../../lib/signals/stored-bars.ts'
import { FIRST_DAY, flat } from '../backtest/world.ts'

const WORLD = new Map([
  // 2:1 on the fourth bar: 40 as traded before it, 20 from then on
  ['KO', flat('KO', [40, 41, 42, 20, 21, 22], { splits: { 3: 2 } })],
  ['PEP', flat('PEP', [7, 8, 9, 10, 11, 12])],
])
const asked: MarketRequest[] = []
const deps = {
  catalog: async () =>
    ({ symbols: [...WORLD.keys()].map((symbol) => ({ symbol, first: FIRST_DAY, last: FIRST_DAY + 5 })) }) as Catalog,
  source: {
    load: async (request: MarketRequest) => {
      asked.push(request)
      return { bars: (symbol: string) => WORLD.get(symbol) } as Market
    },
    symbols: async () => [...WORLD.keys()],
  },
}
const window = (symbol: string, from: number, to: number) => ({ symbol, from: FIRST_DAY + from, to: FIRST_DAY + to })

test('bars are given as traded, with the factor that adjusts them', async () => {
  const { bars } = await storedBars(deps, [window('KO', 2, 3)])
  expect(bars).toEqual([
    {
      symbol: 'KO',
      date: ['2024-01-03', '2024-01-04'],
      open: [42, 20],
      high: [42, 20],
      low: [42, 20],
      close: [42, 20],
      volume: [1000, 1000],
      factor: [2, 1],
    },
  ])
})

test('a bar inside two windows comes once, days between windows are left out, symbols come in order', async () => {
  const { bars } = await storedBars(deps, [
    window('PEP', 4, 5),
    window('KO', 0, 0),
    window('PEP', 0, 1),
    window('PEP', 1, 2),
  ])
  expect(bars.map(({ symbol, open }) => [symbol, open])).toEqual([
    ['KO', [40]],
    ['PEP', [7, 8, 9, 11, 12]],
  ])
})

test('only what the windows name is loaded, and a symbol without bars is named', async () => {
  asked.length = 0
  const { bars, missing } = await storedBars(deps, [window('KO', 1, 2), window('XYZ', 0, 5)])
  expect(bars.map(({ symbol }) => symbol)).toEqual(['KO'])
  expect(missing).toEqual(['XYZ'])
  expect(asked[0].symbols).toEqual(['KO'])
  expect(await storedBars(deps, [window('XYZ', 0, 5)])).toEqual({ bars: [], missing: ['XYZ'] })
})

test('more bars than an answer holds are refused', async () => {
  WORLD.set('LONG', flat('LONG', new Array(MOST_BARS + 1).fill(5)))
  await expect(storedBars(deps, [window('LONG', 0, MOST_BARS)])).rejects.toMatchObject({ code: 'too_large' })
  expect((await storedBars(deps, [window('LONG', 0, MOST_BARS - 1)])).bars[0].open).toHaveLength(MOST_BARS)
})
