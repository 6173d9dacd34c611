import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstAt } from '../../lib/market/bars.ts'
import type { Market } from '../../lib/market/market.ts'
import type { Rule } from '../../lib/rule/ast.ts'
import { parseRule, printRule } from '../../lib/rule/clauses.ts'
import { crossColumns } from '../../lib/rule/cross-section.ts'
import { createEvaluator, type Evaluator } from '../../lib/rule/evaluate.ts'
import { lookbackOf } from '../../lib/rule/lookback.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { printExpression } from '../../lib/rule/print.ts'
import { writeCode } from '../../lib/rule/write-code.ts'
import { runWritten } from './guest.ts'
import { anyCondition, anyMembers, anyNumber } from './rules.ts'
import { awkwardMarket, loadedFrom, until } from './world.ts'

const market = awkwardMarket()
const rules = fc
  .record({ signal: anyCondition(), universe: anyMembers(), by: anyNumber(2), order: fc.constantFrom('asc', 'desc') })
  .map(({ signal, universe, by, order }) => ({ signal, universe, rank: `${by} ${order}` }))

/** The rule on a market: its columns by symbol. */
function columns(on: Market, rule: Rule) {
  const exprs = [rule.signal!, rule.rank!.by]
  const cross = crossColumns(on, on.symbols, exprs, rule.universe)
  return new Map(
    on.symbols.map((symbol): [string, { evaluator: Evaluator; signal: Float64Array; rank: Float64Array }] => {
      const evaluator = createEvaluator(on, on.bars(symbol)!, { cross })
      return [symbol, { evaluator, signal: evaluator.column(rule.signal!), rank: evaluator.column(rule.rank!.by) }]
    }),
  )
}

describe('a generated rule', () => {
  it('is true, false and unknown on the same symbols and bars as the code written for it, and scores alike', () => {
    const cells = [0, 0, 0]
    const used = new Set<string>()
    fc.assert(
      fc.property(rules, (clauses) => {
        const rule = parseRule(clauses)
        const code = writeCode(rule)
        for (const [name] of clauses.signal.matchAll(/[a-z_]+(?=\()/g)) used.add(name)
        for (const [symbol, { evaluator, signal, rank }] of columns(market, rule)) {
          const ran = runWritten(code, evaluator, market.bars(symbol)!)
          expect(ran.classify(), `${symbol} ${clauses.signal}\n${code}`).toEqual(Array.from(signal, (v) => v === 1))
          ran.score().forEach((value, i) => {
            if (Number.isNaN(rank[i])) expect(value, `${symbol} ${i} ${clauses.rank}\n${code}`).toBeNaN()
            else expect(value, `${symbol} ${i} ${clauses.rank}\n${code}`).toBeCloseTo(rank[i], 9)
          })
          for (const value of signal) cells[Number.isNaN(value) ? 2 : value]++
        }
      }),
      { numRuns: 250, seed: 11 },
    )
    // the generator reaches all three values, and most of the language
    for (const count of cells) expect(count).toBeGreaterThan(10_000)
    expect(used.size).toBeGreaterThan(70)
  })

  it('says on bars up to a day what it says when nothing after that day exists', () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: 60, max: 190 }), (clauses, at) => {
        const rule = parseRule(clauses)
        const day = market.bars('SPY')!.day[at]
        const whole = columns(market, rule)
        for (const [symbol, { signal, rank }] of columns(until(market, day), rule)) {
          const length = firstAt(market.bars(symbol)!.day, day + 1)
          expect(signal, `${symbol} to ${at}: ${clauses.signal}`).toEqual(whole.get(symbol)!.signal.slice(0, length))
          expect(rank, `${symbol} to ${at}: ${clauses.rank}`).toEqual(whole.get(symbol)!.rank.slice(0, length))
        }
      }),
      { numRuns: 200, seed: 12 },
    )
  })

  it('has the signals of the whole history when its lookback is loaded', () => {
    let shorter = 0
    const long = awkwardMarket(900, 5)
    fc.assert(
      fc.property(rules, fc.integer({ min: 500, max: 890 }), (clauses, at) => {
        const rule = parseRule(clauses)
        const lookback = lookbackOf(rule)
        const day = long.bars('SPY')!.day[at]
        if (lookback > at - 60) return
        shorter++
        const whole = columns(long, rule)
        for (const [symbol, { signal }] of columns(loadedFrom(long, day, lookback), rule)) {
          const from = firstAt(long.bars(symbol)!.day, day)
          const own = signal.length - (long.bars(symbol)!.length - from)
          expect(signal.slice(own), `${symbol}, ${lookback} before ${at}: ${clauses.signal}`).toEqual(
            whole.get(symbol)!.signal.slice(from),
          )
        }
      }),
      { numRuns: 200, seed: 13 },
    )
    expect(shorter).toBeGreaterThan(60)
  })

  it('is itself again when it is printed and parsed', () => {
    fc.assert(
      fc.property(rules, (clauses) => {
        const rule = parseRule(clauses)
        expect(parseRule(printRule(rule))).toEqual(rule)
        expect(parseRule(JSON.parse(JSON.stringify(rule.clauses)))).toEqual(rule)
        const text = printExpression(rule.signal!)
        expect(printExpression(parseExpression(text))).toBe(text)
      }),
      { numRuns: 400, seed: 14 },
    )
  })
})
