import type { Context } from '../draft.ts'
import type { Grammar } from '../grammar.ts'
import {
  CLOSE,
  type Condition,
  compare,
  conditionEarlier,
  crossing,
  earlier,
  type Op,
  opposite,
  plain,
  Unclear,
  type Value,
} from '../meaning.ts'
import { against, apart, atExtreme, bounded, broken, literal, near, type Unit } from '../measure.ts'
import { COST, condition, type Predicate, type ValueOf } from '../phrase.ts'
import { firstIn } from './breakouts.ts'
import { average, CLOSING } from './prices.ts'
import type { Amount, Period } from './quantities.ts'
import { slope, sloping, streak, stretched } from './slopes.ts'

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
  if (reference.unit === 'money') return CLOSE
  if (last && last.dimension !== 'price' && last.dimension !== 'volume') return last
  // a watched symbol "goes above 200": its price
  if (context.draft.symbols.length === 1 && reference.unit === 'num') return CLOSE
  throw new Unclear(`What is compared with ${plain(reference.number)}?`)
}

export function comparison(context: Context, said: Value | undefined, op: Op, reference: Reference): Condition {
  const subject = subjectFor(context, said, reference)
  if ('number' in reference) return bounded(subject, op, reference.number, reference.unit)
  return against(subject, op, reference.value, reference.scale)
}

function cross(context: Context, said: Value | undefined, up: boolean, reference: Reference): Condition {
  const subject = subjectFor(context, said, reference)
  if ('number' in reference) {
    const level = same(literal(subject, reference.number, reference.unit).text)
    const traded = subject.raw
      ? { ...subject, ...subject.raw, notes: ['price levels are compared as traded, before splits'] }
      : subject
    context.crossed = { left: traded, right: level }
    return crossing(traded, up, level)
  }
  const { value } = reference
  // a high of n sessions is broken, and a close "goes above" an average, on the bar itself
  if (value.extreme) return against(subject, up ? '>' : '<', value)
  context.crossed = { left: subject, right: value }
  return crossing(subject, up, value)
}

/** "when it crosses back below": the two values that crossed before, or an oscillator and its signal line. */
function crossAgain(context: Context, up: boolean): Condition {
  const last = context.subject
  const stochastic = last && /^stoch_k\((\d+),(\d+)\)$/.exec(last.d)
  if (!context.crossed && stochastic) return crossing(last, up, same(`stoch_d(${stochastic[1]},${stochastic[2]},3)`))
  if (!context.crossed && last?.d === 'macd(12,26)') return crossing(last, up, same('macd_signal(12,26,9)'))
  if (!context.crossed) throw new Unclear('What crosses what?')
  return crossing(context.crossed.left, up, context.crossed.right)
}

const same = (text: string) => ({ d: text, i: text })

/** References, predicates, and the conditions they make with and without a subject. */
export function predicates(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  const reference = (pattern: string, make: (m: { of<T>(key: string): T }) => ReferenceOf, cost = 0) =>
    rule('reference', pattern, make, cost)
  rule('literal', '<num:n>', (m) => () => ({ number: m.of('n'), unit: 'num' }))
  rule('literal', '<pct:n>', (m) => () => ({ number: m.of('n'), unit: 'pct' }))
  rule('literal', '<money:n>', (m) => () => ({ number: m.of('n'), unit: 'money' }))
  reference('<value:v>', (m) => (c) => {
    const value = m.of<ValueOf>('v')(c)
    if (value.dimension === 'price' && !value.pronoun) c.mentioned = value
    return { value }
  })
  reference('<times:k> <value:v>', (m) => (c) => ({ value: m.of<ValueOf>('v')(c), scale: m.of('k') }))
  reference('<percent:k> of <value:v>', (m) => (c) => ({
    value: m.of<ValueOf>('v')(c),
    scale: m.of<number>('k') / 100,
  }))
  reference('<period:p>', (m) => (c, s) => ({ value: elliptical(c, s, m.of<Period>('p')) }), 1)
  reference('<num:n> [line|level]', (m) => () => ({ number: m.of('n'), unit: 'num' }))
  reference('<big:n>', (m) => () => ({ number: m.of('n'), unit: 'num' }), 1)
  reference('(zero [line]|centre line)', () => () => ({ number: 0, unit: 'num' }))
  reference('<pct:n>', (m) => () => ({ number: m.of('n'), unit: 'pct' }))
  reference('<money:n> [m]', (m) => () => ({ number: m.of('n'), unit: 'money' }), 1)
  reference('[on] (yesterday|day before|prior day) [value|level]', () => (c, s) => ({ value: earlier(known(c, s), 1) }))
  reference('[value] <num:k> (day|bar) (ago|earlier|before)', (m) => (c, s) => ({
    value: earlier(known(c, s), m.of('k')),
  }))

  const predicate = (
    pattern: string,
    make: (m: { of<T>(key: string): T; maybe<T>(key: string): T | undefined }) => Predicate,
  ) => rule('predicate', pattern, make)
  const verb = '[trade|hold|stay|remain|sit|stand|at]'
  predicate(
    `${verb} <cmp:op> <reference:r>`,
    (m) => (c, s) => comparison(c, s, m.of('op'), m.of<ReferenceOf>('r')(c, s)),
  )
  predicate(
    `not ${verb} <cmp:op> <reference:r>`,
    (m) => (c, s) => comparison(c, s, opposite(m.of('op')), m.of<ReferenceOf>('r')(c, s)),
  )
  predicate(
    `${verb} back <cmp:op> <reference:r>`,
    (m) => (c, s) => comparison(c, s, m.of('op'), m.of<ReferenceOf>('r')(c, s)),
  )
  predicate(
    '[at] <literal:r> (<orup:op>|<ordown:op>)',
    (m) => (c, s) => comparison(c, s, m.of('op'), m.of<ReferenceOf>('r')(c, s)),
  )
  predicate(
    '[at] <value:v> or (above|over|higher)',
    (m) => (c, s) => comparison(c, s, '>=', { value: m.of<ValueOf>('v')(c) }),
  )
  predicate(
    '[at] <value:v> or (below|lower)',
    (m) => (c, s) => comparison(c, s, '<=', { value: m.of<ValueOf>('v')(c) }),
  )
  predicate('<cmp:op> [a] (rising|upward) <value:v>', (m) => sloping(m.of('op'), m.of('v'), '>'))
  predicate('<cmp:op> [a] (falling|declining) <value:v>', (m) => sloping(m.of('op'), m.of('v'), '<'))
  predicate('<cmp:op> <value:v> (go up|rising|rise)', (m) => sloping(m.of('op'), m.of('v'), '>'))
  predicate('<cmp:op> <value:v> (go down|falling|fall)', (m) => sloping(m.of('op'), m.of('v'), '<'))
  predicate('<crosses:up> <reference:r>', (m) => (c, s) => cross(c, s, m.of('up'), m.of<ReferenceOf>('r')(c, s)))
  predicate('cross <reference:r>', (m) => (c, s) => {
    c.draft.notes.push('"crosses" without a direction is read as crossing upwards')
    return cross(c, s, true, m.of<ReferenceOf>('r')(c, s))
  })
  predicate('[in] between <reference:a> and <reference:b>', (m) => (c, s) => [
    comparison(c, s, '>=', m.of<ReferenceOf>('a')(c, s)),
    comparison(c, s, '<=', m.of<ReferenceOf>('b')(c, s)),
  ])
  predicate(
    '[hold|stay|trade] within <pct:x> of <value:v>',
    (m) => (c, s) => near(s ?? CLOSE, m.of('x'), m.of<ValueOf>('v')(c)),
  )
  predicate(
    '[stay|hold|trade] (atmost|no more than|less than|not more than) <pct:x> (away from|from|off) <value:v>',
    (m) => (c, s) => near(s ?? CLOSE, m.of('x'), m.of<ValueOf>('v')(c)),
  )
  const distance = '(above|over|higher than|greater than|more than)'
  predicate(`[trade] <percentamount:x> ${distance} <value:v>`, (m) => (c, s) => {
    const amount = m.of<Amount>('x')
    return side(s ?? CLOSE, amount, true, m.of<ValueOf>('v')(c))
  })
  predicate('[trade|down] <percentamount:x> (below|lower than|less than|off|from) <value:v>', (m) => (c, s) => {
    const amount = m.of<Amount>('x')
    return side(s ?? CLOSE, amount, false, m.of<ValueOf>('v')(c))
  })
  for (const [words, up] of [
    [distance, true],
    ['(below|lower than|less than)', false],
  ] as const) {
    predicate(`[trade] <numberamount:x> atr [lp <num:n> rp] ${words} <value:v>`, (m) =>
      stretched(m.of('x'), up, m.of('v'), m.maybe('n')),
    )
    predicate(`[trade] <num:k> atr [lp <num:n> rp] <orup> ${words} <value:v>`, (m) =>
      stretched({ op: '>=', value: m.of('k'), bare: false }, up, m.of('v'), m.maybe('n')),
    )
    predicate(`[trade] <timesamount:x> atr [lp <num:n> rp] ${words} <value:v>`, (m) =>
      stretched(m.of('x'), up, m.of('v'), m.maybe('n')),
    )
  }
  predicate('at <extreme:e>', (m) => (c, s) => atExtreme(s ?? CLOSE, m.of<ValueOf>('e')(c)))
  predicate('<extreme:e>', (m) => (c, s) => {
    const value = m.of<ValueOf>('e')(c)
    return s ? atExtreme(s, value) : broken(CLOSE, value.extreme!.high ? '>' : '<', value)
  })
  predicate('[at] eq <extreme:e>', (m) => (c, s) => atExtreme(s ?? CLOSE, m.of<ValueOf>('e')(c)))
  predicate('(rising|increasing|up|improving|go up|trend up|rise) [(vs|against|from|on) yesterday]', () => slope('>'))
  predicate('(falling|decreasing|down|go down|trend down|fall) [(vs|against|from|on) yesterday]', () => slope('<'))
  predicate('(rising|increasing|up|rise) <span:s>', (m) => streak('rising', m.of('s')))
  predicate('(falling|decreasing|down|fall) <span:s>', (m) => streak('falling', m.of('s')))
  predicate('(become|go|cross|move) positive', () => (c, s) => cross(c, s, true, { number: 0, unit: 'num' }))
  predicate('(become|go|cross|move) negative', () => (c, s) => cross(c, s, false, { number: 0, unit: 'num' }))
  predicate('positive', () => (c, s) => comparison(c, s, '>', { number: 0, unit: 'num' }))
  predicate('negative', () => (c, s) => comparison(c, s, '<', { number: 0, unit: 'num' }))
  predicate('touch <num:n>', (m) => (c, s) => {
    const level = m.of<number>('n')
    c.draft.notes.push(`"reaches ${level}" is at or ${level >= 50 ? 'above' : 'below'} it`)
    return comparison(c, s, level >= 50 ? '>=' : '<=', { number: level, unit: 'num' })
  })
  for (const [words, up] of [
    ['cross [back] (above|up|over|higher)', true],
    ['cross [back] (below|down|lower)', false],
  ] as const)
    condition(
      grammar,
      [`[it] ${words} [again]`, `[<average>] ${words} [again]`],
      () => (c) => crossAgain(c, up),
      COST.phrase + 4,
    )
  grammar.rule(
    'phrase',
    'for first time (in|over|for) [last] <calendar:n>',
    (m) => ({ is: 'modifier', change: (one: Condition) => firstIn(one, m.of<Period>('n').n) }),
    COST.phrase,
  )

  const made = (c: Context, named: Value, predicate: Predicate) => {
    // "it" before a verb is the stock when the last thing named is a price level
    const subject = named.pronoun && named.dimension === 'price' ? CLOSE : named
    c.subject = subject
    if (subject.dimension !== 'price') c.mentioned = subject
    return predicate(c, subject)
  }
  const before = (result: Condition | Condition[]) =>
    Array.isArray(result) ? result.map((one) => conditionEarlier(one, 1)) : conditionEarlier(result, 1)
  const joint = '[be|today|currently|that|reading|on|still|must|should|stock]'
  condition(grammar, [`<value:s> ${joint} <predicate:p>`, '<value:s> of <universe:u> <predicate:p>'], (m) => (c) => {
    m.maybe<(c: Context) => void>('u')?.(c)
    return made(c, m.of<ValueOf>('s')(c), m.of('p'))
  })
  condition(
    grammar,
    `<value:s> <predicate:p> yesterday`,
    (m) => (c) => before(made(c, m.of<ValueOf>('s')(c), m.of('p'))),
  )
  condition(
    grammar,
    '(yesterday|prior day) close <predicate:p>',
    (m) => (c) => before(made(c, CLOSING, m.of('p'))),
    COST.phrase - 1,
  )
  condition(
    grammar,
    '<predicate:p> yesterday',
    (m) => (c) => before(m.of<Predicate>('p')(c, undefined)),
    COST.phrase + 1,
  )
  condition(grammar, '<predicate:p>', (m) => (c) => m.of<Predicate>('p')(c, undefined), COST.phrase + 2)
  condition(grammar, '<average:s> <predicate:p>', (m) => (c) => made(c, m.of<ValueOf>('s')(c), m.of('p')))
}

/** "less than 2% above" is above all the same. */
function side(left: Value, amount: Amount, up: boolean, right: Value): Condition | Condition[] {
  if (left.d === 'close' && (right.d === 'high' || right.d === 'low'))
    throw new Unclear(`The ${right.d} of how many days?`)
  const first = apart(left, amount.op, amount.value, up, right)
  if (amount.op !== '<' && amount.op !== '<=') return first
  const beyond = compare(left, up ? '>' : '<', right)
  return [first, beyond]
}

function known(context: Context, said: Value | undefined): Value {
  const subject = said ?? context.subject
  if (!subject) throw new Unclear('Higher or lower than yesterday: which value?')
  return subject
}

/** "above its 200-day": the average of that length, of whatever is compared. */
function elliptical(context: Context, subject: Value | undefined, length: Period): Value {
  if (subject && subject.dimension !== 'price') throw new Unclear(`${length.n} sessions of what?`)
  const value = average('sma', length)
  context.average = value
  context.mentioned = value
  return { ...value, notes: [`"${length.n}-day" without a name is read as the ${length.n}-day simple average`] }
}
