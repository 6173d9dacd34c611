import type { Grammar } from '../grammar.ts'
import { plain, Unclear } from '../meaning.ts'
import { COST, condition, type ValueOf } from '../phrase.ts'
import { isFigure } from './fundamentals.ts'
import type { Amount } from './quantities.ts'

/** "Revenue growing at 15%": a figure against the year before. */
export function growth(grammar: Grammar): void {
  condition(
    grammar,
    '<value:v> (growth|grow) [at|by|of] <percentamount:x> [yoy|year]',
    (m) => (c) => {
      const of = m.of<ValueOf>('v')(c)
      if (!isFigure(of)) throw new Unclear(`${of.about} against which value, or over how many days?`)
      const { op, value: percent } = m.of<Amount>('x')
      const d = `yoy(${of.d}) ${op} ${plain(percent / 100)}`
      return { d, i: d, notes: [...of.notes, 'growth is against the year before'], about: of.about }
    },
    COST.phrase + 3,
  )
}
