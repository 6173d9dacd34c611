/** A decision of a strategy on one bar of a symbol. */
export interface Verdict {
  /** exchange date of the bar (day number) */
  day: number
  /** the condition is true; unknown counts as not true */
  isTrue: boolean
}

export interface FireRule {
  /** `edge`: true now and not true on the symbol's previous bar; `session`: the first true bar of a session */
  fire: 'edge' | 'session'
  /** ONCE: session: only the first true bar per symbol and session counts */
  once?: boolean
}

/**
 * Which of a symbol's bars (oldest first, none left out) fire. However often the condition turns true, a symbol fires at most
 * once per session. The first bar has no previous one: true on it fires.
 */
export function fires({ fire, once = false }: FireRule, history: readonly Verdict[]): boolean[] {
  let counted = Number.NaN
  let fired = Number.NaN
  let before = false
  return history.map(({ day, isTrue }) => {
    const counts = isTrue && !(once && counted === day)
    if (isTrue) counted = day
    const turned = fire === 'session' || !before
    before = isTrue
    if (!counts || !turned || fired === day) return false
    fired = day
    return true
  })
}
