import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { fraction, plain } from '../meaning.ts'
import { COST, setting, type ValueOf } from '../phrase.ts'
import type { Period } from './quantities.ts'

/** Profit targets, partial exits, trailing stops. */
export function targets(grammar: Grammar): void {
  const target = (m: Match, c: Context) => {
    c.draft.intent.trade = true
    c.draft.targetPercent = m.of('x')
  }
  const goal = '(target|profit target|take profit|profit)'
  const atrTarget = (m: Match, c: Context) => {
    c.draft.intent.trade = true
    const n = m.maybe<number>('n') ?? m.maybe<Period>('p')?.n ?? 14
    if (n === 14) c.draft.notes.push('ATR is the 14-session average true range')
    c.draft.targetAtr = { k: m.of('k'), n }
  }
  setting(
    grammar,
    [
      `[with] ${goal} [at|of|is] <count:k> [<period:p>] atr [lp <num:n> rp] [(above|from) enter]`,
      `[with] [a] <count:k> [<period:p>] atr [lp <num:n> rp] ${goal}`,
      `${goal} <count:k> x atr [lp <num:n> rp]`,
    ],
    atrTarget,
  )
  setting(
    grammar,
    [
      `[with] ${goal} [at|of|is|eq] <count:k> [times] ([initial] risk|r|initial risk)`,
      `[with] ${goal} [at|of] <count:k> r`,
      `(sell|exit|out|take profit) at <count:k> ([times] [initial] risk|r)`,
      `<count:k> r ${goal}`,
      `[with] <num:k> to 1 (reward to risk|reward / risk|risk reward|reward risk)`,
      `(reward to risk|reward / risk|reward risk) [ratio] [of] <num:k> [(to|:) 1]`,
    ],
    (m, c) => {
      c.draft.intent.trade = true
      c.draft.targetRisks = m.of('k')
    },
  )
  setting(
    grammar,
    [
      '(sell|take|exit) [off] <percent:h> [of [position]] [off] (at|when up|once up|with|after) <pct:x> [profit|gain|target]',
      '[sell|take] (half|halve) [off] (at|when up|up) <pct:x> [profit|gain]',
    ],
    (m, c) => {
      c.draft.intent.trade = true
      c.draft.partial = { share: m.maybe<number>('h') ?? 50, percent: m.of('x') }
    },
    COST.phrase - 1,
  )
  setting(
    grammar,
    '[it|price|stock|position] (rise|gain|up) [by] <pct:x> (above|from|over) (enter|cost|buy) [price]',
    target,
    COST.phrase - 1,
  )
  setting(
    grammar,
    [
      `${goal} [at|of|is] <pct:x> [profit|gain|above enter]`,
      `<pct:x> ${goal}`,
      `(sell|exit|out|take profit) [at] <pct:x> (profit|gain|target)`,
      `(sell|exit) (at|with) [a] <pct:x> (profit|gain)`,
      `take profit at <pct:x>`,
      `(sell|exit) (up|at +|when up) <pct:x>`,
    ],
    target,
  )
  setting(
    grammar,
    [
      '(sell|take|exit) <pct:h> [of position] [off] (at|when|once|after) <count:k> [initial] risk',
      '(sell|take|exit) (half|halve) [of position] [off] (at|when|once) <count:k> ([initial] risk|r)',
      'once gain <count:k> initial risk sell half',
      '[sell] half (at|when) <count:k> [initial] risk',
    ],
    (m, c) => {
      c.draft.intent.trade = true
      c.draft.partial = { share: m.maybe<number>('h') ?? 50, risks: m.of('k') }
    },
  )
  const afterwards = (c: Context, level: string) => {
    c.draft.stopAfterTarget = level
  }
  const even = '(breakeven|enter price|enter|cost)'
  const raise = '[(move|raise|rise|bring|put)] stop to'
  const rest =
    '(trail|follow|following|hold trail) [it|rest|remainder|for rest] [(below|at|with)] <extreme:e> [for] [rest|remainder]'
  setting(
    grammar,
    [
      `${raise} ${even} [and|,] ${rest}`,
      `${raise} ${even} [and] [let] [it] following below <extreme:e> for remainder`,
      `${raise} ${even} [,] [and] [it] ${rest}`,
    ],
    (m, c) => afterwards(c, `max(entry_price, ${m.of<ValueOf>('e')(c).d})`),
  )
  setting(grammar, `${raise} ${even}`, (_m, c) => afterwards(c, 'entry_price'), COST.phrase + 1)

  const trail = (patterns: string[], make: (m: Match, c: Context) => string) =>
    setting(grammar, patterns, (m, c) => {
      c.draft.intent.trade = true
      c.draft.trail = make(m, c)
    })
  const since = '(highest|top|high) (close|closing price) since [buy|enter]'
  const atr = (m: Match, c: Context, of: string) => {
    const n = m.maybe<number>('n') ?? 14
    if (n === 14) c.draft.notes.push('ATR is the 14-session average true range')
    return `since_entry_high(${of}) - ${plain(m.of<number>('k'))}*atr(${n})`
  }
  const distance = '[by|at|of] <count:k> atr [lp <num:n> rp]'
  trail(
    [
      `trail [stop|exit] ${distance} (below|from|under) ${since}`,
      `trail ${distance} from ${since}`,
      `<count:k> atr trail [stop] (below|from) ${since}`,
      `trail [a] stop ${distance} below ${since}`,
    ],
    (m, c) => atr(m, c, 'close'),
  )
  trail([`trail [stop|exit] ${distance} (below|from) (highest|top) high [since] [enter|buy]`], (m, c) =>
    atr(m, c, 'high'),
  )
  trail([`trail [stop|exit] ${distance}`, `<count:k> atr [lp <num:n> rp] trail [stop]`], (m, c) => {
    c.draft.notes.push('the trail hangs below the highest close since entry')
    return atr(m, c, 'close')
  })
  trail(
    ['trail [stop] [of|by|at] <pct:x> [(below|from) (highest|top) (close|high) since enter]', '<pct:x> trail [stop]'],
    (m, c) => {
      c.draft.notes.push('the trail hangs below the highest close since entry')
      return `since_entry_high(close)*${fraction(100 - m.of<number>('x'))}`
    },
  )
  trail(
    [
      'trail [stop] [rest] [at|below|with|by] <extreme:e>',
      'trail [stop] (at|below|with|by|along|on) [the] <average:e>',
    ],
    (m, c) => m.of<ValueOf>('e')(c).d,
  )
}
