import { isoDay } from '../core/days.ts'
import { finite, plain } from '../core/plain.ts'
import type { Benchmark } from './benchmark.ts'
import type { PortfolioTrade } from './holding.ts'
import { type Instance, inOrder, isSignal, knownReturn } from './instances.ts'
import type { Claims } from './listed.ts'
import { deepestDrawdowns, returnsByMonth, returnsByYear } from './metrics/curve-tables.ts'
import { metricsOf } from './metrics/metrics.ts'
import type { PortfolioResult } from './portfolio.ts'
import { portfolioWarnings } from './portfolio-warnings.ts'
import type { Receipt } from './receipt.ts'
import { sideName, tradeJson, tradeTimes } from './trade-json.ts'

/** A run whose signals were traded. */
export interface TradedRun {
  instances: readonly Instance[]
  portfolio: PortfolioResult
  benchmark: Benchmark
  /** starting cash */
  cash: number
  /** days of the range, both included */
  from: number
  to: number
  /** on bars shorter than a session: trades then carry times beside their dates */
  intraday?: boolean
  /** symbols with bars in the range */
  symbolsProcessed: number
}

/** The parts of the guide's JSON that come of a run alone; instances and trades are made row by row. */
export interface ResultParts {
  instances: Iterable<unknown>
  trades: Iterable<unknown>
  summary: Record<string, unknown>
  performance_metrics: Record<string, unknown>
  /** without its trades */
  portfolio: Record<string, unknown>
  benchmark: Record<string, unknown>
  warnings: string[]
}

export function resultParts(run: TradedRun): ResultParts {
  const { portfolio, benchmark, cash } = run
  const instances = inOrder(run.instances)
  const metrics = metricsOf(instances, portfolio, cash, benchmark.values)
  return {
    instances: instanceRows(instances),
    trades: tradeRows(portfolio.trades, run.intraday === true),
    summary: summaryOf(run),
    performance_metrics: { ...metrics.values, reasons: metrics.reasons, definitions: metrics.definitions },
    portfolio: portfolioJson(run),
    benchmark: benchmarkJson(benchmark, metrics.values.buy_and_hold_return),
    warnings: [...levelWarnings(instances), ...portfolioWarnings(portfolio)],
  }
}

/** What stands around the parts of a result. */
export interface ResultFrame {
  strategyId: number
  receipt: Receipt
  assumptions: readonly string[]
  /** those that come before the run's own */
  warnings: readonly string[]
  claims?: Claims | null
  honesty: Record<string, unknown>
}

/** The answer of a backtest as the guide shows it, with our figures beside the guide's; plain JSON without NaN. */
export function backtestResult(
  parts: ResultParts & { instances: unknown[]; trades: unknown[] },
  { strategyId, receipt, assumptions, warnings, claims, honesty }: ResultFrame,
): Record<string, unknown> {
  return {
    success: true,
    strategy_id: strategyId,
    execution_mode: 'backtest',
    instances: parts.instances,
    summary: parts.summary,
    performance_metrics: parts.performance_metrics,
    portfolio: { ...parts.portfolio, trades: parts.trades },
    benchmark: parts.benchmark,
    honesty: plain(honesty),
    ...(claims ? { claims: plain(claims) } : {}),
    receipt: plain(receipt),
    assumptions: [...new Set(assumptions)],
    warnings: [...new Set([...warnings, ...parts.warnings])],
  }
}

function* instanceRows(instances: readonly Instance[]): Generator<unknown, void, void> {
  const dates = new Dates()
  for (const instance of instances) yield instanceJson(instance, dates.of(instance.day))
}

function* tradeRows(trades: readonly PortfolioTrade[], intraday: boolean): Generator<unknown, void, void> {
  for (const trade of trades) yield intraday ? { ...tradeJson(trade), ...tradeTimes(trade) } : tradeJson(trade)
}

/** Texts of days, each written once. */
class Dates {
  readonly #texts = new Map<number, string>()

  of(day: number): string {
    let text = this.#texts.get(day)
    if (text === undefined) this.#texts.set(day, (text = isoDay(day)))
    return text
  }
}

function summaryOf({ instances, from, to, symbolsProcessed }: TradedRun): Record<string, unknown> {
  const signals = instances.filter(isSignal)
  const known = signals.map(knownReturn).filter((value) => value !== null)
  return {
    total_instances: signals.length,
    positive_signals: known.filter((value) => value > 0).length,
    date_range: [isoDay(from), isoDay(to)],
    symbols_processed: symbolsProcessed,
    known_returns: known.length,
    open_instances: signals.filter(({ trade }) => trade !== null && trade.futureReturn === null).length,
    instances_without_entry: signals.filter(({ trade }) => trade === null).length,
    long_instances: signals.filter(({ side }) => side === 1).length,
    short_instances: signals.filter(({ side }) => side === -1).length,
    negative_instances: instances.length - signals.length,
    symbols_with_instances: new Set(signals.map(({ symbol }) => symbol)).size,
  }
}

function instanceJson(instance: Instance, date: string): Record<string, unknown> {
  const { trade, forward } = instance
  const last = trade?.legs.at(-1)
  return {
    ticker: instance.symbol,
    timestamp: instance.time,
    classification: isSignal(instance),
    entry_price: finite(trade?.rawEntryPrice ?? null),
    future_return: finite(trade?.futureReturn ?? null),
    date,
    side: sideName(instance.side),
    score: finite(instance.score),
    forward_returns: { 1: finite(forward[1]), 5: finite(forward[5]), 20: finite(forward[20]) },
    bars_held: trade?.barsHeld ?? null,
    exit_price: trade !== null && trade.openShare === 0 ? finite(last?.rawPrice ?? null) : null,
    exit_reason: trade === null ? 'no bar to enter on' : trade.openShare > 0 ? 'open' : (last?.reason ?? null),
    data: plain(instance.data),
  }
}

function benchmarkJson({ kind, symbol, note }: Benchmark, totalReturn: number | null): Record<string, unknown> {
  return { kind, symbol, note, total_return: totalReturn }
}

function portfolioJson({ portfolio, benchmark, cash }: TradedRun): Record<string, unknown> {
  const { curve, signals, finalEquity } = portfolio
  return {
    final_equity: finite(finalEquity),
    signals: { ...signals },
    equity_curve: {
      date: curve.day.map(isoDay),
      equity: curve.equity.map(finite),
      cash: curve.cash.map(finite),
      positions: curve.positions,
      gross: curve.gross.map(finite),
      benchmark: benchmark.values,
    },
    returns_by_month: returnsByMonth(curve, cash),
    returns_by_year: returnsByYear(curve, cash),
    drawdowns: deepestDrawdowns(curve, cash),
  }
}

/** Levels that were undefined at the signal, so that the position had none. */
function levelWarnings(instances: readonly Instance[]): string[] {
  return (['stop', 'target'] as const).flatMap((level) => {
    const count = instances.filter(({ trade }) => trade?.undefinedLevels.includes(level)).length
    const positions = count === 1 ? '1 instance was' : `${count} instances were`
    return count === 0
      ? []
      : [`${level.toUpperCase()} was undefined at the signal bar: ${positions} traded without it.`]
  })
}
