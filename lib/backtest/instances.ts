import type { BarSeries } from '../market/bars.ts'
import type { Signal } from '../signals/signals.ts'
import type { ExitRules } from './exits.ts'
import { forwardReturns, type Horizon } from './forward.ts'
import { standAloneTrade, type Trade, type TradeOptions } from './trades.ts'

/** A signal with what became of it on its own; plain data that crosses threads. */
export interface Instance extends Signal {
  /** bar of the series it was made from */
  bar: number
  /** null when there was no bar to enter on */
  trade: Trade | null
  forward: Record<Horizon, number | null>
  /** false: listed by the strategy as no signal; returned, and counted apart */
  classification?: boolean
}

/** What a signal at bar `bar` of the series came to. */
export function instanceOf(
  series: BarSeries,
  bar: number,
  signal: Signal,
  rules: ExitRules,
  options: TradeOptions & { classification?: boolean } = {},
): Instance {
  const { classification, ...how } = options
  return {
    ...signal,
    bar,
    trade: standAloneTrade(series, bar, signal.side, rules, how),
    forward: forwardReturns(series, bar),
    ...(classification === undefined ? {} : { classification }),
  }
}

/** By time, then symbol, long before short: the order of every list and of every sum. */
export function inOrder(instances: readonly Instance[]): Instance[] {
  return [...instances].sort(
    (a, b) => a.time - b.time || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : b.side - a.side),
  )
}

/** Whether the instance is a signal, not one the strategy listed with `classification: false`. */
export function isSignal({ classification }: Instance): boolean {
  return classification !== false
}

/** future_return of a signal; null while it is open and for what is no signal. */
export function knownReturn(instance: Instance): number | null {
  return isSignal(instance) ? (instance.trade?.futureReturn ?? null) : null
}
