import type { Grammar, Match } from '../grammar.ts'
import { mirrored, Unclear } from '../meaning.ts'
import { rebased } from '../measure.ts'
import type { Predicate, ValueOf } from '../phrase.ts'
import type { Amount } from './quantities.ts'
import { comparison } from './references.ts'

/** A value measured in standard deviations from an average, or as a multiple of another value. */
export function multiples(grammar: Grammar): void {
  const predicate = (pattern: string, make: (m: Match) => Predicate | undefined) =>
    grammar.rule('predicate', pattern, make)
  // "two standard deviations below the 20-day average": beyond a Bollinger band
  for (const [words, up] of [
    ['(above|over)', true],
    ['(below|under)', false],
  ] as const)
    predicate(
      `[at] <numberamount:x> [standard] (deviation|deviations|sigma|sigmas|stdev|stdevs) ${words} [its] <level:v>`,
      (m) => (c, s) => {
        const n = /^sma\(close,(\d+)\)$/.exec(m.of<ValueOf>('v')(c).d)?.[1]
        if (!n || (s && s.d !== 'close')) throw new Unclear('Deviations from the average of how many closes?')
        const { op, value: k } = m.of<Amount>('x')
        const d = `close ${up ? op : mirrored(op)} bb_${up ? 'upper' : 'lower'}(${n},${k})`
        return { d, i: `pd(${d})`, notes: [`standard deviations are of the same ${n} closes`], about: 'deviations' }
      },
    )
  predicate(
    '<timesamount:x> [of|that of|as high as|as large as|as much as|than|larger than|higher than] [its] <level:v>',
    (m) => (c, s) => {
      if (!s) throw new Unclear('What is a multiple of it?')
      const { op, value: k } = m.of<Amount>('x')
      return comparison(c, s, op, { value: rebased(s, m.of<ValueOf>('v')(c)), scale: k })
    },
  )
}
