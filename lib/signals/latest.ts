import { defineJob } from '../core/engine.ts'
import { firstAt, type Timeframe } from '../market/bars.ts'
import type { Calendar } from '../market/market.ts'
import { changeAt } from '../market/session-bars.ts'
import type { MarketSource } from '../market/source.ts'
import { type Reading, readingBars } from '../rule/at.ts'
import type { GuestError, Sandbox } from '../sandbox/sandbox.ts'
import { type ScannedSymbol, scan } from './scan.ts'
import { prepareScan, type ScanInput } from './scan-input.ts'
import type { Signal } from './signals.ts'

/** Calendar days before the date in which a symbol's previous bar is looked for: `from` of a latest scan is `to` less this. */
const PREVIOUS_WITHIN = 30
const PREVIOUS_WITHIN_INTRADAY = 10
export const previousWithin = (timeframe: Timeframe): number =>
  timeframe === '1d' ? PREVIOUS_WITHIN : PREVIOUS_WITHIN_INTRADAY

/** Verdicts from here on are no decision: unknown, or the code threw. */
const UNKNOWN = 2

/** A bar on the way to the one that is looked at. */
export type HistoryBar = Pick<LatestBar, 'day' | 'time' | 'price' | 'change' | 'signals'>

/** One symbol on the screening date. */
export interface LatestBar {
  symbol: string
  sector: string
  day: number
  time: number
  /** as traded */
  price: number
  /** against the previous close; null on the first bar */
  change: number | null
  /** in UNIVERSE (and on a bar that counts) */
  member: boolean
  signals: Signal[]
  /** sides that were true on the symbol's previous bar */
  previousSides: (1 | -1)[]
  /** of intraday bars: the bars of the session up to this one at which the strategy is read, and the one before them, oldest first */
  history?: readonly HistoryBar[]
  unknown: boolean
  error: GuestError | null
}

/** `at`: of intraday bars the instant at which the bar ends that is reported. */
export type LatestInput = ScanInput & { at?: number }

/** Scans the window up to `to` and reports the bar of that very day, or instant; symbols without a bar on it are absent. */
export const latestJob = defineJob<LatestInput, LatestBar[]>('latest')

export async function latestBars(input: LatestInput, stored: MarketSource, sandbox: Sandbox): Promise<LatestBar[]> {
  const { view, market, source } = await prepareScan(input, stored)
  const found: LatestBar[] = []
  const { symbols, from, to, cross, limits } = input
  for await (const scanned of scan({ strategy: view, market, symbols, from, to, cross, limits }, source, sandbox)) {
    const { series, long, short, counts } = scanned
    const bar = barAt(scanned, input)
    if (series.day[bar] !== to) continue
    const signals = scanned.signals().filter((signal) => signal.bar <= bar)
    const at = bar - scanned.from
    found.push({
      symbol: scanned.symbol,
      sector: market.listing(scanned.symbol)?.sector ?? '',
      day: series.day[bar],
      time: series.time[bar],
      price: series.rawClose[bar],
      change: changeAt(series, bar),
      member: counts[at] === 1,
      signals: signals.filter((signal) => signal.bar === bar).map(({ bar: _bar, ...signal }) => signal),
      previousSides: signals.filter((signal) => signal.bar === bar - 1).map((signal) => signal.side),
      ...(view.timeframe === '1d' ? {} : { history: historyOf(scanned, bar, signals, view.reading, market.calendar) }),
      unknown: [long, short].every((side) => side === null || side[at] >= UNKNOWN),
      error: scanned.errors.find((each) => each.bar === bar)?.error ?? null,
    })
  }
  return found
}

/** The bar that is reported; -1 where the symbol has none. */
function barAt({ series, to }: ScannedSymbol, { at, to: day }: LatestInput): number {
  if (series.timeframe === '1d') return to - 1
  return at === undefined ? firstAt(series.day, day) : series.time.lastIndexOf(at)
}

function historyOf(
  { series, from, counts }: ScannedSymbol,
  bar: number,
  signals: readonly (Signal & { bar: number })[],
  reading: Reading | undefined,
  calendar: Calendar,
): HistoryBar[] {
  const { day, time, rawClose } = series
  const read = reading && readingBars(series, calendar, reading)
  const at = new Map<number, Signal[]>()
  for (const { bar: of, ...signal } of signals) at.set(of, [...(at.get(of) ?? []), signal])
  const history: HistoryBar[] = []
  for (let i = bar; i >= from; i--) {
    if (read?.[i] === 0) continue
    // What is no member has no signal: it counts as not true.
    history.push({
      day: day[i],
      time: time[i],
      price: rawClose[i],
      change: changeAt(series, i),
      signals: counts[i - from] === 1 ? (at.get(i) ?? []) : [],
    })
    if (day[i] !== day[bar]) break
  }
  return history.reverse()
}
