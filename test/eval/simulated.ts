import { nyse } from '../../lib/market/calendar.ts'
import type { Market } from '../../lib/market/market.ts'
import { simulateMarket } from '../../lib/market/simulate.ts'
import { marketOf, seriesOf } from '../rule/load.ts'

let made: Market | undefined

/** Three years of forty invented companies and the fund SPY, the same in every run: bars to tell two rules apart by. */
export function simulated(): Market {
  if (made) return made
  const { bars, listings, figures } = simulateMarket({ seed: 7, lastDay: Date.UTC(2024, 5, 28) / 86_400_000, years: 3 })
  const few = bars.slice(0, 41)
  const bySymbol = new Map<string, typeof figures>()
  for (const record of figures) bySymbol.set(record.symbol, [...(bySymbol.get(record.symbol) ?? []), record])
  const members = new Map(few.slice(1, 25).map(({ symbol }) => [symbol, [{ start: 0 }]]))
  made = marketOf(
    few.map(({ symbol, columns }) => seriesOf(symbol, columns as never)),
    {
      calendar: nyse,
      listings: new Map(listings.map((one) => [one.symbol, one])),
      figures: bySymbol,
      membership: { SP500: members },
    },
  )
  return made
}
