import type { PortfolioTrade } from '../holding.ts'
import type { Instance } from '../instances.ts'
import { returnBase, returnsOf } from '../metrics/returns.ts'
import type { EquityCurve } from '../portfolio.ts'
import { type Interval, meanInterval } from './bootstrap.ts'
import { type Claimed, ownReturns } from './claimed.ts'
import { type MonteCarlo, monteCarlo } from './monte-carlo.ts'
import { type OutOfSample, splitAt } from './out-of-sample.ts'
import { type Concentration, type Costs, concentration, costsOf } from './profit.ts'
import { type SharpeSample, sharpeSample } from './sharpe.ts'

/** What honesty needs of the account and the signals; plain data that crosses threads. */
export interface HonestyParts {
  sharpe: SharpeSample | { reason: string }
  interval: Interval | { reason: string }
  monteCarlo: MonteCarlo | { reason: string }
  outOfSample: OutOfSample | null
  concentration: Concentration
  costs: Costs
  closedTrades: number
  symbolsTraded: number
  totalReturn: number | null
  ownReturns: Claimed['own_returns']
}

export interface HonestyRun {
  curve: EquityCurve
  trades: readonly PortfolioTrade[]
  instances: readonly Instance[]
  cash: number
  slippageBps: number
  /** of all draws */
  seed: number
  outOfSample?: number
  /** whether the data of instances come from the strategy's code, not from a rule's terms */
  ownData: boolean
}

/** Everything that is computed from the run itself, from trades and instances in their fixed order. */
export function honestyParts(run: HonestyRun): HonestyParts {
  const { curve, trades, cash, seed, outOfSample } = run
  const closed = trades.filter(({ open }) => !open).sort(byExit)
  return {
    sharpe: sharpeSample(returnsOf(returnBase(curve.equity, cash))),
    interval: meanInterval(
      closed.map((trade) => trade.return),
      seed,
    ),
    monteCarlo: monteCarlo(changesOf(closed, curve, cash), cash, seed),
    outOfSample: outOfSample === undefined ? null : splitAt(outOfSample, run),
    concentration: concentration(trades, curve.day.at(-1) ?? 0),
    costs: costsOf(trades, run.slippageBps),
    closedTrades: closed.length,
    symbolsTraded: new Set(trades.map(({ symbol }) => symbol)).size,
    totalReturn: curve.equity.length === 0 ? null : curve.equity[curve.equity.length - 1] / cash - 1,
    ownReturns: run.ownData ? ownReturns(run.instances) : { fields: {}, instances: 0 },
  }
}

/** In the order they were left, then by symbol and entry. */
function byExit(a: PortfolioTrade, b: PortfolioTrade): number {
  const left = (trade: PortfolioTrade) => trade.executions[trade.executions.length - 1].time
  if (left(a) !== left(b)) return left(a) - left(b)
  if (a.symbol !== b.symbol) return a.symbol < b.symbol ? -1 : 1
  return a.executions[0].time - b.executions[0].time
}

/** Each trade's profit as a part of the account's equity at the close before its entry. */
function changesOf(closed: readonly PortfolioTrade[], { day, equity }: EquityCurve, cash: number): number[] {
  const before = new Map<number, number>()
  for (let i = 0; i < day.length; i++) before.set(day[i], i === 0 ? cash : equity[i - 1])
  return closed.map(({ executions, pnl }) => {
    const base = before.get(executions[0].day) ?? cash
    return base > 0 ? pnl / base : 0
  })
}
