import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import {
  CLOSE,
  type Condition,
  compare,
  crossing,
  earlier,
  isUp,
  type Op,
  plain,
  Unclear,
  type Value,
} from '../meaning.ts'
import { against, bounded, literal, onSameBars, rebased, type Unit } from '../measure.ts'
import type { ValueOf } from '../phrase.ts'
import { average, extreme } from './prices.ts'
import type { Period } from './quantities.ts'

/** What a value is compared with: another value (perhaps a multiple of it) or a number. */
export type Reference = { value: Value; scale?: number } | { number: number; unit: Unit }
export type ReferenceOf = (context: Context, subject: Value | undefined) => Reference

/** The thing a predicate without one speaks of: the last one mentioned that it can be said of, the price for prices. */
function subjectFor(context: Context, said: Value | undefined, reference: Reference): Value {
  if (said && !(said.pronoun && 'value' in reference && reference.value.dimension !== said.dimension)) return said
  const last = context.subject
  if ('value' in reference) {
    if (reference.value.dimension === 'price') return last?.dimension === 'price' ? last : CLOSE
    if (last && last.dimension === reference.value.dimension) return last
    throw new Unclear(`What is compared with ${reference.value.about}?`)
  }
  if (reference.unit === 'money') return last?.dimension === 'money' ? last : CLOSE
  if (reference.unit === 'pct' && last && last.dimension !== 'fraction' && last.dimension !== 'level')
    throw new Unclear(`What is compared with ${plain(reference.number)} %?`)
  if (last && last.dimension !== 'price' && last.dimension !== 'volume') return last
  // a watched symbol "goes above 200": its price
  if (context.draft.symbols.length === 1 && reference.unit === 'num') return CLOSE
  throw new Unclear(`What is compared with ${plain(reference.number)}?`)
}

export function comparison(context: Context, said: Value | undefined, op: Op, reference: Reference): Condition {
  const subject = subjectFor(context, said, reference)
  if ('number' in reference) return bounded(subject, op, reference.number, reference.unit)
  const { value } = reference
  // no close is above its own high: the high of the base is meant, or that of how many days?
  const beyond = (value.d === 'high' && isUp(op)) || (value.d === 'low' && !isUp(op))
  if (subject.d === 'close' && beyond && reference.scale === undefined) {
    if (context.base === undefined) throw new Unclear(`The ${value.d} of how many days?`)
    return against(subject, op, extreme(value.d === 'high', value.d as 'high' | 'low', context.base))
  }
  return against(subject, op, value, reference.scale)
}

/** Between two bounds, whichever is the larger. */
export function between(context: Context, said: Value | undefined, a: Reference, b: Reference): Condition[] {
  if ('number' in a && 'number' in b && a.number > b.number) return between(context, said, b, a)
  if ('value' in a && 'value' in b) {
    const subject = subjectFor(context, said, a)
    const [one, two] = [a.value, b.value]
    return (['>=', '<='] as const).map((op) => {
      const name = op === '>=' ? 'min' : 'max'
      const bound = { ...one, d: `${name}(${one.d},${two.d})`, i: `${name}(${one.i},${two.i})`, extreme: undefined }
      return { ...against(subject, op, bound), rank: undefined }
    })
  }
  return [comparison(context, said, '>=', a), comparison(context, said, '<=', b)]
}

export function cross(context: Context, said: Value | undefined, up: boolean, reference: Reference): Condition {
  const subject = subjectFor(context, said, reference)
  if ('number' in reference) {
    if (reference.unit === 'pct' && subject.dimension === 'price')
      throw new Unclear(`${plain(reference.number)} % of what?`)
    const level = same(literal(subject, reference.number, reference.unit).text)
    const traded = subject.raw
      ? { ...subject, ...subject.raw, notes: ['price levels are compared as traded, before splits'] }
      : subject
    context.crossed = { left: traded, right: level }
    return crossing(traded, up, level)
  }
  const { value } = reference
  // an earlier day's high is taken out by the day's high
  const earlierDay = /^(high|low)\[\d+\]$/.exec(value.d)
  if (earlierDay && subject.about === CLOSE.about && (earlierDay[1] === 'high') === up) {
    const own = up ? 'high' : 'low'
    return { ...compare({ ...CLOSE, d: own, i: up ? 'dhigh()' : 'dlow()' }, up ? '>' : '<', value), about: own }
  }
  // a high of n sessions is broken, and a close "goes above" an average, on the bar itself
  if (value.extreme) return against(subject, up ? '>' : '<', value)
  const inner = subject.on && onSameBars(subject.on.bars, value)
  if (inner) {
    const { bars, text } = subject.on!
    const within = crossing({ ...subject, d: text, i: text }, up, { d: inner, i: inner })
    return { ...within, d: `${bars}(${within.d})`, i: `pd(${bars}(${within.d}))` }
  }
  context.crossed = { left: subject, right: value }
  return crossing(subject, up, value)
}

/** "when it crosses back below": the two values that crossed before, or an oscillator and its signal line. */
export function crossAgain(context: Context, up: boolean): Condition {
  const last = context.subject
  const stochastic = last && /^stoch_k\((\d+),(\d+)\)$/.exec(last.d)
  if (!context.crossed && stochastic) return crossing(last, up, same(`stoch_d(${stochastic[1]},${stochastic[2]},3)`))
  if (!context.crossed && last?.d === 'macd(12,26)') return crossing(last, up, same('macd_signal(12,26,9)'))
  if (!context.crossed) throw new Unclear('What crosses what?')
  return crossing(context.crossed.left, up, context.crossed.right)
}

const same = (text: string) => ({ d: text, i: text })

/** What values are compared with, by words. */
export function references(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  const reference = (pattern: string, make: (m: { of<T>(key: string): T }) => ReferenceOf, cost = 0) =>
    rule('reference', pattern, make, cost)
  rule('literal', '<num:n>', (m) => () => ({ number: m.of('n'), unit: 'num' }))
  rule('literal', '<pct:n>', (m) => () => ({ number: m.of('n'), unit: 'pct' }))
  rule('literal', '<dollars:n>', (m, tokens) =>
    tokens[m.start].kind === 'money' ? () => ({ number: m.of('n'), unit: 'money' }) : undefined,
  )
  // "above its 200-day": the average of that length; "5 days" in the plural is none
  rule('dayaverage', '<period:p> [line]', (m, tokens) =>
    tokens.slice(m.start, m.end).some((token) => /^(days|sessions|bars|weeks|months|years)$/i.test(token.raw))
      ? undefined
      : (c: Context) => elliptical(c, m.of('p')),
  )
  rule('level', '<value:v>', (m) => m.of('v'))
  rule('level', '<dayaverage:v>', (m) => m.of('v'), 1)

  reference('<value:v>', (m) => (c, s) => {
    const value = rebased(s, m.of<ValueOf>('v')(c))
    if (value.dimension === 'price' && !value.pronoun) c.mentioned = value
    return { value }
  })
  reference('<times:k> <level:v>', (m) => (c, s) => ({ value: rebased(s, m.of<ValueOf>('v')(c)), scale: m.of('k') }))
  reference('half <level:v>', (m) => (c, s) => ({ value: rebased(s, m.of<ValueOf>('v')(c)), scale: 0.5 }))
  reference('<percent:k> of <level:v>', (m) => (c, s) => ({
    value: rebased(s, m.of<ValueOf>('v')(c)),
    scale: m.of<number>('k') / 100,
  }))
  reference(
    '<dayaverage:v>',
    (m) => (c, s) => {
      const value = rebased(s, m.of<ValueOf>('v')(c))
      if (s && s.dimension !== 'price' && value.dimension === 'price') throw new Unclear(`${value.about} of what?`)
      return { value }
    },
    1,
  )
  reference('<num:n> [line|level]', (m) => () => ({ number: m.of('n'), unit: 'num' }))
  reference('+ <num:n>', (m) => () => ({ number: m.of('n'), unit: 'num' }), 1)
  reference('up <num:n>', (m) => () => ({ number: m.of('n'), unit: 'num' }), 2)
  reference('<big:n>', (m) => () => ({ number: m.of('n'), unit: 'num' }), 1)
  reference('(zero [line]|centre line)', () => () => ({ number: 0, unit: 'num' }))
  reference('<pct:n>', (m) => () => ({ number: m.of('n'), unit: 'pct' }))
  reference('<literal:n>', (m) => m.of('n'))
  // a value of an earlier day stands in comparisons; "crossed the average 2 days ago" is the crossing of that day
  const past = (pattern: string, make: (m: Match) => ReferenceOf, cost = 0) =>
    rule('pastreference', pattern, make, cost)
  past('<reference:r>', (m) => m.of('r'))
  past('[on] [of|on] (yesterday|day before|prior day) [value|level|one]', () => (c, s) => ({
    value: earlier(known(c, s), 1),
  }))
  past('[value|level] [of] [it] <calendar:k> (ago|earlier|before)', (m) => (c, s) => ({
    value: earlier(known(c, s), m.of<Period>('k').n),
  }))
  past('<value:v> [of] <calendar:k> (ago|earlier|before)', (m) => (c) => ({
    value: earlier(m.of<ValueOf>('v')(c), m.of<Period>('k').n),
  }))
}

function known(context: Context, said: Value | undefined): Value {
  const subject = said ?? context.subject
  if (!subject) throw new Unclear('Higher or lower than before: which value?')
  return subject
}

function elliptical(context: Context, length: Period): Value {
  const value = average('sma', length)
  context.average = value
  context.mentioned = value
  context.seen = [...(context.seen ?? []).filter((one) => one.d !== value.d), value]
  return { ...value, notes: [`"${length.n}-day" without a name is read as the ${length.n}-day simple average`] }
}
