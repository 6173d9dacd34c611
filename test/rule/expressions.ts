import fc from 'fast-check'
import { seeded } from '../../lib/core/random.ts'
import type { Expr } from '../../lib/rule/ast.ts'
import { dayOf, seriesOf } from './load.ts'

const name = (text: string): Expr => ({ kind: 'name', name: text, at: 0 })
const number = (value: number, percent = false): Expr => ({ kind: 'number', value, percent, at: 0 })

/** Trees of every form the grammar has, sensible or not. */
export function expressions(): fc.Arbitrary<Expr> {
  const leaf = fc.oneof(
    fc.constantFrom('close', 'volume', 'pe', 'x1').map(name),
    fc
      .tuple(fc.nat(1_000_000), fc.nat(3), fc.boolean())
      .map(([n, places, percent]) => number(Number(`${n}e-${places}`), percent)),
  )
  const { expr } = fc.letrec<{ expr: Expr }>((tie) => {
    const part = tie('expr')
    return {
      expr: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        leaf,
        fc.tuple(part, fc.nat(300)).map(([of, bars]): Expr => ({ kind: 'ago', of, bars, at: 0 })),
        part.map((of): Expr => ({ kind: 'negate', of, at: 0 })),
        part.map((of): Expr => ({ kind: 'not', of, at: 0 })),
        fc
          .tuple(fc.constantFrom('+', '-', '*', '/'), part, part)
          .map(([op, left, right]): Expr => ({ kind: 'arithmetic', op: op as '+', left, right, at: 0 })),
        fc.tuple(fc.array(part, { minLength: 2, maxLength: 3 }), fc.constantFrom('<', '<=', '>', '>=', '==', '!=')).map(
          ([operands, op]): Expr => ({
            kind: 'compare',
            operands,
            ops: operands.slice(1).map(() => op as '<'),
            at: 0,
          }),
        ),
        fc
          .tuple(part, fc.array(fc.constantFrom('A', 'Real Estate', ''), { minLength: 1, maxLength: 2 }), fc.boolean())
          .map(([of, values, negated]): Expr => ({ kind: 'in', of, values, negated, at: 0 })),
        fc
          .tuple(fc.constantFrom('and', 'or'), fc.array(part, { minLength: 2, maxLength: 3 }))
          .map(([kind, parts]): Expr => ({ kind: kind as 'and', parts, at: 0 })),
        fc
          .tuple(fc.constantFrom('f', 'sma'), fc.array(part, { maxLength: 2 }))
          .map(([called, args]): Expr => ({ kind: 'call', name: called, args, at: 0 })),
      ),
    }
  })
  return expr
}

/** Texts of conditions over bars that an evaluator accepts: comparisons of studies, joined and negated. */
export function conditions(): fc.Arbitrary<string> {
  const value = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(
        'close',
        'open',
        'high',
        'low',
        'volume',
        'sma(close, 3)',
        'rsi(close, 2)',
        'gap()',
        '2',
        '0.5',
        '1',
        'up()',
      ),
      tie('value').map((x) => `abs(${x})`),
      fc
        .tuple(tie('value'), fc.constantFrom('+', '-', '*', '/'), tie('value'))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie('value').map((x) => `(${x})[1]`),
      tie('value').map((x) => `(-${x})`),
      tie('value').map((x) => `log(${x})`),
      fc.tuple(tie('value'), tie('value')).map(([a, b]) => `max(${a}, ${b})`),
      fc.tuple(tie('value'), tie('value')).map(([a, b]) => `where(${a} > ${b}, ${a})`),
    ),
  })).value
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3 },
      fc
        .tuple(value, fc.constantFrom('<', '<=', '>', '>=', '==', '!='), value)
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(value, value, value).map(([a, b, c]) => `(${a} < ${b} <= ${c})`),
      fc.constantFrom('up()', 'down()', 'inside_bar()', "symbol == 'X'", 'rising(close, 2)'),
      fc.tuple(value, value).map(([a, b]) => `crosses_above(${a}, ${b})`),
      fc
        .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie('condition').map((c) => `(not ${c})`),
      tie('condition').map((c) => `(${c})[1]`),
    ),
  }))
  return condition
}

/** Texts of two or three plain comparisons over few values, so that many of them exclude or cover each other. */
export function plainConditions(): fc.Arbitrary<string> {
  const value = fc.constantFrom(
    ...'close open high low volume rsi(close,2) highest(high,3) lowest(low,2) high[1] 1 4 50 4[1] 2*volume close/open close-1 close-open -open bb_upper(3,1) bb_mid(3) bb_lower(3,2) donchian_upper(2) donchian_lower(2) floor(close) max(close,open) sma(volume,2) wma(rsi(close,2),2) all(up(),2) any(down(),2)'.split(
      ' ',
    ),
  )
  const comparison = fc
    .tuple(value, fc.constantFrom('<', '<=', '>', '>=', '==', '!='), value, fc.boolean())
    .map(([a, op, b, negated]) => (negated ? `not ${a} ${op} ${b}` : `${a} ${op} ${b}`))
  const event = fc.constantFrom('up()', 'not down()', 'crosses_above(close, open)', 'inside_bar()', 'nr(2)')
  return fc
    .tuple(
      fc.array(fc.oneof(comparison, comparison, event), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(' and ', ' or '),
    )
    .map(([parts, join]) => parts.join(join))
}

/** Small whole prices, so that equal values, zero ranges, zero volume and division by zero are common. */
export function coarseBars(length: number) {
  const uniform = seeded(11)
  const whole = (most: number) => Math.floor(uniform() * most)
  const open = Array.from({ length }, () => 3 + whole(3))
  const close = open.map((value) => value + whole(3) - 1)
  const day = open.map((_, i) => dayOf('2024-01-01') + Math.floor(i / 5) * 7 + (i % 5))
  return seriesOf('X', {
    day,
    open,
    high: open.map((value, i) => Math.max(value, close[i]) + whole(2)),
    low: open.map((value, i) => Math.min(value, close[i]) - whole(2)),
    close,
    volume: open.map(() => whole(4)),
  })
}
