/** The narrow port of the sandbox: what a chunk hands to a stranger's code and what comes back. All calls are synchronous. */
import type { EntryPoint } from '../strategy/strategy.ts'

export interface Limits {
  memoryBytes: number
  /** CPU and wall time of one evaluation: one symbol, or one call of a whole-universe form */
  cpuMs: number
  wallMs: number
  /** guest stack */
  stackBytes: number
  /** most bytes of one verdict's `data` as JSON, and of a whole-universe answer */
  dataBytes: number
  answerBytes: number
}

export const DEFAULT_LIMITS: Limits = {
  memoryBytes: 128 * 1024 * 1024,
  cpuMs: 30_000,
  wallMs: 60_000,
  stackBytes: 32 * 1024,
  dataBytes: 16 * 1024,
  answerBytes: 8 * 1024 * 1024,
}

/** A failure inside the guest, in the user's own lines and columns (1-based) where known. */
export interface GuestError {
  kind: 'timeout' | 'memory' | 'stack' | 'output' | 'guest'
  message: string
  line?: number
  column?: number
}

/** What the guest may see of one symbol; columns have one entry per bar, oldest first. */
export interface GuestSymbol {
  symbol: string
  /** closing instants, epoch ms */
  time: Float64Array
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  volume: Float64Array
  /** more bars exist before the first: a request that reaches further back is answered with a `history` need */
  cut: boolean
  /** one column per declared series (only the symbol under evaluation has them) */
  columns?: Float64Array[]
  /** bars from the first on whose declared series would be others with more history: a read of one is a `history` need */
  warmUp?: number
  /** the fields of getFundamentalData, one column each, in the contract's order; absent: not loaded (a need when read) */
  figures?: Float64Array[]
}

/** Data the guest asked for and did not have: load it and evaluate again. */
export type Need =
  | { kind: 'bars'; symbol: string; days: number }
  | { kind: 'history'; symbol: string; days: number }
  | { kind: 'figures'; symbol: string }
  | { kind: 'universe'; filters: Record<string, unknown>; key: string }

/** For each distinct filter set (by key) the symbols that pass on each date, best first. */
export interface UniverseList {
  key: string
  /** closing instants, ascending, and the symbols that pass as of each */
  time: Float64Array
  symbols: string[][]
}

export interface ClassifyRequest {
  symbol: string
  entry: 'classifySymbol' | 'classifyShort'
  /** first bar to report and one past the last */
  from: number
  to: number
  /** evaluate just these bars, in this order, each on a fresh instance (the proof's isolation sample) */
  isolated?: Int32Array
}

export interface ClassifyAnswer {
  /** per requested bar: 1 true, 0 false, 2 unknown (null), 3 guest error */
  verdict: Uint8Array
  /** per requested bar; NaN where no score was returned */
  score: Float64Array
  /** what `data` held where the verdict is true, by position in the request */
  data: Map<number, Record<string, unknown>>
  /** guest errors: how many bars, and the first (by bar) of each distinct message, at most 5 */
  errorBars: number
  errors: { bar: number; error: GuestError }[]
}

export interface ExitRequest {
  symbol: string
  /** the signal bar, the bar of the fill and the fill price of each position; side 1 long, -1 short */
  positions: { signal: number; entry: number; entryPrice: number; side: 1 | -1 }[]
  /** one past the last bar to look at */
  to: number
}

export interface UniverseRequest {
  form: 'runScreening' | 'runBatchBacktest' | 'runRealtimeAlert'
  /** the closing instant everything is answered as of */
  asOf: number
  args: unknown[]
}

/** `needs`: nothing was decided, load what is named and ask again. `failed`: the session is spent, open another. */
export type Outcome<Answer> =
  | { kind: 'done'; answer: Answer }
  | { kind: 'needs'; needs: Need[] }
  | { kind: 'failed'; error: GuestError }

export interface GuestSession {
  readonly entryPoints: readonly EntryPoint[]
  /** rule-language text of every declared series, in declaration order */
  readonly series: readonly string[]
  /** Hands over (or replaces) a symbol's data. */
  load(data: GuestSymbol): void
  loadUniverse(list: UniverseList): void
  /** Forgets every loaded symbol (not the compiled code). */
  clear(): void
  classify(request: ClassifyRequest): Outcome<ClassifyAnswer>
  /** scoreSymbol at each of the given bars; NaN for null or undefined. */
  score(request: { symbol: string; bars: Int32Array }): Outcome<Float64Array>
  /** For each position the first bar from its entry on at which exitPosition is true, or -1. */
  exits(request: ExitRequest): Outcome<Int32Array>
  /** Calls a whole-universe form; the answer is plain JSON. */
  universe(request: UniverseRequest): Outcome<unknown>
  dispose(): void
}

export interface Sandbox {
  /** Runs the module's top level once to learn its entry points and declared series. */
  open(code: string, limits?: Partial<Limits>): { session: GuestSession } | { error: GuestError }
}
