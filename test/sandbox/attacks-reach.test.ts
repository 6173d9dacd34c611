import { describe, expect, it } from 'vitest'
import { FIGURE_FIELDS } from '../../lib/strategy/contract.ts'
import { done, withGuest } from './run-guest.ts'
import { smallSymbol } from './small-symbol.ts'

/**
 * Makes a value twice and walks from both, over prototypes, properties, getters and setters: what both walks reach is shared
 * by all evaluations, so whatever of it is not frozen can hold state or be turned against others.
 */
const crawler = (expression: string) => `
function walk(root) {
  const paths = new Map(), todo = [[root, '']]
  while (todo.length > 0) {
    const [each, path] = todo.pop()
    if ((typeof each !== 'object' && typeof each !== 'function') || each === null || paths.has(each)) continue
    paths.set(each, path)
    todo.push([Object.getPrototypeOf(each), path + '.__proto__'])
    for (const key of [...Object.getOwnPropertyNames(each), ...Object.getOwnPropertySymbols(each)]) {
      const { value, get, set } = Object.getOwnPropertyDescriptor(each, key)
      todo.push([value, path + '.' + String(key)], [get, path + '.get ' + String(key)], [set, path + '.set ' + String(key)])
    }
  }
  return paths
}
export function classifySymbol(symbol) {
  const caught = (run) => { try { return run() } catch (e) { return e } }
  const make = () => ${expression}
  const other = walk(make()), open = []
  for (const [each, path] of walk(make())) if (other.has(each) && !Object.isFrozen(each)) open.push(path)
  return { signal: true, data: { open: open.slice(0, 20), reached: other.size } }
}`

async function open(expression: string): Promise<unknown> {
  const figures = FIGURE_FIELDS.map(() => new Float64Array(10).fill(7))
  const answer = await withGuest(
    crawler(expression),
    (session) => {
      const { time } = smallSymbol('A')
      session.loadUniverse({ key: '{}', time, symbols: Array.from(time, () => ['A']) })
      return done(session.classify({ symbol: 'A', entry: 'classifySymbol', from: 5, to: 6 }))
    },
    [smallSymbol('A', { figures })],
  )
  expect(answer.errors).toEqual([])
  const { open, reached } = answer.data.get(0) as { open: string[]; reached: number }
  expect(reached).toBeGreaterThan(20)
  return open
}

describe('all that two values share is frozen, from', () => {
  it.each([
    ['[Object, Array, Math, JSON, Map, Set, RegExp, Date, Error, TypeError, RangeError, Number, String, Boolean]'],
    ['[Float64Array, Int32Array, parseInt, parseFloat, isNaN, isFinite]'],
    ['[getPriceData, getMultipleSymbolsData, getFundamentalData, scanUniverse, series, isAbove, crossesAbove]'],
    ['[close, volume, rsi, sma, xrank]'],
    ['getPriceData(symbol)'],
    ["getMultipleSymbolsData(['A'])"],
    ['scanUniverse()'],
    ['(function () { return arguments })()'],
    ['[function () {}, () => 1, class { static x = 1 }]'],
    ['[(function* () {})(), (async function* () {})(), (async () => 1)(), (async () => { throw 1 })()]'],
    ['(async () => 1)().then((x) => x)'],
    ['(async function* () {})().next()'],
    ["[/a/g, /(?<n>a)/d.exec('a'), 'a'.matchAll(/a/g), 'a'.match(/a/)]"],
    ["[[].values(), new Map().entries(), new Set().values(), 'a'[Object.getOwnPropertySymbols(''.__proto__)[0]]()]"],
    ['[[].values().map((x) => x), [].values().filter((x) => x), [].values().flatMap((x) => [x]), [].values().take(1)]'],
    ['[[].values().constructor.from({ next() {} }), [].values().constructor]'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text of a strategy
    ['((...all) => all)`a${1}b`'],
    ['[new Float64Array(1), new Float64Array(1).buffer, new Int32Array(1).subarray(0)]'],
    ['[Object(1n), Object(Object.getOwnPropertySymbols([].__proto__)[0]), Object(1), Object(true), Object("x")]'],
    ['[new Date(0), JSON.parse("[{}]"), [1].entries(), Object.entries({ a: 1 })]'],
    ["import('x')"],
    ['caught(() => null.x)'],
    ['caught(() => (function f() { f() })())'],
    ['caught(() => new Array(-1))'],
    ['caught(() => getPriceData(1))'],
    ['caught(() => getPriceData(symbol, { days: 0 }))'],
    ['caught(() => close.ago(-1))'],
    ["caught(() => rsi('close', 14))"],
    ["caught(() => (() => 1).constructor('x'))"],
    ["caught(() => ''.repeat(-1))"],
    ['caught(() => 1n / 0n)'],
    ['getFundamentalData(symbol)'],
    ['caught(() => nowhere)'],
    ["caught(() => new RegExp('('))"],
    ["caught(() => JSON.parse(']'))"],
    ['caught(() => scanUniverse({ filters: { x: 1n } }))'],
  ])('%s', async (expression) => {
    expect(await open(expression)).toEqual([])
  })
})
