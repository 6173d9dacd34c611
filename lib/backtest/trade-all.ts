import type { Timeframe } from '../market/bars.ts'
import { nyse } from '../market/calendar.ts'
import { sessionEnds } from '../market/intraday-grid.ts'
import type { MarketSource } from '../market/source.ts'
import { viewStrategy } from '../signals/strategy-view.ts'
import type { PortfolioSymbol } from './candidate.ts'
import { EquityTrades } from './equity-trades.ts'
import { exitsReadEquity } from './exit-rules.ts'
import { type HeldBars, heldBars } from './held-bars.ts'
import type { PairSymbol } from './holding.ts'
import type { MergePlan } from './merge-plan.ts'
import { type PortfolioResult, simulatePortfolio } from './portfolio.ts'
import { type BacktestSettings, sizeIsAsTraded } from './settings.ts'
import { sizeFrom } from './size-reads.ts'

/** Symbols whose bars are loaded at once. */
const BATCH = 256

export interface Traded {
  symbols: readonly PortfolioSymbol[]
  /** days without a session on which a symbol here has a bar all the same */
  oddDays: readonly number[]
  settings: BacktestSettings
}

/** Trades all signals of a run in one account. `source` serves the run's version of the bars. */
export async function tradeAll(
  { symbols, oddDays, settings }: Traded,
  plan: MergePlan,
  source: MarketSource,
): Promise<PortfolioResult> {
  const { strategy, universe, from, to, dataEnd, cross } = plan
  const view = viewStrategy(strategy, universe)
  const { rule } = view
  const size = rule?.size
  const simulation = simulatePortfolio({
    symbols,
    to,
    sessions: closesBetween(from, Math.min(to, dataEnd), oddDays, view.timeframe),
    settings,
    rankOrder: rule === null ? 'desc' : (rule.rank?.order ?? null),
    dataEnd,
    span: view.timeframe === '1d' ? 'year' : 'month',
    size: size && ((entry, position) => sizeFrom(size, entry.sizeReads!, position)),
    sizeAsTraded: size !== undefined && sizeIsAsTraded(size),
    tradesNeedEquity: exitsReadEquity(rule),
    rebalance: rebalanceOf(rule?.clauses.rebalance),
    pair: await pairOf(rule?.clauses.pair, view.timeframe, plan, source),
  })
  const trades = new EquityTrades({ view, source, from, to, dataEnd, fill: settings.fill, cross })
  // Symbols in the order of the chunks lie side by side where they are stored.
  const place = new Map(symbols.map(({ symbol }, i) => [symbol, i]))
  // the pair may have no signals of its own
  const placeOf = (symbol: string) => place.get(symbol) ?? symbols.length
  let step = simulation.next()
  while (step.done !== true) {
    const need = step.value
    if (need.kind === 'trade') step = simulation.next(await trades.trade(need.candidate, need.equity))
    else {
      const wanted = need.symbols.sort((a, b) => placeOf(a) - placeOf(b))
      step = simulation.next(await loadHeld(source, view.timeframe, wanted, need.from, need.to))
    }
  }
  return step.value
}

async function loadHeld(
  source: MarketSource,
  timeframe: Timeframe,
  symbols: readonly string[],
  from: number,
  to: number,
): Promise<Map<string, HeldBars>> {
  const held = new Map<string, HeldBars>()
  for (let at = 0; at < symbols.length; at += BATCH) {
    const batch = symbols.slice(at, at + BATCH)
    const market = await source.load({ timeframe, symbols: batch, from, to, lookback: 0 })
    for (const symbol of market.symbols) held.set(symbol, heldBars(market.bars(symbol)!, from, to))
  }
  return held
}

/** The symbol of PAIR and where its bars end; a symbol without bars is on no session. */
async function pairOf(
  clause: string | undefined,
  timeframe: Timeframe,
  { from, to, dataEnd }: MergePlan,
  source: MarketSource,
): Promise<PairSymbol | undefined> {
  if (clause === undefined) return undefined
  const symbol = clause.replaceAll("'", '')
  const market = await source.load({ timeframe, symbols: [symbol], from, to: Math.min(to, dataEnd), lookback: 0 })
  const bars = market.bars(symbol)
  const end = bars === undefined ? -1 : bars.length - 1
  return { symbol, last: { day: bars?.day[end] ?? -1, time: bars?.time[end] ?? -1 } }
}

function rebalanceOf(every: 'month' | 'week' | undefined): ((day: number) => boolean) | undefined {
  if (every === undefined) return undefined
  return (day) => (every === 'month' ? nyse.isMonthEnd(day) : nyse.isWeekEnd(day))
}

/** When the bars of the window's sessions end: the account is looked at then, and has an equity at the end of each session. */
function closesBetween(
  from: number,
  to: number,
  oddDays: readonly number[],
  timeframe: Timeframe,
): { day: number; time: number }[] {
  const odd = new Set(oddDays)
  const sessions: { day: number; time: number }[] = []
  for (let day = from; day <= to; day++)
    if (nyse.isSession(day) || odd.has(day))
      for (const time of sessionEnds(day, timeframe)) sessions.push({ day, time })
  return sessions
}
