import type { Grammar } from '../grammar.ts'
import { overTime } from '../over-time.ts'
import { COST, condition } from '../phrase.ts'

const CANDLES: readonly [patterns: string[], text: string, note: string][] = [
  [
    ['bullish (engulf|engulfing) [bar|pattern]'],
    'bullish_engulfing()',
    'a bullish engulfing bar: an up body around the prior down body; wicks do not count',
  ],
  [
    ['bearish (engulf|engulfing) [bar|pattern]'],
    'bearish_engulfing()',
    'a bearish engulfing bar: a down body around the prior up body; wicks do not count',
  ],
  [
    ['<num> white soldier'],
    'three_white_soldiers()',
    'three white soldiers: three rising up bars, each opening inside the body before and closing in the top quarter of its range',
  ],
  [
    ['<num> black crow'],
    'three_black_crows()',
    'three black crows: three falling down bars, each opening inside the body before and closing in the bottom quarter of its range',
  ],
  [['hammer [bar|pattern]'], 'hammer()', 'a hammer: lower shadow at least two thirds of the range and twice the body'],
  [
    ['(shooting star|inverted hammer) [bar|pattern]'],
    'shooting_star()',
    'a shooting star: upper shadow at least two thirds of the range and twice the body',
  ],
  [['doji [bar|pattern]'], 'doji()', 'a doji: body at most a tenth of the range'],
  [['inside (bar|day)'], 'inside_bar()', 'an inside bar: high below the prior high, low above the prior low'],
  [['outside (bar|day)'], 'outside_bar()', 'an outside bar: high above the prior high, low below the prior low'],
  [['(nr7|nr <num>)', 'narrow range day'], 'nr(7)', 'NR7: the narrowest range of 7 sessions'],
  [['nr4'], 'nr(4)', 'NR4: the narrowest range of 4 sessions'],
]

/** Candlestick patterns: shapes only; a trend before them is a condition of its own. */
export function candles(grammar: Grammar): void {
  grammar.rule('part', '<pct:x>', (m) => m.of('x'))
  grammar.rule('part', '(quarter|quartile)', () => 25)
  grammar.rule('part', '(half|halve)', () => 50)
  grammar.rule('part', '(third|tercile)', () => 100 / 3)
  grammar.rule('part', '(fifth|quintile)', () => 20)
  grammar.rule('part', '(tenth|decile)', () => 10)
  for (const [patterns, text, note] of CANDLES)
    for (const pattern of patterns) {
      const made = { d: text, i: `pd(${text})`, notes: [note], about: 'bar' }
      condition(grammar, [pattern, `(form|make|print|show|have) ${pattern}`, `${pattern} today`], () => () => made)
      // "two inside days in a row"
      condition(
        grammar,
        [`<num:n> [consecutive] ${pattern} inarow`, `<num:n> consecutive ${pattern}`],
        (m) => {
          const n = m.of<number>('n')
          return Number.isInteger(n) && n > 1 ? () => overTime(made, { how: 'all', n }) : undefined
        },
        COST.phrase - 1,
      )
    }
  condition(
    grammar,
    [
      'narrow range [bar|day] [of|in|for] [last] <period:p>',
      '(smallest|tightest) [daily] range (of|in|for) [last] <period:p>',
    ],
    (m) => () => {
      const n = m.of<{ n: number }>('p').n
      return { d: `nr(${n})`, i: `pd(nr(${n}))`, notes: [`the narrowest range of ${n} sessions`], about: 'bar' }
    },
  )
  for (const [words, op] of [
    ['(top|upper|high)', '>='],
    ['(bottom|lower|low)', '<='],
  ] as const)
    condition(
      grammar,
      `(close|closing|finish|price) [price] (in|within|at) ${words} <part:x> [of [it] [day|daily|today] [bar] [range]]`,
      (m) => () => {
        const share = m.of<number>('x') / 100
        const bound = op === '>=' ? 1 - share : share
        const d = `close_pos() ${op} ${Number(bound.toPrecision(12))}`
        return {
          d,
          i: d,
          notes: ['the place of the close between the low and the high of the day'],
          about: 'close position',
        }
      },
    )
}
