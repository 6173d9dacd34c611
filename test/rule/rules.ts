import fc from 'fast-check'
import type { ArgumentKind, SeriesSignature } from '../../lib/strategy/series.ts'
import { SERIES } from '../../lib/strategy/series.ts'

/** Where an expression stands: anywhere, on other bars (wk, mo), on another symbol's bars (on), among fiscal figures (ly, pq). */
type Place = 'any' | 'period' | 'other' | 'fiscal'

const OF_BARS = ['bar', 'pointwise', 'window', 'memory', 'indicator', 'candle']
const GROUPS: Readonly<Record<Place, readonly string[]>> = {
  any: [...OF_BARS, 'text', 'calendar', 'cross-section', 'figure', 'ratio'],
  period: OF_BARS,
  other: [...OF_BARS, 'calendar'],
  fiscal: ['figure', 'ratio', 'pointwise'],
}
/** Ratios that need prices, and figures that are no line of a report. */
const NOT_FISCAL = new Set(
  'mcap ev pe pb ey fcf_yield div_yield payout fscore dps_ttm div_growth_years bars_since_earnings bars_to_earnings eps_surprise'.split(
    ' ',
  ),
)
const INNER: Readonly<Record<string, Place>> = {
  wk: 'period',
  mo: 'period',
  on: 'other',
  ly: 'fiscal',
  pq: 'fiscal',
  yoy: 'fiscal',
}
/** These read other bars or members, so they stand in no place but the first. */
const ONLY_ANY = new Set(['wk', 'mo', 'on'])

function known(place: Place, yields: SeriesSignature['yields']): SeriesSignature[] {
  return SERIES.filter(
    ({ name, group, args, yields: given }) =>
      given === yields &&
      GROUPS[place].includes(group) &&
      !(name === 'all' && args === undefined) &&
      !(place === 'fiscal' && NOT_FISCAL.has(name)) &&
      !(place !== 'any' && (ONLY_ANY.has(name) || (place === 'period' && name.endsWith('_end')))),
  )
}

const one = (text: string) => fc.constant(text)
const NUMBERS: Readonly<Record<Place, readonly string[]>> = {
  any: '0 1 2 0.5 3% 10 30 70 100 1.5'.split(' '),
  period: '0 1 5 50'.split(' '),
  other: '0 1 5 50'.split(' '),
  fiscal: '0 1 10'.split(' '),
}

/** A number of the language at a place, nested at most `depth` deep. */
function number(place: Place, depth: number): fc.Arbitrary<string> {
  return remembered(`number ${place} ${depth}`, () => {
    const bare = known(place, 'number').filter(({ args }) => args === undefined)
    const leaf = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          ...bare.filter(({ group }) => place === 'fiscal' || group === 'bar').map(({ name }) => name),
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom(...bare.map(({ name }) => name)) },
      { weight: 1, arbitrary: fc.constantFrom(...NUMBERS[place]) },
    )
    if (depth === 0) return leaf
    const part = number(place, depth - 1)
    const calls = known(place, 'number').filter(({ args }) => args !== undefined)
    const forms: fc.WeightedArbitrary<string>[] = [
      { weight: 1, arbitrary: leaf },
      { weight: 8, arbitrary: fc.constantFrom(...calls).chain((call) => written(call, place, depth)) },
      {
        weight: 3,
        arbitrary: fc.tuple(part, fc.constantFrom('+', '-', '*', '/'), part).map(([a, op, b]) => `(${a} ${op} ${b})`),
      },
      { weight: 1, arbitrary: part.map((x) => `(-${x})`) },
    ]
    if (place !== 'fiscal')
      forms.push(
        { weight: 2, arbitrary: fc.tuple(part, fc.nat(12)).map(([x, k]) => `(${x})[${k}]`) },
        { weight: 1, arbitrary: truth(place, depth - 1).map((c) => `(${c})`) },
      )
    return fc.oneof(...forms)
  })
}

/** A condition of the language at a place. */
function truth(place: Place, depth: number): fc.Arbitrary<string> {
  return remembered(`truth ${place} ${depth}`, () => {
    const part = number(place, Math.max(0, depth - 1))
    const op = fc.constantFrom('<', '<=', '>', '>=', '==', '!=')
    const comparison = fc.tuple(part, op, part).map(([a, way, b]) => `(${a} ${way} ${b})`)
    if (place === 'fiscal' || depth === 0) return comparison
    const inner = truth(place, depth - 1)
    const calls = known(place, 'condition').filter(({ args }) => args !== undefined)
    const texts = [
      "symbol == 'A'",
      "'B' != symbol",
      "sector in ('Energy', 'Utilities')",
      "sector not in ('Energy')",
      'stocks',
    ]
    return fc.oneof(
      { weight: 4, arbitrary: comparison },
      { weight: 1, arbitrary: fc.tuple(part, part, part, op).map(([a, b, c, way]) => `(${a} < ${b} ${way} ${c})`) },
      { weight: 4, arbitrary: fc.constantFrom(...calls).chain((call) => written(call, place, depth)) },
      {
        weight: 3,
        arbitrary: fc.tuple(inner, fc.constantFrom('and', 'or'), inner).map(([a, join, b]) => `(${a} ${join} ${b})`),
      },
      { weight: 2, arbitrary: inner.map((c) => `(not ${c})`) },
      { weight: 1, arbitrary: fc.tuple(inner, fc.nat(3)).map(([c, k]) => `(${c})[${k}]`) },
      ...(place === 'any' ? [{ weight: 1, arbitrary: fc.constantFrom(...texts) }] : []),
    )
  })
}

/** A call with arguments of the kinds it takes. */
function written({ name, args = [] }: SeriesSignature, place: Place, depth: number): fc.Arbitrary<string> {
  const inside = INNER[name] ?? place
  const many = args.filter((kind) => kind === 'x' || kind === 'c').length > 1
  const deeper = Math.max(0, depth - (many ? 2 : 1))
  const argument = (kind: ArgumentKind): fc.Arbitrary<string> => {
    switch (kind) {
      case 'c':
        return truth(inside, deeper)
      case 'x':
        return number(inside, deeper)
      case 'x?':
        return fc.oneof(one(''), number(inside, deeper))
      case 'n?':
        return fc.oneof(one(''), fc.integer({ min: 1, max: 9 }).map(String))
      case 'n':
        return fc
          .oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 9 }) }, fc.constantFrom(14, 20, 30))
          .map(String)
      case 'k':
        return fc.constantFrom('0.02', '0.2', '1', '1.5', '2')
      case 's':
        return one(name === 'index_member' ? "'SP500'" : "'SPY'")
    }
  }
  return fc.tuple(...args.map(argument)).map((given) => {
    const end = given.indexOf('')
    return `${name}(${(end < 0 ? given : given.slice(0, end)).join(', ')})`
  })
}

const made = new Map<string, fc.Arbitrary<string>>()
function remembered(key: string, make: () => fc.Arbitrary<string>): fc.Arbitrary<string> {
  let arbitrary = made.get(key)
  if (arbitrary === undefined) made.set(key, (arbitrary = make()))
  return arbitrary
}

/** Conditions over daily bars that use every name of the language: what SIGNAL takes. */
export const anyCondition = (depth = 3): fc.Arbitrary<string> => truth('any', depth)
/** Numbers likewise: what RANK takes. */
export const anyNumber = (depth = 3): fc.Arbitrary<string> => number('any', depth)
/** Conditions that UNIVERSE takes: no cross-sections. */
export const anyMembers = (): fc.Arbitrary<string> =>
  fc.constantFrom('stocks', 'all', "index_member('SP500')", 'stocks and volume > 0', "symbol != 'C' and close > 5")
