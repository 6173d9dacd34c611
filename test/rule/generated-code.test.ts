import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseRule } from '../../lib/rule/clauses.ts'
import { crossColumns } from '../../lib/rule/cross-section.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { writeCode } from '../../lib/rule/write-code.ts'
import { validateCode } from '../../lib/strategy/validate.ts'
import { done, withGuest } from '../sandbox/run-guest.ts'
import { anyCondition, anyMembers } from './rules.ts'
import { awkwardMarket } from './world.ts'

const market = awkwardMarket(120, 3)

it('code written for a generated rule passes the validator, and decides in the sandbox where the rule does', async () => {
  let fired = 0
  await fc.assert(
    fc.asyncProperty(anyCondition(), anyMembers(), async (signal, universe) => {
      const rule = parseRule({ signal, universe })
      const code = writeCode(rule)
      const checked = await validateCode(code)
      expect('findings' in checked ? checked.findings : [], code).toEqual([])
      await withGuest(
        code,
        (session) => {
          const series = session.series.map(parseExpression)
          const cross = crossColumns(market, market.symbols, [rule.signal!, ...series], rule.universe)
          for (const symbol of market.symbols) {
            const bars = market.bars(symbol)!
            const evaluator = createEvaluator(market, bars, { cross })
            session.load({ ...bars, columns: series.map((expr) => evaluator.column(expr).slice()) })
            const { verdict } = done(session.classify({ symbol, entry: 'classifySymbol', from: 0, to: bars.length }))
            const expected = Array.from(evaluator.column(rule.signal!), (value) => value === 1)
            expect(
              Array.from(verdict, (each) => each === 1),
              `${symbol} ${signal}\n${code}`,
            ).toEqual(expected)
            fired += expected.filter(Boolean).length
          }
        },
        [],
      )
    }),
    { numRuns: 80, seed: 15 },
  )
  expect(fired).toBeGreaterThan(2_000)
}, 60_000)
