import type { Grammar } from '../grammar.ts'
import { condition } from '../phrase.ts'

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
  for (const [patterns, text, note] of CANDLES)
    for (const pattern of patterns)
      condition(grammar, [pattern, `(form|make|print|show) ${pattern}`], () => () => ({
        d: text,
        i: `pd(${text})`,
        notes: [note],
        about: 'bar',
      }))
  condition(grammar, 'narrow range [bar] [of|in] [last] <period:p>', (m) => () => {
    const n = m.of<{ n: number }>('p').n
    return { d: `nr(${n})`, i: `pd(nr(${n}))`, notes: [`the narrowest range of ${n} sessions`], about: 'bar' }
  })
  for (const [words, op] of [
    ['(top|upper)', '>='],
    ['(bottom|lower)', '<='],
  ] as const)
    condition(grammar, `(close|closing) in ${words} <pct:x> of [day|daily|today] [bar] range`, (m) => () => {
      const share = m.of<number>('x') / 100
      const bound = op === '>=' ? 1 - share : share
      const d = `close_pos() ${op} ${Number(bound.toPrecision(12))}`
      return {
        d,
        i: d,
        notes: ['the place of the close between the low and the high of the day'],
        about: 'close position',
      }
    })
}
