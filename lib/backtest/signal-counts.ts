/** What became of the signals, counted; each counts once, but one that a bar's volume cut counts as taken too. */
export interface SignalCounts {
  /** opened a position */
  taken: number
  /** named a position that a rebalance keeps */
  kept: number
  no_next_bar: number
  already_held: number
  no_free_slot: number
  cooldown: number
  no_cash: number
  undefined_size: number
  /** the volume cap allowed no share */
  no_volume: number
  /** taken, but the volume cap left a part of the order unfilled */
  partly_filled: number
  /** PAIR: the other symbol had no bar to trade on, cost more than the equal dollars, or was the signal's own */
  no_pair: number
}

export function noSignals(): SignalCounts {
  return {
    taken: 0,
    kept: 0,
    no_next_bar: 0,
    already_held: 0,
    no_free_slot: 0,
    cooldown: 0,
    no_cash: 0,
    undefined_size: 0,
    no_volume: 0,
    partly_filled: 0,
    no_pair: 0,
  }
}
