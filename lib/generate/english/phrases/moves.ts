import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { CLOSE, type Condition, daily, fraction, type Op, type Value } from '../meaning.ts'
import { apart } from '../measure.ts'
import { COST, condition, value } from '../phrase.ts'
import { previousClose } from './prices.ts'
import type { Amount, Period, Span } from './quantities.ts'
import { streak } from './slopes.ts'

const OPEN: Value = { d: 'open', i: 'dopen()', dimension: 'price', notes: [], about: 'open' }

/** The return over n sessions, as a value. */
export function returnOver(n: number): Value {
  return {
    ...daily(`roc(close,${n})`, 'fraction', `${n}-session return`),
    i: n === 1 ? 'close/pclose()-1' : `close/pd(close[${n - 1}])-1`,
  }
}

function gapOf(c: Context, amount: Amount, up: boolean): Condition | Condition[] {
  c.move = (more) => gapOf(c, more, up)
  const one = (op: Op, value: number): Condition => ({
    ...apart(OPEN, op, value, up, previousClose()),
    about: 'gap',
    gap: true,
    notes: ['the gap is the open against the previous close'],
  })
  const first = one(amount.op, amount.value)
  return amount.to === undefined ? first : [first, one('<=', amount.to)]
}

/** Today against the previous close, or the change over n sessions; `prior` ends it the day before. */
export function moved(c: Context, amount: Amount, up: boolean, span: Span | undefined): Condition | Condition[] {
  c.move = (more) => moved(c, more, up, span)
  const one = (op: Op, percent: number): Condition => {
    const how = up ? op : op === '>=' ? '<=' : op === '>' ? '<' : op === '<=' ? '>=' : op === '<' ? '>' : op
    const bound = up ? fraction(percent) : `-${fraction(percent)}`
    const value = span && span.n > 1 ? returnOver(span.n) : { ...CLOSE, d: 'close/close[1]-1', i: 'close/pclose()-1' }
    const shift = span?.prior ? 1 : 0
    const d = shift ? (span!.n > 1 ? `${value.d}[1]` : 'close[1]/close[2]-1') : value.d
    const notes = span ? [] : [`up or down without a period is today's close against the previous close`]
    const bare = amount.bare ? [`"${up ? 'up' : 'down'} ${amount.value} %" is at least ${amount.value} %`] : []
    return {
      d: `${d} ${how} ${bound}`,
      i: shift ? `pd(${value.d}) ${how} ${bound}` : `${value.i} ${how} ${bound}`,
      notes: [...notes, ...bare],
      about: 'return',
      prior: shift === 1,
      rank: { by: d, i: shift ? `pd(${value.d})` : value.i, order: up ? 'desc' : 'asc', weight: 3 },
      bound: { of: d, op: how, value: Number(bound) },
    }
  }
  const first = one(amount.op, amount.value)
  return amount.to === undefined ? first : [first, one('<=', amount.to)]
}

/** Gaps, moves of a size, moves in a direction, streaks. */
export function moves(grammar: Grammar): void {
  const amount = (m: Match) => m.of<Amount>('x')
  const span = (m: Match) => m.maybe<Span>('s')
  const gap = '(gap|gapper)'
  condition(
    grammar,
    [
      `${gap} [up|higher] [open] <percentrange:x> [up|higher] [at open]`,
      `<percentrange:x> gap [up|higher]`,
      `${gap} up [stock] [of] <percentrange:x>`,
      `open <percentamount:x> (above|over|higher than) (yesterday|prior|prior day) close`,
      `open with gap [up] of <percentamount:x>`,
    ],
    (m) => (c) => gapOf(c, amount(m), true),
  )
  condition(
    grammar,
    [
      `opening price <percentamount:x> (above|over|higher than) (yesterday|prior|prior day) close`,
      `open price <percentamount:x> (above|over|higher than) (yesterday|prior|prior day) close`,
      `open [up] <percentamount:x> (higher|up)`,
    ],
    (m) => (c) => gapOf(c, amount(m), true),
  )
  condition(
    grammar,
    [
      `${gap} (down|lower) <percentrange:x> [at open]`,
      `<percentamount:x> gap (down|lower)`,
      `${gap} <percentamount:x> (down|lower)`,
      `open [price] <percentamount:x> (below|lower than) (yesterday|prior|prior day) close`,
    ],
    (m) => (c) => gapOf(c, amount(m), false),
  )
  condition(grammar, ['gap up', 'gapper', 'gap higher', 'up gap'], () => () => anyGap(true), COST.phrase + 3)
  condition(grammar, ['gap down', 'gap lower', 'down gap'], () => () => anyGap(false), COST.phrase + 3)
  condition(grammar, ['full gap up [of] [<percentrange:x>]'], (m) => (c) => [
    {
      d: 'low > high[1]',
      i: 'dlow() > pd(high)',
      notes: ['a full gap: the low is above the prior high'],
      about: 'gap',
    },
    ...[m.maybe('x') ? gapOf(c, amount(m), true) : []].flat(),
  ])
  condition(grammar, ['full gap down [of] [<percentrange:x>]'], (m) => (c) => [
    {
      d: 'high < low[1]',
      i: 'dhigh() < pd(low)',
      notes: ['a full gap: the high is below the prior low'],
      about: 'gap',
    },
    ...[m.maybe('x') ? gapOf(c, amount(m), false) : []].flat(),
  ])

  const up = '(up|gain|rise|add|higher|jump)'
  const down = '(down|lose|fall|lower|off|shed)'
  for (const [verb, direction] of [
    [up, true],
    [down, false],
  ] as const) {
    const move = direction
      ? '(rise|gain|move up|run|run up|rally|return|move)'
      : '(fall|loss|decline|move down|drop|lose|selloff)'
    const make = (m: Match) => (c: Context) => {
      const week = m.maybe<Period>('w')
      return moved(c, amount(m), direction, week ? { n: week.n, prior: false } : span(m))
    }
    condition(
      grammar,
      [
        `[close] ${verb} <percentrange:x> [<span:s>]`,
        `[close] ${verb} <percentrange:x> (today|on day)`,
        `[close] ${verb} <percentrange:x> <calendar:w>`,
        `[close] <percentamount:x> (${direction ? 'higher|up' : 'lower|down'}) [<span:s>]`,
      ],
      make,
    )
    condition(
      grammar,
      [`<percentamount:x> ${move} <span:s>`, `${move} of <percentamount:x> <span:s>`, `${move} [of] <percentamount:x>`],
      make,
    )
    condition(
      grammar,
      [
        `<period:p> ${move} of <percentamount:x>`,
        `<percentamount:x> <period:p> ${move}`,
        `<period:p> ${move} <percentamount:x>`,
      ],
      (m) => (c) => moved(c, amount(m), direction, { n: m.of<Period>('p').n, prior: false }),
    )
    const past = direction ? '(rise|gain|up|higher|advance)' : '(fall|down|lose|lower|decline)'
    // "the RSI above 50 and rising for 3 days": the RSI rises
    const toward = (_m: Match, s: Span) => (c: Context) => {
      if (c.subject && c.subject.dimension === 'level') return streak(direction ? 'rising' : 'falling', s)(c, c.subject)
      return s.each ? inARow(c, direction, s.n, 'close') : directed(direction, s)
    }
    condition(
      grammar,
      [`${past} <span:s>`, `${past} <period:p>`],
      // "losing the 50 day" is an average lost, not days of loss
      (m, tokens) =>
        m.maybe('p') && /^(day|d)$/i.test(tokens[m.end - 1].raw)
          ? undefined
          : toward(m, m.maybe<Span>('s') ?? { n: m.of<Period>('p').n, prior: false }),
      COST.phrase + 1,
    )
    condition(
      grammar,
      [
        `<period:p> of ${direction ? '(gain|rise|advance)' : '(fall|decline|loss|lose)'}`,
        `<period:p> ${direction ? '(rally|gain)' : '(decline|fall)'}`,
      ],
      (m) => toward(m, { n: m.of<Period>('p').n, prior: false }),
    )
    const day = direction ? '(up|higher|green|gain|positive)' : '(down|lower|red|lose|negative|fall)'
    const run = (m: Match) => (c: Context) => inARow(c, direction, m.of<number>('n'), 'close')
    condition(
      grammar,
      [
        `${day} <num:n> (consecutive|) day inarow`,
        `<num:n> [consecutive] ${day} day [inarow]`,
        `<num:n> (consecutive ${day} (day|close)|${day} (day|close) inarow|${day} consecutive (day|close))`,
        `[close] ${day} [for] <num:n> (day inarow|consecutive day)`,
        `<num:n> consecutive ${day} day`,
        `${day} [for] <num:n> consecutive day`,
        `${day} day <num:n> (times|day) inarow`,
        `close ${day} <num:n> day consecutive`,
        `${day} <num:n> day consecutive`,
        `close ${day} <num:n> day inarow`,
      ],
      run,
    )
    const part = direction ? 'higher' : 'lower'
    for (const what of ['high', 'low', 'close'] as const)
      condition(
        grammar,
        [`<num:n> [consecutive] ${part} ${what} [inarow]`],
        (m) => (c) => inARow(c, direction, m.of<number>('n'), what),
      )
    condition(
      grammar,
      [`${direction ? 'up' : 'down'} day`, `${direction ? '(green|positive)' : '(red|negative)'} day`],
      () => () => ({
        d: direction ? 'close > close[1]' : 'close < close[1]',
        i: direction ? 'close > pclose()' : 'close < pclose()',
        notes: [
          `a day is ${direction ? 'up' : 'down'} when its close is ${direction ? 'above' : 'below'} the close before`,
        ],
        about: 'return',
      }),
    )
    condition(
      grammar,
      [`close ${direction ? '(above|over)' : 'below'} open`, `${direction ? '(green|white)' : '(red|black)'} bar`],
      () => () => ({
        d: direction ? 'up()' : 'down()',
        i: direction ? 'close > dopen()' : 'close < dopen()',
        notes: [],
        about: 'bar',
      }),
    )
  }
  value(
    grammar,
    ['<period:p> (return|momentum|performance|price change|gain|roc|change)'],
    (m) => () => returnOver(m.of<Period>('p').n),
  )
  value(grammar, '(return|momentum|performance|price change|roc) <span:s>', (m) => () => returnOver(m.of<Span>('s').n))
  value(
    grammar,
    '(twelveone [month] [momentum|return]|<period:p> (return|momentum) (exclude|without) last month)',
    (m) => () => skipping(m.maybe<Period>('p')?.n ?? 252),
  )
  value(grammar, '(today|day|daily|1 day) (return|change|gain|move)', () => () => ({
    ...CLOSE,
    d: 'close/close[1]-1',
    i: 'close/pclose()-1',
    dimension: 'fraction',
    raw: undefined,
    about: 'return',
  }))
}

/** The return up to a month ago: "12-1 momentum". */
function skipping(n: number): Value {
  return daily(`close[21]/close[${n}]-1`, 'fraction', `${n === 252 ? '12-1' : `${n}-session`} momentum`, [
    `momentum without the last month: the close 21 sessions ago over the close ${n} sessions ago`,
  ])
}

function anyGap(up: boolean): Condition {
  return {
    d: `open ${up ? '>' : '<'} close[1]`,
    i: `dopen() ${up ? '>' : '<'} pclose()`,
    notes: ['a gap without a size: the open is beyond the previous close'],
    about: 'gap',
    gap: true,
    rank: { by: 'open/close[1]-1', i: 'dopen()/pclose()-1', order: up ? 'desc' : 'asc', weight: 3 },
  }
}

function directed(up: boolean, span: Span): Condition {
  const d = span.prior ? `roc(close,${span.n})[1]` : `roc(close,${span.n})`
  return {
    d: `${d} ${up ? '>' : '<'} 0`,
    i: `pd(roc(close,${span.n})) ${up ? '>' : '<'} 0`,
    notes: [
      `${up ? 'risen' : 'fallen'} over ${span.n} sessions: the ${span.prior ? 'prior close' : 'close'} against the close ${span.n} sessions before it`,
    ],
    about: 'return',
    prior: span.prior,
  }
}

function inARow(c: Context, up: boolean, n: number, what: string): Condition {
  c.streak = n
  const d = `${up ? 'rising' : 'falling'}(${what},${n})`
  return {
    d,
    i: `pd(${d})`,
    notes: [`${n} in a row: ${n} comparisons of the ${what} with the one before`],
    about: 'streak',
  }
}
