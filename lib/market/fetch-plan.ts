import { nyse } from './calendar.ts'

/** Runs of wanted sessions with no more than this many others between them are asked for in one. */
const JOINED_WITHIN = 10

/** What is stored of a symbol, as far as a plan needs it. */
export interface StoredDays {
  first: number
  last: number
  /** days with a bar, ascending, from the plan's first day on */
  days: Int32Array
}

export interface PlanWindow {
  /** first day; without it only what follows the newest stored bar is wanted */
  start: number | undefined
  /** last day: a finished session, or before it */
  end: number
  /** how many of the newest stored sessions are read again, for bars that were corrected */
  reread: number
}

/** What to ask a provider for of one symbol. */
export interface SymbolPlan {
  symbol: string
  stored: StoredDays | undefined
  /** the sessions whose bars are taken from the answer */
  sessions: ReadonlySet<number>
  /** those of them without a stored bar */
  missing: readonly number[]
  /** what is asked for: the sessions, in as few spans as is reasonable */
  ranges: readonly (readonly [from: number, to: number])[]
}

/** The first of the newest stored sessions that are read again. */
export function rereadFrom(last: number, reread: number): number {
  let day = last + 1
  for (let i = 0; i < reread; i++) day = nyse.previousSession(day - 1)
  return day
}

/**
 * Without stored bars: every session of the window. With them: all sessions from the re-read ones to the end, so that no hole
 * opens before `start`, and the missing ones from `start` on, each with the bar behind it (a split or dividend of the missing
 * day may be booked there).
 */
export function planSymbol(symbol: string, stored: StoredDays | undefined, window: PlanWindow): SymbolPlan {
  const { end, reread } = window
  const start = window.start ?? Number.POSITIVE_INFINITY
  const again = stored ? rereadFrom(stored.last, reread) : start
  const days = stored?.days ?? new Int32Array(0)
  const held = new Set(days)
  const wanted = new Set<number>()
  const missing: number[] = []
  let next = 0
  for (let day = Math.min(start, again); day <= end; day++) {
    if (!nyse.isSession(day)) continue
    const absent = !held.has(day)
    if (day < again && !absent) continue
    wanted.add(day)
    if (!absent) continue
    missing.push(day)
    while (next < days.length && days[next] < day) next++
    if (next < days.length && days[next] <= end) wanted.add(days[next])
  }
  return { symbol, stored, sessions: wanted, missing, ranges: spans([...wanted].sort((a, b) => a - b)) }
}

/** The sessions as spans; close ones are joined. */
function spans(sessions: readonly number[]): [number, number][] {
  const found: [number, number][] = []
  for (const day of sessions) {
    const last = found.at(-1)
    let between = 0
    if (last) for (let at = last[1] + 1; at < day; at++) if (nyse.isSession(at)) between++
    if (last && between <= JOINED_WITHIN) last[1] = day
    else found.push([day, day])
  }
  return found
}
