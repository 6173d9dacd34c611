import type { Context } from '../draft.ts'
import type { Grammar } from '../grammar.ts'
import { Unclear, type Value } from '../meaning.ts'
import { COST, setting, value } from '../phrase.ts'
import type { Period } from './quantities.ts'

/** A pair of symbols traded against each other. */
export function pairs(grammar: Grammar): void {
  const name = (c: Context, first: string, second: string) => {
    if (!c.draft.pair) {
      c.draft.pair = [first, second]
      c.draft.notes.push(`${first} is bought or sold against equal dollars of ${second}`)
    }
  }
  setting(
    grammar,
    ['pair [trade] [on|of|between] <sym:a> (and|vs|against|/|with|versus) <sym:b>', 'pair <sym:a> , <sym:b>'],
    (m, c) => name(c, m.of('a'), m.of('b')),
    COST.phrase - 2,
  )
  const ratio = (c: Context): string => {
    const pair = c.draft.pair
    if (!pair) throw new Unclear('Which two symbols make the pair?')
    return `close/on('${pair[1]}',close)`
  }
  const score =
    (n: number, log: boolean) =>
    (c: Context): Value => {
      const text = log ? `log(${ratio(c)})` : ratio(c)
      const value: Value = {
        d: `zscore(${text},${n})`,
        i: `pd(zscore(${text},${n}))`,
        dimension: 'level',
        notes: [],
        about: 'z-score',
      }
      c.zscore = value
      c.subject = value
      c.mentioned = value
      return value
    }
  const z = '<period:p> zscore (of|) '
  value(grammar, `${z} log lp <sym:a> / <sym:b> rp`, (m) => (c) => {
    name(c, m.of('a'), m.of('b'))
    return score(m.of<Period>('p').n, true)(c)
  })
  value(grammar, [`${z} log [price] ratio`, `${z} log price [ratio]`], (m) => score(m.of<Period>('p').n, true))
  value(grammar, [`${z} [price] ratio`], (m) => score(m.of<Period>('p').n, false))
  for (const [first, second] of [
    ['short', '(buy|long)'],
    ['(buy|long)', 'short'],
  ])
    grammar.rule(
      'phrase',
      `[arrow] [go] ${first} <sym:a> (and|/|,|, and|+) [go] ${second} <sym:b>`,
      (m) => ({
        is: 'action',
        role: first === 'short' ? 'short' : 'long',
        legs: [m.of<string>('a'), m.of<string>('b')],
      }),
      COST.phrase - 4,
    )
  setting(
    grammar,
    ['(close|exit|out) [position] (inside|within|at|below) <num:x>', '(close|exit) when (inside|within) <num:x>'],
    (m, c) => {
      if (!c.words.has('pair') && !c.words.has('zscore')) throw new Unclear('Closed inside what?')
      c.draft.pairExit = m.of('x')
    },
    COST.phrase - 1,
  )
}
