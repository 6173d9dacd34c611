import { describe, expect, it } from 'vitest'
import { classifyAll, done, evaluated, verdicts, withGuest } from './run-guest.ts'
import { smallSymbol } from './small-symbol.ts'

/** A column per declared series: the first is 0, 1 .. 9, the second 10, 11 .. and so on. */
function withColumns(count: number) {
  const columns = Array.from({ length: count }, (_, c) => Float64Array.from({ length: 10 }, (_, i) => c * 10 + i))
  return [smallSymbol('A', { columns })]
}

describe('series handles', () => {
  it('say what they are in the rule language, in the order of declaration, once each', async () => {
    const code = `
      const a = rsi('close', 14), b = sma(volume, 20), c = bbUpper(20, 2), d = bb_upper(20, 2)
      const e = xrank(roc(close, 252)), f = on('SPY', 'close > sma(close, 200)'), g = series('high - low'), h = kcUpper(20, 1.5)
      const i = crossesAbove(b, 'close'), j = gap()
      export function classifySymbol() { return pe.ago(0) > rawClose.ago(0) }`
    await withGuest(code, (session) => {
      expect(session.series).toEqual([
        'raw_close',
        'pe',
        'rsi(close,14)',
        'sma(volume,20)',
        'bb_upper(20,2)',
        'roc(close,252)',
        'xrank(roc(close,252))',
        "on('SPY',close > sma(close, 200))",
        'high - low',
        'kc_upper(20,1.5)',
        'crosses_above(sma(volume,20),close)',
        'gap()',
      ])
    })
  })

  it('does not take a property or a local of that name for a series', async () => {
    const code = `export function classifySymbol(symbol) {
      const cash = 1
      const p = getPriceData(symbol)
      return p.close[0] > cash && { shares: 1 }.shares === 1 && close.ago(0) > 0
    }`
    await withGuest(code, (session) => expect(session.series).toEqual([]))
  })

  it('read their column k bars ago, NaN before the first bar', async () => {
    const code = `
      const first = rsi('close', 14)
      const second = sma('close', 20)
      export function classifySymbol() {
        return { signal: true, score: second.ago(2), data: { x: [first.ago(0), first.ago(3), close.ago(1), second.ago(2)] } }
      }`
    const answer = await withGuest(code, (session) => done(classifyAll(session)), withColumns(2))
    expect(answer.data.get(2)).toEqual({ x: [2, null, 11, 10] })
    expect(answer.data.get(5)).toEqual({ x: [5, 2, 14, 13] })
    expect([...answer.score.slice(0, 4)]).toEqual([Number.NaN, Number.NaN, 10, 11])
  })

  it('give the same through a variable k as through a literal one', async () => {
    const code = `
      const first = rsi('close', 14)
      const read = (handle, k) => handle.ago(k)
      export function classifySymbol() {
        for (const k of [0, 1, 4]) {
          const literal = k === 0 ? first.ago(0) : k === 1 ? first.ago(1) : first.ago(4)
          const other = read(first, k)
          if (literal !== other && (literal === literal || other === other)) return false
        }
        return true
      }`
    expect(await verdicts(code, withColumns(1))).toBe('1111111111')
  })

  it.each([
    ['(-1)', /k >= 0, got -1/],
    ['(0.5)', /k >= 0, got 0.5/],
    ['({ valueOf() { return -1 } })', /got an object/],
    ["('0')", /got "0"/],
    ['()', /got undefined/],
    ['(NaN)', /got NaN/],
  ])('refuse ago%s', async (argument, message) => {
    await expect(evaluated(`const c = close; return c.ago${argument}`)).rejects.toThrow(message)
  })

  it('cannot be declared where a bar is evaluated, nor read at module level or by a whole-universe form', async () => {
    await expect(evaluated("const s = sma('close', 3); return s.ago(0)")).rejects.toThrow(/once at module level/)
    await expect(verdicts('const x = close.ago(0)\nexport function classifySymbol() { return true }')).rejects.toThrow(
      /1:.*not at module level/,
    )
    await withGuest('export function runScreening() { return close.ago(0) }', (session) => {
      const outcome = session.universe({ form: 'runScreening', asOf: 0, args: [[], 5] })
      expect(outcome).toMatchObject({
        kind: 'failed',
        error: { kind: 'guest', message: expect.stringMatching(/getPriceData/) },
      })
    })
  })

  it.each([
    ["rsi('close')", /takes 2 arguments, got 1/],
    ["rsi('close', 14, 1)", /takes 2 arguments, got 3/],
    ["rsi('close', 0)", /whole number of bars/],
    ['sma({}, 5)', /expression in quotes/],
    ['on(5, close)', /symbol in quotes/],
    ["series('')", /in quotes/],
  ])('say what is wrong with %s', async (call, message) => {
    await expect(
      withGuest(`const x = ${call}\nexport function classifySymbol() { return true }`, () => 0),
    ).rejects.toThrow(message)
  })
})

describe('comparisons', () => {
  // |a - b| <= max(1e-9 max(|a|, |b|), 1e-12) is equal (the rule language, section 2).
  it.each([
    ['isAbove', 1 + 1.1e-9, 1, true],
    ['isAbove', 1 + 0.9e-9, 1, false],
    ['isAbove', -1, -1 - 1.1e-9, true],
    ['isAbove', -1, -1 - 0.9e-9, false],
    ['isAbove', 0.9e-12, 0, false],
    ['isAbove', 1.1e-12, 0, true],
    ['isAbove', 1e-12, -1e-12, true],
    ['isBelow', 1, 1 + 1.1e-9, true],
    ['isBelow', 1, 1 + 0.9e-9, false],
    ['atLeast', 1, 1 + 0.9e-9, true],
    ['atLeast', 1, 1 + 1.1e-9, false],
    ['atMost', 1 + 0.9e-9, 1, true],
    ['atMost', 1 + 1.1e-9, 1, false],
    ['isEqual', 1e9, 1e9 + 0.9, true],
    ['isEqual', 1e9, 1e9 + 1.1, false],
    ['isEqual', Number.NaN, Number.NaN, false],
    ['atLeast', Number.NaN, 1, false],
    ['atMost', 1, Number.NaN, false],
    ['isAbove', Number.POSITIVE_INFINITY, 5, true],
    ['isEqual', Number.POSITIVE_INFINITY, 5, false],
  ])('%s(%d, %d) is %s', async (name, a, b, expected) => {
    expect(await evaluated(`return ${name}(${a}, ${b})`)).toBe(expected)
    expect(
      await evaluated(`return ${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}(${a}, ${b})`),
    ).toBe(expected)
  })

  it('read series at the current bar, and refuse text', async () => {
    expect(await evaluated('return [isAbove(close, 18.5), is_above(close, open), isBelow(undefined, 1)]')).toEqual([
      true,
      true,
      false,
    ])
    await expect(evaluated("return isAbove('5', 1)")).rejects.toThrow(/numbers or series/)
  })

  it('crossesAbove is above now and at or below before, for series, arrays and numbers', async () => {
    const code =
      'export function classifySymbol(symbol) { return crossesAbove(close, 13) || crosses_above([1, 2], 1.5) && crossesBelow([2, 1], [1, 1.5]) && crossesBelow(close, 5) }'
    expect(await verdicts(code)).toBe('0000100000')
  })
})
