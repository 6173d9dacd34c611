import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../lib/core/errors.ts'
import type { Expr } from '../../lib/rule/ast.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { printExpression } from '../../lib/rule/print.ts'
import { expressions } from './expressions.ts'

/** The tree without the places it was read from. */
const shape = (expr: Expr) => JSON.parse(JSON.stringify(expr, (key, value) => (key === 'at' ? undefined : value)))
const printed = (text: string) => printExpression(parseExpression(text))

function failure(text: string): AppError {
  try {
    parseExpression(text)
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error(`parsed: ${text}`)
}

describe('the grammar', () => {
  it('binds or, and, not, comparison, sum, product, minus and [k] in this order', () => {
    expect(shape(parseExpression('a or b and not c < d + e * -f[1]'))).toEqual({
      kind: 'or',
      parts: [
        { kind: 'name', name: 'a' },
        {
          kind: 'and',
          parts: [
            { kind: 'name', name: 'b' },
            {
              kind: 'not',
              of: {
                kind: 'compare',
                ops: ['<'],
                operands: [
                  { kind: 'name', name: 'c' },
                  {
                    kind: 'arithmetic',
                    op: '+',
                    left: { kind: 'name', name: 'd' },
                    right: {
                      kind: 'arithmetic',
                      op: '*',
                      left: { kind: 'name', name: 'e' },
                      right: { kind: 'negate', of: { kind: 'ago', bars: 1, of: { kind: 'name', name: 'f' } } },
                    },
                  },
                ],
              },
            },
          ],
        },
      ],
    })
  })

  it('subtracts and divides from left to right', () => {
    expect(printed('a-b-c')).toBe('a - b - c')
    expect(printed('a-(b-c)')).toBe('a - (b - c)')
    expect(printed('a/(b*c)/d')).toBe('a / (b * c) / d')
  })

  it('keeps a chain as one comparison', () => {
    expect(shape(parseExpression('a < b <= c'))).toMatchObject({ kind: 'compare', ops: ['<', '<='] })
  })

  it('reads 3% as the double nearest to 0.03, and 1.1% as that of 0.011', () => {
    expect(parseExpression('3%')).toMatchObject({ value: 0.03, percent: true })
    expect(parseExpression('1.1%')).toMatchObject({ value: 0.011 })
    expect(1.1 / 100).not.toBe(0.011)
    expect(printed('1.1% + 0.07%+250%')).toBe('1.1% + 0.07% + 250%')
  })

  it('puts [k] on calls, parentheses and itself', () => {
    expect(printed('sma(close,20)[1]')).toBe('sma(close, 20)[1]')
    expect(printed('(high-low)[2][1]')).toBe('(high - low)[2][1]')
  })

  it('reads in and not in', () => {
    expect(shape(parseExpression("symbol not in ('A','B C')"))).toEqual({
      kind: 'in',
      of: { kind: 'name', name: 'symbol' },
      values: ['A', 'B C'],
      negated: true,
    })
  })

  it('accepts 1e9 and prints it in full', () => {
    expect(printed('mcap > 1e9')).toBe('mcap > 1000000000')
  })

  it('remembers where each part began', () => {
    const expr = parseExpression('close > sma(close, 20)')
    expect(expr.kind === 'compare' && expr.operands.map((operand) => operand.at)).toEqual([0, 8])
  })
})

describe('print', () => {
  it('gives back the same tree, and is its own image', () => {
    fc.assert(
      fc.property(expressions(), (expr) => {
        const text = printExpression(expr)
        const back = parseExpression(text)
        expect(shape(back)).toEqual(shape(expr))
        expect(printExpression(back)).toBe(text)
      }),
      { numRuns: 1_000, seed: 7 },
    )
  })

  it('writes every double so that it reads back', () => {
    const positive = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(Math.abs)
    fc.assert(
      fc.property(positive, fc.boolean(), (value, percent) => {
        const expr: Expr = { kind: 'number', value, percent, at: 0 }
        expect(parseExpression(printExpression(expr))).toMatchObject({ value, percent })
      }),
      { numRuns: 1_000, seed: 7 },
    )
  })
})

describe('errors', () => {
  it.each([
    ['close >', 8, 'found the end where a number, a name, a function call or "(" was expected'],
    ['close > > open', 9, 'found ">" where a number'],
    ['(close > open', 14, 'found the end where ")" was expected'],
    ['sma(close 20)', 11, 'found "20" where ")" was expected'],
    ['close[-1] > 2', 7, 'a negative number of bars reads the future'],
    ['close[n]', 7, 'a whole number of bars'],
    ['close[1.5]', 7, 'a whole number of bars'],
    ['close && open', 7, 'write "and"'],
    ['close = 3', 7, 'write "=="'],
    ['sector == "Energy"', 11, 'single quotes'],
    ["sector == 'Energy", 11, 'is not closed'],
    ['a AND b', 3, 'Write "and" in lower case'],
    ['close > $10', 9, 'without a currency sign'],
    ["symbol in ('A', B)", 17, 'a string in single quotes'],
    ['symbol not (1)', 12, '"in" after "not"'],
    ['close ~ 3', 7, 'not part of the rule language'],
    ['1e400 > 2', 1, 'too large'],
    ['', 1, 'empty'],
    ['   ', 1, 'empty'],
  ])('%s: column %i', (text, position, message) => {
    const error = failure(text)
    expect(error.code).toBe('bad_rule')
    expect(error.message).toContain(message)
    expect(error.details).toMatchObject({ position })
  })

  it('says what was found and what was expected', () => {
    expect(failure('close > )').details).toMatchObject({ position: 9, found: ')' })
    expect(failure('f(1').details).toMatchObject({ expected: '")"' })
  })

  it('stops at 20,000 characters', () => {
    const text = `close > 1${' '.repeat(20_000)}`
    expect(failure(text).message).toContain('20000')
  })

  it.each([
    ['parentheses', `${'('.repeat(5_000)}close${')'.repeat(5_000)}`],
    ['minus signs', `${'-'.repeat(15_000)}close`],
    ['not', `${'not '.repeat(4_000)}close`],
    ['calls', `${'abs('.repeat(3_000)}close${')'.repeat(3_000)}`],
    ['terms of a sum', `1${'+1'.repeat(5_000)}`],
    ['[k]', `close${'[1]'.repeat(5_000)}`],
  ])('refuses deep nesting of %s without exhausting the stack', (_, text) => {
    expect(failure(text).message).toContain('200 levels')
  })

  it('takes a long list of conditions, which is not deep', () => {
    expect(shape(parseExpression('a > b and '.repeat(500).slice(0, -5))).parts).toHaveLength(500)
  })

  it('throws only bad_rule, whatever the text', () => {
    const pieces = fc.constantFrom(
      ...'close sma ( ) [ ] , < <= == ! and or not in 3 3% 1e9 - + * / \' "a '.split(' '),
      "'A'",
      ' ',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        try {
          parseExpression(parts.join(' '))
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad_rule' })
          expect((error as AppError).details).toMatchObject({ position: expect.any(Number) })
        }
      }),
      { numRuns: 2_000, seed: 7 },
    )
  })
})
