import { parse } from 'acorn'
import { describe, expect, it } from 'vitest'
import { parseExpression } from '../../lib/rule/parse.ts'
import { loadInstance } from '../../lib/sandbox/instance.ts'
import {
  CONTRACT_GLOBALS,
  CONTRACT_SERIES,
  entryPointOf,
  FIGURE_FIELDS,
  JS_GLOBALS,
  universeExpression,
} from '../../lib/strategy/contract.ts'
import { stripTypes } from '../../lib/strategy/strip-types.ts'
import { contractStubs } from '../../lib/strategy/stubs.ts'
import { validateCode } from '../../lib/strategy/validate.ts'

async function guestGlobals(): Promise<string[]> {
  const { context, operations } = await loadInstance(32 * 2 ** 20)
  const names = context.unwrapResult(context.callFunction(operations.globalNames, context.undefined))
  return JSON.parse(context.getString(names)).sort()
}

describe('the contract', () => {
  it('names exactly the globals that exist in the guest', async () => {
    expect(await guestGlobals()).toEqual([...CONTRACT_GLOBALS])
  })

  it('is what the validator lets through, name by name', async () => {
    for (const name of CONTRACT_GLOBALS) {
      const bare = CONTRACT_SERIES.some((each) => each.signature.args === undefined && each.spellings.includes(name))
      const use = bare ? `${name}.ago(0)` : `typeof ${name}`
      const checked = await validateCode(`export function classifySymbol() { return [${use}].length > 0 }`)
      expect(checked, name).not.toHaveProperty('findings')
    }
  })

  it('refuses what the engine has and the contract has not', async () => {
    const engine =
      'Promise Proxy Reflect Symbol BigInt WeakMap WeakRef FinalizationRegistry SharedArrayBuffer Function eval'
    const names = `${engine} globalThis ArrayBuffer DataView Uint8Array escape decodeURI Iterator InternalError`.split(
      ' ',
    )
    const guest = await guestGlobals()
    for (const name of names) {
      expect(guest).not.toContain(name)
      const checked = await validateCode(`export function classifySymbol() { return typeof ${name} }`)
      expect(checked, name).toHaveProperty('findings')
    }
  })

  it('offers snake_case and camelCase of every name but JavaScript’s own', () => {
    for (const { name, spellings } of CONTRACT_SERIES) {
      expect(spellings).toContain(name)
      if (/_[a-z]/.test(name)) expect(spellings.some((each) => /[A-Z]/.test(each))).toBe(true)
    }
    expect(CONTRACT_GLOBALS).toEqual(
      expect.arrayContaining(['getPriceData', 'get_price_data', 'debtToEquity', 'debt_to_equity']),
    )
    expect(CONTRACT_GLOBALS).toEqual(expect.arrayContaining(['rawClose', 'raw_close', 'crossesAbove', 'crosses_above']))
    expect(entryPointOf('run_batch_backtest')).toBe('runBatchBacktest')
    expect(entryPointOf('classify')).toBeUndefined()
  })

  it('computes every field of getFundamentalData from an expression of the rule language', () => {
    for (const { expr } of FIGURE_FIELDS) expect(() => parseExpression(expr)).not.toThrow()
    const owners = ['market_cap', 'pe_ratio', 'pb_ratio', 'eps', 'revenue', 'debt_to_equity']
    expect(FIGURE_FIELDS.map(({ name }) => name)).toEqual(expect.arrayContaining(owners))
  })

  it('names every global in the type stubs, and the stubs are TypeScript', async () => {
    const stubs = contractStubs()
    for (const { spellings } of CONTRACT_SERIES) expect(spellings.some((each) => stubs.includes(` ${each}`))).toBe(true)
    for (const name of JS_GLOBALS) expect(stubs).toContain(name)
    const stripped = await stripTypes(stubs)
    expect(stripped).toHaveProperty('code')
    expect(() => parse((stripped as { code: string }).code, { ecmaVersion: 2022, sourceType: 'module' })).not.toThrow()
  })
})

describe('scanUniverse’s filters', () => {
  it('turn into a UNIVERSE expression', () => {
    expect(universeExpression({})).toBe('stocks')
    expect(universeExpression({ min_market_cap: 1e9, maxPeRatio: 15 })).toBe(
      'stocks and mcap >= 1000000000 and pe <= 15',
    )
    expect(universeExpression({ min_price: 10, sector: ['Energy', 'Utilities'] })).toBe(
      "stocks and raw_close >= 10 and sector in ('Energy', 'Utilities')",
    )
    expect(universeExpression({ symbols: ['KO', 'PEP'] })).toBe("symbol in ('KO', 'PEP')")
  })

  it('are expressions the rule language reads', () => {
    for (const { name } of FIGURE_FIELDS)
      expect(() => parseExpression(universeExpression({ [`min_${name}`]: -1.5e-7 }))).not.toThrow()
  })

  it('name the filter that does not exist, or has the wrong kind of value', () => {
    expect(() => universeExpression({ min_beta: 1 })).toThrow(/no filter "min_beta"/)
    expect(() => universeExpression({ constructor: 1 })).toThrow(/no filter/)
    expect(() => universeExpression({ min_price: '10' })).toThrow(/"min_price" needs a number/)
    expect(() => universeExpression({ sector: "x') or (close > 0" })).toThrow(/"sector" needs a name/)
  })
})
