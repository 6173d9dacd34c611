import { describe, expect, it } from 'vitest'
import { validateCode } from '../../lib/strategy/validate.ts'

/** The body of classifySymbol stands on line 3, from column 3. */
const within = (body: string) => `const held = []\nexport function classifySymbol(symbol) {\n  ${body}\n}\n`

async function findings(source: string): Promise<string[]> {
  const checked = await validateCode(source)
  return 'findings' in checked ? checked.findings.map(({ line, column, reason }) => `${line}:${column} ${reason}`) : []
}

describe('the validator', () => {
  it('accepts a module of series, prices and figures, and says what it asks for', async () => {
    const checked = await validateCode(`
      const YEAR = 252
      const rsi14 = rsi('close', 14)
      export function classifySymbol(symbol) {
        const p = getPriceData(symbol, { timeframe: '1d', days: YEAR })
        const market = getMultipleSymbolsData(['SPY', 'QQQ'])
        const f = getFundamentalData('IWM')
        const sorted = p.close.slice().sort((a, b) => a - b)
        let total = 0
        for (const volume of p.volume) total += volume
        const byYear = {}
        byYear[p.timestamps[0]] = total
        const picks = scanUniverse({ filters: { min_market_cap: 1e9, sector: 'Energy' }, limit: 5 })
        return rsi14.ago(0) < 30 && close.ago(1) > sorted[0] && f !== null && picks.includes(symbol) && market.SPY.close.length > 0
      }`)
    expect(checked).toMatchObject({ entryPoints: ['classifySymbol'], historyDays: 252, symbols: ['IWM', 'QQQ', 'SPY'] })
  })

  it('takes plain functions without export, in snake_case too', async () => {
    const checked = await validateCode(
      'function classify_symbol(symbol) { return get_price_data(symbol).close.length > 2 }',
    )
    expect(checked).toMatchObject({ entryPoints: ['classifySymbol'], historyDays: 30 })
    expect(await validateCode('const f = (s) => true\nexport { f as runScreening }')).toMatchObject({
      entryPoints: ['runScreening'],
    })
  })

  it('blanks the types of TypeScript and keeps every position', async () => {
    const source =
      'interface Row { x: number }\nexport function classifySymbol(symbol: string): boolean {\n  const p = getPriceData(symbol, { days: 2 }) as PriceData\n  return p.close.length! > 1\n}'
    const checked = await validateCode(source)
    expect(checked).toMatchObject({ historyDays: 2 })
    const { code } = checked as { code: string }
    expect(code.length).toBe(source.length)
    expect(code.split('\n')[2].indexOf('getPriceData')).toBe(source.split('\n')[2].indexOf('getPriceData'))
    expect(await findings('enum A { x }\nexport function classifySymbol(s: string) { return true }')).toEqual([
      expect.stringMatching(/^1:1 TypeScript that leaves code behind/),
    ])
  })

  it.each([
    ['return eval("1")', '3:10', /code from text/],
    ['return new Function("return 1")()', '3:14', /code from text/],
    ['return [].constructor.constructor("return 1")()', '3:13', /constructor is out of reach/],
    ["return ''['constructor']", '3:13', /constructor is out of reach/],
    ["return ''['con' + 'structor']", '3:13', /constructor is out of reach/],
    ["return ''[['constructor']]", '3:13', /constructor is out of reach/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text of a strategy
    ['return symbol[`${symbol}x`]', '3:17', /put together from text/],
    ["return symbol[['con', 'structor'].join('')]", '3:17', /put together from text/],
    ['const { constructor: c } = symbol; return c', '3:11', /constructor is out of reach/],
    ['return symbol.__proto__', '3:17', /__proto__ is out of reach/],
    ['return { __proto__: null }', '3:12', /__proto__ is out of reach/],
    ["return import('fs')", '3:10', /imports nothing/],
    ['return import.meta.url', '3:10', /import\.meta is refused/],
    ["return require('fs')", '3:10', /loads nothing/],
    ['return process.env', '3:10', /no process/],
    ['return globalThis', '3:10', /out of reach/],
    ['return arguments[0]', '3:10', /named parameters/],
    ['return new Proxy({}, {})', '3:14', /Proxy is not part/],
    ['return Reflect.ownKeys({})', '3:10', /Reflect is not part/],
    ['console.log(1)', '3:3', /Nothing reads a console/],
    ['return (async () => 1)()', '3:11', /async functions are refused/],
    ['return (function* () { yield 1 })()', '3:11', /Generators are refused/],
    ['return String.raw`x`', '3:10', /Tagged templates/],
    ['debugger', '3:3', /debugger is refused/],
    ['return 1n', '3:10', /BigInt/],
    ['return getPricedata(symbol)', '3:10', /did you mean getPriceData/],
    ['return close.ago(-1) > 0', '3:20', /Later bars do not exist/],
    ['return close.ago(0.5) > 0', '3:20', /whole number/],
    ['let k = 1; return close.ago(k) > 0', '3:31', /literal whole number/],
    ['const f = close.ago; return f(0)', '3:19', /Call ago where/],
    ['return close > 5', '3:10', /close\.ago\(0\)/],
    ['return close[0] > 5', '3:10', /close is a series/],
    ["return rsi('close', 14).ago(0) < 30", '3:10', /once at module level/],
    ['return max(1, 2)', '3:10', /Math\.max/],
    ['held.push(1)', '3:3', /held lives outside the call/],
    ['held.length = 0', '3:3', /held lives outside the call/],
    ['delete held[0]', '3:3', /held lives outside the call/],
    ['Object.assign(held, [1])', '3:3', /held lives outside the call/],
    ['[held[0]] = [1]', '3:3', /held lives outside the call/],
    ['Math.max = 1', '3:3', /Math belongs to every strategy/],
    ['Array.prototype.map = null', '3:3', /Array belongs to every strategy/],
    ['undefined_name = 1', '3:3', /not part of the contract/],
    ['return getPriceData(symbol, { days: 0 })', '3:39', /whole number of sessions/],
    ["return getPriceData(symbol, { timeframe: '5m' })", '3:44', /Only daily bars/],
    ["return getPriceData(symbol, '1d', 30)", '3:31', /one object/],
    ['return scanUniverse({ filters: { min_beta: 1 } })', '3:36', /no filter "min_beta"/],
  ])('refuses %s with line, column and reason', async (body, place, reason) => {
    const found = await findings(within(body))
    expect(
      found.find((each) => each.startsWith(`${place} `)),
      found.join('\n'),
    ).toMatch(reason)
  })

  it.each([
    ["import fs from 'fs'\nexport function classifySymbol() { return true }", /^1:1 .*imports nothing/],
    ["export * from 'x'\nexport function classifySymbol() { return true }", /^1:1 .*imports nothing/],
    ['export default function classifySymbol() { return true }', /^1:1 .*by name/],
    [
      'let seen = 0\nexport function classifySymbol() {\n  seen += 1\n  return seen % 7 === 0\n}',
      /^3:3 .*seen lives outside/,
    ],
    ['const o = { get x() { return 1 } }\nexport function classifySymbol() { return o.x === 1 }', /^1:13 .*getter/],
    ["const p = getPriceData('A')\nexport function classifySymbol() { return true }", /^1:11 .*not at module level/],
    ['export const nothing = 1', /^1:1 .*no entry point/],
    ['export function classifySymbol(symbol) { return \n', /^2:1 Syntax error/],
    ['', /^1:1 .*no entry point/],
  ])('refuses the module %j', async (source, reason) => {
    expect((await findings(source))[0]).toMatch(reason)
  })

  it('allows what was made inside the call to change, and what the top level builds for itself', async () => {
    const source = `
      const weights = {}
      for (const n of [1, 2]) weights[n] = n * 2
      export function classifySymbol(symbol) {
        const rows = []
        const add = (row) => { rows.push(row) }
        add(weights[1])
        const seen = new Map()
        seen.set(symbol, 1)
        rows.length = 0
        return rows.length === 0
      }`
    expect(await findings(source)).toEqual([])
  })

  it('lets locals stand under the names of series', async () => {
    const body =
      'const { close, volume } = getPriceData(symbol); const max = (a, b) => (a > b ? a : b); return max(close[0], volume[0]) > 1'
    expect(await findings(within(body))).toEqual([])
  })

  it('refuses more than 100 KB, and nesting no engine could read', async () => {
    expect(await findings(`// ${'x'.repeat(100 * 1024)}\nexport function classifySymbol() { return true }`)).toEqual([
      expect.stringMatching(/bytes long; at most 102400/),
    ])
    const deep = `export function classifySymbol() { return ${'('.repeat(40_000)}1${')'.repeat(40_000)} }`
    expect(await findings(deep)).toEqual([expect.stringMatching(/nested too deeply/)])
    const wide = `export function classifySymbol() { return ${'1+'.repeat(45_000)}1 }`
    expect((await findings(wide)).length).toBeLessThanOrEqual(1)
  })
})
