import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRule } from '../../lib/rule/clauses.ts'
import { writeCode } from '../../lib/rule/write-code.ts'
import { moduleCode } from '../../lib/sandbox/module-code.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { validateCode } from '../../lib/strategy/validate.ts'
import { conditions } from '../rule/expressions.ts'
import { shared, withShared } from '../shared.ts'

async function findings(code: string): Promise<string[]> {
  const checked = await validateCode(code)
  return 'findings' in checked ? checked.findings.map(({ line, column, reason }) => `${line}:${column} ${reason}`) : []
}

withShared('code written from the development prompts', () => {
  it('for daily bars is valid, all of it', async () => {
    const prompts: { rule: RuleClauses | null }[] = JSON.parse(readFileSync(shared('prompts/prompts.json'), 'utf8'))
    const rules = prompts.flatMap(({ rule }) => (rule === null || (rule.timeframe ?? '1d') !== '1d' ? [] : [rule]))
    expect(rules.length).toBeGreaterThan(30)
    for (const rule of rules) {
      const code = writeCode(parseRule(rule))
      expect(await findings(code), code).toEqual([])
    }
  })
})

describe('code written from any condition', () => {
  it('is valid', async () => {
    await fc.assert(
      fc.asyncProperty(conditions(), async (text) => {
        const code = writeCode(parseRule(`SIGNAL: ${text}`))
        expect(await findings(code), code).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})

const within = (body: string) => `export function classifySymbol(symbol) {\n${body}\n}`

describe('honest code written by hand is valid:', () => {
  it.each([
    [
      'closures and helpers',
      `const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length\nfunction above(limit) { return (value) => value > limit }\n${within('const { close } = getPriceData(symbol, { days: 20 })\nreturn above(mean(close))(close.at(-1))')}`,
    ],
    [
      'weights in a constant array',
      `const WEIGHTS = [0.5, 0.3, 0.2]\n${within('const { close } = getPriceData(symbol, { days: 3 })\nlet sum = 0\nfor (let i = 0; i < WEIGHTS.length; i++) sum += WEIGHTS[i] * close[i]\nreturn sum > 10')}`,
    ],
    [
      'a table built at module level',
      `const table = {}\nfor (const n of [5, 10]) table[n] = 1 / n\ntable.last = 2\n${within('return table[5] > 0.1')}`,
    ],
    [
      'maps and sets inside a function',
      within(
        'const seen = new Map()\nfor (const at of getPriceData(symbol).close) seen.set(Math.round(at), (seen.get(Math.round(at)) ?? 0) + 1)\nconst once = new Set(seen.keys())\nonce.delete(0)\nreturn once.size > 3',
      ),
    ],
    [
      'destructuring with defaults and rest',
      within(
        'const { close: [first = 0, ...others], volume = [] } = getPriceData(symbol)\nconst { days = 5, ...rest } = { days: 3 }\nreturn others.length > days && first > 0 && volume.length > Object.keys(rest).length',
      ),
    ],
    [
      'try and catch',
      within(
        'try { return getFundamentalData(symbol).pe_ratio < 15 } catch (error) { if (!(error instanceof TypeError)) throw error\nreturn null } finally { Math.abs(1) }',
      ),
    ],
    [
      'regular expressions on names',
      within("return /^[A-M]/.test(symbol) && !symbol.match(/\\.[AB]$/) && symbol.replace(/\\W/g, '') !== ''"),
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text of a strategy
    ['templates as text', within('return { signal: true, data: { text: `${symbol} at ${close.ago(0).toFixed(2)}` } }')],
    [
      'sorting with a comparator',
      within(
        'const sorted = [...getPriceData(symbol).close].sort((a, b) => a - b)\nconst median = sorted[sorted.length >> 1]\nreturn close.ago(0) > median',
      ),
    ],
    [
      'a copy sorted in place',
      within(
        'const prices = getPriceData(symbol).close\nconst copy = prices.slice()\ncopy.sort()\ncopy.reverse()\nprices.push(1)\nreturn copy[0] > 1',
      ),
    ],
    [
      'dates and chance in an entry point',
      within(
        "const now = new Date()\nconst day = now.getUTCDay()\nreturn day !== 1 && Date.now() > Date.UTC(2020, 0, 1) && Math.random() < 0.5 && new Date('2024-01-05') < now",
      ),
    ],
    [
      'a fixed date at module level',
      `const START = new Date('2020-01-01').getTime()\nconst END = Date.UTC(2030, 0, 1)\n${within('return Date.now() > START && Date.now() < END')}`,
    ],
    [
      'a helper that asks for the day',
      `const weekday = () => new Date().getUTCDay()\n${within('return weekday() === 5')}`,
    ],
    [
      'loops left by break, return and throw',
      within(
        "let i = 0\nfor (;;) { if (i++ > 5) break }\nwhile (true) { switch (i) { case 1: break\ndefault: return true } }\ndo { if (i > 9) throw new Error('x') } while (true)",
      ),
    ],
    [
      'labelled loops left from within',
      within(
        'outer: for (;;) { for (const at of [1, 2]) { if (at > 1) break outer } }\nagain: for (let i = 0; i < 3; i++) { while (true) { continue again } }\nreturn true',
      ),
    ],
    [
      'names of columns in brackets',
      within(
        "const p = getPriceData(symbol)\nconst KEYS = ['open', 'close']\nlet sum = 0\nfor (const key of KEYS) sum += p[key].at(-1)\nconst which = sum > 9 ? 'high' : 'low'\nreturn p[which].length > 0 && p['volume'].length > 0",
      ),
    ],
    [
      'objects as counters',
      within(
        'const counts = {}\nfor (const at of getPriceData(symbol).close) { const key = Math.floor(at); counts[key] = (counts[key] ?? 0) + 1 }\ncounts.total = 1\ndelete counts.total\nreturn Object.entries(counts).length > 1',
      ),
    ],
    [
      'a local that holds part of a constant',
      `const levels = { low: [1, 2], high: [8] }\n${within('const low = levels.low\nlet list = levels.high\nlist = []\nlist.push(low[0])\nlet count = levels.low.length\ncount += 1\nreturn list.length < count')}`,
    ],
    [
      'methods of kinds, borrowed',
      within(
        "return Array.prototype.slice.call([1, 2]).length === 2 && Object.prototype.hasOwnProperty.call({ a: 1 }, 'a')",
      ),
    ],
    [
      'a class with methods',
      `class Window {\n  #values = []\n  constructor(size) { this.size = size }\n  add(value) { this.#values.push(value); return this }\n  get mean() { return this.#values.reduce((a, b) => a + b, 0) / this.size }\n}\n${within('return new Window(1).add(close.ago(0)).mean > 1')}`
        .replace('get mean()', 'mean()')
        .replace('.mean >', '.mean() >'),
    ],
    [
      'errors of its own',
      `class NoData extends Error {}\n${within("if (getPriceData(symbol).close.length < 2) throw new NoData('too few bars')\nreturn true")}`,
    ],
    [
      'optional chaining and nullish values',
      within('const f = getFundamentalData(symbol)\nreturn (f?.pe_ratio ?? 99) < 15 && f?.["market_cap"] > 1e9'),
    ],
    ['recursion', `const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2))\n${within('return fib(8) === 21')}`],
    [
      'infinities and large numbers',
      within(
        'let best = -Infinity\nfor (const at of getPriceData(symbol).high) best = Math.max(best, at)\nreturn best < 1e308 && best < Number.MAX_SAFE_INTEGER',
      ),
    ],
    [
      'words of other languages',
      within("const größe = 'ü — “quoted” 漢字 😀'\n// naïve: 5 % – 10 %\nreturn größe.length > 3"),
    ],
    [
      'a byte order mark and the line ends of Windows',
      `\ufeff${within('return close.ago(0) > 1')}`.replaceAll('\n', '\r\n'),
    ],
    [
      'a large table',
      `const table = [${Array.from({ length: 3000 }, (_, i) => i / 7).join()}]\n${within('return table.length > 1')}`,
    ],
    [
      'ninety conditions',
      within(`return ${Array.from({ length: 90 }, (_, i) => `(close.ago(${i}) > ${i})`).join(' && ')}`),
    ],
    [
      'series handed to functions, chosen and listed',
      `const fast = sma(close, 5), slow = sma(close, 20)\nconst ALL = [fast, slow, volume]\nconst rising = (line) => line.ago(0) > line.ago(1)\nconst pick = (quick) => (quick ? fast : slow)\n${within('return ALL.every(rising) && isAbove(pick(true), slow) && crossesAbove(fast, slow)')}`,
    ],
    [
      'flags that are series',
      `const up3 = series('close > close[3]')\n${within('return up3.ago(0) === 1 && !up3.ago(1)')}`,
    ],
    [
      'a loop with its index',
      within(
        'let streak = 0\nfor (const [i, at] of getPriceData(symbol).close.entries()) streak = i > 0 && at > 1 ? streak + 1 : 0\nreturn streak >= 3',
      ),
    ],
    [
      'entries of an object',
      `const LEVELS = { low: 10, high: 20 }\n${within('return Object.entries(LEVELS).some(([name, level]) => name !== symbol && close.ago(0) > level)')}`,
    ],
    [
      'reduce, map, filter and spread',
      within(
        'const { high, low } = getPriceData(symbol, { days: 14 })\nconst ranges = high.map((h, i) => h - low[i]).filter((r) => r > 0)\nreturn Math.max(...ranges) > ranges.reduce((sum, r) => sum + r, 0) / ranges.length',
      ),
    ],
    [
      'default parameters and early returns',
      `function sharpe(values, free = 0, { days = 252 } = {}) { if (values.length < 2) return NaN\nreturn (values[0] - free) * Math.sqrt(days) }\n${within('const { close } = getPriceData(symbol)\nif (close.length < 5) return null\nif (!close.every(Number.isFinite)) return false\nreturn sharpe(close) > 1')}`,
    ],
    [
      'remarks for readers of types',
      `/**\n * @param {number[]} values\n * @returns {number} the mean\n */\nconst mean = (values) => values.reduce((a, b) => a + b, 0) / values.length\n${within('return mean(getPriceData(symbol).close) > 1 // about a month')}`,
    ],
    [
      'types',
      "type Side = 'long' | 'short'\ninterface Level { at: number; side?: Side }\nconst LEVELS: readonly Level[] = [{ at: 1 }] as const\nconst last = <T,>(list: T[]): T | undefined => list.at(-1)\nexport function classifySymbol(symbol: string): boolean | null {\n  const p = getPriceData(symbol, { days: 5 })\n  const at = last(p.close) ?? NaN\n  return (at as number) > LEVELS[0]!.at satisfies boolean\n}",
    ],
    [
      'chunks kept in a local table',
      within(
        'const byWeek = new Map()\nconst { timestamps, close } = getPriceData(symbol, { days: 60 })\nfor (let i = 0; i < close.length; i++) { const week = Math.floor(timestamps[i] / 6048e5); if (!byWeek.has(week)) byWeek.set(week, []); byWeek.get(week).push(close[i]) }\nconst [lastWeek, thisWeek] = [...byWeek.values()].slice(-2)\nreturn thisWeek?.at(-1) > Math.max(...(lastWeek ?? []))',
      ),
    ],
    [
      'a verdict put together step by step',
      within(
        "const verdict = { signal: false, score: 0, data: {} }\nverdict.data.gap = open.ago(0) / close.ago(1) - 1\nverdict.data['volume'] = volume.ago(0)\nverdict.score = verdict.data.gap * 100\nverdict.signal = verdict.score > 3\nreturn verdict",
      ),
    ],
    [
      'other symbols and figures',
      within(
        "const { SPY, [symbol]: own } = getMultipleSymbolsData(['SPY', symbol], { days: 20 })\nconst change = ({ close }) => close.at(-1) / close[0] - 1\nconst { market_cap: cap = 0, pe_ratio } = getFundamentalData(symbol) ?? {}\nreturn change(own) > change(SPY) && cap > 1e9 && pe_ratio < 20",
      ),
    ],
    [
      'a switch, a ternary chain and a conversion',
      within(
        "const day = new Date(Date.now()).getUTCDay()\nconst name = day === 1 ? 'Mon' : day === 5 ? 'Fri' : 'mid'\nswitch (name) { case 'Mon': return +close.ago(0).toFixed(2) > 1\ncase 'Fri': { const k = 2; return close.ago(0) > k }\ndefault: return false }",
      ),
    ],
    [
      'a whole-universe form',
      'export function runScreening(universe, limit = 10) {\n  const ranked_results = universe\n    .map((symbol) => ({ symbol, score: getPriceData(symbol, { days: 63 }).close.reduce((a, b, i, all) => (i ? b / all[0] - 1 : 0), 0) }))\n    .filter(({ score }) => Number.isFinite(score))\n    .sort((a, b) => b.score - a.score)\n    .slice(0, limit)\n  return { ranked_results }\n}',
    ],
    [
      'an exit by its position',
      `${within('return close.ago(0) > open.ago(0)')}\nconst stop = atr(14)\nexport const exitPosition = (symbol, { entry_price, bars_held, entry }) => bars_held > 10 || close.ago(0) < entry_price - 2 * entry(stop)`,
    ],
    [
      'a Fibonacci table built once',
      `const levels = [0.236, 0.382, 0.5, 0.618].map((ratio) => ({ ratio, label: \`\${ratio * 100} %\` }))\n${within('const { high, low, close } = getPriceData(symbol, { days: 90 })\nconst [top, bottom] = [Math.max(...high), Math.min(...low)]\nreturn levels.some(({ ratio }) => Math.abs(close.at(-1) - (top - (top - bottom) * ratio)) < 0.01 * top)')}`,
    ],
    [
      'a recursion over days',
      within(
        'const prices = getPriceData(symbol).close\nconst ema = (i, n) => (i === 0 ? prices[0] : prices[i] * (2 / (n + 1)) + ema(i - 1, n) * (1 - 2 / (n + 1)))\nconst end = prices.length - 1\nreturn ema(end, 12) > ema(end, 26)',
      ),
    ],
    [
      'sets, sorting by two keys, and text',
      within(
        "const banks = new Set(['JPM', 'BAC'])\nconst rows = Object.keys({ b: 1, a: 2 }).map((key) => ({ key, n: key.length })).sort((x, y) => y.n - x.n || x.key.localeCompare(y.key))\nreturn banks.has(symbol.toUpperCase().trim()) && rows[0].key.padStart(3, '-').includes('a')",
      ),
    ],
    [
      'division at the beginning of a line',
      within('const gap = open.ago(0)\n  / close.ago(1)\n  - 1\nreturn gap > 0.03'),
    ],
    ['calls forty deep', within(`return ${'Math.abs('.repeat(40)}1${')'.repeat(40)} > 0`)],
  ])('%s', async (_, code) => {
    expect(await findings(code)).toEqual([])
    const checked = await validateCode(code)
    expect('code' in checked && moduleCode(checked.code)).toHaveProperty('source')
  })
})
