import { describe, expect, it } from 'vitest'
import { moduleCode } from '../../lib/sandbox/module-code.ts'
import { createSandbox } from '../../lib/sandbox/quickjs.ts'
import { classifyAll, done, evaluated, verdicts, withGuest } from './run-guest.ts'
import { smallSymbol } from './small-symbol.ts'

// All of these run without the validator: the sandbox stands alone.
describe('the sandbox without the validator', () => {
  it.each([
    ['Function', "[].constructor.constructor('return 1')()"],
    ['Function by call', "(() => 1).constructor.call(null, 'return 1')()"],
    ['Function by new', "new (function () {}).constructor('return 1')()"],
    ['AsyncFunction', "(async () => 1).constructor('return 1')()"],
    ['GeneratorFunction', "(function* () {}).constructor('return 1')()"],
    ['AsyncGeneratorFunction', "(async function* () {}).constructor('return 1')()"],
    ['a class that extends Function', "new (class extends (() => 1).constructor {})('return 1')()"],
    ['Function by the data functions', "getPriceData.constructor('return 1')()"],
    ['Function by a handle’s method', "close.ago.constructor('return 1')()"],
    ['eval', "eval('1')"],
    ['eval by indirection', "(0, eval)('1')"],
  ])('makes no code from text: %s', async (_, expression) => {
    await expect(evaluated(`return ${expression}`)).rejects.toThrow(
      /cannot be made from text|is not defined|not a constructor|parent class/,
    )
  })

  it('gives no global object', async () => {
    expect(
      await evaluated(
        'return [typeof globalThis, this === undefined, (function () { return this === undefined })(), typeof std, typeof os, typeof print]',
      ),
    ).toEqual(['undefined', true, true, 'undefined', 'undefined', 'undefined'])
  })

  it('keeps primordials as they were', async () => {
    const attempts = [
      'Array.prototype.map = null',
      'Object.prototype.polluted = 1',
      "Object.defineProperty(Array.prototype, 'at', { value: null })",
      'delete Array.prototype.map',
      'Object.setPrototypeOf(Array.prototype, null)',
      '[].__proto__.push = null',
      'Math.max = null',
      'JSON.stringify = null',
      'close.ago = null',
      'getPriceData.call = null',
      'Date.prototype.getTime = null',
      'Error.prototype.name = 5',
      'undefinedGlobal = 1',
      'close = 5',
      'getPriceData = null',
    ]
    for (const attempt of attempts) await expect(evaluated(`${attempt}; return 1`), attempt).rejects.toThrow()
    expect(
      await evaluated(
        'return [({}).polluted === undefined, [1].map((x) => x + 1)[0], Math.max(1, 2), typeof getPriceData, new Error("x").name]',
      ),
    ).toEqual([true, 2, 2, 'function', 'Error'])
  })

  it('froze everything that syntax alone can reach', async () => {
    const reached = [
      '(async () => 1)()',
      'Object.getPrototypeOf((async function* () {})())',
      'Object.getPrototypeOf((function* () {})())',
      '(async () => 1)',
      '(class { static x = 1 }).prototype.constructor.__proto__',
      '[].values()',
      '[].values().map((x) => x)',
      '[].values().constructor.from({ next() {} })',
      '[].values().constructor.concat?.([]) ?? 1',
      "'a'.matchAll(/a/g)",
      "''[Object.getOwnPropertySymbols(''.__proto__)[0]]()",
      'new Map().entries()',
      'new Set().values()',
      'new Float64Array(1)',
      'new Float64Array(1).buffer',
      '/a/',
      '1n',
      'Object.getOwnPropertySymbols([].__proto__)[0]',
      '(function () { return arguments })()',
      'new Date(0)',
      '(() => { try { null.x } catch (e) { return e } })()',
      '(() => { try { (function f() { f() })() } catch (e) { return e } })()',
      "import('x')",
      'close',
      'rsi',
      'getPriceData(symbol)',
    ]
    for (const expression of reached) {
      const body = `const open = []; let at = ${expression}; for (at = Object.getPrototypeOf(Object(at)); at !== null; at = Object.getPrototypeOf(at)) {
        for (const each of [at, at.constructor]) if (each !== undefined && !Object.isFrozen(each)) open.push(String(each))
      } return open`
      expect(await evaluated(body), expression).toEqual([])
    }
  })

  it('lets errors have names and messages of their own', async () => {
    expect(
      await evaluated(
        "class Gap extends Error { constructor(m) { super(m); this.name = 'Gap' } } const e = new Gap('x'); e.message = 'y'; return e.name + e.message + new Error('z').name",
      ),
    ).toBe('GapyError')
  })

  it('lets nothing of a symbol’s future be reached', async () => {
    const probes = [
      'getPriceData(symbol, { days: 3 }).close.buffer === undefined',
      'Object.keys(close).length === 0 && Object.getOwnPropertyNames(close).length === 0',
      "JSON.stringify(close) === '{}'",
      'close.constructor === Object',
      'getPriceData(symbol, { days: 1e9 }).close.length === 4',
      "getPriceData('B', { days: 1e9 }).close.length === 4",
      'getPriceData(symbol, { get days() { return 1e9 } }).close.length === 4',
      'close.ago(3) === 10 && close.ago(4) !== close.ago(4)',
    ]
    for (const probe of probes)
      expect(await evaluated(`return ${probe}`, 3, [smallSymbol('A'), smallSymbol('B')]), probe).toBe(true)
    for (const ago of [
      '-1',
      '-0.5',
      '2 ** 32 - 1',
      '-(2 ** 31)',
      '{ valueOf: () => -1 }',
      '[-1]',
      "'-1'",
      'NaN',
      '1e999',
    ]) {
      const body = `let x; try { x = (0, close).ago(${ago}) } catch { x = 'refused' } return x`
      expect([null, 'refused'], ago).toContain(await evaluated(body, 3))
    }
  })

  it('shows the columns behind direct reads to nobody', async () => {
    const code = `
      const r = rsi('close', 14)
      const names = ['$bar', '$column', '$c0', '$c1', '$$bar', 'link']
      export function classifySymbol(symbol) {
        if (r.ago(0) < 0) return null
        return typeof $bar === 'undefined' && typeof $column === 'undefined' && typeof $c0 === 'undefined' && typeof link === 'undefined'
      }`
    const column = [new Float64Array(10).fill(50)]
    expect(await verdicts(code, [smallSymbol('A', { columns: column })])).toBe('1111111111')
    await expect(
      withGuest('const a = arguments[0]\nexport function classifySymbol() { return a === undefined }', classifyAll),
    ).rejects.toThrow(/'arguments' is not defined/)
  })

  it.each([
    ['of', 'x\nof'],
    ['a property', 'o?.of'],
    ['a property named as a keyword', 'o?.return'],
    ['a method named as a keyword', 'o.if(1)'],
    ['a function', 'x = async function () {}'],
    ['a block', '{}'],
  ])('refuses what could be a division or a regular expression after %s', async (_, before) => {
    const code = `const o = { if() {} }, of = 1, g = 1\nexport function classifySymbol(symbol) {\n  let x\n  ${before}\n  / symbol.escape() /g\n  return close.ago(0) > 1\n}`
    const opened = moduleCode(code)
    // Where the parser reads a division, all is as the engine has it.
    if ('error' in opened) expect(opened.error.message).toMatch(/cannot begin with a slash here/)
    else expect(await verdicts(code)).toBe('3333333333')
  })

  it('refuses line ends that the engine does not take for such', () => {
    const code = 'export function classifySymbol() {\n  return // \u2028 true\n}'
    expect(moduleCode(code)).toMatchObject({ error: { line: 2, column: 13 } })
  })

  it('gives its own names to nobody, whatever the code is called', () => {
    const names = ['$', '$$', '$_0', `$${'$'.repeat(50_000)}`]
    const code = `const ${names.map((name) => `${name} = 1`).join()}\nexport function classifySymbol() { return ${Array(900).fill('close.ago(1) > 1').join(' || ')} }`
    const compiled = moduleCode(code)
    const own = 'source' in compiled ? compiled.source.match(/function (\S+?)link/)![1] : ''
    expect(own).toMatch(/^\$[0-9a-f]{16}$/)
    expect(code).not.toContain(own)
    expect((compiled as { source: string }).source.length).toBeLessThan(10 * code.length)
  })

  it('cannot be left by closing the function it stands in', async () => {
    const sandbox = await createSandbox({ ready: 1 })
    for (const code of [
      '} ; globalThis.x = 1; {',
      '}\nexport function classifySymbol() { return true',
      'return 1\nexport function classifySymbol() { return true }',
      'await 1\nexport function classifySymbol() { return true }',
    ]) {
      expect(sandbox.open(code), code).toHaveProperty('error')
    }
    // 0 < !(--x) in modules, here and in the engine; in old scripts <!-- begins a comment.
    expect(await verdicts('export function classifySymbol() { let x = 1\n return 0 <!--x\n }')).toBe('1111111111')
  })

  it('never runs promises’ jobs', async () => {
    const code = `
      let ran = false
      export function classifySymbol() { (async () => { await 1; ran = true })(); return ran }`
    expect(await verdicts(code)).toBe('0000000000')
    expect(
      await verdicts("export function classifySymbol() { import('fs').then(() => { throw 1 }); return false }"),
    ).toBe('0000000000')
    await expect(
      withGuest(
        'export async function classifySymbol() { return true }',
        (session) => done(classifyAll(session)).errors[0].error.message,
      ),
    ).resolves.toMatch(/returned an object|signal is undefined/)
  })

  it('starts every session from the same memory, whatever the one before did', async () => {
    const sandbox = await createSandbox({ ready: 1 })
    const run = async (code: string) => {
      await sandbox.ready()
      const opened = sandbox.open(code, { cpuMs: 300 })
      if ('error' in opened) return opened.error.kind
      opened.session.load(smallSymbol('A'))
      const outcome = classifyAll(opened.session)
      opened.session.dispose()
      return outcome.kind === 'done'
        ? outcome.answer.verdict.join('')
        : outcome.kind === 'failed'
          ? outcome.error.kind
          : outcome.kind
    }
    const good = 'export function classifySymbol() { return close.ago(0) > 14 }'
    for (const bad of [
      'for (;;);',
      "throw 'x'",
      'const a = []; for (;;) a.push(new Float64Array(1e5))',
      'JSON.parse("[".repeat(1e5))',
      'return (function f() { return f() + 1 })()',
    ]) {
      expect(await run(`export function classifySymbol() { ${bad} }`)).toMatch(/timeout|memory|stack|3333333333/)
      expect(await run(good)).toBe('0000011111')
    }
  })

  it('says so when a spent session is used again', async () => {
    await withGuest(
      'export function classifySymbol() { for (;;); }',
      (session) => {
        expect(classifyAll(session)).toMatchObject({ kind: 'failed', error: { kind: 'timeout' } })
        expect(() => classifyAll(session)).toThrow(/spent/)
      },
      undefined,
      { cpuMs: 100 },
    )
  })
})
