import { isoDay } from '../core/days.ts'
import type { BarSeries } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import { MOST_AGE } from './figures.ts'

/** Why a figure of the fiscal reports has no value for a symbol on a day. */
export function whyNoFigure(market: Market, { symbol }: BarSeries, field: string, day: number): string {
  const records = market.figures(symbol)
  const carrying = records.filter(({ values }) => values[field] !== undefined)
  if (carrying.length === 0) return `no ${field} of ${symbol} is stored`
  const published = carrying.filter((record) => record.published <= day)
  const latest = published.at(-1)
  if (latest === undefined) return `no ${field} published before ${isoDay(carrying[0].published)}`
  if (latest.published + MOST_AGE < day)
    return `the latest ${field} was published on ${isoDay(latest.published)}, more than ${MOST_AGE} days before`
  return `${field} is blank in the latest report before ${isoDay(day)}`
}
