import { isoDay } from '../core/days.ts'

/** What a strategy that lists instances itself answered for one session, as the scan read it. */
export interface ListedSession {
  day: number
  /** entries that did not count, by reason */
  ignored: Readonly<Record<string, number>>
  /** what it returned beside its list */
  claims: Readonly<Record<string, unknown>>
}

/** The claims of the last session that made any; no metric reads them. */
export interface Claims {
  note: string
  sessions: number
  last: { date: string } & Record<string, unknown>
}

/** One warning per reason for which listed instances did not count. */
export function ignoredWarnings(sessions: readonly ListedSession[]): string[] {
  const total = new Map<string, { entries: number; sessions: number }>()
  for (const { ignored } of sessions) {
    for (const [reason, entries] of Object.entries(ignored)) {
      if (entries === 0) continue
      const sum = total.get(reason) ?? { entries: 0, sessions: 0 }
      total.set(reason, { entries: sum.entries + entries, sessions: sum.sessions + 1 })
    }
  }
  return [...total]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([reason, { entries, sessions: on }]) =>
        `${entries} listed ${entries === 1 ? 'instance was' : 'instances were'} left out on ${on} ${on === 1 ? 'session' : 'sessions'}: ${reason}.`,
    )
}

/** Returns and metrics that the strategy claims for itself, apart from ours; null when it claims none. */
export function claimsOf(sessions: readonly ListedSession[]): Claims | null {
  const claiming = sessions.filter(({ claims }) => Object.keys(claims).length > 0)
  const last = claiming.reduce<ListedSession | null>(
    (latest, each) => (latest === null || each.day > latest.day ? each : latest),
    null,
  )
  if (last === null) return null
  return {
    note: 'Returned by the strategy itself; no metric here is computed from it.',
    sessions: claiming.length,
    last: { date: isoDay(last.day), ...last.claims },
  }
}
