import { defineJob } from '../core/engine.ts'
import type { MarketSource } from '../market/source.ts'
import type { GuestError, Sandbox } from '../sandbox/sandbox.ts'
import { scan } from './scan.ts'
import { dailyChange, prepareScan, type ScanInput } from './scan-input.ts'
import type { Signal } from './signals.ts'

/** Calendar days before the date in which a symbol's previous bar is looked for: `from` of a latest scan is `to` less this. */
export const PREVIOUS_WITHIN = 30

/** Verdicts from here on are no decision: unknown, or the code threw. */
const UNKNOWN = 2

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
  unknown: boolean
  error: GuestError | null
}

/** Scans the window up to `to` and reports the bar of that very day; symbols without a bar on it are absent. */
export const latestJob = defineJob<ScanInput, LatestBar[]>('latest')

export async function latestBars(input: ScanInput, stored: MarketSource, sandbox: Sandbox): Promise<LatestBar[]> {
  const { view, market, source } = await prepareScan(input, stored)
  const found: LatestBar[] = []
  const { symbols, from, to, cross, limits } = input
  for await (const scanned of scan({ strategy: view, market, symbols, from, to, cross, limits }, source, sandbox)) {
    const { series, long, short, counts } = scanned
    const bar = scanned.to - 1
    if (series.day[bar] !== to) continue
    const signals = scanned.signals()
    const at = bar - scanned.from
    found.push({
      symbol: scanned.symbol,
      sector: market.listing(scanned.symbol)?.sector ?? '',
      day: series.day[bar],
      time: series.time[bar],
      price: series.rawClose[bar],
      change: dailyChange(series, bar),
      member: counts[at] === 1,
      signals: signals.filter((signal) => signal.bar === bar).map(({ bar: _bar, ...signal }) => signal),
      previousSides: signals.filter((signal) => signal.bar === bar - 1).map((signal) => signal.side),
      unknown: [long, short].every((side) => side === null || side[at] >= UNKNOWN),
      error: scanned.errors.find((each) => each.bar === bar)?.error ?? null,
    })
  }
  return found
}
