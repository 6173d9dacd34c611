/** What the one scan yields; plain data that crosses threads and queues. */

/** A decision that is true at a bar of a member of the universe. */
export interface Signal {
  symbol: string
  /** exchange date of the bar (day number) and the instant it closes (epoch ms UTC) */
  day: number
  time: number
  side: 1 | -1
  /** RANK's value or what the strategy returned; NaN without */
  score: number
  /** the rule's named terms, or what the strategy returned as `data` */
  data: Record<string, unknown>
}

/** Per symbol: what was looked at. */
export interface SymbolCoverage {
  symbol: string
  /** sessions of the calendar from the later of window start and first bar, to the earlier of window end and last bar of the data */
  barsExpected: number
  barsGot: number
  /** the missing sessions, as YYYY-MM-DD, at most 10 */
  missing: string[]
  firstBar: string | null
  lastBar: string | null
  /** bars on which SIGNAL (or SHORT) was unknown */
  unknownBars: number
  guestErrors: number
}
