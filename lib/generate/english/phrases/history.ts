import type { Grammar, Match } from '../grammar.ts'
import type { Op } from '../meaning.ts'
import type { OverTime } from '../over-time.ts'
import { COST } from '../phrase.ts'
import type { Period } from './quantities.ts'

/** Conditions over days: "for 3 days", "in the last 5 days", "on 4 of the last 5 days", "2 days ago", "two consecutive ...". */
export function history(grammar: Grammar): void {
  const modifier = (
    patterns: string[],
    make: (m: Match) => OverTime | undefined,
    cost: number = COST.phrase,
    both = false,
  ) => {
    for (const pattern of patterns)
      grammar.rule(
        'phrase',
        pattern,
        (m) => {
          const over = make(m)
          return over && { is: 'modifier', over, both }
        },
        cost,
      )
  }
  const days = (m: Match) => m.of<Period>('p').n
  const run = '(inarow|consecutive|running)'
  modifier(
    [
      `for [all|each] [of] [last|prior|atleast] <period:p> [${run}]`,
      `for [atleast] [last] <num:n> (consecutive|straight) (day|close|bar|session)`,
      `<period:p> ${run}`,
      `<num:n> ${run} (day|close|bar)`,
      `each (day|bar|session) (for|over|in|of) [last] <period:p>`,
      `on each of [last] <period:p>`,
      `<num:n> time inarow`,
    ],
    (m) => ({ how: 'all', n: m.maybe<Period>('p')?.n ?? m.of<number>('n') }),
    COST.phrase + 1,
  )
  for (const [nth, n] of [
    ['(second|2th|2nd)', 2],
    ['(third|3th|3rd)', 3],
    ['(fourth|4th)', 4],
    ['(fifth|5th)', 5],
  ] as const)
    modifier(
      [`[for] ${nth} [consecutive] day inarow`, `[for] ${nth} consecutive (day|time)`],
      () => ({ how: 'all', n }),
      COST.phrase,
    )
  const some = '[at point|at time|once|atleast once|anytime|sometime]'
  modifier(
    [
      `${some} (in|within|over|during) [any of] [last|prior] <calendar:p>`,
      `${some} (in|within|over|during) [one of] last <calendar:p>`,
      `${some} in past <calendar:p>`,
      `${some} on any of [last] <period:p>`,
    ],
    (m) => ({ how: 'any', n: days(m) }),
    COST.phrase + 2,
  )
  const count = (k: number, n: number): OverTime | undefined => (k <= n && k >= 1 ? { how: 'count', k, n } : undefined)
  modifier(
    [
      `[on|in] [atleast] <num:k> [day] [out] of [last] <period:p>`,
      `[on|in] [atleast] <num:k> [day] [out] of last <num:n> [day]`,
      `[on|in] <num:k> or more [day] [out] of [last] <period:p>`,
      `[atleast] <num:k> time (in|over|within|during) [last] <period:p>`,
    ],
    (m) => count(m.of('k'), m.maybe<Period>('p')?.n ?? m.of<number>('n')),
    COST.phrase,
  )
  modifier(
    ['<calendar:p> (ago|earlier)', '[on] <period:p> before'],
    (m) => ({ how: 'ago', n: days(m) }),
    COST.phrase + 1,
  )
  modifier(
    ['yesterday', '[on|of] day before', '[on] prior day', '[on] last bar'],
    () => ({ how: 'ago', n: 1 }),
    COST.phrase + 2,
    true,
  )
  modifier(
    [
      'for first time (in|over|for|within) [atleast] [last] <calendar:p>',
      '(first|1st) time (in|over|for|within) [atleast] [last] <calendar:p>',
    ],
    (m) => ({ how: 'first', n: days(m) }),
    COST.phrase,
  )
  for (const [how, adverb, noun] of [
    ['wk', 'weekly', 'week'],
    ['mo', 'monthly', 'month'],
  ] as const)
    modifier(
      [
        `(on|in) ${adverb} [chart|bar|basis|timeframe|time frame]`,
        `(on|in) ${noun} (chart|bar)`,
        `${adverb} (chart|bar|timeframe)`,
      ],
      () => ({ how }),
      COST.phrase,
      true,
    )

  const prefix = (patterns: string[], make: (m: Match) => OverTime | 'first' | undefined, cost: number) => {
    for (const pattern of patterns)
      grammar.rule(
        'phrase',
        pattern,
        (m) => {
          const over = make(m)
          return over && { is: 'prefix', over }
        },
        cost,
      )
  }
  prefix(
    [`[atleast] <num:n> consecutive [daily|day (with|of|when)]`],
    (m) => whole(m, (n) => ({ how: 'all', n })),
    COST.phrase,
  )
  prefix(['first', '1st', 'next'], () => 'first', COST.phrase + 4)

  for (const [words, op] of [
    ['[atleast|any|when any|when atleast]', '>='],
    ['exactly', '=='],
  ] as const)
    grammar.rule(
      'phrase',
      `${words} <num:n> (of [following|condition] [condition|signal|criteria] [hold] :|of :|condition :|of following)`,
      (m) => ({ is: 'quorum', n: m.of<number>('n'), op: op as Op }),
      COST.phrase,
    )
}

function whole(m: Match, make: (n: number) => OverTime): OverTime | undefined {
  const n = m.of<number>('n')
  return Number.isInteger(n) && n > 1 && n <= 500 ? make(n) : undefined
}
