/** What ends a position, in the form trades and portfolio need it: functions over the bars of one symbol. */

/** A position as the levels of a rule see it: bars are indices of its series, prices are split-adjusted and before slippage. */
export interface Position {
  signal: number
  entry: number
  entryPrice: number
  side: 1 | -1
  /** the account's equity at the signal bar's close */
  equity: number
  /** entry price less the first STOP; NaN without one */
  initialRisk: number
}

/** A value at bar t of an open position; NaN when it is undefined. */
export type Level = (t: number, position: Position) => number

export type Fill = 'next_open' | 'close'

export interface ExitRules {
  fill: Fill
  /** EXIT: 1 where it is true; read at each close from the entry bar on */
  exit?: Level
  /** computed once, at the signal bar */
  stop?: Level
  target?: { share: number; level: Level }
  /** recomputed at each close from the bar of the partial target on */
  stopAfterTarget?: Level
  trail?: Level
  /** positions end at the close of the session's last bar */
  flat?: boolean
}

/** Bars a position is held when the strategy names no exit of any kind. */
export const DEFAULT_HOLD = 5

/** `hold`: the default exit; `delisted`: the symbol's bars end before the data do; `end`: sold where the data or the window end. */
export type ExitReason =
  | 'exit'
  | 'hold'
  | 'stop'
  | 'target'
  | 'stop_after_target'
  | 'trail'
  | 'flat'
  | 'rebalance'
  | 'delisted'
  | 'end'

/** Whether the rules hold any exit; without one a position is held DEFAULT_HOLD bars. */
export function hasExit(rules: ExitRules): boolean {
  const { exit, stop, target, trail, flat } = rules
  return [exit, stop, target, trail].some((part) => part !== undefined) || flat === true
}

/** The account's equity that levels are computed with when a signal is looked at alone. */
export const STAND_ALONE_EQUITY = 100_000

/** Calendar days after a symbol's last bar from which on its bars have ended, not merely paused. */
const ENDED_AFTER_DAYS = 7

/** Whether a symbol whose last bar is on `lastDay` has stopped trading while the data go on to `dataEnd`. */
export function hasEnded(lastDay: number, dataEnd: number): boolean {
  return dataEnd - lastDay > ENDED_AFTER_DAYS
}
