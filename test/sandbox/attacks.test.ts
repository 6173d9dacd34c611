import { describe, expect, it } from 'vitest'
import type { ClassifyAnswer, GuestSession, GuestSymbol } from '../../lib/sandbox/sandbox.ts'
import { FIGURE_FIELDS } from '../../lib/strategy/contract.ts'
import { done, withGuest } from './run-guest.ts'
import { smallSymbol } from './small-symbol.ts'

// Strategies that try to remember what they have seen, without the validator in front. Each returns true once it finds a trace
// of an earlier evaluation, so the honest answer is false on every bar of every symbol.

const column = [new Float64Array(10).fill(5)]
const figures = FIGURE_FIELDS.map(() => new Float64Array(10).fill(7))
const world = (): GuestSymbol[] => ['A', 'B'].map((symbol) => smallSymbol(symbol, { columns: column, figures }))

const classify = (session: GuestSession, symbol: string): ClassifyAnswer =>
  done(session.classify({ symbol, entry: 'classifySymbol', from: 0, to: 10 }))

async function remembers(code: string): Promise<string> {
  return withGuest(
    code,
    (session) => ['A', 'B', 'A'].map((symbol) => classify(session, symbol).verdict.join('')).join(' '),
    world(),
  )
}
const NOTHING = '0000000000 0000000000 0000000000'

/** Marks whatever `place` evaluates to and says whether it was marked before. */
const marking = (place: string, module = '') => `${module}
export function classifySymbol(symbol) {
  const place = ${place}
  const marked = place.mark !== undefined
  try { place.mark = 1 } catch {}
  return marked
}`
const caught = (expression: string) => `(() => { try { ${expression} } catch (e) { return e } })()`

describe('nothing is remembered in', () => {
  it.each([
    ['a function declared by name', marking('f', 'function f() {}')],
    ['the prototype of one', marking('f.prototype', 'function f() {}')],
    ['the prototype of a generator', marking('f.prototype', 'function* f() {}')],
    ['the prototype of an async generator', marking('f.prototype', 'async function* f() {}')],
    ['the prototype of a function in an object', marking('o.f.prototype', 'const o = { f: function () {} }')],
    ['the prototype of a method that generates', marking('o.f.prototype', 'const o = { *f() {} }')],
    ['an arrow function', marking('f', 'const f = () => 1')],
    ['the entry point itself', marking('classifySymbol')],
    ['an object in an array in an object', marking('o.a[0]', 'const o = { a: [{}] }')],
    ['a class', marking('C', 'class C {}')],
    ['a class in a constant', marking('C.prototype', 'const C = class {}')],
    [
      'a static private field',
      'class C { static #n = 0; static next() { return ++C.#n } }\nexport function classifySymbol() { return C.next() > 1 }',
    ],
    [
      'a closure',
      'const next = (() => { let n = 0; return () => ++n })()\nexport function classifySymbol() { return next() > 1 }',
    ],
    [
      'a generator that runs on',
      'const g = (function* () { for (let n = 1; ; n++) yield n })()\nexport function classifySymbol() { return g.next().value > 1 }',
    ],
    [
      'an iterator half read',
      'const i = [1, 2, 3].values()\nexport function classifySymbol() { return i.next().value > 1 }',
    ],
    [
      'where a regular expression stopped',
      'const r = /a/g\nexport function classifySymbol() { r.test("aaaaaaaaaa"); return r.lastIndex > 1 }',
    ],
    [
      'where a regular expression of a function stopped',
      'const f = () => /a/g\nexport function classifySymbol() { const r = f(); r.test("aaa"); return r.lastIndex > 1 }',
    ],
    ['the texts of a tagged template', marking('f()', 'const t = (s) => s\nconst f = () => t`a`')],
    ['the raw texts of a tagged template', marking('f().raw', 'const t = (s) => s\nconst f = () => t`a`')],
    [
      'a name that is assigned anew',
      'function f() {}\nexport function classifySymbol() { const was = f; f = 1; return was === 1 }',
    ],
    [
      'a name that a pattern assigns',
      'function f() {}\nexport function classifySymbol() { const was = f; [{ f = 1 }] = [{}]; return was === 1 }',
    ],
    ['a variable', 'var n = 0\nexport function classifySymbol() { return ++n > 1 }'],
    [
      'a map',
      'const m = new Map()\nexport function classifySymbol() { const had = m.has(1); m.set(1, 1); return had }',
    ],
    ['the arguments of the module', marking('a', 'const a = (function () { return arguments })()')],
    ['the prototype of an error of the engine', marking(`Object.getPrototypeOf(${caught('null.x')})`)],
    ['the prototype of an error of the contract', marking(`Object.getPrototypeOf(${caught('getPriceData(1)')})`)],
    ['the prototype of a promise', marking('Object.getPrototypeOf((async () => 1)())')],
    ['a series', marking('r', "const r = sma('close', 3)")],
    ['what getPriceData handed out', marking('getPriceData(symbol)')],
    ['what getFundamentalData handed out', marking('getFundamentalData(symbol)')],
    [
      'prices written to',
      'export function classifySymbol(symbol) { const p = getPriceData(symbol).close; const was = p[0]; p[0] = -1; p.length = 1; return was === -1 }',
    ],
    [
      'a promise that should settle',
      'let n = 0\nexport function classifySymbol() { (async () => { await 1; n = 1 })(); return n === 1 }',
    ],
    ['an object behind a logical operator', marking('o', 'const o = 1 && {}')],
    ['an array behind ??', marking('o', 'const o = null ?? []')],
    ['a function behind ||', marking('f', 'const f = 0 || (() => 1)')],
    ['the prototype a literal names', marking('Object.getPrototypeOf(o)', 'const o = { __proto__: {} }')],
    [
      'a map that valueOf put into a constant',
      'const o = { m: 0, valueOf() { this.m = new Map(); return 1 } }\nconst one = o + 1\nexport function classifySymbol() { const had = o.m.has(1); o.m.set(1, 1); return had }',
    ],
    [
      'a counter that toString put into a constant',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: source text of a strategy
      'const o = { f: 0, toString() { this.f = (() => { let n = 0; return () => ++n })(); return "" } }\nconst text = `${o}`\nexport function classifySymbol() { return o.f() > 1 }',
    ],
    [
      'a map that an argument of a series put into a constant',
      'const o = { m: 0 }\nconst r = sma((o.m = new Map(), "close"), 3)\nexport function classifySymbol() { const had = o.m.has(1); o.m.set(1, 1); return had }',
    ],
    [
      'the arguments of the module, through an arrow function',
      marking('(() => { try { return f() } catch { return {} } })()', 'const f = () => arguments'),
    ],
    ['a method that the object holds', marking('o.f', 'const o = { f() {} }')],
    ['an object that a series name hides', marking('o', 'const close = { ago: () => 1 }\nconst o = close')],
    ['an object behind a condition', marking('o', 'const o = 1 ? {} : 0')],
    ['an object of an object', marking('o', 'const { o } = { o: {} }')],
    ['a list spread', marking('o[0]', 'const o = [...[{}]]')],
    ['an object under a computed key', marking('o.a', "const o = { ['a']: {} }")],
    ['a getter', marking('o.a', 'const held = []\nconst o = { get a() { return held } }')],
    [
      'a counter in a default parameter',
      'const f = ((n = { x: 0 }) => () => ++n.x)()\nexport function classifySymbol() { return f() > 1 }',
    ],
    [
      'a map that a hidden method of a comparison put into a constant',
      'const o = { m: 0, valueOf() { this.m = new Map(); return 1 } }\nconst one = o > 1\nexport function classifySymbol() { const had = o.m.has(1); o.m.set(1, 1); return had }',
    ],
    [
      'a map that instanceof put into a constant',
      'const o = { m: 0 }\nconst C = { f() {} }\nconst is = o instanceof (o.m = new Map(), Map)\nexport function classifySymbol() { const had = o.m.has(1); o.m.set(1, 1); return had }',
    ],
    ['chance', 'export function classifySymbol() { const a = Math.random(); const b = Math.random(); return a === b }'],
  ])('%s', async (_, code) => {
    expect(await remembers(code)).toBe(NOTHING)
  })

  it.fails.each([
    ['import.meta', marking('import.meta')],
    ['the prototype of a ReferenceError', marking(`Object.getPrototypeOf(${caught('nowhere')})`)],
    ['the constructor of a ReferenceError', marking(`${caught('nowhere')}.constructor`)],
    ['the prototype of a SyntaxError', marking(`Object.getPrototypeOf(${caught('new RegExp("(")')})`)],
    [
      'the prototype of an error of the answer',
      marking(`Object.getPrototypeOf(${caught('scanUniverse({ filters: { x: 1n } })')})`),
    ],
    ['the constructor of one', marking(`${caught('scanUniverse({ filters: { x: 1n } })')}.constructor`)],
    [
      'the getter of a figure',
      marking("Object.getOwnPropertyDescriptor(Object.getPrototypeOf(getFundamentalData(symbol)), 'marketCap').get"),
    ],
  ])('%s', async (_, code) => {
    expect(await remembers(code)).toBe(NOTHING)
  })

  it.fails('the functions of a position', async () => {
    const code = `export function exitPosition(symbol, position) {
      const marked = position.entry.mark === 1
      try { position.entry.mark = 1 } catch {}
      return marked
    }`
    const positions = [{ signal: 2, entry: 3, entryPrice: 12.5, side: 1 as const }]
    const found = await withGuest(code, (session) => done(session.exits({ symbol: 'A', positions, to: 10 })))
    expect([...found]).toEqual([-1])
  })
})

describe('of later bars, nothing is found', () => {
  /** Keeps something on one symbol or in one entry point and reads it in another, through a place that outlived the call. */
  const keep = `const place = () => ${caught('nowhere')}.constructor\n`

  it.fails('by a position kept from a later evaluation', async () => {
    const code = `${keep}export function exitPosition(symbol, position) { try { place().entry = position.entry } catch {} return false }
      export function classifySymbol() { const { entry } = place(); return { signal: true, data: { later: entry === undefined ? null : entry(close) } } }`
    const answer = await withGuest(code, (session) => {
      session.exits({ symbol: 'A', positions: [{ signal: 9, entry: 9, entryPrice: 1, side: 1 }], to: 10 })
      return done(session.classify({ symbol: 'A', entry: 'classifySymbol', from: 0, to: 1 }))
    })
    expect(answer.data.get(0)).toEqual({ later: null })
  })

  it.fails('by a series kept from another symbol', async () => {
    const code = `${keep}const r = sma('close', 3)
      export function classifySymbol(symbol) {
        if (symbol === 'A') { try { place().r = r } catch {} }
        const kept = place().r
        return { signal: true, data: { other: symbol === 'A' || kept === undefined ? null : kept.ago(0) } }
      }`
    const answer = await withGuest(
      code,
      (session) => {
        classify(session, 'A')
        return classify(session, 'B')
      },
      world(),
    )
    expect(answer.data.get(0)).toEqual({ other: null })
  })

  it.each([
    ['of another symbol whose bars go on', "getPriceData('B', { days: 10 }).close.length"],
    [
      'after writing to the answer',
      "(() => { const p = getPriceData('B', { days: 10 }); p.close.length = 0; return getPriceData('B', { days: 10 }).close.length })()",
    ],
    [
      'through options with a getter',
      "getPriceData('B', { get days() { getPriceData('B', { days: 1 }); return 10 } }).close.length",
    ],
    ['through many symbols', "getMultipleSymbolsData(['B', 'A', 'B'], { days: 10 }).B.close.length"],
    [
      'through a list with a getter',
      "getMultipleSymbolsData(Object.defineProperty([0], 0, { get: () => 'B' }), { days: 10 }).B.close.length",
    ],
    [
      'by a time of its own',
      "(new Date(9e15), Date.UTC(2100), getPriceData('B', { days: 10 }).timestamps.filter((at) => at <= Date.now()).length)",
    ],
  ])('%s', async (_, expression) => {
    const code = `export function classifySymbol(symbol) { return { signal: true, data: { x: ${expression} } } }`
    const answer = await withGuest(code, (session) => classify(session, 'A'), world())
    expect([...answer.data.values()].map(({ x }) => x)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it.each([
    ['-1'],
    ['-0.5'],
    ['2 ** 31'],
    ['2 ** 32 - 1'],
    ['-(2 ** 32)'],
    ['-1n'],
    ['{ n: 0, valueOf() { return this.n++ ? -1 : 0 } }'],
    ['{ [Object.getOwnPropertySymbols(Date.prototype)[0]]: () => -1 }'],
    ['[-1]'],
    ['true'],
  ])('%s bars ago', async (bars) => {
    const code = `export function classifySymbol() { const k = ${bars}; let x; try { x = (0, close).ago(k) } catch {} return x === x && x !== undefined }`
    const answer = await withGuest(code, (session) => classify(session, 'A'))
    expect(answer.verdict.join('')).toBe('0000000000')
  })

  it('is told by no error', async () => {
    const tries = [
      'close.ago(-1)',
      "getPriceData('B', { days: -1 })",
      "getPriceData('B', { days: 1e400 })",
      'close.ago({})',
      "series('close[-1]')",
    ]
    const code = `export function classifySymbol() { const said = []; ${tries.map((each) => `try { ${each} } catch (e) { said.push(e.message + e.stack) }`).join(';')} return { signal: true, data: { said: said.join('|') } } }`
    const said = async (close: number): Promise<unknown> => {
      const prices = Float64Array.from({ length: 10 }, (_, i) => (i > 4 ? close : 1))
      return withGuest(
        code,
        (session) => done(session.classify({ symbol: 'A', entry: 'classifySymbol', from: 4, to: 5 })).data.get(0),
        ['A', 'B'].map((symbol) => smallSymbol(symbol, { close: prices })),
      )
    }
    expect(await said(7)).toEqual(await said(99))
  })
})
