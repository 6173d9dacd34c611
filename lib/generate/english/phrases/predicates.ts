import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import {
  CLOSE,
  type Condition,
  compare,
  conditionEarlier,
  isUp,
  type Op,
  opposite,
  Unclear,
  type Value,
} from '../meaning.ts'
import { against, apart, atExtreme, broken, near, rebased } from '../measure.ts'
import { COST, condition, type Predicate, type ValueOf } from '../phrase.ts'
import type { Token } from '../tokens.ts'
import { CLOSING } from './prices.ts'
import type { Amount, Span } from './quantities.ts'
import { between, comparison, cross, crossAgain, type ReferenceOf } from './references.ts'
import { rankedIn, recordOf, slope, sloping, streak, stretched } from './slopes.ts'

/** What can be said of a value, and the conditions that makes with and without a subject. */
export function predicates(grammar: Grammar): void {
  const predicate = (pattern: string, make: (m: Match, tokens: readonly Token[]) => Predicate | undefined) =>
    grammar.rule('predicate', pattern, make)
  const ref = (m: Match, key = 'r') => m.of<ReferenceOf>(key)
  const verb = '[trade|hold|stay|remain|sit|stand|at|come in|well]'
  predicate(`${verb} [back] <cmp:op> <pastreference:r>`, (m) => (c, s) => comparison(c, s, m.of('op'), ref(m)(c, s)))
  // "both above and below": said of the same value, for the contradiction to be seen
  predicate(
    '[both] <cmp:a> and <cmp:b> <reference:r>',
    (m) => (c, s) => ['a', 'b'].map((key) => comparison(c, s, m.of<Op>(key), ref(m)(c, s))),
  )
  predicate(
    `not ${verb} <cmp:op> <pastreference:r>`,
    (m) => (c, s) => comparison(c, s, opposite(m.of('op')), ref(m)(c, s)),
  )
  predicate('[at] <literal:r> (<orup:op>|<ordown:op>)', (m) => (c, s) => comparison(c, s, m.of('op'), ref(m)(c, s)))
  predicate(
    '[at] <level:v> or (above|over|higher)',
    (m) => (c, s) => comparison(c, s, '>=', { value: m.of<ValueOf>('v')(c) }),
  )
  predicate(
    '[at] <level:v> or (below|lower)',
    (m) => (c, s) => comparison(c, s, '<=', { value: m.of<ValueOf>('v')(c) }),
  )
  predicate(
    'neither <cmp:op> <reference:a> nor <reference:b>',
    (m) => (c, s) => ['a', 'b'].map((key) => comparison(c, s, opposite(m.of('op')), ref(m, key)(c, s))),
  )
  predicate('<cmp:op> both [of them|avg]', (m) => (c, s) => {
    const others = (c.seen ?? []).filter((one) => one.d !== s?.d).slice(-2)
    if (others.length < 2) throw new Unclear('Both of which?')
    return others.map((one) => comparison(c, s, m.of('op'), { value: one }))
  })
  for (const [words, up] of [
    ['(rising|upward|up slope|sloping up|uptrending)', true],
    ['(falling|declining|downward|sloping down)', false],
  ] as const)
    predicate(`<cmp:op> [a] ${words} <level:v>`, (m) => sloping(m.of('op'), m.of('v'), up ? '>' : '<'))
  predicate('<cmp:op> <level:v> (go up|rising|rise)', (m) => sloping(m.of('op'), m.of('v'), '>'))
  predicate('<cmp:op> <level:v> (go down|falling|fall)', (m) => sloping(m.of('op'), m.of('v'), '<'))
  predicate('<crosses:up> <reference:r>', (m) => (c, s) => cross(c, s, m.of('up'), ref(m)(c, s)))
  predicate('cross <reference:r> to (up|upside)', (m) => (c, s) => cross(c, s, true, ref(m)(c, s)))
  predicate('cross <reference:r> to (down|downside)', (m) => (c, s) => cross(c, s, false, ref(m)(c, s)))
  predicate('reclaim <level:v>', (m) => (c, s) => cross(c, s, true, { value: m.of<ValueOf>('v')(c) }))
  predicate(
    '(lose|slip below|break down below|fail at) <level:v>',
    (m) => (c, s) => cross(c, s, false, { value: m.of<ValueOf>('v')(c) }),
  )
  for (const [side, up] of [
    ['below', true],
    ['above', false],
  ] as const)
    predicate(`cross <reference:r> from ${side}`, (m) => (c, s) => cross(c, s, up, ref(m)(c, s)))
  predicate('cross <reference:r>', (m) => (c, s) => {
    c.draft.notes.push('"crosses" without a direction is read as crossing upwards')
    return cross(c, s, true, ref(m)(c, s))
  })
  predicate('[in] between <averagelist:l>', (m) => (c, s) => {
    const [a, b, ...more] = m.of<Value[]>('l')
    if (more.length) throw new Unclear('Between which two?')
    return between(c, s, { value: rebased(s, a) }, { value: rebased(s, b) })
  })
  predicate(
    '[in|range] (between|from) <reference:a> (and|to) <reference:b>',
    (m) => (c, s) => between(c, s, ref(m, 'a')(c, s), ref(m, 'b')(c, s)),
  )
  predicate(
    '[at|of|in] <literal:a> to <literal:b> [range]',
    (m) => (c, s) => between(c, s, ref(m, 'a')(c, s), ref(m, 'b')(c, s)),
  )
  predicate(
    '[hold|stay|trade|sit|come|dip|fall|back] [back] [to] within <pct:x> (of|from) <level:v>',
    (m) => (c, s) => near(s ?? CLOSE, m.of('x'), rebased(s, m.of<ValueOf>('v')(c))),
  )
  predicate(
    '[stay|hold|trade] (atmost|no more than|less than|not more than) <pct:x> (away from|from|off) <level:v>',
    (m) => (c, s) => near(s ?? CLOSE, m.of('x'), m.of<ValueOf>('v')(c)),
  )
  const distance = '(above|over|higher than|greater than|more than)'
  const short = '(below|lower than|less than|shy of)'
  const moved = '[trade|up|down|extend|stretch|bounce|dip|correct|retrace|sit|be]'
  for (const [words, up] of [
    [distance, () => true],
    [short, () => false],
    // "10% off the low" is above it, "10% off the high" below
    ['(off|from|away from)', (value: Value) => value.extreme?.high === false],
  ] as const)
    predicate(`${moved} <percentrange:x> ${words} <level:v>`, (m, tokens) => {
      // "yielding 5% that are above their average" is no distance from it
      if (tokens.slice(m.start + 1, m.end).some((token) => token.relative)) return undefined
      return (c, s) => {
        const value = rebased(s, m.of<ValueOf>('v')(c))
        c.move = (more) => side(s ?? CLOSE, more, up(value), value)
        return side(s ?? CLOSE, m.of('x'), up(value), value)
      }
    })
  for (const [words, up] of [
    [distance, true],
    ['(below|lower than|less than)', false],
  ] as const) {
    predicate(`[trade] <numberamount:x> atr [lp <num:n> rp] ${words} <level:v>`, (m) =>
      stretched(m.of('x'), up, m.of('v'), m.maybe('n')),
    )
    predicate(`[trade] <num:k> atr [lp <num:n> rp] <orup> ${words} <level:v>`, (m) =>
      stretched({ op: '>=', value: m.of('k'), bare: false }, up, m.of('v'), m.maybe('n')),
    )
    predicate(`[trade] <timesamount:x> atr [lp <num:n> rp] ${words} <level:v>`, (m) =>
      stretched(m.of('x'), up, m.of('v'), m.maybe('n')),
    )
  }
  condition(
    grammar,
    '<percentrange:x> (dip|fall|lose|correction|retracement|loss) (from|off|below) <level:v>',
    (m) => (c) => side(CLOSE, m.of('x'), false, m.of<ValueOf>('v')(c)),
  )
  predicate('at <extreme:e>', (m) => (c, s) => atExtreme(s ?? CLOSE, m.of<ValueOf>('e')(c)))
  predicate('<extreme:e>', (m) => (c, s) => {
    const value = m.of<ValueOf>('e')(c)
    return s ? atExtreme(s, value) : broken(CLOSE, value.extreme!.high ? '>' : '<', value)
  })
  predicate('[at] eq <extreme:e>', (m) => (c, s) => atExtreme(s ?? CLOSE, m.of<ValueOf>('e')(c)))
  for (const [words, high] of [
    ['(highest|largest|biggest)', true],
    ['(lowest|smallest)', false],
  ] as const)
    predicate(
      `[at|touch|make|in] [it] [new] ${words} [reading|level|value|point|indicator] (<span:s>|of <calendar:s>)`,
      (m) => recordOf(high, m.of<Span>('s').n),
    )
  for (const [words, up] of [
    ['(up|rise|gain|increasing|jump)', true],
    ['(down|fall|lose|decreasing)', false],
  ] as const)
    predicate(`${words} [by] <numberamount:x> point [<span:s>|day]`, (m) => (c, s) => {
      const subject = s ?? c.subject
      if (!subject) throw new Unclear('Points of what?')
      const { op, value } = m.of<Amount>('x')
      const d = `change(${subject.d},${m.maybe<Span>('s')?.n ?? 1})`
      const how = up ? op : ({ '>=': '<=', '>': '<', '<=': '>=', '<': '>', '==': '==' } as const)[op]
      const bound = `${up ? '' : '-'}${value}`
      return { d: `${d} ${how} ${bound}`, i: `pd(${d}) ${how} ${bound}`, notes: subject.notes, about: subject.about }
    })
  predicate('in (bottom|lowest) <pct:x> of [it] [last|prior] [range|reading|value] [of|over] <calendar:p>', (m) =>
    rankedIn(false, m.of('x'), m.of<Span>('p').n),
  )
  predicate('in (top|highest|upper) <pct:x> of [it] [last|prior] [range|reading|value] [of|over] <calendar:p>', (m) =>
    rankedIn(true, m.of('x'), m.of<Span>('p').n),
  )
  const than = '[(vs|against|from|on|than) yesterday]'
  predicate(`(rising|increasing|up|improving|go up|trend up|rise|sloping up|slope up|become up) ${than}`, () =>
    slope('>'),
  )
  predicate(`(falling|decreasing|down|go down|trend down|fall|sloping down|slope down|become down) ${than}`, () =>
    slope('<'),
  )
  predicate('(rising|increasing|up|rise) <span:s>', (m) => streak('rising', m.of('s')))
  predicate('(falling|decreasing|down|fall) <span:s>', (m) => streak('falling', m.of('s')))
  predicate('(become|go|cross|move) positive', () => (c, s) => cross(c, s, true, { number: 0, unit: 'num' }))
  predicate('(become|go|cross|move) negative', () => (c, s) => cross(c, s, false, { number: 0, unit: 'num' }))
  condition(grammar, ['positive <value:v>', 'negative <value:v>'], (m, tokens) => (c) => {
    const op = tokens[m.start].text === 'positive' ? '>' : '<'
    return comparison(c, m.of<ValueOf>('v')(c), op, { number: 0, unit: 'num' })
  })
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

  const made = (c: Context, named: Value, said: Predicate) => {
    // "it" before a verb is the stock when the last thing named is a price level
    const subject = named.pronoun && named.dimension === 'price' ? CLOSE : named
    c.subject = subject
    c.move = undefined
    if (subject.dimension !== 'price') c.mentioned = subject
    return said(c, subject)
  }
  const before = (result: Condition | Condition[]) =>
    Array.isArray(result) ? result.map((one) => conditionEarlier(one, 1)) : conditionEarlier(result, 1)
  const joint = '[be|today|currently|that|reading|on|still|must|should|stock]'
  condition(
    grammar,
    [
      `<value:s> ${joint} <predicate:p>`,
      '<value:s> of <universe:u> <predicate:p>',
      '<value:s> (of|for|on) <symbols:y> <predicate:p>',
    ],
    (m) => (c) => {
      m.maybe<(c: Context) => void>('u')?.(c)
      c.draft.symbols.push(...(m.maybe<string[]>('y') ?? []))
      return made(c, m.of<ValueOf>('s')(c), m.of('p'))
    },
  )
  condition(
    grammar,
    `<dayaverage:s> ${joint} <predicate:p>`,
    (m) => (c) => made(c, m.of<ValueOf>('s')(c), m.of('p')),
    COST.phrase + 1,
  )
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

  // "the 50-day above the 150-day above the 200-day"
  for (const pattern of [
    '<level:a> <cmp:op> <level:b> [and] <cmp:op> <level:c>',
    '<level:a> <cmp:op> <level:b> [and] <cmp:op> <level:c> [and] <cmp:op> <level:d>',
  ])
    condition(
      grammar,
      pattern,
      (m) => {
        const ops = m.every<Op>('op')
        if (ops.some((op) => isUp(op) !== isUp(ops[0]) || op === '==')) return undefined
        return (c) => {
          const values = ['a', 'b', 'c', 'd'].flatMap((key) => m.maybe<ValueOf>(key)?.(c) ?? [])
          c.subject = values[0]
          return ops.map((op, at) => against(values[at], op, values[at + 1]))
        }
      },
      COST.phrase,
    )
}

/** "less than 2% above" is above all the same. */
function side(left: Value, amount: Amount, up: boolean, right: Value): Condition | Condition[] {
  if (left.d === 'close' && (right.d === 'high' || right.d === 'low'))
    throw new Unclear(`The ${right.d} of how many days?`)
  const first = apart(left, amount.op, amount.value, up, right)
  if (amount.to !== undefined) return [first, apart(left, '<=', amount.to, up, right)]
  if (amount.op !== '<' && amount.op !== '<=') return first
  const beyond = compare(left, up ? '>' : '<', right)
  return [first, beyond]
}
