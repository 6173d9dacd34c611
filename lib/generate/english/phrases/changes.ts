import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { CLOSE, type Condition, compare, fraction, isAtom, type Op, type Value } from '../meaning.ts'
import { overTime } from '../over-time.ts'
import { COST, condition, value } from '../phrase.ts'
import { moved, returnOver } from './moves.ts'
import type { Amount, Period, Span } from './quantities.ts'
import { comparison } from './references.ts'
import { slope } from './slopes.ts'

/** Today's close against the previous close. */
const TODAY: Value = {
  ...CLOSE,
  d: 'close/close[1]-1',
  i: 'close/pclose()-1',
  dimension: 'fraction',
  raw: undefined,
  about: 'return',
}

const overSpan = (span: Span | undefined) => (span && span.n > 1 ? returnOver(span.n) : TODAY)

/** Changes without a size, in multiples, in either direction, against an index, and the names that changed most. */
export function changes(grammar: Grammar): void {
  const direction = (up: boolean): Condition => ({
    ...compare({ ...CLOSE, raw: undefined }, up ? '>' : '<', { ...CLOSE, d: 'close[1]', i: 'pclose()' }),
    notes: [`${up ? 'up' : 'down'} without a size: the close ${up ? 'above' : 'below'} the previous close`],
    about: 'return',
  })
  for (const [words, plain, up] of [
    ['(up|higher|green|rise|positive|gain)', 'up', true],
    ['(down|lower|red|fall|negative|lose)', 'down', false],
  ] as const) {
    condition(
      grammar,
      [
        `[close|finish|trade] ${words} (today|on day|for day|again|again today|on session) [again]`,
        `(close|finish) ${words}`,
        `${plain} close`,
      ],
      () => () => direction(up),
    )
    condition(
      grammar,
      [
        `<num:k> ${words} (day|close) [out] (of|in|over) [last] <period:p>`,
        `<num:k> ${words} (day|close) [out] (of|in|over) [last] <num:n>`,
        `${words} [on] <num:k> [day] [out] (of|in) [last] <period:p>`,
        `${words} [on] <num:k> [day] [out] (of|in) [last] <num:n> [day]`,
        `${words} [on] atleast <num:k> [day] [out] of [last] <period:p>`,
      ],
      (m) => {
        const [k, n] = [m.of<number>('k'), m.maybe<Period>('p')?.n ?? m.of<number>('n')]
        return k <= n ? () => overTime(direction(up), { how: 'count', k, n }) : undefined
      },
      COST.phrase - 1,
    )
    for (const [unit, bars] of [
      ['week', 'wk'],
      ['month', 'mo'],
    ] as const)
      condition(
        grammar,
        [
          `<num:n> [consecutive] ${words} ${unit} [inarow]`,
          `[close] ${words} <num:n> (${unit} inarow|consecutive ${unit})`,
          `${words} [for] <num:n> ${unit} inarow`,
        ],
        (m) => () => {
          const d = `${bars}(${up ? 'rising' : 'falling'}(close,${m.of<number>('n')}))`
          return {
            d,
            i: `pd(${d})`,
            notes: [`each ${unit}'s close against the ${unit} before, at the last completed ${unit}`],
            about: 'streak',
          }
        },
        COST.phrase - 1,
      )
    condition(
      grammar,
      plain,
      () => (c) => {
        const value = c.subject
        return value && value.dimension !== 'price' ? slope(up ? '>' : '<')(c, value) : direction(up)
      },
      COST.phrase + 1,
    )
  }
  // one more bound on what was said last: "up more than 3% but less than 6%"
  condition(
    grammar,
    '<percentamount:x>',
    (m) => {
      const amount = m.of<Amount>('x')
      if (amount.bare) return undefined
      return (c) => {
        if (c.move) return c.move(amount)
        return comparison(c, undefined, amount.op, { number: amount.value, unit: 'pct' })
      }
    },
    COST.phrase + 1,
  )
  const size = '(move|change|swing|price change|up or down|down or up)'
  const either = '[in either direction|either way|either up or down|up or down|in any direction]'
  condition(
    grammar,
    [
      `[daily|price] ${size} [of|by] <percentrange:x> [<span:s>] ${either}`,
      `(up or down|down or up) <percentrange:x> [<span:s>]`,
    ],
    (m) => () => {
      const { op, value: percent, to } = m.of<Amount>('x')
      const of = overSpan(m.maybe<Span>('s'))
      const one = (how: Op, bound: number): Condition => ({
        d: `abs(${of.d}) ${how} ${fraction(bound)}`,
        i: `abs(${of.i}) ${how} ${fraction(bound)}`,
        notes: ['in either direction: the size of the change, whichever its sign'],
        about: 'return',
        rank: { by: `abs(${of.d})`, i: `abs(${of.i})`, order: 'desc', weight: 3 },
      })
      return to === undefined ? one(op, percent) : [one(op, percent), one('<=', to)]
    },
    COST.phrase + 1,
  )

  const times = (m: Match, factor: number) => (c: Context) =>
    moved(c, { op: '>=', value: Number(((factor - 1) * 100).toPrecision(12)), bare: true }, true, m.maybe('s'))
  condition(grammar, ['[price] <mult:k> [in price|in value|value|price|their money] <span:s>'], (m) => {
    const factor = m.of<number>('k')
    return factor > 1 ? times(m, factor) : undefined
  })
  condition(
    grammar,
    ['lose (half|<pct:x>) [of] [value|price] [<span:s>]', '(half|cut in half) [in price|value] <span:s>'],
    (m) => (c) => moved(c, { op: '>=', value: m.maybe<number>('x') ?? 50, bare: true }, false, m.maybe<Span>('s')),
  )

  grammar.rule('against', '(sp500|market|index)', () => 'SPY')
  grammar.rule('against', '<sym:s>', (m) => m.of('s'))
  for (const [words, up] of [
    ['(up more than|(rise|gain) more than|fall less than|down less than)', true],
    ['(down more than|fall more than|up less than|(rise|gain) less than)', false],
  ] as const)
    condition(grammar, [`${words} <against:i> [today|on day|<span:s>]`], (m) => () => {
      const of = overSpan(m.maybe<Span>('s'))
      const index = m.of<string>('i')
      const op = up ? '>' : '<'
      return {
        d: `${of.d} ${op} on('${index}',${of.d})`,
        i: `${of.i} ${op} on('${index}',${of.i})`,
        notes: [`against ${index}, over the same days`],
        about: 'relative strength',
        rank: { by: `${of.d}-on('${index}',${of.d})`, order: up ? 'desc' : 'asc', weight: 3 },
      }
    })

  // the names that changed most
  const most = (sign: '' | '-') => (m: Match) => (c: Context) => {
    const n = m.of<number>('n')
    const of = overSpan(m.maybe<Span>('s'))
    m.maybe<(c: Context) => void>('u')?.(c)
    c.draft.slots = n
    c.measure = of
    const text = `top(${sign}${sign && !isAtom(of.d) ? `(${of.d})` : of.d},${n})`
    return {
      d: text,
      i: text,
      notes: m.maybe('s') ? [] : ["today's close against the previous close"],
      about: of.about,
      wide: true,
      chosen: { by: of.d, order: sign ? ('asc' as const) : ('desc' as const), n },
    }
  }
  const among = '[among|in|from|of] [<universe:u>]'
  const when = '[<span:s>|today|of day|on day]'
  condition(
    grammar,
    [
      `[top] <num:n> [biggest|worst|largest|top] loser ${when} ${among}`,
      `<num:n> (worst|weakest) (performer|performing|performance) [stock] ${when} ${among}`,
      `(top|worst|biggest) <num:n> loser ${when} ${among}`,
    ],
    most('-'),
    COST.phrase - 1,
  )
  condition(
    grammar,
    [
      `[top] <num:n> [biggest|best|largest|top] gainer ${when} ${among}`,
      `<num:n> (best|top) (performer|performing|performance) [stock] ${when} ${among}`,
      `(top|best|biggest) <num:n> (gainer|performer) ${when} ${among}`,
    ],
    most(''),
    COST.phrase - 1,
  )
  for (const [words, high] of [
    ['(biggest|largest|worst|steepest) [<num>] [day|daily] (fall|lose|loss|decline|down day)', false],
    ['(biggest|largest|best) [<num>] [day|daily] (gain|rise|up day|increase)', true],
  ] as const)
    condition(grammar, `${words} <span:s>`, (m) => () => {
      const d = `${TODAY.d} == ${high ? 'highest' : 'lowest'}(${TODAY.d},${m.of<Span>('s').n})`
      return {
        d,
        i: `pd(${d})`,
        notes: ["today's change against the changes of those days, today included"],
        about: 'return',
      }
    })

  const gapped = (m: Match, up: boolean) => {
    const { op, value: percent } = m.maybe<Amount>('x') ?? { op: '>' as Op, value: 0 }
    const size = `${up ? '' : '-'}${percent ? fraction(percent) : '0'}`
    const how = up ? op : op === '>=' ? '<=' : '<'
    return percent ? `open/close[1]-1 ${how} ${size}` : `open ${how} close[1]`
  }
  const open =
    '[,] [and|that|which|but] [not|yet|gap] [not] (unfilled|not [yet] fill [gap]|not [yet] close [gap]|gap not [yet] fill)'
  const since = '[in|within|over|during] [last] [<calendar:p>]'
  for (const [words, up] of [
    ['gap [up]', true],
    ['gap down', false],
  ] as const) {
    condition(
      grammar,
      [
        `${words} <percentamount:x> ${since} ${open}`,
        `${words} ${since} ${open}`,
        `(unfilled|open) ${words} [of] [<percentamount:x>] ${since}`,
      ],
      (m) => () => {
        const gap = gapped(m, up)
        const level = up ? 'high[1]' : 'low[1]'
        const extreme = up ? 'lowest_since' : 'highest_since'
        const unfilled = `${extreme}(${gap},${up ? 'low' : 'high'}) ${up ? '>' : '<'} valuewhen(${gap},${level})`
        const recent = m.maybe<Period>('p')
        const d = recent ? `any(${gap},${recent.n}) and ${unfilled}` : unfilled
        return {
          d,
          i: `pd(${d})`,
          notes: [
            `a gap not yet filled: the latest such gap counts; it is filled when a ${up ? 'low' : 'high'} comes back to the prior day's ${up ? 'high' : 'low'}`,
          ],
          about: 'gap',
        }
      },
      COST.phrase - 1,
    )
  }
  value(grammar, ['[today|daily|day] (change|move) [today|on day]'], () => () => TODAY, 1)
}
