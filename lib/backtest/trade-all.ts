import type { BarSeries } from '../market/bars.ts'
import type { Calendar, Market } from '../market/market.ts'
import { crossColumns } from '../rule/cross-section.ts'
import { createEvaluator, type Evaluator } from '../rule/evaluate.ts'
import { compilePosition, type PositionValue } from '../rule/position.ts'
import { isCrossSectional, referencedSymbols } from '../signals/dependencies.ts'
import type { ScanDeps } from '../signals/latest-pass.ts'
import { pinned } from '../signals/scan-input.ts'
import { expressionsOf, viewStrategy } from '../signals/strategy-view.ts'
import type { BacktestPlan, Scanned } from './by-symbols.ts'
import { exitExpressions, exitRules, exitsReadEquity } from './exit-rules.ts'
import { type Instance, isSignal } from './instances.ts'
import { type PortfolioResult, simulatePortfolio } from './portfolio.ts'
import { type BacktestSettings, sizeIsAsTraded } from './settings.ts'
import { standAloneTrade } from './trades.ts'

/** Trades all signals of the scan in one account. */
export async function tradeAll(
  deps: Pick<ScanDeps, 'source'>,
  plan: BacktestPlan,
  scanned: Scanned,
  settings: BacktestSettings,
): Promise<PortfolioResult> {
  const { strategy, universe, selection, dataEnd } = plan
  const { from, to } = selection
  const view = viewStrategy(strategy, universe)
  const { rule } = view
  const bySymbol = grouped(scanned.instances.filter(isSignal))
  const expressions = expressionsOf(view)
  // Ranks are only needed for what is computed here: SIZE, and exits that depend on the account.
  const readHere = [rule?.size, ...(exitsReadEquity(rule) ? exitExpressions(rule) : [])]
  const ranked = isCrossSectional(readHere.filter((expr) => expr !== undefined))
  const symbols = ranked ? undefined : [...bySymbol.keys(), ...referencedSymbols(expressions)]
  const market = await pinned(deps.source, plan.catalog.version).load({
    timeframe: '1d',
    symbols,
    from,
    to,
    lookback: scanned.lookback,
  })
  const cross = ranked ? crossColumns(market, market.symbols, expressions, view.universe) : undefined
  const evaluators = new Map<string, Evaluator>()
  const evaluatorOf = (series: BarSeries): Evaluator => {
    let evaluator = evaluators.get(series.symbol)
    if (evaluator === undefined) evaluators.set(series.symbol, (evaluator = createEvaluator(market, series, { cross })))
    return evaluator
  }
  const sizes = new Map<string, PositionValue>()
  const sizeOf = (series: BarSeries): PositionValue => {
    let size = sizes.get(series.symbol)
    if (size === undefined) sizes.set(series.symbol, (size = compilePosition(rule!.size!, evaluatorOf(series))))
    return size
  }
  return simulatePortfolio({
    symbols: [...bySymbol].map(([symbol, entries]) => ({ series: market.bars(symbol)!, entries })),
    from,
    to,
    sessions: sessionsBetween(market.calendar, from, Math.min(to, dataEnd)),
    settings,
    rankOrder: rule === null ? 'desc' : (rule.rank?.order ?? null),
    dataEnd,
    size: rule?.size && ((series, position) => sizeOf(series)(position.signal, position)),
    sizeAsTraded: rule?.size !== undefined && sizeIsAsTraded(rule.size),
    tradeAt: exitsReadEquity(rule)
      ? (series, entry, equity) => {
          // The rule's own EXIT, proven equal to the code's: the trade is made anew for every equity it may meet.
          const rules = exitRules(rule, evaluatorOf(series), false)
          return standAloneTrade(series, entry.bar, entry.side, rules, { equity, dataEnd })
        }
      : undefined,
    rebalance: rebalanceOf(rule?.clauses.rebalance, market),
  })
}

function rebalanceOf(every: 'month' | 'week' | undefined, market: Market): ((day: number) => boolean) | undefined {
  if (every === undefined) return undefined
  return (day) => (every === 'month' ? market.calendar.isMonthEnd(day) : market.calendar.isWeekEnd(day))
}

function grouped(instances: readonly Instance[]): Map<string, Instance[]> {
  const bySymbol = new Map<string, Instance[]>()
  for (const instance of instances) {
    const found = bySymbol.get(instance.symbol)
    if (found === undefined) bySymbol.set(instance.symbol, [instance])
    else found.push(instance)
  }
  return bySymbol
}

/** The sessions of the window and when they close: the account has an equity on each of them. */
function sessionsBetween(calendar: Calendar, from: number, to: number): { day: number; time: number }[] {
  const sessions: { day: number; time: number }[] = []
  for (let day = from; day <= to; day++) {
    if (calendar.isSession(day)) sessions.push({ day, time: calendar.closeInstant(day) })
  }
  return sessions
}
