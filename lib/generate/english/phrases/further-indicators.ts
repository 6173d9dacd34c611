import { signature } from '../../../strategy/series.ts'
import type { Grammar, Match } from '../grammar.ts'
import { type Dimension, daily, plain } from '../meaning.ts'
import { COST, condition, value } from '../phrase.ts'
import { mentioned } from './indicators.ts'
import type { Period } from './quantities.ts'

/** [words, name in the rule language, text by its numbers, usual numbers, kind, what it is called] */
type Further = readonly [string, string, (...n: number[]) => string, readonly number[], Dimension, string]

const FURTHER: readonly Further[] = [
  ['(wma|weighted [move|moving] avg|linear weighted avg)', 'wma', (n) => `wma(close,${n})`, [20], 'price', 'WMA'],
  ['(hma|hull [move|moving] avg|hull)', 'hma', (n) => `hma(close,${n})`, [20], 'price', 'HMA'],
  ['(dema|double ema)', 'dema', (n) => `dema(close,${n})`, [20], 'price', 'DEMA'],
  ['(tema|triple ema)', 'tema', (n) => `tema(close,${n})`, [20], 'price', 'TEMA'],
  [
    '(kama|kaufman [adaptive] [avg|ama]|adaptive [move|moving] avg)',
    'kama',
    (n) => `kama(close,${n})`,
    [10],
    'price',
    'KAMA',
  ],
  ['(vwma|volume weight [move|moving] avg)', 'vwma', (n) => `vwma(close,${n})`, [20], 'price', 'VWMA'],
  [
    '(psar|parabolic sar|parabolic|sar)',
    'psar',
    (a, b) => `psar(${plain(a)},${plain(b)})`,
    [0.02, 0.2],
    'price',
    'parabolic SAR',
  ],
  [
    '(supertrend|super trend) [line]',
    'supertrend',
    (n, k) => `supertrend(${n},${plain(k)})`,
    [10, 3],
    'price',
    'Supertrend',
  ],
  [
    '(upper donchian|donchian upper|donchian high) [channel|band]',
    'donchian_upper',
    (n) => `donchian_upper(${n})`,
    [20],
    'price',
    'upper Donchian channel',
  ],
  [
    '(lower donchian|donchian lower|donchian low) [channel|band]',
    'donchian_lower',
    (n) => `donchian_lower(${n})`,
    [20],
    'price',
    'lower Donchian channel',
  ],
  [
    '(middle donchian|donchian middle|donchian mid) [channel|band|line]',
    'donchian_mid',
    (n) => `donchian_mid(${n})`,
    [20],
    'price',
    'middle of the Donchian channel',
  ],
  ['aroon up [line]', 'aroon_up', (n) => `aroon_up(${n})`, [25], 'level', 'Aroon up'],
  ['aroon down [line]', 'aroon_down', (n) => `aroon_down(${n})`, [25], 'level', 'Aroon down'],
  ['aroon [oscillator]', 'aroon_osc', (n) => `aroon_osc(${n})`, [25], 'level', 'Aroon oscillator'],
  ['(cmf|chaikin money flow)', 'cmf', (n) => `cmf(${n})`, [20], 'level', 'Chaikin money flow'],
  ['trix', 'trix', (n) => `trix(close,${n})`, [15], 'level', 'TRIX'],
  [
    '(ultimate oscillator|ultosc)',
    'ultosc',
    (a, b, c) => `ultosc(${a},${b},${c})`,
    [7, 14, 28],
    'level',
    'ultimate oscillator',
  ],
  [
    '(linear regression slope|regression slope|linreg slope)',
    'linreg_slope',
    (n) => `linreg_slope(close,${n})`,
    [20],
    'level',
    'regression slope',
  ],
]

/** Indicators by their names, as far as the rule language has them. */
export function furtherIndicators(grammar: Grammar): void {
  for (const [words, name, text, usual, dimension, about] of FURTHER) {
    if (signature(name, true) === undefined) continue
    const make = (numbers: readonly number[], said: boolean) =>
      mentioned(() => daily(text(...numbers), dimension, about, said ? [] : [`${about} is ${text(...usual)}`]))
    value(grammar, words, () => make(usual, false))
    if (usual.length === 1) {
      value(grammar, `<period:p> ${words}`, (m) => make([m.of<Period>('p').n], true))
      value(
        grammar,
        [`<num:a> ${words}`, `${words} lp <num:a> rp`, `${words} <num:a>`],
        (m) => whole(m) && make([m.of('a')], true),
        1,
      )
    } else {
      const more = usual.length === 3 ? ' , <num:c>' : ''
      value(grammar, `${words} lp <num:a> , <num:b>${more} rp`, (m) =>
        make(
          ['a', 'b', 'c'].slice(0, usual.length).map((key) => m.of<number>(key)),
          true,
        ),
      )
    }
  }
}

/** What is said of channels and of lines that change sides, in the words of their users. */
export function channelsAndFlips(grammar: Grammar): void {
  if (signature('donchian_upper', true) === undefined) return
  const channel = '[a|the] [<period:p>] donchian [channel] [<period:q>]'
  for (const [words, op, name] of [
    ['(break|breakout|break out|close|move) [out] [of|above|through|over]', '>', 'donchian_upper'],
    ['(break|breakdown|break down|close|fall|move) (below|down|under) [of|through]', '<', 'donchian_lower'],
  ] as const)
    for (const pattern of [
      `[price] ${words} ${channel}`,
      ...(op === '>' ? ['[<period:p>] donchian [channel] breakout'] : []),
    ])
      condition(grammar, pattern, (m) => () => {
        const n = (m.maybe<Period>('p') ?? m.maybe<Period>('q'))?.n
        const d = `close ${op} ${name}(${n ?? 20})`
        const notes = [
          'the Donchian channel is of the sessions before today',
          ...(n ? [] : ['the Donchian channel is of 20 sessions']),
        ]
        return { d, i: `pd(${d})`, notes, about: 'Donchian channel' }
      })
  for (const [words, text] of [
    ['(psar|parabolic sar|parabolic|sar)', 'psar(0.02,0.2)'],
    ['(supertrend|super trend)', 'supertrend(10,3)'],
  ] as const)
    for (const [side, up] of [
      ['(bullish|green|up|long|positive|buy|below price)', true],
      ['(bearish|red|down|short|negative|sell|above price)', false],
    ] as const) {
      const said = (d: string) => () => ({
        d,
        i: `pd(${d})`,
        notes: [`the usual setting: ${text}`],
        about: 'trend line',
      })
      condition(
        grammar,
        `${words} (flip|flips|flipped|become|go|switch|switches|change|changes) [to] ${side} [signal]`,
        () => said(`${up ? 'crosses_above' : 'crosses_below'}(close, ${text})`),
      )
      condition(
        grammar,
        `${words} [be|in] ${side} [mode|trend]`,
        () => said(`close ${up ? '>' : '<'} ${text}`),
        COST.phrase + 1,
      )
    }
}

const whole = (m: Match): true | undefined => {
  const n = m.of<number>('a')
  return Number.isInteger(n) && n > 0 && n <= 2000 ? true : undefined
}
