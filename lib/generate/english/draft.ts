import type { Condition, Value } from './meaning.ts'
import type { Amount } from './phrases/quantities.ts'

/** The strategy as it is gathered from the phrases, before it is written as clauses. */
export interface Draft {
  symbols: string[]
  universe?: string
  /** conditions on the universe: sectors left out, sizes */
  filters: string[]
  saysStocks: boolean
  intent: { alert: boolean; trade: boolean; screen: boolean }
  intraday: boolean
  at?: string
  minute?: number
  /** bars of this size are what indicators and windows count */
  chart?: boolean
  /** "else cash" */
  otherwise?: boolean
  timeframe?: '1m' | '5m' | '15m' | '1h'
  once: boolean
  flat: boolean
  fill?: 'close'
  /** dollars of one position */
  dollars?: number
  targetAtr?: { k: number; n: number }
  /** the target in multiples of the first risk */
  targetRisks?: number
  hold?: number
  stop?: { d: string; i: string }
  /** ATRs of the stop, for sizing by risk */
  stopAtr?: { k: number; n: number }
  stopPercent?: number
  targetPercent?: number
  stopAfterTarget?: string
  trail?: string
  riskPercent?: number
  weightPercent?: number
  maxpos?: number
  cooldown?: number
  rebalance?: 'month' | 'week'
  rank?: string
  limit?: number
  size?: string
  pair?: [string, string]
  pairStop?: number
  pairExit?: number
  /** how the list is ordered when that is said without a formula */
  rankBy?: 'measure'
  /** names below this average are left in cash */
  cashBelow?: Value
  /** part of the position sold at a multiple of the first risk */
  partial?: { share: number; risks?: number; percent?: number }
  /** the magic formula ranks: sizes and sectors define its members */
  magic?: boolean
  /** an exit was named without a condition */
  bareExit?: boolean
  /** how many names a portfolio holds */
  slots?: number
  /** conditions speak of the first session after a report */
  reactionDay?: boolean
  /** sentences said back */
  notes: string[]
  questions: string[]
}

/** What was mentioned so far: what "it", "that average" or "above 30" refer to. */
export interface Context {
  draft: Draft
  /** every canonical word of the prompt */
  words: ReadonlySet<string>
  subject?: Value
  average?: Value
  /** averages in the order they were last mentioned */
  seen?: Value[]
  mentioned?: Value
  extreme?: Value
  /** several averages named together, and the conditions on them */
  averages?: { values: Value[]; conditions: Condition[] }
  zscore?: Value
  /** the RSI whose length was said */
  rsi?: Value
  /** the two values that crossed last */
  crossed?: { left: Value; right: { d: string; i: string } }
  /** what names were ranked by last */
  measure?: Value
  stochastic?: { n: number; s: number }
  /** minutes of the opening range */
  opening?: number
  /** one more bound on the move said last: "up more than 3% but less than 6%" */
  move?: (amount: Amount) => Condition | Condition[]
  /** days of the last streak */
  streak?: number
  /** sessions of the base or range */
  base?: number
  /** a sum of weighted values given as a score */
  score?: Value
  /** a score or measure named apart from what is done with it */
  loose?: Value
  alert: boolean
}

export function newDraft(): Draft {
  return {
    symbols: [],
    filters: [],
    saysStocks: false,
    intent: { alert: false, trade: false, screen: false },
    intraday: false,
    once: false,
    flat: false,
    notes: [],
    questions: [],
  }
}

/** How the draft leaves a position, as one text to tell a change by. */
export function exitsOf({ draft }: Context): string {
  const { hold, flat, stop, stopPercent, stopAtr, targetPercent, trail } = draft
  return JSON.stringify([hold, flat, stop, stopPercent, stopAtr, targetPercent, trail])
}

export const MEASURED_HOW = 'Above or below which value, or the highest or lowest of how many names?'

/** "...; top 20 monthly": the names a portfolio holds; undefined where it is not said how many. */
export function heldByMeasure(value: Value, draft: Draft): Condition | undefined {
  if (draft.limit === undefined || !draft.rebalance) return undefined
  const d = `top(${value.d},${draft.limit})`
  draft.slots = draft.limit
  draft.limit = undefined
  return { d, i: `pd(${d})`, notes: value.notes, about: 'rank', wide: true }
}
