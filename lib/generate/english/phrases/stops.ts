import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { plain, Unclear } from '../meaning.ts'
import { COST, setting, type ValueOf } from '../phrase.ts'
import type { Period } from './quantities.ts'

/** Stop losses: a percentage, ATRs, a level. */
export function stops(grammar: Grammar): void {
  const percent = (m: Match, c: Context) => {
    c.draft.intent.trade = true
    c.draft.stopPercent = m.of('x')
  }
  const stop = '(stop [loss]|stop out|cut [loss|lose]|stoploss)'
  const under = '[(below|from) [enter] [price]]'
  setting(
    grammar,
    [
      `[initial|hard] ${stop} [at|of|is|set] <pct:x> ${under}`,
      `[with] [initial] <pct:x> [initial|hard] ${stop} ${under}`,
      `cut (lose|loss) at <pct:x>`,
      `lose at <pct:x>`,
      `initial stop <pct:x>`,
    ],
    percent,
  )
  const atr = (m: Match, c: Context) => {
    c.draft.intent.trade = true
    const k = m.of<number>('k')
    const n = m.maybe<number>('n') ?? m.maybe<Period>('p')?.n ?? 14
    c.draft.stopAtr = { k, n }
    if (n === 14) c.draft.notes.push('ATR is the 14-session average true range')
  }
  grammar.rule('count', '<num:n>', (m) => m.of('n'))
  grammar.rule('count', '<mult:n>', (m) => m.of('n'))
  setting(
    grammar,
    [
      `<count:k> atr [lp <num:n> rp] ${stop}`,
      `${stop} [at|of] <count:k> [<period:p>] atr [lp <num:n> rp] ${under}`,
      `<count:k> <period:p> atr ${stop}`,
      `<count:k> x atr [lp <num:n> rp] ${stop}`,
      `${stop} [at|of] <count:k> <period:p> atr ${under}`,
    ],
    atr,
  )
  const level = (patterns: string[], d: string, i: string) =>
    setting(grammar, patterns, (_m, c) => {
      c.draft.intent.trade = true
      c.draft.stop = { d, i }
    })
  const bar =
    '([signal|enter|breakout|reversal|trigger] [day] (bar|day|hammer|doji|engulf|engulfing|pattern|inside bar|outside bar|star|setup))'
  level(
    [
      `${stop} [at|is|eq|below|just below] ${bar} low`,
      `${stop} [at|is|eq|below|just below] (low|bottom) of ${bar}`,
      `${stop} [at|eq|below] day low`,
    ],
    'entry(low)',
    'entry(low)',
  )
  level(
    [`${stop} [at|eq|above|just above] ${bar} high`, `${stop} [at|eq|above|just above] (high|top) of ${bar}`],
    'entry(high)',
    'entry(high)',
  )
  setting(
    grammar,
    [`[with] ${stop} [at|of|is|eq] (bottom|low) [of [opening] range]`, `[with] ${stop} [at|eq] range (low|bottom)`],
    (_m, c) => {
      c.draft.intent.trade = true
      if (c.opening !== undefined) c.draft.stop = { d: `orl(${c.opening})`, i: `orl(${c.opening})` }
      else if (c.base !== undefined)
        c.draft.stop = { d: `entry(lowest(low,${c.base})[1])`, i: `entry(pd(lowest(low,${c.base})))` }
      else throw new Unclear('A stop at the bottom of which range?')
    },
  )
  level(
    [
      `${stop} [at|eq|below|just below] (yesterday|prior day|prior bar) low`,
      `${stop} [at|below|just below] low of (prior day|prior bar|yesterday|day before)`,
    ],
    'entry(low[1])',
    'entry(pd(low))',
  )
  level(
    [
      `${stop} [at|eq|above|just above] (yesterday|prior day|prior bar) high`,
      `${stop} [at|above|just above] high of (prior day|prior bar|yesterday|day before)`,
    ],
    'entry(high[1])',
    'entry(pd(high))',
  )
  setting(
    grammar,
    [
      `[with] ${stop} [at|of|is|eq|above] (top|high) of [opening] range`,
      `[with] ${stop} [at|eq|above] range (high|top)`,
    ],
    (_m, c) => {
      c.draft.intent.trade = true
      if (c.opening !== undefined) c.draft.stop = { d: `orh(${c.opening})`, i: `orh(${c.opening})` }
      else if (c.base !== undefined)
        c.draft.stop = { d: `entry(highest(high,${c.base})[1])`, i: `entry(pd(highest(high,${c.base})))` }
      else throw new Unclear('A stop at the top of which range?')
    },
  )
  setting(grammar, `${stop} [at|below|above|just below|just above] <average:e>`, (m, c) => {
    const value = m.of<ValueOf>('e')(c)
    c.draft.intent.trade = true
    c.draft.stop = { d: `entry(${value.d})`, i: `entry(${value.i})` }
    c.draft.notes.push('the stop stays where the average stood at the signal')
  })
  // "or price falls 8% below entry"
  setting(
    grammar,
    [
      `[it|price|stock|position] (fall|lose|down|drop) [by] <pct:x> (below|from|under) (enter|cost|buy) [price]`,
      `[it|price|stock] <pct:x> below (enter|cost|buy) [price]`,
      `(lose|loss of|loss) <pct:x>`,
    ],
    percent,
    COST.phrase - 1,
  )
  setting(grammar, `${stop} [at|below] [the] <extreme:e>`, (m, c) => {
    const value = m.of<ValueOf>('e')(c)
    c.draft.intent.trade = true
    c.draft.stop = { d: `entry(${value.d})`, i: `entry(${value.i})` }
  })
  setting(
    grammar,
    `${stop} [at|out] <num:x>`,
    (m, c) => {
      if (!c.words.has('pair') && !c.words.has('zscore'))
        throw new Unclear(`A stop at ${plain(m.of<number>('x'))}: dollars, percent or ATRs?`)
      c.draft.pairStop = m.of('x')
    },
    COST.phrase + 1,
  )
}
