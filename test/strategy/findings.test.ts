import { describe, expect, it } from 'vitest'
import { MAX_CODE_BYTES } from '../../lib/strategy/contract.ts'
import { validateCode } from '../../lib/strategy/validate.ts'

async function findings(source: string): Promise<string[]> {
  const checked = await validateCode(source)
  return 'findings' in checked ? checked.findings.map(({ line, column, reason }) => `${line}:${column} ${reason}`) : []
}

/** « marks where the finding is. */
async function expectFinding(marked: string, reason: RegExp): Promise<void> {
  const at = marked.indexOf('«')
  const before = marked.slice(0, at).split(/\r\n|[\r\n\u2028]/)
  const found = await findings(marked.replace('«', ''))
  const place = `${before.length}:${before[before.length - 1].length + 1} `
  const here = found.filter((each) => each.startsWith(place))
  expect(here.length, found.join('\n')).toBeGreaterThan(0)
  expect(here.join('\n')).toMatch(reason)
}
const within = (body: string) =>
  `const held = [[1]]\nconst average = sma(close, 20)\nexport function classifySymbol(symbol) {\n  ${body}\n}\n`

describe('a finding stands where the road begins, and says what to do:', () => {
  it.each([
    ['const g = «globalThis; return g.close', /out of reach; the functions of the contract/],
    ['const F = (() => {}).«constructor; return F', /constructor is out of reach; .*typeof/],
    ['const { «constructor: C } = held; return C', /constructor is out of reach/],
    ["const { «['con' + 'structor']: C } = held; return C", /constructor is out of reach/],
    ['const { a: { «__proto__: p } } = held; return p', /__proto__ is out of reach; .*\.\.\.other/],
    ['const f = ({ «constructor: c }) => c; return f(1)', /constructor is out of reach/],
    ['let c; ({ «constructor: c } = held); return c', /constructor is out of reach/],
    ['try { held() } catch ({ «constructor: c }) { return c }', /constructor is out of reach/],
    ['for (const { «constructor: c } of held) return c', /constructor is out of reach/],
    ['return «\\u0065val("1")', /eval makes code from text/],
    ['return held.«c\\u006fnstructor', /constructor is out of reach/],
    ["return held[«'c\\x6fnstructor']", /constructor is out of reach/],
    ["return held?.[«'constructor']", /constructor is out of reach/],
    ["return held[«'ev' + 'al']", /eval makes code from text/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text of a strategy
    ["return held[«`${'proto'}type`]", /prototype is out of reach; call the method/],
    ["const key = 'constr' + 'uctor'; return held[«key]", /constructor is out of reach/],
    ["const a = 'constr', b = a + 'uctor'; return held[«b]", /constructor is out of reach/],
    ["let key = 'constructor'; return held[«key]", /constructor is out of reach/],
    ["return held[(«0, 'constructor')]", /constructor is out of reach/],
    ["return held[«symbol ? 'constructor' : 'at']", /put together from text/],
    ["return held[«symbol || 'constructor']", /put together from text/],
    ["return held[«'x'.concat(symbol)]", /put together from text.*Map/],
    ['const f = () => 1; f.«prototype = null; return true', /prototype is out of reach/],
    ['return { «"__proto__": held }', /__proto__ is out of reach/],
    ['return «Object.getPrototypeOf(held)', /getPrototypeOf is refused; .*typeof/],
    ["return «Object['getOwnPropertyDescriptor'](held, 'at')", /read the property itself/],
    ["«Object.defineProperty({}, 'x', { get() { return 1 } }); return true", /assign the property/],
    ['return «import.meta.url', /no files and no host/],
    ["return «import('fs')", /imports nothing; data come from/],
    ['«with (held) { return true }', /Name the object/],
    ['return arguments.«callee', /callee is out of reach; give the function a name/],
    ['const f = «async () => 1; return f()', /leave out async/],
    ['const p = «await getPriceData(symbol)', /leave out await/],
    ['const f = «function* () {}; return f()', /Generators are refused; use a loop/],
    ['return «held.at`1`', /Tagged templates are refused; call/],
    ['«debugger', /return \{ signal, score, data \}/],
    ['return «1e400 > 1', /larger than any number/],
    ['return 0 «<!-- held', /begins no comment in a module/],
    ['«for (;;) {}', /never ends/],
    ['«while (true) { for (const x of held) break }', /never ends/],
    ['«do { switch (symbol) { case 1: break } } while (1)', /never ends/],
    ['again: «for (;;) { for (;;) continue again }', /never ends/],
    ['«for (;;) { inner: { break inner } }', /never ends/],
    ['«for (;;) { held.map(() => { return 1 }) }', /never ends/],
    ['const rows = held; «rows.push(1); return true', /held lives outside the call/],
    ['const row = held[0]; «row[0] = 2; return true', /held lives outside the call/],
    ['const a = held, b = a[0]; «b.length = 0; return true', /held lives outside the call/],
    ['const list = Array.prototype; «list.map = null; return true', /Array belongs to every strategy/],
    ['«for (held[0] of [1]) symbol.at(0)', /held lives outside the call/],
    ['const F = «Function; return F("return 1")()', /write the function itself/],
    ['return new «Function("return 1")()', /write the function itself/],
    ['return [].«constructor', /constructor is out of reach; .*typeof/],
    ['return «Reflect.construct(held, [])', /Reflect is not part .*use Object.keys/],
    ['const { «getPrototypeOf } = Object; return getPrototypeOf(held)', /getPrototypeOf is refused; .*typeof/],
    ['const O = Object; return «O.getPrototypeOf(held)', /getPrototypeOf is refused; .*typeof/],
    ['return «Symbol.iterator', /Symbol is not part .*texts as keys/],
    ['return new «Proxy({}, {})', /use a plain object/],
    ['return held.«__proto__', /__proto__ is out of reach; .*\.\.\.other/],
    ['const o = { «async f() {} }; return o', /leave out async/],
    ['class A { «*f() {} } return 1', /use a loop/],
    ['let of = 1\n  of\n  «/a/g.test(symbol)', /cannot begin with a slash here; put/],
    ['return «average < 30', /average is a series; .*average\.ago\(0\)/],
    ['return Math.max(«close, 1) > 2', /close is a series; .*close\.ago\(0\)/],
    ['if («close) return true', /close is a series; .*close\.ago\(0\)/],
    ['return !«average', /average is a series; .*ago\(0\)/],
    ['return «average && true', /average is a series; .*ago\(0\)/],
    ['return «average ? true : false', /average is a series; .*ago\(0\)/],
    ['let sum = 0; sum += «average; return sum > 1', /average is a series; .*ago\(0\)/],
    ['return «average.at(-1) > 1', /average is a series; read it with average\.ago\(k\)/],
    ['return «average[0] > 1', /average is a series; read it with average\.ago\(k\)/],
  ])('%s', async (body, reason) => {
    await expectFinding(within(body), reason)
  })

  it.each([
    [
      'const spread = «sma(close, 5) - sma(close, 20)\nexport function classifySymbol() { return true }',
      /series\('sma/,
    ],
    ["const k = 'con'\nexport function classifySymbol(symbol) { return symbol[«k + 'structor'] }", /constructor/],
    [
      'class A { «static { this.x = 1 } }\nexport function classifySymbol() { return true }',
      /static block is refused; use/,
    ],
    ['class A { «get x() { return 1 } }\nexport function classifySymbol() { return true }', /getter .* use a function/],
    ['const at = «Date.now()\nexport function classifySymbol() { return true }', /inside an entry point/],
    ['const at = «new Date()\nexport function classifySymbol() { return true }', /inside an entry point/],
    ['const draw = «Math.random()\nexport function classifySymbol() { return true }', /inside an entry point/],
    ['export «async function classifySymbol(symbol) { return true }', /leave out async/],
    ['export «function* classifySymbol(symbol) { return true }', /use a loop/],
    ['class A { static n = 0 }\nexport function classifySymbol() { return «++A.n > 1 }', /A lives outside/],
    ['function f() {}\nexport function classifySymbol() { «f.n = 1; return true }', /f lives outside/],
    ['export function classifySymbol() {\r\n  return «eval("1")\r\n}', /eval/],
    ['export function classifySymbol() {\r  return «eval("1")\r}', /eval/],
    ['\ufeffexport function classifySymbol() {\n  return «eval("1")\n}', /eval/],
  ])('%s', async (source, reason) => {
    await expectFinding(source, reason)
  })
})

describe('characters that hide code are refused:', () => {
  it.each([
    ['nothing, in a text', 'return "«\0" > symbol', /U\+0000/],
    ['a turn of direction, in a remark', '// «\u202e } evil', /U\+202E cannot be seen/],
    ['isolated direction', 'return "«\u2066x" > symbol', /U\+2066/],
    ['no width, in a text', 'return "a«\u200bb" > symbol', /U\+200B/],
    ['a line end of Unicode', 'return true // «\u2028 return false', /U\+2028/],
    ['half a character', 'return "«\ud800" > symbol', /U\+D800/],
    ['a mark of byte order amid text', 'return "«\ufeff" > symbol', /U\+FEFF/],
  ])('%s', async (_, body, reason) => {
    await expectFinding(within(body), reason)
  })

  it('three of them are named, not all', async () => {
    expect(await findings(within(`return "${'\u200b'.repeat(50)}" > symbol`))).toHaveLength(3)
  })
})

describe('code too deep or too long', () => {
  it.each([
    ['parentheses', '(', '1', ')'],
    ['arrays', '[', '1', ']'],
    ['blocks', '{', '', '}'],
    ['templates', '`${', '1', '}`'],
  ])('is refused where %s go past 240', async (_, open, middle, close) => {
    const deep = (times: number) =>
      `export function classifySymbol() {\n${open.repeat(times)}${middle}${close.repeat(times)}\n}`
    expect(await findings(deep(239))).toEqual([])
    const [finding, ...more] = await findings(deep(240))
    expect(finding).toMatch(
      /^2:\d+ The code is nested too deeply to be read: more than 240 brackets are open here; split it/,
    )
    expect(more).toEqual([])
    const column = Number(/^2:(\d+)/.exec(finding)?.[1])
    expect(Math.floor((column - 1) / open.length)).toBe(239)
  })

  it('is refused by its size, with what to do', async () => {
    const long = `export function classifySymbol() { return ${JSON.stringify('x'.repeat(MAX_CODE_BYTES))} > '' }`
    expect(await findings(long)).toEqual([expect.stringMatching(/^1:1 .*at most 102400 are read; load data/)])
  })

  it('whose texts double with every name is read at once', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `const k${i + 1} = k${i} + k${i}`).join('\n')
    const use = 'export function classifySymbol(symbol) { return symbol[k60] }'
    expect(await findings(`const k0 = 'x'\n${names}\n${use}`)).toEqual([])
  })
})
