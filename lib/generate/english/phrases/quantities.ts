import type { Grammar } from '../grammar.ts'
import type { Op } from '../meaning.ts'

/** A window in sessions; `unit` and `count` are how it was said. */
export interface Period {
  n: number
  unit: 'day' | 'week' | 'month' | 'quarter' | 'year'
  count: number
}

export interface Span {
  n: number
  /** "the previous n days": the window ends the day before */
  prior: boolean
  /** "on each of the last n days" */
  each?: boolean
}

/** A quantity with its comparison; `bare` when no comparison was said. `to` closes a range. */
export interface Amount {
  op: Op
  value: number
  bare: boolean
  to?: number
}

const LENGTH = { day: 1, week: 5, month: 21, quarter: 63, year: 252 } as const
/** 52, 26 and 13 weeks are a year, half a year and a quarter of sessions. */
const WEEKS: Readonly<Record<number, number>> = { 52: 252, 26: 126, 13: 63 }

export function period(count: number, unit: Period['unit']): Period | undefined {
  const n = unit === 'week' && count in WEEKS ? WEEKS[count] : Math.round(count * LENGTH[unit])
  return n >= 1 && n <= 5000 && (unit !== 'day' || Number.isInteger(count)) ? { n, unit, count } : undefined
}

/** Periods, spans, comparisons and amounts. */
export function quantities(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  const of = (unit: Period['unit']) => (match: { of<T>(key: string): T }) => period(match.of<number>('n'), unit)
  rule('period', '<num:n> ([trade] day|bar|period)', of('day'))
  rule('period', '<num:n> week', of('week'))
  rule('period', '<num:n> month', of('month'))
  // "m" is months where a return or a comparison looks back, minutes on charts, millions of money
  rule('calendar', '<num:n> m', of('month'))
  rule('period', '<num:n> quarter', of('quarter'))
  rule('period', '<num:n> year', of('year'))
  rule('period', '(half year|halfyear)', () => ({ n: 126, unit: 'month', count: 6 }))
  for (const unit of ['week', 'month', 'quarter', 'year'] as const) rule('calendar', unit, () => period(1, unit))
  rule('calendar', '<period:p>', (m) => m.of('p'))

  const span = (prior: boolean) => (m: { of<T>(key: string): T }) => ({ n: m.of<Period>('p').n, prior })
  rule('span', '(over|in|during|for|within|across|of|on) [last] <calendar:p>', span(false))
  rule('span', '(in|since) last <calendar:p>', span(false))
  rule('span', 'for (atleast|over|more than) [last] <calendar:p>', span(false))
  rule('span', '(over|in|during|for|on|of) each of [last] <calendar:p>', (m) => ({ ...span(false)(m), each: true }))
  rule('span', '<calendar:p> [in] (inarow|running)', (m) => ({ ...span(false)(m), each: true }))
  rule('span', '(over|in|during|for|within|across|of|on) prior <calendar:p>', span(true))
  rule('span', 'last <calendar:p>', span(false))
  rule('span', 'prior <calendar:p>', span(true))
  rule('span', '[over|in|during|for] <period:p> (before [it|that]|prior)', span(true))
  rule('span', '[over|in|during|for] <period:p> up to yesterday', span(true))

  const op = (name: string, meaning: Op, patterns: string) => rule(name, patterns, () => meaning)
  op(
    'cmp',
    '>',
    'above|over|gt|(more|greater|higher|larger|bigger|better|deeper|longer) than|exceed|in excess of|north of',
  )
  op('cmp', '<', 'below|lt|sub|(less|lower|fewer|smaller|shallow|tight|narrow|cheaper) than|shallow than|south of')
  op(
    'cmp',
    '>=',
    'atleast|gte|(no|not) (below|(less|lower|fewer) than)|at or (above|over)|(on|above|over) or (over|above|equal [to])|minimum [of]|(greater|more) than or equal to',
  )
  op(
    'cmp',
    '<=',
    'atmost|lte|(no|not) (above|over|(more|higher|greater|deep|wider|larger|bigger) than)|at or below|below or equal [to]|max [of]|up to|(less|lower) than or equal to',
  )
  op('cmp', '==', 'eq|exactly')
  op('orup', '>=', 'or (more|higher|better|above|over|greater|bigger|larger|up)|and (up|above|over|more|higher)|orup')
  op('ordown', '<=', 'or (less|lower|below|fewer|smaller|worse)')

  const amounts = (name: string, unit: string) => {
    const amount = (how: Op, m: { of<T>(key: string): T }): Amount => ({ op: how, value: m.of('x'), bare: false })
    rule(name, `[by|of] <cmp:op> <${unit}:x>`, (m) => amount(m.of('op'), m))
    rule(name, `[by|of|at] <${unit}:x> <orup:op>`, (m) => amount('>=', m))
    rule(name, `[by|of|at] <${unit}:x> <ordown:op>`, (m) => amount('<=', m))
    rule(name, `[by|of] <${unit}:x>`, (m): Amount => ({ op: '>=', value: m.of('x'), bare: true }))
  }
  rule('percent', '<pct:x>', (m) => m.of('x'))
  rule('percent', 'half', () => 50)
  amounts('percentamount', 'pct')
  // a range: "between 3% and 5%", "3 to 5%"; the sign may stand once
  const range = (m: { of<T>(key: string): T }): Amount => ({ op: '>=', value: m.of('x'), to: m.of('y'), bare: false })
  rule('percentrange', '<percentamount:a>', (m) => m.of('a'))
  for (const one of ['pct', 'num']) {
    rule('percentrange', `[by|of] [between|from] <${one}:x> (and|to) <pct:y>`, range)
  }
  amounts('numberamount', 'num')
  rule('times', '<mult:x>', (m) => m.of('x'))
  rule('times', '<num:x> (times|x)', (m) => m.of('x'))
  amounts('timesamount', 'times')
  rule('big', '<num:x> m', (m) => m.of<number>('x') * 1e6)
  rule('big', '<num:x>', (m) => m.of('x'))
  rule('dollars', '<money:x> [m]', (m, tokens) => m.of<number>('x') * (tokens[m.end - 1].text === 'm' ? 1e6 : 1))
  rule('dollars', '<big:x>', (m) => m.of('x'))
  amounts('bigamount', 'big')
  amounts('dollaramount', 'dollars')
  rule('shareamount', '<bigamount:a> share', (m) => m.of('a'))
  rule('shareamount', '<big:x> share <orup:op>', (m) => ({ op: '>=', value: m.of('x'), bare: false }))
  rule('shareamount', '<big:x> share <ordown:op>', (m) => ({ op: '<=', value: m.of('x'), bare: false }))
  rule('periodamount', '<cmp:op> <period:p>', (m) => ({ op: m.of('op'), value: m.of<Period>('p').n, bare: false }))
  rule('periodamount', '<period:p> <orup:op>', (m) => ({ op: '>=', value: m.of<Period>('p').n, bare: false }))
  rule('periodamount', '<period:p>', (m) => ({ op: '>=', value: m.of<Period>('p').n, bare: true }))

  rule(
    'crosses',
    '(cross|break|go|move|rise|push|come|become|gain|get) [back] [up|out] [through] (above|over|through)',
    () => true,
  )
  rule('crosses', '(cross|break) (up|out) [through|of]', () => true)
  rule('crosses', '(cross|break) through', () => true)
  rule('crosses', 'crossover', () => true)
  rule('crosses', '(cross|break|go|move|fall|come|become|get|dip) [back] [down] [through] below', () => false)
  rule('crosses', '(cross|break) down [through]', () => false)
}
