import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { firstAt } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import type { MarketSource } from '../market/source.ts'

/** Calendar days looked back for a session on which enough symbols have a bar. */
const LOOK_BACK = 30

/**
 * The last session on or before `to` on which at least half of the symbols have a bar. Throws `no_data` when there is none
 * within 30 days.
 */
export async function screeningDate(source: MarketSource, symbols: readonly string[], to: number): Promise<number> {
  const from = to - LOOK_BACK
  const market: Market = await source.load({ timeframe: '1d', symbols, from, to, lookback: 0 })
  const bars = new Map<number, number>()
  for (const symbol of market.symbols) {
    const { day } = market.bars(symbol)!
    for (let i = firstAt(day, from); i < day.length; i++) bars.set(day[i], (bars.get(day[i]) ?? 0) + 1)
  }
  const dates = [...bars.keys()].filter((day) => bars.get(day)! * 2 >= symbols.length)
  if (dates.length === 0) {
    throw new AppError(
      'no_data',
      `There is no session between ${isoDay(from)} and ${isoDay(to)} on which half of the ${symbols.length} symbols have a bar.`,
    )
  }
  return Math.max(...dates)
}
