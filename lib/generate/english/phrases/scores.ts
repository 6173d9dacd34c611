import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { type Condition, plain, Unclear, type Value } from '../meaning.ts'
import { COST, condition, setting, type ValueOf, value } from '../phrase.ts'
import { returnOver } from './moves.ts'
import type { Amount, Period, Span } from './quantities.ts'

/** Scores: z-scores of several factors, weighted sums of measures. */
export function scores(grammar: Grammar): void {
  factors(grammar)
  sums(grammar)
}

/** Equal-weighted z-scores among the members. */
function factors(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  rule('factor', '[high|highest|best] <value:v>', (m) => (c: Context) => ({ sign: '+', of: m.of<ValueOf>('v')(c) }))
  rule('factor', '(low|lowest|small) <value:v>', (m) => (c: Context) => ({ sign: '-', of: m.of<ValueOf>('v')(c) }))
  rule('factor', '(low|lowest) <period:p> (volatility|vol)', (m) => () => ({ sign: '-', of: vol(m.of<Period>('p').n) }))
  rule('factor', '(low|lowest) (volatility|vol) [<span:s>]', (m) => () => ({
    sign: '-',
    of: vol(m.maybe<Span>('s')?.n ?? 252),
  }))
  rule('factor', '<period:p> low (volatility|vol)', (m) => () => ({ sign: '-', of: vol(m.of<Period>('p').n) }))
  grammar.list('factors', 'factor', ',|and|, and|+|plus')
  const make =
    (m: Match): ValueOf =>
    (c) => {
      const parts = m.of<((c: Context) => { sign: string; of: Value })[]>('l').map((one) => one(c))
      const text = parts.map(({ sign, of }, index) => `${index || sign === '-' ? sign : ''}xz(${of.d})`).join('')
      const notes = [
        'z-scores are taken among the stocks of the universe on each date and cut to -3..3',
        ...parts.flatMap(({ of }) => of.notes),
      ]
      const before = parts.map(({ sign, of }, index) => `${index || sign === '-' ? sign : ''}xz(pd(${of.d}))`).join('')
      return { d: text, i: before, dimension: 'level', notes, about: 'factor score', order: 'desc' }
    }
  const list = '[(equal weight|equal|avg|mean)] [sum of] [<num>] [equal] [weight] (zscore|z) [score] [:|of] <factors:l>'
  value(grammar, [list, `sum of [<num>] [equal] [weight] zscore [:|of] <factors:l>`, `highest ${list}`], make)
  const loose = (pattern: string) =>
    grammar.rule('phrase', pattern, (m) => ({ is: 'value', make: make(m) }), COST.phrase)
  loose(list)
}

function vol(n: number): Value {
  return {
    d: `stdev(roc(close,1),${n})`,
    i: `pd(stdev(roc(close,1),${n}))`,
    dimension: 'fraction',
    notes: ['volatility is the standard deviation of daily returns'],
    about: 'volatility',
  }
}

/** Sums of weighted values: "twice the 5-day return plus the 20-day return plus a tenth of the volume ratio". */
function sums(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  const counted = '[lp] [today] (included|include|counted|count) [in avg] [rp]'
  rule('term', '[<num>] <period:p> return', (m) => returnOver(m.of<Period>('p').n).d)
  rule(
    'term',
    '(volume|vol) ratio [to|vs|against|over] [its] <period:p> avg',
    (m) => `volume/sma(volume,${m.of<Period>('p').n})[1]`,
  )
  rule(
    'term',
    `(volume|vol) ratio [to|vs|against|over] [its] <period:p> avg (${counted}|lp today (included|include|counted|count) [in] avg rp|lp today (included|include|counted|count) in avg rp|including today|include today|lp include today rp)`,
    (m) => `volume/sma(volume,${m.of<Period>('p').n})`,
  )
  rule(
    'term',
    'today (volume|vol) (divided|divide|over|/) [by] <period:p> avg (volume|vol) [(including|include) today]',
    (m, tokens) => `volume/sma(volume,${m.of<Period>('p').n})${tokens[m.end - 1].text === 'today' ? '' : '[1]'}`,
  )
  rule('term', 'rsi', () => 'rsi(close,14)')
  rule('weighted', '<times:k> <term:t>', (m) => [m.of<number>('k'), m.of('t')])
  rule('weighted', '<pct:k> of <term:t>', (m) => [m.of<number>('k') / 100, m.of('t')])
  rule('weighted', 'half [of] <term:t>', (m) => [0.5, m.of('t')])
  rule('weighted', '<term:t>', (m) => [1, m.of('t')])
  grammar.list('weightedsum', 'weighted', 'plus|+|and')
  const make = (m: Match): Value | undefined => {
    const parts = m.of<[number, string][]>('w')
    if (parts.length < 2 && parts[0][0] === 1) return undefined
    const text = parts.map(([weight, term]) => (weight === 1 ? '' : `${plain(weight)}*`) + term).join('+')
    return {
      d: text,
      i: `pd(${text})`,
      dimension: 'level',
      notes: ['the score is computed on daily closes'],
      about: 'score',
      order: 'desc',
    }
  }
  grammar.rule(
    'phrase',
    '<weightedsum:w>',
    (m) => {
      const score = make(m)
      return score && { is: 'value', make: (c: Context) => scored(c, score) }
    },
    COST.phrase - 1,
  )
  setting(grammar, '[momentum|mom] score', () => {}, COST.phrase)
  const bound =
    (m: Match) =>
    (c: Context): Condition => {
      const score = c.score
      if (!score) throw new Unclear('Which score?')
      c.loose = undefined
      const { op, value: number } = m.of<Amount>('x')
      return {
        d: `${score.d} ${op} ${plain(number)}`,
        i: `${score.i} ${op} ${plain(number)}`,
        notes: score.notes,
        about: 'score',
        rank: { by: score.d, order: 'desc', weight: 5 },
      }
    }
  condition(
    grammar,
    ['[show|list|find|give] (score|result) <numberamount:x>', '[with] (score|result) <numberamount:x>'],
    bound,
    COST.phrase,
  )
}

function scored(context: Context, score: Value): Value {
  context.score = score
  context.subject = score
  return score
}
