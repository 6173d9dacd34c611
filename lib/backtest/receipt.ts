import type { ReceiptCost } from '../core/cost.ts'
import type { GuestError } from '../sandbox/sandbox.ts'
import type { EngineName } from '../signals/columns-engine.ts'
import type { Fill } from './exits.ts'
import type { RunRequest } from './run-request.ts'
import type { SettingsInForce } from './settings-wire.ts'

/** Days a symbol should have had a bar and had none. */
export interface MissingBars {
  symbol: string
  /** YYYY-MM-DD, at most 10 */
  dates: string[]
  /** how many are missing in all */
  count: number
}

export interface Coverage {
  symbols: number
  bars_expected: number
  bars_got: number
  missing: MissingBars[]
  /** date of the latest bar, null without any */
  last_bar: string | null
  /** symbol-bars on which the condition was unknown, and on which the code threw */
  unknown_bars: number
  guest_errors: number
  /** bars of each symbol, as columns of one table */
  by_symbol: { symbol: string[]; bars_expected: number[]; bars_got: number[] }
}

/** What a result rests on; every answer carries one. */
export interface Receipt {
  strategy_hash: string
  engine_version: string
  data_version: string
  simulated: boolean
  coverage: Coverage
  skipped: { symbol: string; reason: string }[]
  /** the first error of the code on each symbol that had one, 100 at most */
  errors: { symbol: string; date: string; error: GuestError }[]
  fill: Fill
  costs: { cash: number; slots: number | null; slippage_bps: number; commission: number }
  /** everything the account traded by; a benchmark of null is the equal-weight universe */
  settings: SettingsInForce
  /** the request as it was understood: the same again is the same run on the same data */
  request: RunRequest
  /** of the whole result, see resultHash: it is put in last */
  result_hash?: string
  chunks: number
  /** what decided on each bar; with `columns`, what the code computed too, and computed alike */
  engine: EngineName
  /** decisions, how many of them are true, scores at true cells, and positions followed to their EXIT */
  reproved_cells: number
  reproved_true: number
  reproved_scores: number
  reproved_exits: number
  wall_ms: number
  cpu_ms: number
  /** what the run cost at the cloud's prices; 0 on the local machine */
  cost_cents: number
  /** the same by part, beside what it was expected to cost there */
  cost: ReceiptCost
  /** the instant the answer is as of, ISO */
  as_of: string
}

/** Sums the coverage of symbols, in the order given. */
export function coverageOf(
  symbols: readonly {
    symbol: string
    barsExpected: number
    barsGot: number
    missing: string[]
    lastBar: string | null
    unknownBars: number
    guestErrors: number
  }[],
): Coverage {
  const total: Coverage = {
    symbols: symbols.length,
    bars_expected: 0,
    bars_got: 0,
    missing: [],
    last_bar: null,
    unknown_bars: 0,
    guest_errors: 0,
    by_symbol: {
      symbol: symbols.map(({ symbol }) => symbol),
      bars_expected: symbols.map(({ barsExpected }) => barsExpected),
      bars_got: symbols.map(({ barsGot }) => barsGot),
    },
  }
  for (const each of symbols) {
    total.bars_expected += each.barsExpected
    total.bars_got += each.barsGot
    total.unknown_bars += each.unknownBars
    total.guest_errors += each.guestErrors
    const count = each.barsExpected - each.barsGot
    if (count > 0) total.missing.push({ symbol: each.symbol, dates: each.missing, count })
    if (each.lastBar !== null && (total.last_bar === null || each.lastBar > total.last_bar))
      total.last_bar = each.lastBar
  }
  return total
}
