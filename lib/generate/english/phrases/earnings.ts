import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { type Condition, daily, fraction, plain, type Value } from '../meaning.ts'
import { bounded } from '../measure.ts'
import { COST, condition, setting, value } from '../phrase.ts'
import type { Amount, Period } from './quantities.ts'

const share = (text: string, name: string, notes: string[] = []): Value => daily(text, 'fraction', name, notes)

/** Growth of reported figures, surprises, days around a report. */
export function earnings(grammar: Grammar): void {
  growth(grammar)
  reports(grammar)
}

function growth(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  rule('growing', '(eps|earning)', () => ['eps', 'EPS growth', 4])
  rule('growing', 'sales', () => ['revenue', 'sales growth', 3.5])
  const last = '(over|in|for|of|during) [each of] [last] quarter'
  const two = '(in|for|over) [each of] ([last] <num:n>|<num:n> last) quarter'
  const year = '[yoy|year over year|annually]'
  const yearly = '(over|in|for) [last] year'
  const make = (m: Match, quarters: number) => () => {
    const [field, name, weight] = m.of<[string, string, number]>('f')
    const { op, value: percent } = m.of<Amount>('x')
    const of = `yoy(${field}_q)`
    const parts = Array.from({ length: quarters }, (_, k) => 'pq('.repeat(k) + of + ')'.repeat(k))
    const text = parts.map((part) => `${part} ${op} ${fraction(percent)}`).join(' and ')
    return {
      d: text,
      i: text,
      notes: [
        `${name} compares a quarter with the same quarter a year before${quarters > 1 ? `, in each of the last ${quarters} quarters` : ''}`,
      ],
      about: name,
      rank: { by: of, order: 'desc' as const, weight },
      bound: quarters === 1 ? { of, op, value: Number(fraction(percent)) } : undefined,
    }
  }
  const said = [
    `<growing:f> (up|grow|growth|rise|increase) [of] <percentamount:x> ${year}`,
    `${year} <growing:f> (growth|up) [of] <percentamount:x> ${year}`,
    `<percentamount:x> ${year} <growing:f> growth ${year}`,
  ]
  for (const words of said) {
    condition(grammar, [`${words} ${two}`, `${words} ${two} ${year}`], (m) => make(m, m.of<number>('n')))
    condition(grammar, [`${words} ${last}`, `${words} in last`, `${words}`, `${words} in [last] one`], (m) =>
      make(m, 1),
    )
  }
  condition(grammar, [`<growing:f> (up|grow|growth|rise) [of] <percentamount:x> ${yearly}`], (m) => () => {
    const [field, name] = m.of<[string, string, number]>('f')
    return bounded(
      share(`yoy(${field}_ttm)`, name, [`${name}: the last twelve months against the twelve before`]),
      m.of<Amount>('x').op,
      m.of<Amount>('x').value,
      'pct',
    )
  })
  for (const [word, field] of [
    ['eps', 'eps'],
    ['sales', 'revenue'],
  ])
    value(
      grammar,
      [`[yoy] ${word} growth [yoy]`],
      () => () =>
        share(`yoy(${field}_q)`, `${word} growth`, [
          `${word} growth compares a quarter with the same quarter a year before`,
        ]),
    )
}

function reports(grammar: Grammar): void {
  const reported = (d: string, notes: string[], rank?: string): Condition => ({
    d,
    i: d,
    notes,
    about: 'earnings',
    rank: rank ? { by: rank, order: 'desc', weight: 3 } : undefined,
  })
  const day = 'the reaction day is the first session that can trade on the report'
  const surprise = (amount: Amount, up: boolean) => (c: Context) => {
    const op = up ? amount.op : amount.op === '>' ? '<' : '<='
    const text = `eps_surprise ${op} ${up ? '' : '-'}${fraction(amount.value)}`
    c.draft.reactionDay = true
    return reported(
      `bars_since_earnings == 0 and ${text}`,
      [day, 'the surprise is (actual - estimate)/|estimate|'],
      'eps_surprise',
    )
  }
  condition(
    grammar,
    [
      '[eps|earning] beat [earning|eps] [estimate] <percentamount:x>',
      '(eps|earning) surprise [of] <percentamount:x>',
      '[eps|earning] beat [of] <percentamount:x>',
    ],
    (m) => surprise(m.of('x'), true),
  )
  condition(grammar, ['[eps|earning] miss [estimate] <percentamount:x>'], (m) => surprise(m.of('x'), false))
  condition(
    grammar,
    ['[eps|earning|report] beat [eps] [estimate]', 'after [earning] beat', 'beat earning [estimate]'],
    () => (c) => {
      c.draft.reactionDay = true
      return reported('bars_since_earnings == 0 and eps_surprise > 0', [day], 'eps_surprise')
    },
  )
  setting(
    grammar,
    [
      '(on|of) react day',
      'react day',
      'on day of (report|earning)',
      '[lp] on close [rp]',
      'on react day close',
      'react day close',
    ],
    (_m, c) => {
      c.draft.reactionDay = true
    },
  )
  setting(grammar, ['post earning [announcement] drift', 'earning drift', 'post earning'], () => {})
  const before = (n: number) =>
    reported(`bars_to_earnings == ${n}`, ['announced report dates are known ahead; the surprise is not'])
  condition(
    grammar,
    ['[on] day before earning', '1 day before earning', 'day before [each] report', '1 day ahead of earning [report]'],
    () => () => before(1),
  )
  condition(grammar, '<num:n> day (before|ahead of) (earning|report) [report]', (m) => () => before(m.of('n')))
  condition(
    grammar,
    ['(earning|report) (in|within) [next] <num:n> day', 'report earning (in|within) [next] <num:n> day'],
    (m) => () => reported(`bars_to_earnings <= ${plain(m.of('n'))}`, ['announced report dates are known ahead']),
  )
  condition(
    grammar,
    [
      'on (earning|report|earning report)',
      'after (earning|report|earning report|reporting)',
      '(earning|report) (day|react|reaction)',
      'on report',
    ],
    () => (c) => {
      c.draft.reactionDay = true
      return reported('bars_since_earnings == 0', [day])
    },
    COST.phrase,
  )
  condition(
    grammar,
    [
      '[earning] report [earning] (in|within|over|during) last <period:p>',
      '(earning|report) [release] (in|within|over|during) last <period:p>',
      '(in|within) <period:p> (of|after) [last] (earning|report)',
    ],
    (m) => () => {
      const { n } = m.of<Period>('p')
      return reported(`bars_since_earnings <= ${n}`, [day, `within ${n} sessions of it`])
    },
    COST.phrase - 1,
  )
  condition(
    grammar,
    [
      '(no|not) (earning|report|report earning) [due] (in|within|for) [next] <num:n> day',
      'no (earning|report) (coming|due|scheduled) (in|within|for) [next] <num:n> day',
    ],
    (m) => () => reported(`not (bars_to_earnings <= ${plain(m.of('n'))})`, ['announced report dates are known ahead']),
    COST.phrase - 1,
  )
  condition(
    grammar,
    ['[on] day after earning', 'day after report'],
    () => () => reported('bars_since_earnings == 1', [day]),
  )
}
