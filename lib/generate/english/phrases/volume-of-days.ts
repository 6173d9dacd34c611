import type { Grammar } from '../grammar.ts'
import { plain, Unclear } from '../meaning.ts'
import { COST, condition } from '../phrase.ts'
import type { Amount, Period } from './quantities.ts'

/** Volume against the volume of other days: the day before, each day of a streak, the down days. */
export function volumeOfDays(grammar: Grammar): void {
  const before = '(yesterday|prior day|day before)'
  for (const [words, op] of [
    ['(above|over|higher than|more than|greater than|bigger than|heavier than)', '>'],
    ['(below|lower than|less than|lighter than)', '<'],
  ] as const)
    condition(
      grammar,
      [
        `<vol> ${words} [that of] ${before} [<vol>]`,
        `(higher|bigger|heavier|more) <vol> than ${before}`,
        `(lower|lighter|less) <vol> than ${before}`,
        `${words} ${before} <vol>`,
      ]
        .filter((pattern) => !pattern.startsWith('(higher|bigger') || op === '>')
        .filter((pattern) => !pattern.startsWith('(lower|lighter') || op === '<'),
      () => () => ({
        d: `volume ${op} volume[1]`,
        i: `dvol() ${op} pd(volume)`,
        notes: [],
        about: 'volume',
      }),
      COST.phrase - 1,
    )
  condition(
    grammar,
    [
      `<vol> <timesamount:x> [of|than|vs|versus|over|from|compared with|compared to] [that of] ${before} [<vol>]`,
      `<timesamount:x> ${before} <vol>`,
    ],
    (m) => () => {
      const { op, value: k } = m.of<Amount>('x')
      return {
        d: `volume ${op} ${plain(k)}*volume[1]`,
        i: `dvol() ${op} ${plain(k)}*pd(volume)`,
        notes: [],
        about: 'volume',
        rank: { by: 'volume/volume[1]', order: 'desc' as const, weight: 1 },
      }
    },
  )
  condition(
    grammar,
    ['[on] (rising|increasing|higher|growing) <vol> [on] each day', '<vol> (rising|increasing|higher) [on] each day'],
    () => (c) => {
      if (!c.streak) throw new Unclear('Rising volume on each of how many days?')
      const d = `rising(volume,${c.streak})`
      return {
        d,
        i: `pd(${d})`,
        notes: [`volume above the day before on each of the ${c.streak} days`],
        about: 'volume',
      }
    },
  )
  condition(
    grammar,
    '<vol> (above|higher than|greater than|more than) (any|) [down|red] [day] [<vol>] [of|in|over] [last|prior] <period:p>',
    (m) => () => {
      const { n } = m.of<Period>('p')
      const d = `volume > highest(where(close < close[1],volume,0),${n})[1]`
      return {
        d,
        i: `pd(${d})`,
        notes: [`the volume of the down days among the ${n} sessions before`],
        about: 'volume',
      }
    },
    COST.phrase + 8,
  )
}
