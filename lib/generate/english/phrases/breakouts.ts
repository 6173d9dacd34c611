import type { Context } from '../draft.ts'
import type { Grammar } from '../grammar.ts'
import { CLOSE, type Condition, fraction, type Op, Unclear } from '../meaning.ts'
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
      'make <extreme:e>',
      'make [new|fresh] <extreme:e>',
      '(new|fresh) <extreme:e> (is taken out|break)',
      '<extreme:e> breakout',
      'breakout (above|over|to|of) [new] <extreme:e>',
    ],
    (m) => fresh(m.of('e')),
  )
  condition(
    grammar,
    [
      '<period:p> [closing|close] breakout',
      '<period:p> [closing|close] breakdown',
      '<period:p> [closing|close] (upside|up) breakout',
      '<num:n> bar breakout',
    ],
    (m, tokens) => {
      const words = tokens.slice(m.start, m.end).map((token) => token.text)
      const n = m.maybe<Period>('p')?.n ?? m.of<number>('n')
      const high = !words.includes('breakdown')
      const of = words.includes('closing') || words.includes('close') ? 'close' : high ? 'high' : 'low'
      const make: ValueOf = () => extreme(high, of, n)
      return of === 'close' ? () => broken(CLOSING, high ? '>' : '<', extreme(high, of, n)) : fresh(make)
    },
  )
  // "55-day closing high": the close against earlier closes
  condition(
    grammar,
    [
      '(new|fresh) closing (high|low) <span:s>',
      'close at [new] <extreme:e>',
      'close [out] [at] (new|fresh) <extreme:e>',
    ],
    (m) => (c) => {
      const of = m.maybe<ValueOf>('e')?.(c) ?? extreme(true, 'close', m.of<Span>('s').n)
      const { high, n } = of.extreme!
      return broken(CLOSING, high ? '>' : '<', extreme(high, 'close', n))
    },
    COST.phrase - 1,
  )
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
  // "breaks out of a 20-day range of less than 10%": the range of the days before
  condition(
    grammar,
    [
      `${out} [tight|narrow] <period:n> [trade|sideways] range [of] [<cmp:op> <pct:x>]`,
      `${out} [tight|narrow] [trade|sideways] range of <period:n> [<cmp:op> <pct:x>]`,
    ],
    (m) => (c) => {
      const { n } = m.of<Period>('n')
      c.base = n
      const op = m.maybe<Op>('op')
      if (!op) return breakout(c)
      const d = `highest(high,${n})[1]/lowest(low,${n})[1]-1 ${op} ${fraction(m.of('x'))}`
      const narrow: Condition = {
        d,
        i: `pd(highest(high,${n})/lowest(low,${n})-1) ${op} ${fraction(m.of('x'))}`,
        notes: [`the range of the ${n} sessions before today: highest high over lowest low, less 1`],
        about: 'range',
      }
      return [narrow, breakout(c)]
    },
    COST.phrase - 1,
  )
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
      '[<value:s>] (dip|touch|fall|come|go|trade) [back] [to|into|down to|at] <level:v> [or (below|lower)]',
      'dip (to|into) <level:v>',
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
  // what happens during the day, on daily bars; an alert is meant within the session
  condition(grammar, ['[make|hit] [new] <extreme:e> (intraday|during day|during session)'], (m) => (c) => {
    if (c.alert) c.draft.intraday = true
    return fresh(m.of('e'))(c)
  })
  for (const [word, up] of [
    ['higher', true],
    ['lower', false],
  ] as const) {
    grammar.rule(`${word}one`, `${word} (high|low|close)`, (_m, tokens) => tokens[_m.end - 1].text)
    grammar.list(`${word}list`, `${word}one`, ',|and|, and|+|plus')
    const made = (name: string, n: number): Condition => {
      const d = n === 1 ? `${name} ${up ? '>' : '<'} ${name}[1]` : `${up ? 'rising' : 'falling'}(${name},${n})`
      return { d, i: `pd(${d})`, notes: [`a ${word} ${name}: against the day before`], about: name }
    }
    condition(
      grammar,
      [`[make] <${word}list:l> [<span:s>]`, `[make] <${word}list:l> for <num:n> (consecutive|straight) day`],
      (m) => () => {
        const n = m.maybe<Span>('s')?.n ?? m.maybe<number>('n') ?? 1
        return m.of<string[]>('l').map((name) => made(name, n))
      },
    )
    condition(grammar, `[a] ${word} (close|high|low) than <calendar:p> (ago|before|earlier)`, (m, tokens) => () => {
      const name = tokens[m.start + 1].text
      const d = `${name} ${up ? '>' : '<'} ${name}[${m.of<Period>('p').n}]`
      return { d, i: `pd(${d})`, notes: [], about: name }
    })
  }
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
