import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainText } from '../../lib/sandbox/fast-text.ts'
import { moduleCode } from '../../lib/sandbox/module-code.ts'
import { classified, screened } from './compiled-guest.ts'
import { strategies } from './generated-code.ts'

// The text that is made fast against the text as it is: same verdicts, scores, data and errors, at the same places.

const RUNS = 600
/** The fast text has these where the body became a loop, and where nothing of the strategy's runs in that loop. */
const LOOPED = /\breturn \{ classifySymbol: classifySymbol \}/
const CONDITION = /\$\w+verdicts\[\$\w+i-\$\w+first\]=1\s*\}\}/

describe('fast text', () => {
  it('means what the plain text means, on every bar, errors and their places included', () => {
    const counts = { ran: 0, looped: 0, conditions: 0 }
    fc.assert(
      fc.property(strategies, (code) => {
        const fast = moduleCode(code)
        const plain = moduleCode(code, plainText)
        if ('error' in fast || 'error' in plain) {
          expect(fast).toEqual(plain)
          return
        }
        const expected = classified(plain)
        expect(classified(fast)).toEqual(expected)
        if ('error' in expected) return
        counts.ran++
        if (LOOPED.test(fast.source)) counts.looped++
        if (CONDITION.test(fast.source)) counts.conditions++
      }),
      { numRuns: RUNS, seed: 11 },
    )
    // What was generated is worth running.
    expect(counts.ran).toBeGreaterThan(RUNS * 0.7)
    expect(counts.looped).toBeGreaterThan(RUNS * 0.3)
    expect(counts.conditions).toBeGreaterThan(RUNS * 0.03)
  })

  const body = (text: string) => `export function classifySymbol(symbol) { ${text} }`
  it.each([
    ['a return that a finally undoes', body('for (;;) { try { return true } finally { break } }')],
    ['a return within a finally', body('try { return false } finally { a: try { return true } finally { break a } }')],
    ['a function declared twice', body('function f() { return 1 } function f() { return true } return f()')],
    [
      'a constant read too early on some bars',
      body('const x = isAbove(close.ago(0), 13) && y; const y = true; return x'),
    ],
    [
      'a switch on what a case declares',
      body('switch (isAbove(close, 3)) { case true: const close = 5; return true }'),
    ],
    [
      'a default that the body hides',
      `${body('return f()')}\nfunction f(a = isAbove(close, 3)) { const close = 5; return a }`,
    ],
    [
      'a variable of a static block',
      body('class A { static { var close = { ago() { return 9 } }; this.x = close.ago(0) } } return A.x === 9'),
    ],
    ['a read that begins a line', body('let a = 1\nconst f = a\nclose.ago(1)\nreturn f === 1')],
    ['a comparison that begins a line', body('const a = 1\nconst f = a\nisAbove(close.ago(1), a)\nreturn f === 1')],
    ['a read deleted', body('return delete close.ago(0)')],
    ['a crossing of two numbers', body('return crossesAbove(11, 12) === false')],
    ['a name in other letters', body('return cl\\u006fse.ago(0) === clo\\u{73}e.ago(0)')],
    ['a verdict of the wrong kind', body('return close.ago(0)')],
    ['an error behind letters of two units', body('const a = "\u{1f600}\u{1f600}"; return close.ago(0) > 1 && null.x')],
    ['an error behind line ends of their own', body('const a = 1\r  return close.ago(0) > 1 && null.x')],
    ['an error of a call made direct', body('return close.ago(1) > 1 && symbol.none(close.ago(0))')],
  ])('keeps %s', (_, code) => {
    const [fast, plain] = [moduleCode(code), moduleCode(code, plainText)]
    if ('error' in fast || 'error' in plain) throw new Error(JSON.stringify(fast))
    const expected = classified(plain)
    expect(expected).toHaveProperty('verdict')
    expect(classified(fast)).toEqual(expected)
  })

  it.each([['close.ago(0)'], ['close /* ( */ . ago(  1)'], ['crossesAbove( close, 12)']])(
    'says where %s cannot be read',
    (read) => {
      const code = `export function runScreening() { return [1, ${read}] }`
      const [fast, plain] = [moduleCode(code), moduleCode(code, plainText)]
      if ('error' in fast || 'error' in plain) throw new Error(JSON.stringify(fast))
      expect(screened(plain)).toMatchObject({ error: { line: 1, column: code.lastIndexOf('(') + 1 } })
      expect(screened(fast)).toEqual(screened(plain))
    },
  )

  it('names the place of an error as an editor counts: lines of every kind, letters of two units as two', () => {
    const code = body('const a = "\u{1f600}\u{1f600}"\r  return close.ago(1) > 1 && nothing')
    const compiled = moduleCode(code)
    if ('error' in compiled) throw new Error(compiled.error.message)
    const answer = classified(compiled)
    const second = code.split('\r')[1]
    expect('errors' in answer && answer.errors[0].error).toMatchObject({
      line: 2,
      column: second.indexOf('nothing') + 1,
    })
  })
})
