import { AppError } from '../core/errors.ts'
import { type PackedRows, RowPacker } from '../core/rows.ts'
import type { BarSeries } from '../market/bars.ts'
import type { BarCoverage } from '../market/coverage.ts'
import type { Calendar } from '../market/market.ts'
import type { GuestError } from '../sandbox/sandbox.ts'
import { type Instance, isSignal, packed } from './instances.ts'
import type { UniverseReturns } from './universe-returns.ts'

/** What a chunk of symbols answers: plain data for threads and stored objects, its instances packed. */
export interface ScannedChunk {
  instances: PackedRows
  /** symbols with signals, and their last bar in the data */
  signalled: { symbol: string; last: { day: number; time: number } }[]
  /** days without a session on which one of those has a bar all the same */
  oddDays: number[]
  coverage: SymbolCoverage[]
  /** the first guest error of each symbol that had one */
  errors: { symbol: string; date: string; error: GuestError }[]
  skipped: { symbol: string; reason: string }[]
  /** symbols that belong to UNIVERSE on some bar of the window */
  members: number
  /** symbols on which a condition was true on some bar */
  fired: string[]
  /** what the symbols returned by day, where they are the benchmark */
  returns?: UniverseReturns
}

export type SymbolCoverage = BarCoverage & { unknownBars: number; guestErrors: number }

/** A chunk's answer as it grows, symbol by symbol. */
export class ScannedParts {
  readonly errors: ScannedChunk['errors'] = []
  readonly fired: string[] = []
  members = 0
  returns: UniverseReturns | undefined
  readonly #calendar: Calendar
  readonly #symbols: readonly string[]
  readonly #instances = new RowPacker()
  readonly #signalled: ScannedChunk['signalled'] = []
  readonly #oddDays = new Set<number>()
  readonly #coverage: SymbolCoverage[] = []
  #count = 0

  constructor(calendar: Calendar, symbols: readonly string[]) {
    this.#calendar = calendar
    this.#symbols = symbols
  }

  add({ symbol, day, time }: BarSeries, instances: readonly Instance[], covered: SymbolCoverage): void {
    this.#coverage.push(covered)
    requireFew((this.#count += instances.length))
    for (const each of instances) this.#instances.add(packed(each))
    if (!instances.some(isSignal)) return
    this.#signalled.push({ symbol, last: { day: day[day.length - 1], time: time[time.length - 1] } })
    for (const each of day) if (!this.#calendar.isSession(each)) this.#oddDays.add(each)
  }

  answer(): ScannedChunk {
    const scanned = new Set(this.#coverage.map(({ symbol }) => symbol))
    const { errors, fired, members, returns } = this
    return {
      instances: this.#instances.blocks(),
      signalled: this.#signalled,
      oddDays: [...this.#oddDays],
      coverage: this.#coverage,
      errors,
      skipped: this.#symbols
        .filter((symbol) => !scanned.has(symbol))
        .map((symbol) => ({ symbol, reason: 'no bars in the window' })),
      members,
      fired,
      returns,
    }
  }
}

/** Signals of one run: more would not fit the memory of whoever merges them. */
export const MOST_SIGNALS = 1_000_000

/** Throws `limit` for more signals than a run may have. */
export function requireFew(signals: number): void {
  if (signals <= MOST_SIGNALS) return
  throw new AppError(
    'limit',
    `The strategy gives more than ${MOST_SIGNALS} signals; narrow the condition, the symbols or the dates.`,
    {
      kind: 'output',
    },
  )
}
