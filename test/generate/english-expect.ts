import { expect } from 'vitest'
import { understand } from '../../lib/generate/english/understand.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'

/** Without white space: how clauses are compared. */
export const tight = (value: unknown) => (typeof value === 'string' ? value.replace(/\s+/g, '') : value)

/** The same with the parts of a pure conjunction in one order: "a and b" is "b and a". */
export const unordered = (value: unknown) =>
  typeof value === 'string' && !/\bor\b|\bside\b/.test(value)
    ? value
        .split(/ and /)
        .map((part) => part.replace(/\s+/g, ''))
        .sort()
        .join(' and ')
    : value

/** Whether two rules have the same clauses; a natural RANK counts only where one is expected. */
export function sameClauses(got: RuleClauses, expected: RuleClauses, as: (value: unknown) => unknown): boolean {
  const keys = new Set([...Object.keys(got), ...Object.keys(expected)]) as Set<keyof RuleClauses>
  if (expected.rank === undefined) keys.delete('rank')
  return [...keys].every((key) => as(got[key]) === as(expected[key]))
}

/** The clauses of a prompt that must be understood. */
export function clausesOf(prompt: string): RuleClauses {
  const understood = understand(prompt)
  if (understood.kind !== 'rule') expect.fail(`${prompt}: ${JSON.stringify(understood)}`)
  return understood.clauses
}
