import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { CLOSE, daily, earlier, Unclear, type Value } from '../meaning.ts'
import { type ValueOf, value } from '../phrase.ts'
import type { Period, Span } from './quantities.ts'

type Kind = 'sma' | 'ema'

/** An average of closes over n sessions (or weeks, where the rule is about weekly bars). */
export function average(kind: Kind, length: Period): Value {
  const value = {
    ...daily(`${kind}(close,${length.n})`, 'price', `${kind} ${length.n}`),
    averaged: { kind, n: length.n },
  }
  return { ...value, counted: countedIn(length, (n) => `${kind}(close,${n})`) }
}

/** The text on weekly or monthly bars of what is counted in weeks or months. */
function countedIn({ unit, count }: Period, text: (n: number) => string): Value['counted'] {
  if (!Number.isInteger(count)) return undefined
  return unit === 'week' ? { wk: text(count) } : unit === 'month' ? { mo: text(count) } : undefined
}

const mention =
  (make: (context: Context) => Value): ValueOf =>
  (context) => {
    const value = make(context)
    context.average = value
    context.mentioned = value
    context.seen = [...(context.seen ?? []).filter((one) => one.d !== value.d), value]
    return value
  }

/** The highest or lowest price of n sessions. */
export function extreme(high: boolean, of: 'high' | 'low' | 'close', n: number): Value {
  const name = high ? 'highest' : 'lowest'
  return {
    d: `${name}(${of},${n})`,
    i: `pd(${name}(${of},${n}))`,
    dimension: 'price',
    notes: n === 252 ? ['52 weeks (a year) are 252 sessions'] : n === 126 ? ['6 months are 126 sessions'] : [],
    about: `${name} ${of} ${n}`,
    extreme: { high, of, n },
  }
}

const price = (name: 'open' | 'high' | 'low'): Value => ({
  d: name,
  i: name === 'open' ? 'dopen()' : name === 'high' ? 'dhigh()' : 'dlow()',
  dimension: 'price',
  notes: [],
  about: name,
  raw: { d: `raw_${name}`, i: `raw_${name}` },
})

/** The close said as such: a break of a high compares it, not the day's high. */
export const CLOSING: Value = { ...CLOSE, about: 'close' }

/** Prices, moving averages, highs and lows of a window. */
export function prices(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  const kinds: [string, Kind][] = [
    ['[simple] [moving|move] (avg|sma|dma)', 'sma'],
    ['(exponential [moving|move] avg|ema)', 'ema'],
  ]
  for (const [words, kind] of kinds) {
    rule('average', `<period:p> ${words} of (price|close)`, (m) => mention(() => average(kind, m.of('p'))))
    rule('average', `<num:n> ${words} of (price|close)`, (m) => bySessions(kind, m))
    rule('average', `<period:p> ${words}`, (m) => mention(() => average(kind, m.of('p'))))
    rule('average', `${words} [of] [last|prior] <period:p>`, (m) => mention(() => average(kind, m.of('p'))))
    rule('average', `<num:n> ${words}`, (m) => bySessions(kind, m))
    rule('average', `${words} lp <num:n> rp`, (m) => bySessions(kind, m))
    rule('average', `${words} lp <period:p> rp`, (m) => mention(() => average(kind, m.of('p'))))
    rule('average', `${words} <num:n>`, (m) => bySessions(kind, m), 1)
  }
  rule('average', '<period:p> avg (of|in) (close|price)', (m) => mention(() => average('sma', m.of('p'))))
  rule('average', '<period:p> avg (close|price)', (m) => mention(() => average('sma', m.of('p'))))
  rule('average', '(avg|sma|dma)', () => (c: Context) => said(c))
  rule('average', 'ema', () => (c: Context) => said(c, 'ema'))
  value(grammar, '<average:a>', (m) => m.of('a'))
  value(grammar, 'it', () => (c) => ({ ...(c.mentioned ?? CLOSE), pronoun: true }), 1)

  value(
    grammar,
    ['close', 'closing', 'finish', 'closing price', '(daily|today) close', 'it close', 'price close', 'stock close'],
    () => () => CLOSING,
  )
  value(grammar, ['price', '(today|current) price', 'stock price'], () => () => CLOSE)
  for (const name of ['open', 'high', 'low'] as const) {
    const now = price(name)
    value(grammar, [name, `(today|day) ${name}`, `${name} of day`, `(${name}) price`], () => () => now)
    value(grammar, `(yesterday|prior day|prior) ${name}`, () => () => earlier(now, 1))
    value(grammar, `${name} of (yesterday|(prior|last) (day|bar))`, () => () => earlier(now, 1))
  }
  value(grammar, ['opening price'], () => () => price('open'))
  value(grammar, '(yesterday|prior day|prior) (close|closing price)', () => () => previousClose())
  value(grammar, '(close|closing price) of (yesterday|(prior|last) day)', () => () => previousClose())
  value(grammar, ['vwap', '(todays) vwap'], () => (c) => {
    c.draft.intraday = true
    return { d: 'vwap()', i: 'vwap()', dimension: 'price', notes: [], about: 'vwap' }
  })
  for (const [bars, words, unit] of [
    ['wk', '(weekly|week)', 'week'],
    ['mo', '(monthly|month)', 'month'],
  ] as const)
    for (const name of ['open', 'high', 'low', 'close'] as const)
      value(
        grammar,
        [
          `[last] [completed|complete|full|finished|completely] ${words} ${name}`,
          `(last|prior) [completed|complete|full|finished] ${unit} ${name}`,
          `${name} of (last|prior) [completed|complete|full|finished] ${unit}`,
        ],
        () => (c) => {
          c.draft.notes.push(
            `"${unit === 'week' ? 'weekly' : 'monthly'}" is read at the last ${unit} completed by the close`,
          )
          const d = `${bars}(${name})`
          return { ...daily(d, 'price', `${unit} ${name}`), on: { bars, text: name } }
        },
      )

  const high: [string, boolean, 'high' | 'low'][] = [
    ['high', true, 'high'],
    ['low', false, 'low'],
  ]
  for (const [word, up, field] of high) {
    const word2 = up ? '(highest|high|top|best)' : '(lowest|low|bottom|worst)'
    const make = (m: Match, of: 'high' | 'low' | 'close', n?: number) =>
      level(up, of, n ?? m.of<Period>('p').n, m.maybe<Period>('p'))
    rule('extreme', `[prior|last] <period:p> ${word}`, (m) => make(m, field))
    rule('extreme', `[prior|last] <period:p> ${word} close`, (m) => make(m, 'close'))
    rule('extreme', `[prior|last] <period:p> (closing|close) ${word}`, (m) => make(m, 'close'))
    rule('extreme', `closing ${word} of [prior|last] <period:p>`, (m) => make(m, 'close'))
    rule('extreme', `<period:p> ${word} (in|of|on) close [price]`, (m) => make(m, 'close'))
    rule('extreme', `${word2} [price] <span:s>`, (m) => make(m, field, m.of<Span>('s').n))
    rule('extreme', `${word2} (high|low) <span:s>`, (m, tokens) => {
      const said = tokens.slice(m.start + 1, m.end).find((token) => token.text === 'high' || token.text === 'low')
      return make(m, (said?.text ?? field) as 'high' | 'low', m.of<Span>('s').n)
    })
    rule('extreme', `${word2} (close|closing price) <span:s>`, (m) => make(m, 'close', m.of<Span>('s').n))
    rule('extreme', `${word} (of|for|in) (year|yearly) [lp <period> rp]`, () => level(up, field, 252))
    rule('extreme', `${word2} [price|high|low] (of|over|in) (prior|last) <num:n>`, (m) => level(up, field, m.of('n')))
    rule('extreme', `(yearly|year|annual) ${word}`, () => level(up, field, 252))
    rule('extreme', `[its] monthly ${word}`, () => level(up, field, 21))
  }
  value(grammar, '<extreme:e>', (m) => m.of('e'))
}

function bySessions(kind: Kind, m: Match): ValueOf | undefined {
  const n = m.of<number>('n')
  return Number.isInteger(n) && n > 0 ? mention(() => average(kind, { n, unit: 'day', count: n })) : undefined
}

function level(high: boolean, of: 'high' | 'low' | 'close', n: number, period?: Period): ValueOf {
  return (context) => {
    const counted = period && countedIn(period, (count) => `${high ? 'highest' : 'lowest'}(${of},${count})`)
    const value = { ...extreme(high, of, n), counted }
    context.extreme = value
    context.mentioned = value
    return value
  }
}

/** Yesterday's close; on intraday bars the close of the previous session. */
export function previousClose(): Value {
  return { ...CLOSING, d: 'close[1]', i: 'pclose()', about: 'close[1]', raw: undefined }
}

function said(context: Context, kind?: string): Value {
  const value = context.average
  if (!value || (kind && !value.d.startsWith(kind))) throw new Unclear('Which average: of how many days?')
  return value
}
