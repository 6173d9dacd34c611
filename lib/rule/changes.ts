import type { ClauseChange, RuleClauses } from '../strategy/strategy.ts'
import { CLAUSES, type ClauseKey, tidyText } from './clause-text.ts'
import { conditionsOf } from './opened.ts'
import { parseExpression } from './parse.ts'
import { printExpression } from './print.ts'

/** Clauses made of conditions, of which it is told which went and which came. */
const CONDITIONS: ReadonlySet<ClauseKey> = new Set(['universe', 'signal', 'short'])

/** What differs between two rules, clause by clause, in the order a rule is printed; spelling is no difference. */
export function ruleChanges(before: RuleClauses | null, after: RuleClauses | null): ClauseChange[] {
  return (Object.keys(CLAUSES) as ClauseKey[]).flatMap((key) => {
    const [old, now] = [textOf(before, key), textOf(after, key)]
    if (meaningOf(key, old) === meaningOf(key, now)) return []
    const change = { clause: CLAUSES[key].name, before: old, after: now }
    return [CONDITIONS.has(key) && old !== null && now !== null ? { ...change, ...movedBetween(old, now) } : change]
  })
}

function textOf(clauses: RuleClauses | null, key: ClauseKey): string | null {
  const value = clauses?.[key] ?? DEFAULTS[key]
  return value === undefined || clauses === null ? null : tidyText(String(value))
}

/** What an absent clause says. */
const DEFAULTS: Partial<Record<ClauseKey, string>> = { timeframe: '1d', universe: 'stocks', fill: 'next_open' }

/** Equal for spellings of one thing: "rsi(close,14)" and "rsi(close, 14)". */
function meaningOf(key: ClauseKey, text: string | null): string | null {
  if (text === null || CLAUSES[key].valid !== undefined) return text
  const [, before, expression, after] = /^(\s*[\d.]+\s*%\s*at\s+)?(.*?)(\s+(?:asc|desc))?\s*$/s.exec(text)!
  return `${before ?? ''}${printExpression(parseExpression(expression))}${after ?? ''}`.replace(/\s+/g, ' ')
}

function movedBetween(before: string, after: string): Pick<ClauseChange, 'removed' | 'added'> {
  const [old, now] = [before, after].map((text) => conditionsOf(parseExpression(text)).map(printExpression))
  return { removed: old.filter((each) => !now.includes(each)), added: now.filter((each) => !old.includes(each)) }
}
