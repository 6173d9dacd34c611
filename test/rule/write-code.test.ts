import { readFileSync } from 'node:fs'
import { parse } from 'acorn'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRule } from '../../lib/rule/clauses.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { printExpression } from '../../lib/rule/print.ts'
import { seriesLeaves, writeCode } from '../../lib/rule/write-code.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { shared, withShared } from '../shared.ts'
import { coarseBars, conditions } from './expressions.ts'
import { runWritten } from './guest.ts'
import { marketOf } from './load.ts'

const codeOf = (text: string) => writeCode(parseRule(text))
/** The code without its leading comment. */
const bodyOf = (text: string) =>
  codeOf(text)
    .split('\n')
    .filter((line) => !line.startsWith('//'))
    .join('\n')
    .trim()

describe('written code', () => {
  it('reads as a person would write it', () => {
    expect(
      codeOf(`UNIVERSE: stocks
        SIGNAL: open/close[1]-1 > 3% and volume >= 1.5*sma(volume,20)[1]
        EXIT: bars_held >= 5
        STOP: entry_price*0.92
        RANK: rsi(close,14) asc`),
    ).toBe(`// UNIVERSE: stocks
// SIGNAL: open/close[1]-1 > 3% and volume >= 1.5*sma(volume,20)[1]
// EXIT: bars_held >= 5
// STOP: entry_price*0.92
// RANK: rsi(close,14) asc
// Applied by the host: UNIVERSE, STOP.

const avgVolume20 = sma(volume, 20)
const rsi14 = rsi(close, 14)

export function classifySymbol(symbol) {
  return (
    isAbove(open.ago(0) / close.ago(1) - 1, 0.03) &&
    atLeast(volume.ago(0), 1.5 * avgVolume20.ago(1))
  )
}

export function scoreSymbol(symbol) {
  return rsi14.ago(0)
}

export function exitPosition(symbol, position) {
  return atLeast(position.bars_held, 5)
}
`)
  })

  it('carries not inward, so that unknown stays false', () => {
    expect(bodyOf('not (close > open and volume != 3) and not up()')).toBe(`const isUp = up()

export function classifySymbol(symbol) {
  return (atMost(close.ago(0), open.ago(0)) || isEqual(volume.ago(0), 3)) && isUp.ago(0) === 0
}`)
  })

  it('reads text, cross-sections and other symbols as series', () => {
    expect(bodyOf("sector != 'Energy' and top(roc(close,63),3) and on('SPY', close > sma(close,200))")).toBe(
      `const sectorIsNotEnergy = series("sector != 'Energy'")
const top3ByRoc63 = top('roc(close, 63)', 3)
const spyCloseAboveSma200 = on('SPY', 'close > sma(close, 200)')

export function classifySymbol(symbol) {
  return (
    sectorIsNotEnergy.ago(0) === 1 &&
    top3ByRoc63.ago(0) === 1 &&
    spyCloseAboveSma200.ago(0) === 1
  )
}`,
    )
  })

  it('names what several calls take, and the longer side of a comparison that fills its line', () => {
    expect(
      bodyOf(
        "log(close/on('SPY',close)) - sma(log(close/on('SPY',close)),60) < -2*stdev(log(close/on('SPY',close)),60)",
      ),
    ).toBe(
      `const logCloseOverSpyClose = log("close / on('SPY', close)")
const smaLogCloseOverSpyClose60 = sma(logCloseOverSpyClose, 60)
const stdevLogCloseOverSpyClose60 = stdev(logCloseOverSpyClose, 60)

export function classifySymbol(symbol) {
  const logCloseOverSpyCloseMinusSmaLogClose =
    logCloseOverSpyClose.ago(0) -
    smaLogCloseOverSpyClose60.ago(0)

  return isBelow(logCloseOverSpyCloseMinusSmaLogClose, -2 * stdevLogCloseOverSpyClose60.ago(0))
}`,
    )
  })

  it('breaks long lines where a person would', () => {
    const code = codeOf(
      `close > sma(close,200) and top(xz(ey) + xz(roe) + xz(close[21]/close[252]-1) - xz(stdev(roc(close,1),252)),20) and 10 < rsi(close,14) < 30`,
    )
    expect(code).toContain(`// SIGNAL: close > sma(close,200)
//     and top(xz(ey) + xz(roe) + xz(close[21]/close[252]-1) - xz(stdev(roc(close,1),252)),20)
//     and 10 < rsi(close,14) < 30
`)
    expect(code).toContain(` = top(
  'xz(ey) + xz(roe) + xz(close[21] / close[252] - 1) - xz(stdev(roc(close, 1), 252))',
  20,
)
`)
    // the value first, then what it is held against
    expect(code).toContain('isAbove(rsi14.ago(0), 10) &&\n    isBelow(rsi14.ago(0), 30)')
    for (const line of code.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100)
  })

  it('guards divisors that can be 0, and only those', () => {
    const body = bodyOf('volume/sma(volume,20) > 2 and close/sma(close,20) > 1 and close/2 > 1')
    expect(body).toContain('volume.ago(0) / (avgVolume20.ago(0) || NaN)')
    expect(body).toContain('close.ago(0) / sma20.ago(0)')
    expect(body).toContain('close.ago(0) / 2')
  })

  it('writes SHORT, and leaves EXIT to the host where only the host knows its values', () => {
    const code = codeOf('SHORT: close < open\nSTOP: entry_price*1.1\nEXIT: entry_price - close > 2*initial_risk')
    expect(code).toContain('export function classifyShort(symbol)')
    expect(code).not.toContain('classifySymbol')
    expect(code).not.toContain('exitPosition')
    expect(code).toContain('// Applied by the host: EXIT, STOP.')
  })

  it('gives names that differ from the guest’s own and from each other', () => {
    const code = codeOf(
      'gap() > 0 and tr() > 1 and stoch_k(14,3) > stoch_k(1,43) and roc(volume,5) > roc(high,5) and obv() > 1',
    )
    const names = [...code.matchAll(/^const (\w+)/gm)].map((match) => match[1])
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual([
      'gapSize',
      'trueRange',
      'stochK14_3',
      'stochK1_43',
      'rocVolume5',
      'rocHigh5',
      'onBalanceVolume',
    ])
  })

  it('cannot be broken out of by a string of the rule', () => {
    const code = codeOf(`UNIVERSE: symbol == '*/ \\'\nSIGNAL: industry == '\\"); evil(); (' or close > open`)
    const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' })
    expect(program.body.map((node) => node.type)).toEqual(['VariableDeclaration', 'ExportNamedDeclaration'])
    expect(codeOf("industry == 'a\u2028evil()' or close > open")).not.toContain('\u2028')
  })

  it('names every series it reads, bars included, once and in canonical spelling', () => {
    const leaves = seriesLeaves(
      parseRule('SIGNAL: close[1] > sma(close,20)[2] and close > 1.0*open\nRANK: rsi(close,2) asc'),
    )
    expect(leaves).toEqual(['close', 'sma(close, 20)', 'open', 'rsi(close, 2)'])
    for (const leaf of leaves) expect(printExpression(parseExpression(leaf))).toBe(leaf)
  })
})

describe('code and rule', () => {
  const series = coarseBars(40)
  const evaluator = createEvaluator(marketOf([series]), series)

  it('are true on the same bars for any condition', () => {
    let trueCells = 0
    fc.assert(
      fc.property(conditions(), (text) => {
        const rule = parseRule({ signal: text })
        const code = writeCode(rule)
        const expected = Array.from(evaluator.column(rule.signal!), (value) => value === 1)
        trueCells += expected.filter(Boolean).length
        expect(runWritten(code, evaluator, series).classify(), `${text}\n${code}`).toEqual(expected)
      }),
      { numRuns: 400, seed: 7 },
    )
    expect(trueCells).toBeGreaterThan(1_000)
  })

  it('score alike, undefined included', () => {
    for (const by of [
      'volume/sma(volume,3)',
      'log(volume)',
      'close - open - -low',
      '-(-(high))',
      '2*(close + 1)/(3*volume)',
    ]) {
      const rule = parseRule({ signal: 'up()', rank: `${by} desc` })
      expect(runWritten(writeCode(rule), evaluator, series).score()).toEqual(
        Array.from(evaluator.column(rule.rank!.by)),
      )
    }
  })

  it('exit alike on values of the position', () => {
    const rule = parseRule({
      signal: 'up()',
      exit: 'close >= entry_price + 1 or bars_held >= 4 and not close > entry_price or entry(close) > since_entry_high(high)',
    })
    const position = (bar: number) => ({
      entry_price: 4,
      bars_held: bar + 1,
      side: 1,
      entry: (handle: { ago(k: number): number }) => handle.ago(0),
      sinceEntryHigh: (handle: { ago(k: number): number }) => handle.ago(0),
    })
    const expected = Array.from(
      series.close,
      (value, i) => value >= 5 || (i + 1 >= 4 && value <= 4) || value > series.high[i],
    )
    expect(runWritten(writeCode(rule), evaluator, series).exit(position)).toEqual(expected)
  })
})

withShared('code of the development prompts', () => {
  const prompts: { id: string; rule: RuleClauses | null }[] = JSON.parse(
    readFileSync(shared('prompts/prompts.json'), 'utf8'),
  )
  const rules = prompts.flatMap((prompt) => (prompt.rule === null ? [] : [parseRule(prompt.rule)]))

  it('is a JavaScript module whose literals all stand in the rule, beside bars ago and truth', () => {
    for (const rule of rules) {
      const code = writeCode(rule)
      parse(code, { ecmaVersion: 'latest', sourceType: 'module' })
      const texts = [rule.clauses.signal, rule.clauses.short, rule.clauses.exit, rule.clauses.rank].join(' ')
      const known = new Set([...texts.matchAll(/[\d.]+/g)].map((match) => Number(match[0])))
      const body = code.replace(/^\/\/.*$/gm, '').replace(/\.ago\(\d+\)|=== [01]|const \w+|\w*[a-zA-Z_]\w*/g, '')
      for (const [literal] of body.matchAll(/[\d.]*\d/g)) expect(known, code).toContain(Number(literal))
    }
  })
})
