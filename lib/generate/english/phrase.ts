import type { Context } from './draft.ts'
import type { Grammar, Match } from './grammar.ts'
import type { Condition, Op, Value } from './meaning.ts'
import type { OverTime } from './over-time.ts'
import type { Token } from './tokens.ts'

export type Role = 'long' | 'short' | 'exit' | 'cover' | 'reverse'
export type Join =
  | 'and'
  | 'or'
  | 'not'
  | 'either'
  | 'neither'
  | 'nor'
  | ','
  | ';'
  | '.'
  | ':'
  | 'arrow'
  | 'when'
  | 'after'
  | 'next'

/** What one phrase of the prompt contributes. */
export type Phrase =
  | { is: 'condition'; make: (context: Context) => Condition | Condition[] }
  | {
      is: 'action'
      role: Role
      legs?: readonly [long: string, short: string]
      symbols?: readonly string[]
      /** traded at the close that decides, not at the next open */
      fill?: 'close'
    }
  | { is: 'setting'; apply: (context: Context) => void }
  | { is: 'value'; make: (context: Context) => Value }
  | { is: 'join'; join: Join }
  | { is: 'filler' }
  | { is: 'paren'; open: boolean }
  /** spreads the condition said just before over days; with `both`, the next one where it stands at the head of a clause */
  | { is: 'modifier'; over: OverTime; both?: boolean }
  /** spreads the next condition over days: "two consecutive closes above", "the first close above" (`first` waits for its days) */
  | { is: 'prefix'; over: OverTime | 'first' }
  /** so many of the conditions listed after it */
  | { is: 'quorum'; op: Op; n: number }

/** What is said of a value; without one, of the last thing it can be said of. */
export type Predicate = (context: Context, subject: Value | undefined) => Condition | Condition[]

/** A value named by words; it may depend on what was mentioned before. */
export type ValueOf = (context: Context) => Value

/** What phrases cost: covers with fewer, longer phrases are preferred; an unread word costs more than any of them. */
export const COST = { phrase: 10, join: 2, filler: 3, loose: 14, unread: 1000 } as const

export function condition(
  grammar: Grammar,
  patterns: string | readonly string[],
  make: (match: Match, tokens: readonly Token[]) => ((context: Context) => Condition | Condition[]) | undefined,
  cost: number = COST.phrase,
): void {
  for (const pattern of typeof patterns === 'string' ? [patterns] : patterns) {
    grammar.rule(
      'phrase',
      pattern,
      (match, tokens): Phrase | undefined => {
        const made = make(match, tokens)
        return made && { is: 'condition', make: made }
      },
      cost,
    )
    // the same inside other phrases: "the market is <clause>"
    grammar.rule('clause', pattern, make, cost)
  }
}

export function setting(
  grammar: Grammar,
  patterns: string | readonly string[],
  apply: (match: Match, context: Context) => void,
  cost: number = COST.phrase,
): void {
  for (const pattern of typeof patterns === 'string' ? [patterns] : patterns)
    grammar.rule(
      'phrase',
      pattern,
      (match): Phrase => ({ is: 'setting', apply: (context) => apply(match, context) }),
      cost,
    )
}

export function value(
  grammar: Grammar,
  patterns: string | readonly string[],
  make: (match: Match, tokens: readonly Token[]) => ValueOf | undefined,
  cost = 0,
): void {
  for (const pattern of typeof patterns === 'string' ? [patterns] : patterns) grammar.rule('value', pattern, make, cost)
}
