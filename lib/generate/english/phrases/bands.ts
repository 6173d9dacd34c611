import type { Grammar, Match } from '../grammar.ts'
import { type Dimension, daily, plain, type Value } from '../meaning.ts'
import { COST, condition, value } from '../phrase.ts'
import { mentioned } from './indicators.ts'

/** Bollinger bands and Keltner channels, with their usual settings or those said. */
export function bands(grammar: Grammar): void {
  const settings = '[lp <num:n> , <num:k> rp]'
  const make = (name: string, kind: 'price' | 'level', m: Match, about: string): Value => {
    const n = m.maybe<number>('n') ?? 20
    const k = m.maybe<number>('k') ?? 2
    const text = name === 'bb_mid' ? `bb_mid(${n})` : `${name}(${n},${plain(k)})`
    return daily(text, kind as Dimension, about, m.maybe('n') ? [] : ['Bollinger bands are 20 sessions, 2 deviations'])
  }
  const bands: [string, string, string][] = [
    ['(upper|top)', 'bb_upper', 'upper Bollinger band'],
    ['(lower|bottom)', 'bb_lower', 'lower Bollinger band'],
    ['(middle|mid|centre)', 'bb_mid', 'middle Bollinger band'],
  ]
  for (const [which, name, about] of bands) {
    for (const words of [
      `${which} [bollinger] band`,
      `${which} bollinger [band]`,
      `bollinger ${which} [band]`,
      `${which} band of bollinger`,
    ])
      value(grammar, `${words} ${settings}`, (m) => (c) => {
        if (c.words.has('keltner') && !c.words.has('bollinger')) return keltner(name, m)
        const value = make(name, 'price', m, about)
        c.mentioned = value
        return value
      })
    value(
      grammar,
      [`${which} keltner [channel|band] ${settings}`, `keltner ${which} [channel|band] ${settings}`],
      (m) => () => keltner(name, m),
    )
  }
  value(grammar, [`[bollinger] bandwidth ${settings}`, `[bollinger] band width ${settings}`], (m) =>
    mentioned(() => make('bb_width', 'level', m, 'band width')),
  )
  value(grammar, ['[bollinger] pctb', 'bollinger percent b'], (m) => mentioned(() => make('bb_pct', 'level', m, '%B')))
  condition(grammar, ['bollinger squeeze', 'squeeze', 'bollinger band squeeze'], (m) => () => {
    const width = make('bb_width', 'level', m, 'band width')
    const d = `${width.d} == lowest(${width.d},126)`
    return {
      d,
      i: `pd(${d})`,
      notes: ['a squeeze is the lowest band width of 126 sessions'],
      about: 'band width',
      concept: ['band width', 'keltner'],
      rank: { by: width.d, order: 'asc', weight: 4 },
    }
  })
  const own = (which: string) => `[lp <num:${which}n> , <num:${which}k> rp]`
  for (const [words, inside] of [
    ['(inside|within|in)', true],
    ['outside', false],
  ] as const)
    condition(
      grammar,
      `(both|) bollinger [band] ${own('b')} [be|come|go|move|trade|contract|narrow|back] ${words} [of] keltner [channel|band] ${own('k')}`,
      (m) => () => {
        const b = `${m.maybe<number>('bn') ?? 20},${plain(m.maybe<number>('bk') ?? 2)}`
        const k = `${m.maybe<number>('kn') ?? 20},${plain(m.maybe<number>('kk') ?? 1.5)}`
        const [up, down] = inside ? ['<', '>'] : ['>', '<']
        const d = `bb_upper(${b}) ${up} kc_upper(${k}) and bb_lower(${b}) ${down} kc_lower(${k})`
        const notes = [`Bollinger (${b}) ${inside ? 'inside' : 'outside'} Keltner (${k} x ATR)`]
        return { d, i: `pd(${d})`, notes, about: 'keltner' }
      },
      COST.phrase - 1,
    )
}

function keltner(name: string, m: Match): Value {
  const n = m.maybe<number>('n') ?? 20
  const k = m.maybe<number>('k') ?? 1.5
  if (name === 'bb_mid') return daily(`ema(close,${n})`, 'price', 'Keltner middle line')
  const text = `${name === 'bb_upper' ? 'kc_upper' : 'kc_lower'}(${n},${plain(k)})`
  return daily(
    text,
    'price',
    'Keltner channel',
    m.maybe('n') ? [] : ['Keltner channels are 20 sessions, 1.5 x ATR(20)'],
  )
}
