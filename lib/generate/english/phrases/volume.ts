import type { Grammar, Match } from '../grammar.ts'
import { type Condition, daily, type Op, opposite, plain, type Value } from '../meaning.ts'
import { bounded } from '../measure.ts'
import { condition, value } from '../phrase.ts'
import type { Amount, Period, Span } from './quantities.ts'
import { volumeOfDays } from './volume-of-days.ts'

const VOLUME: Value = {
  d: 'volume',
  i: 'dvol()',
  dimension: 'volume',
  notes: [],
  about: 'volume',
  raw: { d: 'raw_volume', i: 'raw_dvol()' },
}

/** Today's volume against the mean of the n sessions before today (within the session: by this time of day, 10 sessions). */
function relative(op: Op, times: number, n: number | undefined, extra: string[] = []): Condition {
  const window = n ?? 20
  const by = times === 1 ? '' : `${plain(times)}*`
  const said = n
    ? [`the ${n}-session average volume is the one of the ${n} sessions before today`]
    : ['"average" volume is the mean of the 20 sessions before today']
  return {
    d: `volume ${op} ${by}sma(volume,${window})[1]`,
    i: `day_rvol(10) ${op} ${plain(times)}`,
    notes: [...said, ...extra],
    about: 'volume',
    rank: {
      by: `volume/sma(volume,${window})[1]`,
      i: 'day_rvol(10)',
      order: op === '<' || op === '<=' ? 'asc' : 'desc',
      weight: 1,
    },
    bound: { of: `volume/sma(volume,${window})[1]`, op, value: times },
  }
}

const dollars = daily('dollar_volume(20)', 'money', 'dollar volume', [
  'average dollar volume is taken over 20 sessions',
])

/** Volume: spikes, multiples of an average, averages against each other, share counts. */
export function volumes(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  rule('vol', '(today|current|day|trade|trading|its|daily) (volume|vol)', () => null)
  rule('vol', '(volume|vol)', () => null)
  rule('volumeaverage', '(avg|normal|usual|typical|normally) [daily] [<vol>]', () => null)
  rule('volumeaverage', '<period:p> (avg|normal|dma|sma) [daily] [<vol>]', (m) => m.of<Period>('p').n)
  rule('volumeaverage', '(avg|normal|usual) [<vol>] <span:s>', (m) => m.of<Span>('s').n)
  rule('volumeaverage', '(avg|sma) [<vol>] [of] [last|prior] <period:p>', (m) => m.of<Period>('p').n)
  rule('volumeaverage', '[last|prior] <period:p> <vol> avg', (m) => m.of<Period>('p').n)

  value(
    grammar,
    '(relative volume|rvol|relative vol|volume ratio|vol ratio)',
    () => () =>
      daily('volume/sma(volume,20)[1]', 'level', 'relative volume', [
        'relative volume is against the mean of the 20 sessions before today',
      ]),
    2,
  )

  const average = (m: Match) => m.maybe<number | null>('a') ?? undefined
  const amount = (m: Match, key = 'x') => m.of<Amount>(key)
  const spike = '[spike|surge|gain|trade]'
  condition(
    grammar,
    `<vol> ${spike} <timesamount:x> [of|more|much|great|high|large] [than|as|above] <volumeaverage:a>`,
    (m) => () => times(amount(m), 1, average(m)),
  )
  condition(
    grammar,
    `<vol> ${spike} <percentamount:x> of <volumeaverage:a>`,
    (m) => () => times(amount(m), 0.01, average(m)),
  )
  condition(
    grammar,
    `<vol> ${spike} <percentamount:x> (above|over|higher than|more than|greater than) <volumeaverage:a>`,
    (m) => () => over(amount(m), average(m)),
  )
  condition(
    grammar,
    `<vol> <percentrange:x> (above|over|higher than|more than|greater than) <volumeaverage:a>`,
    (m) => {
      const { to } = amount(m)
      if (to === undefined) return undefined
      return () => [over(amount(m), average(m)), over({ ...amount(m), op: '<=', value: to }, average(m))]
    },
  )
  condition(
    grammar,
    [`<vol> [dryup|fall|drop|down] [to] <cmp:op> (<percent:k>|<times:t>) [of] <volumeaverage:a>`],
    (m) => () => {
      const factor = m.maybe<number>('t') ?? m.of<number>('k') / 100
      return times({ op: m.of('op'), value: factor, bare: false }, 1, average(m))
    },
  )
  condition(
    grammar,
    `<percentamount:x> (above|over|higher than|more than|greater than) <volumeaverage:a> <vol>`,
    (m) => () => over(amount(m), average(m)),
  )
  condition(
    grammar,
    `<percentamount:x> (above|over|more than) (avg|normal|usual) <vol>`,
    (m) => () => over(amount(m), undefined),
  )
  condition(grammar, `<percentamount:x> more <vol> than <volumeaverage:a>`, (m) => () => over(amount(m), average(m)))
  condition(grammar, `<vol> <percentamount:x> below <volumeaverage:a>`, (m) => () => {
    const { op, value, bare } = amount(m)
    return relative(bare || op === '>=' ? '<=' : opposite(op), (100 - value) / 100, average(m))
  })
  condition(
    grammar,
    [
      `<timesamount:x> [of] <volumeaverage:a> <vol>`,
      `<timesamount:x> <vol> [of] <volumeaverage:a>`,
      `<timesamount:x> [of] <volumeaverage:a> <vol>`,
    ],
    (m) => () => times(amount(m), 1, average(m)),
  )
  condition(
    grammar,
    [`<timesamount:x> [normal|usual|avg] <vol>`, `<timesamount:x> <vol> [spike]`, '<vol> spike [of] <timesamount:x>'],
    (m) => () => times(amount(m), 1, undefined),
  )
  condition(
    grammar,
    '(relative volume|rvol|relative vol|volume ratio|vol ratio) [lp <num:n> rp] <timesamount:x>',
    (m) => () => times(amount(m), 1, m.maybe('n')),
  )
  condition(
    grammar,
    '(relative volume|rvol|relative vol|volume ratio|vol ratio) [lp <num:n> rp] <numberamount:x>',
    (m) => () => times(amount(m), 1, m.maybe('n')),
  )
  condition(grammar, `<vol> <cmp:op> <volumeaverage:a>`, (m) => () => relative(m.of('op'), 1, average(m)))
  condition(
    grammar,
    [`(above|over) avg <vol>`, `higher than (avg|usual|normal) <vol>`],
    () => () => relative('>', 1, undefined),
  )
  condition(
    grammar,
    [`below avg <vol>`, `lower than (avg|usual|normal) <vol>`],
    () => () => relative('<', 1, undefined),
  )

  const heavy =
    '(high|heavy|big|strong|large|elevated|unusual|massive|huge|great|higher|unusually high|increased|above normal)'
  condition(
    grammar,
    [
      `${heavy} <vol>`,
      `${heavy} trading`,
      `${heavy} (trade|turnover)`,
      '<vol> (high|heavy|big|strong|elevated|unusual)',
      `trade [on] ${heavy} <vol> [today]`,
    ],
    () => () => relative('>=', 1.5, undefined, ['"high volume" is at least 1.5 times that average']),
  )
  condition(grammar, ['<vol> (spike|surge)', '(spike|surge|gain) in <vol>'], () => () => ({
    ...relative('>=', 1.5, undefined, ['a volume spike without a size is at least 1.5 times that average']),
  }))

  const averaged = (n: number): Value => ({
    ...daily(`sma(volume,${n})`, 'volume', 'average volume', [
      'averages of volume compared with each other include today',
    ]),
    raw: { d: `sma(raw_volume,${n})`, i: `pd(sma(raw_volume,${n}))` },
    volumeAverage: n,
  })
  const volumeOf = (pattern: string, n: (m: Match) => number) => {
    grammar.rule('volumevalue', pattern, (m) => averaged(n(m)))
    value(grammar, pattern, (m) => () => averaged(n(m)))
  }
  volumeOf('<period:p> avg [daily] <vol>', (m) => m.of<Period>('p').n)
  volumeOf('avg [daily] <vol> <span:s>', (m) => m.of<Span>('s').n)
  volumeOf('avg [daily] <vol> [of] <period:p>', (m) => m.of<Period>('p').n)
  volumeOf('<period:p> <vol> avg', (m) => m.of<Period>('p').n)
  const between = '<volumevalue:v> <cmp:op> <percent:k> of <period:p> avg [<vol>]'
  condition(grammar, [between, '<volumevalue:v> <cmp:op> <percent:k> [of] <volumevalue:w>'], (m) => () => {
    const left = m.of<Value>('v')
    const right = m.maybe<Value>('w') ?? averaged(m.of<Period>('p').n)
    const scale = plain(m.of<number>('k') / 100)
    const op = m.of<Op>('op')
    return {
      d: `${left.d} ${op} ${scale}*${right.d}`,
      i: `pd(${left.d} ${op} ${scale}*${right.d})`,
      notes: left.notes,
      about: 'volume',
      rank: { by: `${left.d}/${right.d}`, order: op.startsWith('<') ? 'asc' : 'desc', weight: 3 },
    }
  })
  condition(
    grammar,
    ['(rising|increasing|higher) <vol>', '<vol> (rising|increasing) [(vs|from) yesterday]'],
    () => () => ({
      d: 'volume > volume[1]',
      i: 'pd(volume > volume[1])',
      notes: ['rising volume: above the volume of the day before'],
      about: 'volume',
    }),
  )
  condition(grammar, ['(falling|decreasing|lower) <vol>'], () => () => ({
    d: 'volume < volume[1]',
    i: 'pd(volume < volume[1])',
    notes: ['falling volume: below the volume of the day before'],
    about: 'volume',
  }))
  volumeOfDays(grammar)
  for (const [word, name] of [
    ['(highest|largest|biggest)', 'highest'],
    ['(lowest|smallest)', 'lowest'],
  ])
    condition(grammar, `${word} <vol> <span:s>`, (m) => () => {
      const d = `volume == ${name}(volume,${m.of<Span>('s').n})`
      return { d, i: `pd(${d})`, notes: ['today included'], about: 'volume' }
    })
  value(grammar, '<vol>', () => () => VOLUME)
  value(grammar, 'avg [daily] <vol>', () => () => averaged(20))
  const shares = (pattern: string, of: Value) =>
    condition(grammar, pattern, (m) => () => bounded(of, m.of<Amount>('x').op, m.of<Amount>('x').value, 'num'))
  shares('<vol> <bigamount:x> share', VOLUME)
  shares('<vol> [of] <bigamount:x> [share]', VOLUME)
  shares('trade <bigamount:x> share [today]', VOLUME)
  shares('avg [daily] <vol> [of] <bigamount:x> [share]', averaged(20))
  condition(
    grammar,
    [
      'avg [daily] dollar <vol> [of] <dollaramount:x> [a day|day|daily]',
      '(avg|daily) dollar <vol> [of] <dollaramount:x> [a day|day|daily]',
    ],
    (m) => () => bounded(dollars, m.of<Amount>('x').op, m.of<Amount>('x').value, 'money'),
  )
  value(grammar, ['avg [daily] dollar <vol>', 'avg daily dollar <vol>'], () => () => dollars)
  value(grammar, ['dollar <vol>', 'turnover'], () => () => ({
    ...daily('close*volume', 'money', 'dollar volume'),
    i: 'close*dvol()',
  }))
  value(
    grammar,
    '<period:p> [avg] dollar <vol>',
    (m) => () => daily(`dollar_volume(${m.of<Period>('p').n})`, 'money', 'dollar volume'),
  )
  condition(grammar, ['[<vol>] dryup', '<vol> dry up'], () => () => ({
    d: 'sma(volume,5) < 0.5*sma(volume,50)',
    i: 'pd(sma(volume,5) < 0.5*sma(volume,50))',
    notes: ['volume has dried up: its 5-session average is less than half of the 50-session one'],
    about: 'volume',
    concept: ['volume', 'average volume'],
    rank: { by: 'sma(volume,5)/sma(volume,50)', order: 'asc', weight: 3 },
  }))
}

function times(amount: Amount, unit: number, n: number | undefined): Condition {
  return relative(amount.op, Number((amount.value * unit).toPrecision(12)), n)
}

function over(amount: Amount, n: number | undefined): Condition {
  return relative(amount.op, Number(((100 + amount.value) / 100).toPrecision(12)), n)
}
