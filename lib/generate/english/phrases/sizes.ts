import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { Unclear } from '../meaning.ts'
import { COST, setting } from '../phrase.ts'
import type { Period } from './quantities.ts'

/** How much is bought: risk per trade, weight of one position, number of positions. */
export function sizes(grammar: Grammar): void {
  const risk = (m: Match, c: Context) => {
    c.draft.intent.trade = true
    c.draft.riskPercent = m.of('x')
  }
  const capital = '(equity|capital|account|portfolio)'
  setting(
    grammar,
    [
      `risk <pct:x> [of ${capital}] [per trade|a trade|each trade|on each trade] [(on|with)]`,
      `<pct:x> [${capital}] [of ${capital}] [at] risk [per trade] [(on|with)]`,
      `<pct:x> of ${capital} at risk [on]`,
    ],
    risk,
  )
  // "size the position so that a stop two ATRs under the entry costs one percent of equity"
  setting(
    grammar,
    [
      `[size] [position] [so] [that] stop <count:k> [<period:p>] atr [below [enter]] cost <pct:x> of ${capital}`,
      `size position so [that] stop <count:k> <period:p> atr [below [enter]] cost <pct:x> [of ${capital}]`,
    ],
    (m, c) => {
      risk(m, c)
      c.draft.stopAtr = { k: m.of('k'), n: m.maybe<Period>('p')?.n ?? 14 }
    },
  )
  const each =
    '((in|per|/|for|on) (one|each|single|per|) (stock|position|trade|one|each|name)|in each|each|in one|a stock)'
  setting(
    grammar,
    [
      `(size|invest|put|allocate|commit) [each] [position|trade] [at|to|of|with] <pct:x> of ${capital} [(in|into|per|for) [each] (position|trade|stock|one)]`,
      `<pct:x> of ${capital} [(in|into|per|for|on) [each] (position|trade|stock|one)]`,
      `[each] position [size] [at|of|is] <pct:x> [of ${capital}]`,
    ],
    (m, c) => {
      c.draft.intent.trade = true
      c.draft.weightPercent = m.of('x')
    },
    COST.phrase + 1,
  )
  setting(
    grammar,
    [
      `[with|using|invest|put|use] <money:x> (per|in|on|into|for|a|each) [each] (trade|position|stock)`,
      `(invest|put|buy) <money:x> [worth] [(of|in|into|on) [each] [stock|one|trade|position]]`,
      `<money:x> (per trade|per position|position|each)`,
    ],
    (m, c) => {
      c.draft.intent.trade = true
      c.draft.dollars = m.of('x')
    },
    COST.phrase - 1,
  )
  setting(
    grammar,
    [
      `(atmost|never more than|no more than|max|up to|<cmp>) <pct:x> ${each}`,
      `<pct:x> max ${each}`,
      `<pct:x> ${each}`,
      `max <pct:x> (in stock|per stock|stock)`,
    ],
    (m, c) => {
      c.draft.intent.trade = true
      c.draft.weightPercent = m.of('x')
    },
  )
  setting(
    grammar,
    [
      '(atmost|max|up to|no more than|never more than|limit to) <num:n> [open] (position|stock|holding|trade) [at time|at once]',
      '<num:n> (position|slot) max',
      'max <num:n> [open] position',
      '<num:n> position',
    ],
    (m, c) => {
      c.draft.intent.trade = true
      c.draft.maxpos = m.of('n')
    },
  )
  setting(
    grammar,
    ['(buy|short|go long) <num:n> share [of|each]', '<num:n> share (per|each|a) (trade|position)'],
    () => {
      throw new Unclear('A fixed number of shares: which part of the equity, or how many dollars, is a position?')
    },
    COST.phrase - 6,
  )
  setting(grammar, ['equal weight', 'equal weight position', 'equal size'], () => {})
}
