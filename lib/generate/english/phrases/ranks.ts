import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { type Condition, fraction, isAtom, Unclear, type Value } from '../meaning.ts'
import { COST, condition, type ValueOf } from '../phrase.ts'
import { returnOver } from './moves.ts'
import type { Amount, Period, Span } from './quantities.ts'

/** The measure on the last completed day: ranks stand outside pd(), never in it. */
const completed = (of: Value): Value => ({ ...of, d: of.d.includes('xz(') ? of.i : `pd(${of.d})` })

/** Ranks among the stocks of the universe: the best n, deciles, percentiles. */
export function ranks(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  const ranked =
    (m: Match, make: (of: Value) => string, note: string) =>
    (c: Context): Condition => {
      const of = m.maybe<ValueOf>('v')?.(c) ?? c.loose ?? c.measure
      if (!of) throw new Unclear('Top or bottom by which measure?')
      c.measure = of
      return { d: make(of), i: make(completed(of)), notes: [...of.notes, note], about: of.about, wide: true }
    }
  const best = '(top|best|highest|leading|largest|biggest)'
  const worst = '(bottom|worst|lowest|cheapest|smallest)'
  const by = '[of stock] [stock] (by|in|on|of|with|for) [highest] <value:v>'
  const dueDecile = 'a percentile is the rank among all stocks of the universe, before the other conditions'
  rule('slice', '<pct:x>', (m) => m.of('x'))
  rule('slice', '(decile|tenth)', () => 10)
  rule('slice', '(quintile|fifth)', () => 20)
  rule('slice', '(quartile)', () => 25)
  rule('slice', '(third|tercile)', () => 100 / 3)
  condition(grammar, [`[hold] ${best} <slice:x> ${by}`, `[hold] ${best} <slice:x> [of] [stock]`], (m) =>
    ranked(m, (of) => `xrank(${of.d}) >= ${fraction(100 - m.of<number>('x'))}`, dueDecile),
  )
  condition(grammar, [`[hold] ${worst} <slice:x> ${by}`, `[hold] ${worst} <slice:x> [of] [stock]`], (m) =>
    ranked(m, (of) => `xrank(${of.d}) <= ${fraction(m.of<number>('x'))}`, dueDecile),
  )
  const chosen = (sign: '' | '-') => (m: Match) => (c: Context) => {
    const n = m.of<number>('n')
    c.draft.slots = n
    if (m.maybe('h')) c.draft.intent.trade = true
    m.maybe<(c: Context) => void>('u')?.(c)
    const made = ranked(m, (of) => `top(${sign}${sign && !isAtom(of.d) ? `(${of.d})` : of.d},${n})`, '')(c)
    return { ...made, chosen: { by: c.measure!.d, order: sign ? ('asc' as const) : ('desc' as const), n } }
  }
  rule('holding', '(hold|buy|own|into|long)', () => true)
  const hold = '<holding:h>'
  for (const [word, sign] of [
    [best, ''],
    [worst, '-'],
  ] as const)
    condition(
      grammar,
      [
        `[${hold}] <num:n> ${word} [of] [<universe:u>] (by|with|in) [best] <value:v>`,
        `[${hold}] ${word} <num:n> [of] [<universe:u>] (by|with|in) [best] <value:v>`,
        `[${hold}] <num:n> <universe:u> (with|by|of) ${word} <value:v>`,
        `[${hold}] <num:n> of <universe:u> (with|by) ${word} <value:v>`,
        `${hold} ${word} <num:n> ${by}`,
        `${hold} ${word} <num:n> [stock] [of stock]`,
        `${hold} <num:n> [etf|stock] with ${word} <value:v>`,
        `${hold} <num:n> ${word} [stock|etf]`,
        `[${hold}] ${word} <num:n> by <value:v>`,
        `${hold} ${word} <num:n> [stock|etf] by <value:v>`,
      ],
      chosen(sign),
    )

  // "rank the S&P 500 by 6-month return": the measure, named apart
  grammar.rule(
    'phrase',
    'rank [all] [<universe:u>] (by|on) <value:v>',
    (m) => ({
      is: 'value',
      make: (c: Context) => {
        m.maybe<(c: Context) => void>('u')?.(c)
        return m.of<ValueOf>('v')(c)
      },
    }),
    COST.phrase + 1,
  )
  // "the 30 least volatile stocks"
  for (const [words, sign] of [
    ['least', '-'],
    ['most', ''],
  ] as const)
    condition(
      grammar,
      [
        `[${hold}] [<universe:u>] <num:n> ${words} volatile [<universe:u>] [stock] [(by|over) <period:p> [volatility]]`,
        `[${hold}] <num:n> ${words} volatile [<universe:u>] [stock] [by <value:v>]`,
      ],
      (m) => (c) => {
        const n = m.of<number>('n')
        if (m.maybe('h')) c.draft.intent.trade = true
        m.maybe<(c: Context) => void>('u')?.(c)
        const days = m.maybe<Period>('p')?.n ?? 252
        const by = m.maybe<ValueOf>('v')?.(c).d ?? `stdev(roc(close,1),${days})`
        c.draft.slots = n
        const d = `top(${sign}${by},${n})`
        const notes = [
          `volatility is the standard deviation of daily returns${(m.maybe('p') ?? m.maybe('v')) ? '' : ' over 252 sessions'}`,
        ]
        return {
          d,
          i: `top(${sign}pd(${by}),${n})`,
          notes,
          about: 'volatility',
          wide: true,
          chosen: { by, order: sign ? 'asc' : 'desc', n },
        }
      },
      COST.phrase - 1,
    )

  // "percentile of 80 or better"
  const percentile = (m: Match, of: Value): Condition => {
    const { op, value: number, bare } = m.of<Amount>('x')
    const how = bare ? '>=' : op
    return {
      d: `xrank(${of.d}) ${how} ${fraction(number)}`,
      i: `xrank(${completed(of).d}) ${how} ${fraction(number)}`,
      notes: [...of.notes, dueDecile],
      about: of.about,
      wide: true,
    }
  }
  condition(
    grammar,
    [
      '<value:v> (percentile|percentile rank|rank) [of|in|at] <numberamount:x>',
      '<value:v> [rank] in <numberamount:x> percentile',
    ],
    (m) => (c) => percentile(m, m.of<ValueOf>('v')(c)),
    COST.phrase - 1,
  )
  condition(
    grammar,
    [
      '(relative strength|rs|strength) (percentile|rank|rating) [of] <numberamount:x> [<span:s>]',
      '<period:p> (relative strength|rs) (percentile|rank|rating) [of] <numberamount:x>',
    ],
    (m) => () => percentile(m, returnOver(m.maybe<Span>('s')?.n ?? m.maybe<Period>('p')?.n ?? 252)),
  )
  condition(grammar, ['momentum stock', 'strong momentum', 'high momentum'], () => () => ({
    d: '?',
    i: '?',
    notes: ['Momentum over how many days or months, and above which value?'],
    about: 'momentum',
    concept: ['return', 'relative strength', 'score', '12-1', '-session', 'price', 'RSI', 'MACD'],
  }))
  condition(grammar, 'last [trade] day of month', () => () => ({
    d: 'month_end()',
    i: 'pd(month_end())',
    notes: ['the last session of the month; an order fills at the next open'],
    about: 'calendar',
  }))
}
