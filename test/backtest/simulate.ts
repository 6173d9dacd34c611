import type { PortfolioEntry } from '../../lib/backtest/candidate.ts'
import { heldBars } from '../../lib/backtest/held-bars.ts'
import {
  type PortfolioNeed,
  type PortfolioRequest,
  type PortfolioResult,
  simulatePortfolio,
} from '../../lib/backtest/portfolio.ts'
import type { Trade } from '../../lib/backtest/trades.ts'
import { type BarSeries, firstAt } from '../../lib/market/bars.ts'

/** A symbol's bars with the signals on them. */
export interface SymbolWithEntries {
  series: BarSeries
  entries: readonly Pick<PortfolioEntry, 'bar' | 'side' | 'score' | 'trade'>[]
}

export interface SimulateRequest extends Omit<PortfolioRequest, 'symbols' | 'sessions' | 'size'> {
  symbols: readonly SymbolWithEntries[]
  /** first day simulated */
  from: number
  /** sessions beside those on which the symbols here have bars */
  sessions?: PortfolioRequest['sessions']
  size?: (position: Parameters<NonNullable<PortfolioRequest['size']>>[1]) => number
  /** the trade of a signal under the equity at its bar */
  tradeAt?: (series: BarSeries, entry: PortfolioEntry, equity: number) => Trade | null
  /** told of every need but trades */
  asked?: (need: PortfolioNeed) => void
}

/** Runs the account on series in memory; its clock is the bars of all of them. */
export function simulate({
  symbols,
  from,
  sessions,
  size,
  tradeAt,
  asked,
  ...request
}: SimulateRequest): PortfolioResult {
  const bySymbol = new Map(symbols.map(({ series }) => [series.symbol, series]))
  const clock = new Map<number, number>(sessions?.map(({ day, time }) => [time, day]))
  for (const { series } of symbols) {
    const { day, time, length } = series
    for (let i = firstAt(day, from); i < length && day[i] <= request.to; i++) clock.set(time[i], day[i])
  }
  const simulation = simulatePortfolio({
    ...request,
    symbols: symbols.map(({ series: { symbol, day, time, factor, length }, entries }) => ({
      symbol,
      last: { day: day[length - 1], time: time[length - 1] },
      entries: entries.map(({ bar, side, score, trade }) => {
        const at = request.settings.fill === 'close' ? bar : bar + 1
        const fill = at < length ? { day: day[at], time: time[at], factor: factor[at] } : null
        return { bar, side, score, trade, day: day[bar], time: time[bar], fill }
      }),
    })),
    sessions: [...clock].map(([time, day]) => ({ time, day })).sort((a, b) => a.time - b.time),
    size: size && ((_, position) => size(position)),
    tradesNeedEquity: tradeAt !== undefined,
  })
  let step = simulation.next()
  while (step.done !== true) {
    const need = step.value
    if (need.kind === 'trade') {
      const { symbol, entry } = need.candidate
      step = simulation.next(tradeAt!(bySymbol.get(symbol)!, entry, need.equity))
      continue
    }
    asked?.(need)
    const bars = need.symbols.map((symbol) => [symbol, heldBars(bySymbol.get(symbol)!, need.from, need.to)] as const)
    step = simulation.next(new Map(bars))
  }
  return step.value
}
