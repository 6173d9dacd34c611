import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { Unclear } from '../meaning.ts'
import { COST, setting, type ValueOf } from '../phrase.ts'
import type { Period } from './quantities.ts'

/** Holding times, stops, targets, trails, sizes, number of positions, rebalancing, order of preference. */
export function orders(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  const trade = (c: Context) => {
    c.draft.intent.trade = true
  }
  const hold = (m: Match, c: Context) => {
    trade(c)
    c.draft.hold = m.of<Period>('p').n
  }
  setting(
    grammar,
    [
      'hold [them|it|position] [for] [exactly] <calendar:p>',
      '(exit|sell|out|cover|close|get out) [it|position] (after|in|) <calendar:p> [later|after enter]',
      '<calendar:p> (hold|holding) [period]',
      '(exit|sell|out|cover) <calendar:p> later',
    ],
    hold,
  )
  setting(
    grammar,
    [
      'after <calendar:p> (exit|sell|out)',
      'or [at latest] after <calendar:p>',
      'or <calendar:p> later',
      '(max|atmost|up to) <period:p> [hold|holding]',
      '(max|atmost) (hold|holding) [period|time] [of] <period:p>',
      'hold [for] (max|atmost|no more than|up to) <period:p>',
      'time stop [after|of|at] <period:p>',
      '<period:p> time (stop|exit)',
      '(exit|sell|out|cover) after (max|atmost|no more than) <period:p>',
    ],
    hold,
  )
  const close = '(sell|exit|out) [when|if|at|once] [it|price|position]'
  const fallen = '(down|lose|fall) <pct:down>'
  const risen = '(up|gain|rise) <pct:up>'
  setting(
    grammar,
    [`${close} ${fallen}`, `${close} ${risen}`, `${close} ${fallen} or ${risen}`, `${close} ${risen} or ${fallen}`],
    (m, c) => {
      trade(c)
      c.draft.stopPercent = m.maybe('down') ?? c.draft.stopPercent
      c.draft.targetPercent = m.maybe('up') ?? c.draft.targetPercent
      c.draft.notes.push('up and down at the exit: from the entry price')
    },
  )
  setting(
    grammar,
    [
      '(cover|sell|exit|out|flat|close|get out) [out] [same day] [at|on|by|before|into] [close|end] [of] [same] (close|day|bell|same day)',
      '(cover|sell|exit|out|flat|be flat) [same day] (at|on|by|before) close',
      '(cover|sell|exit|out) (same day at close|at close of same day|at close same day|by end of day|at end of day|end of day)',
      'flat (by|at|before) close',
      'no overnight [position]',
      'hold nothing overnight',
    ],
    (_m, c) => {
      trade(c)
      c.draft.flat = true
    },
  )

  const TRADED = [
    'hold',
    'buy',
    'short',
    'long',
    'sell',
    'rebalance',
    'portfolio',
    'own',
    'enter',
    'rotation',
    'invest',
    'trade',
    'top',
    'best',
  ]
  const rebalance = (unit: 'month' | 'week') => (_m: Match, c: Context) => {
    // "up three weeks in a row with rising volume each week" trades nothing
    if (!TRADED.some((word) => c.words.has(word))) throw new Unclear(`What is so, or done, each ${unit}?`)
    trade(c)
    c.draft.rebalance = unit
    c.draft.notes.push(`decided at the last close of each ${unit}, traded at the next open`)
  }
  setting(
    grammar,
    ['each month', 'monthly', '[rebalance] monthly [rebalance]', 'rebalance each month', 'once month', 'month'],
    rebalance('month'),
  )
  setting(
    grammar,
    ['each week', 'weekly', 'rebalance weekly', 'weekly rebalance', 'rebalance each week'],
    rebalance('week'),
  )
  setting(
    grammar,
    [
      'hold [in] cash (instead of|in instead of) [any] [of] [<num>] [that] below <average:a>',
      '[with|hold] cash [in] instead of [any] [of] [<num>] below <average:a>',
      '[but] hold [share] of [<num>] below <average:a> in cash',
      '[but] hold share of any of <num> below <average:a> in cash',
    ],
    (m, c) => {
      c.draft.cashBelow = m.of<ValueOf>('a')(c)
    },
  )

  const order = (c: Context, by: string, way: 'asc' | 'desc') => {
    c.draft.rank = `${by} ${way}`
  }
  const best = '(best|highest|top|most|largest|biggest|high)'
  const worst = '(worst|lowest|smallest|least|cheapest|low)'
  setting(
    grammar,
    [
      `[in rank of] ${best} <value:v> first`,
      `rank by ${best} <value:v> [first]`,
      `rank by <value:v> [,] [lp] [from] [descending|high first|highest first|desc|largest first|best first|high to low|highest to lowest] [rp]`,
      `by <value:v> (descending|desc)`,
      `prefer ${best} <value:v>`,
    ],
    (m, c) => order(c, m.of<ValueOf>('v')(c).d, rankWay(m.of<ValueOf>('v')(c).order)),
  )
  setting(
    grammar,
    [
      `${worst} <value:v> first`,
      `rank by ${worst} <value:v> [first]`,
      `rank by <value:v> [,] [lp] (ascending|asc|low first|lowest first|smallest first|cheapest first|low to high|lowest to highest) [rp]`,
    ],
    (m, c) => order(c, m.of<ValueOf>('v')(c).d, 'asc'),
  )
  setting(
    grammar,
    [
      '[rank] [from] most (extend|stretch) (first|down)',
      'most (extend|stretch) first',
      'rank by how (far|much) (stretch|extend)',
      'rank by how (stretch|extend)',
      'rank from most (extend|stretch) down',
    ],
    (_m, c) => {
      c.draft.rankBy = 'measure'
    },
  )
  setting(
    grammar,
    ['(top|first|best|show|limit to|limit) <num:n> [stock|result|only]', 'show top <num:n>', 'only <num:n> result'],
    (m, c) => {
      c.draft.limit = m.of('n')
    },
    COST.phrase + 2,
  )
  rule('rankword', 'first', () => null)
  setting(
    grammar,
    [
      'cooldown [of] <period:p>',
      'wait <period:p> (after exit|before re enter|before enter again)',
      'no re enter (for|within) <period:p>',
    ],
    (m, c) => {
      c.draft.cooldown = m.of<Period>('p').n
    },
  )
}

const rankWay = (order: 'asc' | 'desc' | undefined) => order ?? 'desc'
