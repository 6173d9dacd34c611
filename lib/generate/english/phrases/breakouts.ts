import type { Context } from '../draft.ts'
import type { Grammar } from '../grammar.ts'
import { CLOSE, type Condition, fraction, type Op, plain, Unclear } from '../meaning.ts'
import { broken } from '../measure.ts'
import { COST, condition, setting, type ValueOf } from '../phrase.ts'
import { CLOSING, extreme } from './prices.ts'
import type { Amount, Period, Span } from './quantities.ts'

/** New highs and lows, bases and ranges, pullbacks, trends by name. */
export function breakouts(grammar: Grammar): void {
  const fresh = (of: ValueOf) => (c: Context) => {
    const value = of(c)
    const high = value.extreme!.high
    return {
      ...broken(CLOSE, high ? '>' : '<', value),
      notes: [...value.notes, `new: beyond the ${value.extreme!.n} sessions before today`],
    }
  }
  const make = '[make|set|hit|at|touch|close at]'
  condition(
    grammar,
    [
      `${make} (new|fresh) <extreme:e>`,
      '(new|fresh) <extreme:e> (is taken out|break)',
      '<extreme:e> breakout',
      'breakout (above|over|to|of) [new] <extreme:e>',
    ],
    (m) => fresh(m.of('e')),
  )
  // "55-day closing high": the close against earlier closes
  condition(grammar, ['(new|fresh) closing (high|low) <span:s>', 'close at [new] <extreme:e>'], (m) => (c) => {
    const of = m.maybe<ValueOf>('e')?.(c) ?? extreme(true, 'close', m.of<Span>('s').n)
    const { high, n } = of.extreme!
    return broken(CLOSING, high ? '>' : '<', extreme(high, 'close', n))
  })
  condition(grammar, '<extreme:e>', (m) => fresh(m.of('e')), COST.phrase + 3)
  condition(
    grammar,
    [
      '<extreme:e> (take out|takes out|taken out|clear|exceed|break)',
      '(take out|break|clear|exceed|violate) <extreme:e>',
      '(take out|break|clear) [above|below|through|out of] <extreme:e>',
      'breakout',
    ],
    (m) => {
      const of = m.maybe<ValueOf>('e')
      return of ? fresh(of) : (c) => breakout(c)
    },
  )
  condition(grammar, '[make|hit|set|at] (new|fresh|alltime|all time) (high|hi|low)', () => () => {
    throw new Unclear('A new high of how many days?')
  })

  // a base: sessions before today within a depth, then its top or bottom is broken
  const base =
    (length: number, op: Op, percent: number) =>
    (c: Context): Condition => {
      c.base = length
      return {
        d: `1-lowest(low,${length})[1]/highest(high,${length})[1] ${op} ${fraction(percent)}`,
        i: `pd(1-lowest(low,${length})/highest(high,${length})) ${op} ${fraction(percent)}`,
        notes: [`the base is the ${length} sessions before today; its depth is 1 - lowest low / highest high`],
        about: 'base',
      }
    }
  const depth = '<cmp:op> <pct:x> [deep|depth]'
  condition(
    grammar,
    [
      `<periodamount:n> [in|of] [base|range] ${depth}`,
      `[spend] <periodamount:n> in (base|range) ${depth}`,
      `(base|range) [of] <periodamount:n> [, [depth]|and|with] [depth] ${depth}`,
      `(base|range) <periodamount:n> , depth <cmp:op> <pct:x>`,
    ],
    (m) => base(m.of<Amount>('n').value, m.of('op'), m.of('x')),
  )
  const out = '(break|breakout|break out) [out] [of|above|from]'
  condition(grammar, [`${out} <periodamount:n> (base|range) [${depth}]`], (m) => (c) => {
    const length = m.of<Amount>('n').value
    const op = m.maybe<Op>('op')
    const parts = op ? [base(length, op, m.of('x'))(c)] : []
    c.base = length
    return [...parts, breakout(c)]
  })
  condition(
    grammar,
    [
      '<period:p> range (tight than|narrow than|less than|below) <pct:x>',
      'range (of|over|in) [last] <period:p> (tight than|narrow than|less than|below) <pct:x>',
      'range (of|over|in) [last] <period:p> [be] (tight|narrow) than <pct:x>',
    ],
    (m) => () => {
      const n = m.of<Period>('p').n
      const d = `highest(high,${n})/lowest(low,${n})-1`
      return {
        d: `${d} < ${fraction(m.of('x'))}`,
        i: `pd(${d}) < ${fraction(m.of('x'))}`,
        notes: ['the range: highest high over lowest low, less 1'],
        about: 'range',
        rank: { by: d, order: 'asc', weight: 3 },
      }
    },
    COST.phrase - 1,
  )
  const top = '(top|high)'
  condition(
    grammar,
    [
      `close (above|over|out of) ${top} [of [base|range]]`,
      `close (above|over) (base|range) [${top}]`,
      `(break|breakout) [out] [above|over|of] (${top} of (base|range)|base|range)`,
      `close (above|over) base`,
    ],
    () => (c) => breakout(c),
  )
  condition(grammar, ['flat base [breakout]', 'base breakout'], () => (c) => {
    const length = 35
    return { ...base(length, '<', 15)(c), concept: ['base'], notes: ['a flat base: 35 sessions less than 15 % deep'] }
  })

  // pullbacks to a level
  condition(
    grammar,
    [
      '[<value:s>] (dip|touch|fall|come|go|trade) [back] [to|into|down to|at] <value:v> [or (below|lower)]',
      'dip (to|into) <value:v>',
    ],
    (m) => (c) => {
      const level = m.of<ValueOf>('v')(c)
      c.mentioned = level
      return {
        d: `low <= ${level.d}`,
        i: `dlow() <= ${level.i}`,
        notes: [...level.notes, 'touched: the low is at or below it'],
        about: 'low',
      }
    },
  )
  condition(grammar, ['(bounce|bounces) (off|from) <value:v>'], (m) => (c) => {
    const level = m.of<ValueOf>('v')(c)
    return {
      d: `low <= ${level.d} and close > ${level.d}`,
      i: `dlow() <= ${level.i} and close > ${level.i}`,
      notes: ['a bounce: the low at or below it, the close above'],
      about: 'low',
    }
  })
  setting(grammar, ['dip in uptrend', 'weekly uptrend with daily dip', 'buy dip', 'daily dip'], () => {}, COST.phrase)
  condition(grammar, ['uptrend', 'up trend'], () => () => ({
    d: 'close > sma(close,200)',
    i: 'close > pd(sma(close,200))',
    notes: ['an uptrend: the close above its 200-day average'],
    about: 'trend',
    concept: ['price', 'close', 'sma', 'ema'],
  }))
  condition(grammar, ['downtrend', 'down trend'], () => () => ({
    d: 'close < sma(close,200)',
    i: 'close < pd(sma(close,200))',
    notes: ['a downtrend: the close below its 200-day average'],
    about: 'trend',
    concept: ['price', 'close', 'sma', 'ema'],
  }))
  condition(grammar, ['strong trend', 'trend strong'], () => () => ({
    d: 'adx(14) > 25',
    i: 'pd(adx(14)) > 25',
    notes: ['a strong trend: ADX(14) above 25'],
    about: 'ADX',
    concept: ['ADX'],
    rank: { by: 'adx(14)', order: 'desc', weight: 3 },
  }))
}

/** True now, on none of the n sessions before. */
export function firstIn(condition: Condition, n: number): Condition {
  return {
    ...condition,
    d: `${condition.d} and count(${condition.d},${n})[1] == 0`,
    i: `${condition.i} and pd(count(${condition.d},${n})) == 0`,
    notes: [...condition.notes, `for the first time: on none of the ${plain(n)} sessions before`],
  }
}

/** The top of the base, range or opening range spoken of. */
function breakout(context: Context): Condition {
  if (context.opening !== undefined)
    return {
      d: '',
      i: `tod() > ${context.opening} and close > orh(${context.opening})`,
      notes: [],
      about: 'opening range',
      intraday: true,
    }
  if (context.base === undefined) throw new Unclear('A breakout above what: the high of how many days?')
  const n = context.base
  return { d: `close > highest(high,${n})[1]`, i: `close > pd(highest(high,${n}))`, notes: [], about: 'close' }
}
