import type { Timeframe } from './bars.ts'

/** A bar as a provider has it: as traded, of one session. */
export interface ProvidedBar {
  symbol: string
  /** exchange date, days since 1970-01-01 */
  day: number
  open: number
  high: number
  low: number
  close: number
  volume: number
}

export interface BarRequest {
  symbols: readonly string[]
  timeframe: Timeframe
  /** first and last exchange date, days since 1970-01-01 */
  from: number
  to: number
}

/** A symbol the provider cannot serve, and why. */
export interface UnknownSymbol {
  symbol: string
  reason: string
}

export interface BarPage {
  bars: readonly ProvidedBar[]
  /** symbols the provider refuses; those it has nothing of are merely absent */
  unknown: readonly UnknownSymbol[]
}

export type ActionKind = 'split' | 'dividend'

/** What changes prices on its ex-date: a split's ratio new/old, or a dividend's cash per share as traded that day. */
export interface CorporateAction {
  symbol: string
  kind: ActionKind
  /** ex-date, days since 1970-01-01 */
  day: number
  value: number
}

export interface ActionRequest {
  symbols: readonly string[]
  kinds: readonly ActionKind[]
  /** first and last ex-date */
  from: number
  to: number
}

export interface ActionPage {
  actions: readonly CorporateAction[]
  unknown: readonly UnknownSymbol[]
}

/** A vendor of bars. What it answers comes page by page; a page that cannot be understood is thrown, never passed by. */
export interface BarProvider {
  /** one word; defects of its rows are listed under it */
  readonly name: string
  /** ms after the close of a session from which its bar is whole */
  readonly settledAfterMs: number
  /** requests made so far */
  readonly requests: number
  bars(request: BarRequest): AsyncIterable<BarPage>
  actions(request: ActionRequest): AsyncIterable<ActionPage>
}
