import { describe, expect, it } from 'vitest'
import type { GuestSession } from '../../lib/sandbox/sandbox.ts'
import { FIGURE_FIELDS } from '../../lib/strategy/contract.ts'
import { classifyAll, done, withGuest } from './run-guest.ts'
import { smallSymbol } from './small-symbol.ts'

// Answers, errors and requests made to mislead or to burden the host, without the validator in front.

const judging = (body: string) => `export function classifySymbol(symbol) { ${body} }`
const answering = (data: string) => judging(`return { signal: true, data: ${data} }`)
const first = (code: string, dataBytes = 16_384) =>
  withGuest(
    code,
    (session) => {
      const answer = done(session.classify({ symbol: 'A', entry: 'classifySymbol', from: 0, to: 1 }))
      return answer.errors[0]?.error ?? answer.data.get(0)
    },
    undefined,
    { cpuMs: 2000, dataBytes },
  )

describe('an answer', () => {
  it.each([
    [
      'with keys of prototypes',
      `JSON.parse('{"__proto__":{"x":1},"constructor":2,"toString":3}')`,
      '{"__proto__":{"x":1},"constructor":2,"toString":3}',
    ],
    [
      'with numbers JSON lacks',
      '{ a: NaN, b: Infinity, c: -0, d: 2 ** 53 + 2, e: 5e-324 }',
      '{"a":null,"b":null,"c":0,"d":9007199254740994,"e":5e-324}',
    ],
    ['with half characters', '{ ["\\ud800"]: "\\udfff\\u0000" }', '{"\\ud800":"\\udfff\\u0000"}'],
    ['with quotes and ends of text', `{ ['"},"x":{"']: '"}' }`, '{"\\"},\\"x\\":{\\"":"\\"}"}'],
    ['with a toJSON of its own', '{ a: 1, toJSON() { return { b: 2 } } }', '{"a":1}'],
    ['with a toJSON within', '{ o: { a: 1, toJSON: 5 } }', '{"o":{"a":1,"toJSON":5}}'],
    ['with functions and nothing', '{ f() {}, u: undefined, n: null, a: [undefined] }', '{"n":null,"a":[null]}'],
    ['with getters', '{ get a() { return { get b() { return 1 } } } }', '{"a":{"b":1}}'],
    ['without a prototype', 'Object.assign(Object.create(null), { a: 1 })', '{"a":1}'],
    [
      'with hidden and symbol keys',
      'Object.defineProperty({ a: 1, [Object.getOwnPropertySymbols(Array.prototype)[0]]: 2 }, "b", { value: 3 })',
      '{"a":1}',
    ],
  ])('%s is taken as it stands', async (_, data, expected) => {
    expect(await first(answering(data))).toEqual(JSON.parse(expected))
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  it('is read once: what it says on a second look does not count', async () => {
    const code = `export function classifySymbol() {
      let signals = 0, scores = 0
      return { get signal() { return signals++ === 0 ? false : true }, get score() { return scores++ === 0 ? 0.5 : 'x' }, get data() { throw 1 } }
    }`
    const answer = await withGuest(code, (session) => done(classifyAll(session)))
    expect([answer.verdict.join(''), answer.score[3], answer.data.size]).toEqual(['0000000000', 0.5, 0])
  })

  it.each([
    ['of one endless text', '{ x: "x".repeat(1e6) }'],
    ['of wide characters', '{ x: "\\u20ac".repeat(10000) }'],
    ['of a long key', '{ ["x".repeat(1e6)]: 1 }'],
    ['of many keys', 'Object.fromEntries(Array.from({ length: 1e4 }, (_, i) => [i, i]))'],
    ['of holes', '{ x: new Array(2 ** 32 - 1) }'],
    ['of numbers', '{ x: new Float64Array(1e5) }'],
    ['of nothing but depth', '{ x: (() => { let o = {}; for (let i = 0; i < 30; i++) o = { o }; return o })() }'],
    ['that holds itself', '{ x: (() => { const o = []; o[0] = o; return o })() }'],
  ])('%s is an output error', async (_, data) => {
    expect(await first(answering(data))).toMatchObject({ kind: 'output', message: expect.stringMatching(/^.{1,200}$/) })
  })

  const dateThat = (json: string) => `{ d: Object.defineProperty(new Date(0), 'toJSON', { value: () => ${json} }) }`
  it.fails.each([
    ['deeper than allowed behind a date', dateThat('{ let o = {}; for (let i = 0; i < 30; i++) o = { o }; return o }')],
    ['larger than allowed behind a date', dateThat('"\\u20ac".repeat(10000)')],
  ])('%s is an output error', async (_, data) => {
    expect(await first(answering(data))).toMatchObject({ kind: 'output' })
  })

  it('on symbols named like properties of every object comes under these names', async () => {
    const names = ['__proto__', 'constructor', 'toString', '']
    const code = answering(
      `{ symbol, found: Object.entries(getMultipleSymbolsData(${JSON.stringify(names)}, { days: 1 })).map(([name, p]) => name + p.close[0]) }`,
    )
    await withGuest(
      code,
      (session) => {
        for (const symbol of names) {
          const answer = done(session.classify({ symbol, entry: 'classifySymbol', from: 2, to: 3 }))
          expect(answer.data.get(0)).toEqual({ symbol, found: names.map((name) => `${name}12`) })
        }
      },
      names.map((symbol) => smallSymbol(symbol, { figures: FIGURE_FIELDS.map(() => new Float64Array(10)) })),
    )
  })
})

/** Hands out an error of the sandbox's own kind, which the strategy then changes. */
const OWN = 'let e; try { scanUniverse({ filters: { x: 1n } }) } catch (x) { e = x }'
const failing = (body: string) => first(judging(body))

describe('a thrown value', () => {
  it.each([
    ['with getters that throw', 'throw Object.defineProperty(new Error(), "name", { get() { throw 1 } })'],
    ['with a stack that is an object', 'const e = new Error("x"); e.stack = { toString() { throw 1 } }; throw e'],
    ['that is an object', 'throw { name: { toString() { return "x".repeat(1e6) } }, message: 1n }'],
    ['that is a symbol', 'throw Object.getOwnPropertySymbols(Array.prototype)[0]'],
    ['that is a bigint', 'throw 5n'],
    ['of great length', 'throw new Error("x".repeat(1e6))'],
    ['with a name of great length', 'const e = new Error("x"); e.name = "n".repeat(1e6); throw e'],
    ['of great length as text', 'throw "x".repeat(1e6)'],
    ['that leads to itself', 'const e = new Error("x"); e.cause = e; e.message = e; throw e'],
  ])('%s becomes one short message', async (_, body) => {
    expect(await failing(body)).toMatchObject({ kind: 'guest', message: expect.stringMatching(/^.{1,600}$/) })
  })

  it.fails.each([
    ['with a message of great length', `${OWN}; e.message = 'x'.repeat(1e6); throw e`],
    ['made by the constructor of one, of great length', `${OWN}; throw new e.constructor('x'.repeat(1e6))`],
    ['with a message that is an object', `${OWN}; e.message = { a: 1 }; throw e`],
    ['without a message', `${OWN}; e.message = undefined; throw e`],
  ])('of the sandbox’s own kind %s becomes one short message', async (_, body) => {
    expect(await failing(body)).toMatchObject({ message: expect.stringMatching(/^.{1,600}$/) })
  })

  it.fails('of the sandbox’s own kind whose message is no JSON fails its bar alone', async () => {
    expect(await failing(`${OWN}; e.message = 1n; throw e`)).toMatchObject({ message: expect.any(String) })
  })

  it('cannot name a line that the code does not have', async () => {
    const error = await failing(
      'const e = new Error("x"); e.stack = "at f (strategy.js:" + "9".repeat(400) + ":1)"; throw e',
    )
    expect([undefined, 1]).toContain((error as { line?: number }).line)
  })

  it.fails('that only says so is no limit', async () => {
    expect(await failing('throw new Error("stack overflow")')).toMatchObject({ kind: 'guest' })
  })

  it.fails('of a limit on four bars says nothing of the others, wherever the first bar is', async () => {
    const code = judging('const n = close.ago(0); if (n >= 13 && n < 17) (function f() { f() })(); return true')
    const from = (bar: number) => (session: GuestSession) =>
      done(session.classify({ symbol: 'A', entry: 'classifySymbol', from: bar, to: 10 })).verdict.join('')
    expect(await withGuest(code, from(0))).toBe('1113333111')
    expect(await withGuest(code, from(3))).toBe('3333111')
  })
})

describe('requests for data', () => {
  const outcome = (body: string) => withGuest(judging(`${body}; return true`), classifyAll)

  it('end when they never end', async () => {
    const asked = await outcome('try { for (let i = 0; ; i++) getPriceData("S" + i) } catch {}')
    expect(asked).toMatchObject({ kind: 'needs' })
    expect((asked as { needs: unknown[] }).needs.length).toBeLessThan(10_000)
    expect(await outcome('for (let i = 0; ; i++) { try { getPriceData("S" + i) } catch {} }')).toMatchObject({
      kind: 'failed',
      error: { kind: 'timeout' },
    })
  })

  it.each([
    ['NaN', /whole number/],
    ['Infinity', /whole number/],
    ['-1', /whole number/],
    ['0', /whole number/],
    ['1.5', /whole number/],
    ['"5"', /whole number/],
    ['5n', /whole number/],
    ['{ valueOf: () => 5 }', /whole number/],
  ])('of %s days are refused', async (days, reason) => {
    expect(await failing(`getPriceData(symbol, { days: ${days} })`)).toMatchObject({
      message: expect.stringMatching(reason),
    })
  })

  it.fails('by long names take no memory of the host', async () => {
    const asked = await outcome(
      'const long = "x".repeat(1e6); for (let i = 0; i < 20; i++) { try { getPriceData(long + i) } catch {} }',
    )
    const needs = asked.kind === 'needs' ? asked.needs : []
    expect(JSON.stringify(needs).length).toBeLessThan(100_000)
  })
})
