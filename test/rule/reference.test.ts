import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expandDerived } from '../../lib/rule/derived.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { printExpression } from '../../lib/rule/print.ts'
import { SERIES } from '../../lib/strategy/series.ts'

const page = readFileSync(new URL('../../lib/rule/README.md', import.meta.url), 'utf8')

describe('the rule reference', () => {
  it('lists every name of the language with its arguments and its meaning, and none else', () => {
    const listed = [...page.matchAll(/^\| `([a-z_]+(?:\([^`]*\))?)` +\| (.*?) +\|$/gm)]
      .map(([, name, meaning]) => `${name}: ${meaning.replaceAll('\\|', '|')}`)
      .filter((line) => !/^[A-Z]/.test(line))
    const known = SERIES.map(
      ({ name, args, meaning }) => `${name}${args === undefined ? '' : `(${args.join(', ')})`}: ${meaning}`,
    )
    for (const line of known) expect(listed).toContain(line)
    const names = new Set(SERIES.map(({ name }) => name))
    for (const line of listed) if (names.has(line.split(/[(:]/)[0])) expect(known).toContain(line)
  })

  it('writes the definitions that the language computes by', () => {
    // hma rounds its windows and ultosc names its parts: kernels and vectors of others hold those two
    const formulas = [...page.matchAll(/^(?!hma|ultosc)([a-z_]+)\((x, n|n)\) += (.+)$/gm)]
    expect(formulas.map(([, name]) => name).sort()).toEqual(
      'aroon_osc cmf dema donchian_lower donchian_mid donchian_upper tema trix vwma'.split(' '),
    )
    const value = (text: string) =>
      printExpression(parseExpression(text.replace(/\bn\b/g, '9').replace(/\bx\b/g, 'close')))
    for (const [, name, parameters, text] of formulas)
      expect(printExpression(expandDerived(parseExpression(value(`${name}(${parameters})`)))!), name).toBe(value(text))
  })
})
