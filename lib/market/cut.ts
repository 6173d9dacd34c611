import { adjustedSeries } from './adjust.ts'
import type { BarSeries } from './bars.ts'
import type { Market, MembershipSpan } from './market.ts'
import type { MarketSource } from './source.ts'

/**
 * The market as it was known at the close of the day `cut`: without later bars, splits, figures and changes of membership. Listings
 * have no dates and stay. Nothing computed of it is kept.
 */
export function cutSource(source: MarketSource, cut: number): MarketSource {
  return {
    load: async (request) => cutMarket(await source.load({ ...request, to: Math.min(request.to ?? cut, cut) }), cut),
    symbols: (timeframe, version) => source.symbols(timeframe, version),
  }
}

function cutMarket(market: Market, cut: number): Market {
  const series = new Map<string, BarSeries>()
  const memberships = new Map<string, ReadonlyMap<string, readonly MembershipSpan[]>>()
  return {
    ...market,
    known: undefined,
    bars(symbol) {
      const whole = market.bars(symbol)
      if (whole === undefined) return undefined
      let found = series.get(symbol)
      if (found === undefined) series.set(symbol, (found = withoutLaterSplits(whole, cut)))
      return found
    },
    figures: (symbol) => market.figures(symbol).filter(({ published }) => published <= cut),
    membership(index) {
      const whole = market.membership(index)
      if (whole === undefined) return undefined
      let found = memberships.get(index)
      if (found === undefined) memberships.set(index, (found = membersUpTo(whole, cut)))
      return found
    },
  }
}

/** The bars before a split are adjusted by it: one that is still to come leaves them as traded. */
function withoutLaterSplits(series: BarSeries, cut: number): BarSeries {
  const known = series.splits ?? []
  const splits = known.filter(({ day }) => day <= cut)
  if (splits.length === known.length) return series
  const raw = {
    day: series.day,
    time: series.time,
    open: series.rawOpen,
    high: series.rawHigh,
    low: series.rawLow,
    close: series.rawClose,
    volume: series.rawVolume,
    dividend: series.dividend.map((amount, i) => amount * series.factor[i]),
    split: series.split,
  }
  const adjusted = adjustedSeries(series.symbol, series.timeframe, raw, splits, series.cut)
  const { premarket } = series
  if (premarket === undefined) return adjusted
  const later = known.reduce((product, { day, ratio }) => (day > cut ? product * ratio : product), 1)
  const close = premarket.close.map((price) => price * later)
  return { ...adjusted, premarket: { ...premarket, close, volume: premarket.volume.map((shares) => shares / later) } }
}

function membersUpTo(
  spans: ReadonlyMap<string, readonly MembershipSpan[]>,
  cut: number,
): ReadonlyMap<string, readonly MembershipSpan[]> {
  const known = [...spans].map(([symbol, list]) => {
    const begun = list.filter(({ start }) => start <= cut)
    return [
      symbol,
      begun.map(({ start, end }) => (end !== undefined && end <= cut ? { start, end } : { start })),
    ] as const
  })
  return new Map(known.filter(([, list]) => list.length > 0))
}
