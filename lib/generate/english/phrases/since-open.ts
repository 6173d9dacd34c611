import type { Grammar } from '../grammar.ts'
import { type Condition, mirrored, plain } from '../meaning.ts'
import { condition } from '../phrase.ts'
import { isMarket } from './market.ts'
import type { Amount } from './quantities.ts'

/** Moves since the session's open. */
export function sinceOpen(grammar: Grammar): void {
  const since = '(from|since|off) open'
  const gained: Condition = {
    d: 'close > open',
    i: 'close > dopen()',
    notes: ['measured from the session’s open'],
    about: 'since open',
    rank: { by: 'close/open-1', i: 'close/dopen()-1', order: 'desc', weight: 5 },
    intraday: true,
  }
  condition(
    grammar,
    [
      `[top|best] gainer ${since}`,
      `(rise|gain|up) most ${since}`,
      `most up ${since}`,
      `rank by gain ${since}`,
      `(up|gain) ${since}`,
      `top gainer ${since}`,
    ],
    () => (c) => {
      c.draft.intraday = true
      if (c.draft.limit === undefined) c.draft.notes.push('"top" without a number shows the first 20')
      return gained
    },
  )
  const moved = '(up|gain|rise|down|fall|lose)'
  condition(
    grammar,
    [`[<sym:i>] ${moved} <percentamount:x> ${since}`, `[<sym:i>] ${moved} <percentamount:x> from its open`],
    (m, tokens) => {
      const symbol = m.maybe<string>('i')
      // of the market itself it is a condition on all others
      if (symbol !== undefined && isMarket(symbol)) return undefined
      const { op, value: size } = m.of<Amount>('x')
      const up = /^(up|gain|rise)$/.test(tokens[m.start + (symbol === undefined ? 0 : 1)].text)
      const text = up ? `${op} ${plain(size / 100)}` : `${mirrored(op)} -${plain(size / 100)}`
      return (c) => {
        if (symbol !== undefined) c.draft.symbols.push(symbol)
        return {
          d: `close/open-1 ${text}`,
          i: `close/dopen()-1 ${text}`,
          notes: [],
          about: 'since open',
          // whoever is to be told of it is told while it happens
          intraday: c.alert,
          rank: { by: 'close/open-1', i: 'close/dopen()-1', order: up ? 'desc' : 'asc', weight: 3 },
        }
      }
    },
  )
}
