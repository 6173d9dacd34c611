import type { BarSeries } from '../market/bars.ts'
import type { Signal } from '../signals/signals.ts'
import type { ExitRules, Fill } from './exits.ts'
import { forwardReturns, type Horizon } from './forward.ts'
import { standAloneTrade, type Trade, type TradeOptions } from './trades.ts'

/** A signal with what became of it on its own; plain data that crosses threads. */
export interface Instance extends Signal {
  /** bar of the series it was made from */
  bar: number
  /** null when there was no bar to enter on */
  trade: Trade | null
  /** the bar an order of the signal fills on, with its split factor F; null when the data end before it */
  fill: { day: number; time: number; factor: number } | null
  /** what SIZE reads of the signal's bar; absent without SIZE */
  sizeReads?: number[]
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
  options: TradeOptions & Pick<Instance, 'classification' | 'sizeReads'> = {},
): Instance {
  const { classification, sizeReads, ...how } = options
  return {
    ...signal,
    bar,
    trade: standAloneTrade(series, bar, signal.side, rules, how),
    fill: fillOf(series, bar, rules.fill),
    forward: forwardReturns(series, bar),
    sizeReads,
    ...(classification === undefined ? {} : { classification }),
  }
}

function fillOf({ day, time, factor, length }: BarSeries, signal: number, fill: Fill): Instance['fill'] {
  const bar = fill === 'close' ? signal : signal + 1
  return bar < length ? { day: day[bar], time: time[bar], factor: factor[bar] } : null
}

/** By time, then symbol, long before short: the order of every list and of every sum. */
export function inOrder(instances: readonly Instance[]): Instance[] {
  const byTime = new Map<number, Instance[]>()
  for (const instance of instances) {
    const found = byTime.get(instance.time)
    if (found === undefined) byTime.set(instance.time, [instance])
    else found.push(instance)
  }
  const times = [...byTime.keys()].sort((a, b) => a - b)
  return times.flatMap((time) =>
    byTime.get(time)!.sort((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : b.side - a.side)),
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

/** An instance as a row of JSON, which writes NaN as null and has no word for infinities. */
export type PackedInstance = Omit<Instance, 'score' | 'sizeReads'> & { score: Packed; sizeReads?: Packed[] }
type Packed = number | string | null

export function packed(instance: Instance): PackedInstance {
  const { score, sizeReads } = instance
  if (!isInfinite(score) && !sizeReads?.some(isInfinite)) return instance
  const written = (value: number) => (isInfinite(value) ? String(value) : value)
  return { ...instance, score: written(score), sizeReads: sizeReads?.map(written) }
}

/** The instance of a row; the row becomes it. */
export function unpacked(row: PackedInstance): Instance {
  const read = (value: Packed) => (value === null ? Number.NaN : Number(value))
  row.score = read(row.score)
  if (row.sizeReads !== undefined) row.sizeReads = row.sizeReads.map(read)
  return row as Instance
}

const isInfinite = (value: number): boolean => Math.abs(value) === Number.POSITIVE_INFINITY
