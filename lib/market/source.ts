import type { Timeframe } from './bars.ts'
import type { Market } from './market.ts'

/** Which bars to load: every symbol of the data when `symbols` is absent, every bar when `from` and `to` are. */
export interface MarketRequest {
  timeframe: Timeframe
  symbols?: readonly string[]
  /** first and last day (inclusive) that is reported on */
  from?: number
  to?: number
  /** how many of each symbol's own bars before its first bar on or after `from` to keep; Infinity: all */
  lookback: number
  /** minutes from midnight, New York: bars of the pre-market that end later are left out (AT before the open) */
  premarketUntil?: number
  /** the catalog this must be of: `conflict` when the bars have changed since */
  version?: string
}

/** Where a scan gets its market from. */
export interface MarketSource {
  load(request: MarketRequest): Promise<Market>
  /** Every stored symbol, those of one stored object next to each other; `conflict` when the bars have changed since the version. */
  symbols(timeframe: Timeframe, version?: string): Promise<readonly string[]>
  /** What was computed of the bars of a version and may be of use again; absent: nothing is kept. */
  keptOf?(version: string): Kept
  /** The same, of a source that holds to one version. */
  readonly kept?: Kept
}

/** Values by key, dropped when room is needed; keys name everything a value was computed from. */
export interface Kept {
  get(key: string): unknown
  set(key: string, value: unknown, bytes: number): void
}
