import type { Flag } from '../arguments.ts'
import type { Json, Session } from '../session.ts'

/** How the account of a backtest trades, and how its result is doubted; the API has the same names with underscores. */
export const SETTINGS_FLAGS = {
  cash: { kind: 'number', value: 'N', meaning: 'starting cash (100000)' },
  commission: { kind: 'number', value: 'F', meaning: 'commission as a fraction of the value, such as 0.001 (0)' },
  'commission-on': { kind: 'text', value: 'WHICH', meaning: 'fills that cost commission: entry, exit or both (both)' },
  'commission-per-share': { kind: 'number', value: 'F', meaning: 'commission for each share (0)' },
  'commission-minimum': { kind: 'number', value: 'F', meaning: 'least commission of an order (0)' },
  'slippage-bps': { kind: 'number', value: 'N', meaning: 'hundredths of a percent by which each fill is worse (1)' },
  'slippage-range': { kind: 'number', value: 'F', meaning: 'and by this fraction of the bar’s high - low (0)' },
  'volume-share': { kind: 'number', value: 'F', meaning: 'largest part of a bar’s volume an order takes (no limit)' },
  'borrow-rate': { kind: 'number', value: 'F', meaning: 'yearly fee for shares sold short, a fraction (0)' },
  'max-positions': { kind: 'count', value: 'N', meaning: 'most positions at once (the rule’s MAXPOS, else 20)' },
  fill: {
    kind: 'text',
    value: 'WHEN',
    meaning: 'next_open or close: the signal’s own (the rule’s FILL, else next_open)',
  },
  'end-positions': {
    kind: 'text',
    value: 'HOW',
    meaning: 'what is open at the end: mark, close_open or close_last (mark)',
  },
  benchmark: { kind: 'text', value: 'S', meaning: 'symbol to compare with (SPY where stored, else the universe)' },
  fractional: { meaning: 'hold parts of shares' },
  'out-of-sample': { kind: 'date', value: 'D', meaning: 'show the days from D on apart: the strategy was made before' },
  trials: { kind: 'count', value: 'N', meaning: 'strategies tried before this one (those you have backtested)' },
  recheck: { meaning: 'run again with the future cut off at random points, and compare' },
} as const satisfies Record<string, Flag>

/** What of it the command line names, as the API takes it. */
export function settingsGiven(session: Session): Json {
  return Object.fromEntries(
    Object.keys(SETTINGS_FLAGS).map((flag) => [flag.replaceAll('-', '_'), session.args.flags[flag]]),
  )
}
