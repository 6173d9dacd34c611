import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRule } from '../../lib/rule/clauses.ts'
import { writeCode } from '../../lib/rule/write-code.ts'
import { moduleCode } from '../../lib/sandbox/module-code.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { conditions } from '../rule/expressions.ts'
import { shared, withShared } from '../shared.ts'
import { classified } from './compiled-guest.ts'

// Whether one start of a module serves all bars is decided by its text: only where nothing could be kept from bar to bar.

const kept = (code: string): boolean => {
  const compiled = moduleCode(code)
  if ('error' in compiled) throw new Error(compiled.error.message)
  return compiled.kept
}
const within = (module: string, body = 'return close.ago(0) > 1') =>
  `${module}\nexport function classifySymbol(symbol) { ${body} }`

const joined = (...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((texts) => texts.join(''))

/** Values in which something could be kept, and values that put something into others while they are made. */
const values = fc.letrec<{ value: string }>((tie) => {
  const value = tie('value')
  return {
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constantFrom('1', "'x'", 'null', 'close', 'sma(close, 3)', '{}', '[]', 'h0', 'h1', 'f', 'NaN', '-2 ** 2'),
      fc.constantFrom('() => 1', 'function () {}', 'function* () {}', 'async () => 1', '{ f() {} }', '{ *f() {} }'),
      fc.constantFrom(
        'new Map()',
        '/a/g',
        'class {}',
        '() => /a/g',
        '() => arguments',
        '(x = {}) => x',
        'f`a`',
        '() => f`a`',
      ),
      fc.constantFrom('(() => { let n = 0; return () => ++n })()', '[1, 2].values()', '(function* () { yield {} })()'),
      fc.constantFrom(
        '{ a: 0, valueOf() { this.a = {}; return 1 } }',
        '{ a: 0, toString() { this.a = new Map(); return "" } }',
      ),
      joined('[', value, ']'),
      joined('[', value, ', ', value, ']'),
      joined('{ a: ', value, ' }'),
      joined('{ a: ', value, ', b: ', value, ' }'),
      joined('() => (', value, ')'),
      joined('{ __proto__: ', value, ' }'),
      joined("{ ['a']: ", value, ' }'),
      joined('{ get a() { return ', value, ' } }'),
      joined('{ ...', value, ' }'),
      joined('[...[', value, ']]'),
      joined('(', value, fc.constantFrom(' && ', ' || ', ' ?? ', ' + ', ' < ', ', ', ' == '), value, ')'),
      joined('(', value, ' ? ', value, ' : ', value, ')'),
      joined(fc.constantFrom('-', '!', 'typeof ', 'void '), '(', value, ')'),
      joined('`${', value, '}`'),
      joined('sma((', value, ", 'close'), 3)"),
      joined('sma((h0.a = ', value, ", 'close'), 3)"),
      joined('(h0.a = ', value, ')'),
      joined('Math.max(1, ', value, ')'),
      joined('class { static a = ', value, ' }'),
      joined(
        '(() => ',
        value.map((each) => `(${each})`),
        ')()',
      ),
      joined('Object.freeze(', value, ')'),
      joined('new (function () { this.a = ', value, ' })()'),
    ),
  }
})
/** Values of the kinds that may be kept. */
const keepable = fc.letrec<{ value: string; primitive: string }>((tie) => ({
  primitive: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom('1', "'x'", 'null', 'NaN', '-2', 'true', 'undefined'),
    joined('(', tie('primitive'), fc.constantFrom(' + ', ' && ', ' ?? ', ' < ', ' || '), tie('primitive'), ')'),
    joined('(', tie('primitive'), ' ? ', tie('primitive'), ' : ', tie('primitive'), ')'),
    joined('`${', tie('primitive'), '}`'),
    joined('Math.max(', tie('primitive'), ', 2)'),
  ),
  value: fc.oneof(
    { maxDepth: 3 },
    tie('primitive'),
    fc.constantFrom('close', 'sma(close, 3)', 'f', 'h0', '{}', '[]', '{ f() {} }', '{ *f() {} }', '(x = {}) => x'),
    fc.constantFrom('() => {}', 'function () {}', 'function* () {}', 'async () => 1', '() => /a/g', '() => arguments'),
    fc.constantFrom('() => f`a`', '() => h0', '() => { let n = 0; return () => ++n }', '() => class {}'),
    joined('[', tie('value'), ']'),
    joined('{ a: ', tie('value'), ', b: ', tie('value'), ' }'),
  ),
}))
const declared = (name: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 12, arbitrary: joined(`const ${name} = `, keepable.value) },
    { weight: 6, arbitrary: joined(`const ${name} = `, values.value) },
    joined(`let ${name} = `, values.value),
    joined(`function ${name}() { return `, values.value, ' }'),
    joined(`class ${name} { static a = `, values.value, ' }'),
    joined(`const { a: ${name} = `, values.value, ' } = {}'),
    joined(`const [${name}] = [`, values.value, ']'),
  )
/** Puts a mark wherever it gets and counts the marks of others; a bar that is alone finds those of its own alone. */
const SEARCH = `
  let marks = 0
  const seen = new Set()
  const search = (place, depth) => {
    if (depth === 0 || place === null || (typeof place !== 'object' && typeof place !== 'function') || seen.has(place)) return
    seen.add(place)
    try { if (place.mark !== undefined) marks++; place.mark = 1 } catch {}
    try { if (place.has(1)) marks++; place.set(1, 1) } catch {}
    try { place.test('aaaa'); marks += place.lastIndex } catch {}
    try { const next = place.next(); marks += next.done ? 100 : 0; search(next.value, depth - 1) } catch {}
    try { const value = place(); if (typeof value === 'number') marks += value; search(value, depth - 1) } catch {}
    try { for (const key of ['a', 'b', 'f', 0, 1, 'raw', 'prototype', 'valueOf']) search(place[key], depth - 1) } catch {}
    try { search(Object.getPrototypeOf(place), depth - 1) } catch {}
  }
  for (const get of [() => h0, () => h1, () => h2, () => f]) { try { search(get(), 5) } catch {} }
  try { h0 = { mark: 1 } } catch {}
  return { signal: marks > 0, score: marks }`
/** Assignments to names of the module at the end of a bar, which only some modules have. */
const modules = fc.tuple(declared('h0'), declared('h1'), declared('h2'), fc.nat(4)).map(([a, b, c, rebinds]) => {
  const search = rebinds === 0 ? SEARCH : SEARCH.replace('try { h0 = { mark: 1 } } catch {}', '')
  return `const f = (x) => x\n${a}\n${b}\n${c}\nexport function classifySymbol(symbol) { ${search}\n}`
})

describe('a module kept from bar to bar', () => {
  it('says on every bar what it says on that bar alone, whatever it tries to remember', () => {
    const counts = { kept: 0, fresh: 0 }
    fc.assert(
      fc.property(modules, (code) => {
        const compiled = moduleCode(code)
        if ('error' in compiled) return
        const inOrder = classified(compiled)
        const alone = classified(compiled, true)
        if ('error' in inOrder || 'error' in alone) {
          expect(alone).toEqual(inOrder)
          return
        }
        counts[compiled.kept ? 'kept' : 'fresh']++
        expect([...inOrder.score]).toEqual([...alone.score].reverse())
        expect([...inOrder.verdict]).toEqual([...alone.verdict].reverse())
      }),
      { numRuns: 1000, seed: 3 },
    )
    expect(counts.kept).toBeGreaterThan(100)
    expect(counts.fresh).toBeGreaterThan(100)
  })

  it.each([
    [
      'series and numbers',
      "const n = 14\nconst r = rsi('close', n), s = sma(roc(close, n + 1), 3)\nconst t = s, all = [r, t, volume]",
    ],
    [
      'tables',
      "const T = { fast: [5, 10], names: { a: 'x' }, f: (x) => x, 'k 1': null, 2: undefined }\nconst U = [T, 1 ? 1 : 2]",
    ],
    [
      'arithmetic',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: source text of a strategy
      'const DAY = 24 * 60 * 60, K = 2 / (1 + DAY), R = Math.sqrt(252), BIG = DAY > 5 && !K, text = `${DAY} s`',
    ],
    [
      'functions',
      'const mean = (list) => list.reduce((a, b) => a + b, 0)\nfunction above(x, y = {}) { return mean([x]) > y }\nconst same = above',
    ],
    ['directives and lists of exports', "'use strict'\n;\nfunction helper() {}\nexport { helper as other }"],
  ])('may hold %s', (_, module) => {
    expect(kept(within(module))).toBe(true)
  })

  it.each([
    ['a variable', 'let n = 1'],
    ['a class', 'class A {}'],
    ['a call', 'const f = (() => () => 1)()'],
    ['a map', 'const m = new Map()'],
    ['a regular expression', 'const r = /a/'],
    ['a pattern', 'const { a } = { a: 1 }'],
    ['a statement', 'const o = {}\no.a = 1'],
    ['a label', 'a: 1'],
    ['a sum of objects', 'const o = {}, n = o + 1'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text of a strategy
    ['a text of objects', 'const o = {}, n = `${o}`'],
    ['a sign of objects', 'const o = {}, n = -o'],
    ['a look into objects', "const o = {}, n = 'a' in o"],
    ['a series of calls', "const f = () => 'close', r = sma(f(), 3)"],
    ['a series of objects', "const o = { toString() { return 'close' } }, r = sma(o, 3)"],
    ['names that go round', 'const a = () => b, b = c, c = b'],
  ])('does not hold %s', (_, module) => {
    expect(kept(within(module))).toBe(false)
  })

  it('assigns to none of its names', () => {
    for (const write of [
      'f = 1',
      'f++',
      '[f] = [1]',
      '({ a: [f] } = { a: [1] })',
      'for (f of [1]);',
      '({ ...f } = {})',
    ])
      expect(kept(within('function f() {}', `${write}; return true`)), write).toBe(false)
  })
})

const keptAndLooped = (code: string): void => {
  const compiled = moduleCode(code)
  if ('error' in compiled) throw new Error(`${compiled.error.message}\n${code}`)
  expect(compiled.kept, code).toBe(true)
  expect(compiled.source.includes('each(classify'), code).toBe(false)
}

withShared('code written from the development prompts', () => {
  it('is kept from bar to bar, and its body is the loop over the bars', () => {
    const prompts: { rule: RuleClauses | null }[] = JSON.parse(readFileSync(shared('prompts/prompts.json'), 'utf8'))
    const rules = prompts.flatMap(({ rule }) => (rule === null || (rule.timeframe ?? '1d') !== '1d' ? [] : [rule]))
    expect(rules.length).toBeGreaterThan(30)
    for (const rule of rules) keptAndLooped(writeCode(parseRule(rule)))
  })
})

describe('code written from any condition', () => {
  it('is kept from bar to bar, and its body is the loop over the bars', () => {
    fc.assert(
      fc.property(conditions(), (text) => keptAndLooped(writeCode(parseRule(`SIGNAL: ${text}`)))),
      { numRuns: 200, seed: 4 },
    )
  })
})
