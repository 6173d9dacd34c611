import type { RuleClauses } from '../../strategy/strategy.ts'
import type { Side } from './framed.ts'

/** A rule after a single change, and what was taken for granted. */
export interface Edit {
  clauses: RuleClauses
  notes: string[]
}

/** Reads one kind of change; undefined where the words are none of it. Throws Asked where they may be, and are not clear. */
export type Reader = (words: string, clauses: RuleClauses) => Edit | undefined

/** The side a rule opens; entries of both sides are long ones where one has to be chosen for reading words. */
export const sideOf = (clauses: RuleClauses): Side => (clauses.signal === undefined ? 'short' : 'long')

export const done = (clauses: RuleClauses, notes: string[] = []): Edit => ({ clauses, notes })
