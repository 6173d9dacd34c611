/** AT: a rule that is read once per session, at a time of day. */
import type { BarSeries } from '../market/bars.ts'
import { BAR_MINUTES, clockText, minuteOf, OPEN_MINUTE } from '../market/intraday-grid.ts'
import type { Calendar } from '../market/market.ts'
import { newYorkInstant } from '../market/new-york.ts'
import { signature } from '../strategy/series.ts'
import type { Expr, Rule } from './ast.ts'
import { expandDerived } from './derived.ts'
import { ruleError } from './tokens.ts'
import { partsOf } from './tree.ts'

/** When a rule is read: before the open (then the signal stands at the session's first bar), or at the bar that ends at a minute. */
export type Reading = { before: true; minute: number } | { before: false; minute: number }

/** Where in the session AT lies: the minute at which the last bar ends that is known then. Undefined where no bar has ended. */
export function readingOf(at: string, timeframe: Exclude<Rule['timeframe'], '1d'>): Reading | undefined {
  const minute = minuteOf(at)
  if (minute <= OPEN_MINUTE) return { before: true, minute }
  const size = BAR_MINUTES[timeframe]
  const ended = Math.floor(minute / size) * size
  return ended > OPEN_MINUTE ? { before: false, minute: ended } : undefined
}

/** The reading of a rule; undefined for one that is read at the close of every bar. */
export function ruleReading(rule: Rule | null): Reading | undefined {
  const at = rule?.clauses.at
  return at === undefined || rule === null || rule.timeframe === '1d' ? undefined : readingOf(at, rule.timeframe)
}

/** 1 on the bar of each session at which the rule is read, else 0: on a session that closes earlier, its last. */
export function readingBars({ day, time, length }: BarSeries, calendar: Calendar, reading: Reading): Uint8Array {
  const out = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    if (reading.before) out[i] = i === 0 || day[i] !== day[i - 1] ? 1 : 0
    else out[i] = time[i] === Math.min(newYorkInstant(day[i], reading.minute), calendar.closeInstant(day[i])) ? 1 : 0
  }
  return out
}

/** What is known before the open beside texts and figures: the pre-market, sessions before, and the clock. */
const KNOWN: ReadonlySet<string> = new Set([
  'tod',
  'bar_of_day',
  'minutes_left',
  'pm_last',
  'pm_volume',
  'raw_pm_volume',
  'pclose',
  'pd',
  'wk',
  'mo',
  'index_member',
  'month_end',
  'week_end',
])
const THROUGH: ReadonlySet<string> = new Set(['pointwise', 'cross-section', 'ratio'])

/** Throws `bad_rule` where an expression reads what no bar has told before the open. */
export function checkBeforeOpen(expr: Expr, at: string, shownAt?: number): void {
  if (expr.kind === 'call' && KNOWN.has(expr.name)) return
  if (expr.kind === 'call' && expr.name === 'on') {
    checkBeforeOpen(expr.args[1]!, at, shownAt)
    return
  }
  if (expr.kind === 'name' || expr.kind === 'call') {
    const group = signature(expr.name, expr.kind === 'call')?.group ?? 'bar'
    const definition = expandDerived(expr)
    if (definition !== undefined && group !== 'candle') {
      checkBeforeOpen(definition, at, shownAt ?? expr.at)
      return
    }
    const known = group === 'text' || group === 'figure' || (expr.kind === 'call' && THROUGH.has(group))
    if (!known)
      ruleError(
        `${expr.name} is not known at ${at}, before the open: there are pm_last(), pm_volume(), raw_pm_volume(), pclose() and pd(...) then, such as pd(${expr.kind === 'call' ? `${expr.name}(...)` : expr.name}).`,
        shownAt ?? expr.at,
        { found: expr.name },
      )
  }
  for (const part of partsOf(expr)) checkBeforeOpen(part, at, shownAt)
}

/** Says that no bar has ended at AT. */
export function tooEarly(at: string, timeframe: Exclude<Rule['timeframe'], '1d'>): string {
  const size = BAR_MINUTES[timeframe]
  const first = clockText((Math.floor(OPEN_MINUTE / size) + 1) * size)
  return `AT ${at} lies after the open, and the first ${timeframe} bar ends at ${first}: use AT ${first}, a smaller TF, or AT 09:30 for what is known before the open.`
}
