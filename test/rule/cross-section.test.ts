import { describe, expect, it } from 'vitest'
import { seeded } from '../../lib/core/random.ts'
import type { Listing } from '../../lib/market/market.ts'
import { crossColumns, crossInputs, crossPlan, crossRank } from '../../lib/rule/cross-section.ts'
import { type CrossColumns, createEvaluator, keyOf } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { marketOf, seriesOf } from './load.ts'

/** undefined */
const none = Number.NaN
const ALL = parseExpression('all')

function bars(symbol: string, day: readonly number[], close: readonly number[]) {
  return seriesOf(symbol, { day, open: close, high: close, low: close, close, volume: close.map(() => 1) })
}

function listings(sectors: Record<string, string>): Map<string, Listing> {
  return new Map(
    Object.entries(sectors).map(([symbol, sector]) => [
      symbol,
      { symbol, name: symbol, sector, industry: '', assetClass: 'stock' as const },
    ]),
  )
}

/** Values of one day by symbol: each column of the world is one symbol's close on that day. */
function onOneDay(text: string, closes: Record<string, number>, sectors: Record<string, string> = {}, universe = ALL) {
  const market = marketOf(
    Object.entries(closes).map(([symbol, close]) => bars(symbol, [100], [close])),
    { listings: listings(sectors) },
  )
  const expr = parseExpression(text)
  const cross = crossColumns(market, market.symbols, [expr], universe)
  return Object.fromEntries(
    market.symbols.map((symbol) => [symbol, createEvaluator(market, market.bars(symbol)!, { cross }).column(expr)[0]]),
  )
}

describe('at a date', () => {
  it('ranks from 0 to 1, equal values sharing the mean rank', () => {
    // ranks 1, 2.5, 2.5, 4, 5 of 5
    const values = { A: 10, B: 20, C: 20, D: 30, E: 40 }
    expect(onOneDay('xrank(close)', values)).toEqual({ A: 0, B: 0.375, C: 0.375, D: 0.75, E: 1 })
    expect(onOneDay('xrank(close)', { A: 1 })).toEqual({ A: none })
    expect(onOneDay('xrank(close)', { A: 1, B: 1 })).toEqual({ A: 0.5, B: 0.5 })
  })

  it('compares exactly, without the tolerance of rules', () => {
    expect(onOneDay('xrank(close)', { A: 1, B: 1 + 2 ** -52 })).toEqual({ A: 0, B: 1 })
  })

  it('leaves out who is no member: UNIVERSE not true, or x undefined', () => {
    const universe = parseExpression('close > 1')
    const values = { A: 1, B: 5, C: 9, D: -9 }
    expect(onOneDay('xrank(close)', values, {}, universe)).toEqual({ A: none, B: 0, C: 1, D: none })
    expect(onOneDay('xrank(log(close))', { A: 1, B: 5, C: -9 })).toEqual({ A: 0, B: 1, C: none })
    expect(onOneDay('top(log(close),2)', { A: 1, B: 5, C: -9 })).toEqual({ A: 1, B: 1, C: 0 })
  })

  it('scores by the population deviation, cut to -3..3', () => {
    // 2 4 4 4 5 5 7 9: mean 5, deviation 2
    const values = { A: 2, B: 4, C: 4, D: 4, E: 5, F: 5, G: 7, H: 9 }
    expect(onOneDay('xz(close)', values)).toEqual({ A: -1.5, B: -0.5, C: -0.5, D: -0.5, E: 0, F: 0, G: 1, H: 2 })
    expect(onOneDay('xz(close)', { A: 7, B: 7 })).toEqual({ A: none, B: none })
    const far = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`S${i + 10}`, i === 0 ? 1000 : 0]))
    // deviation sqrt(29)/30 * 1000, score sqrt(29) = 5.4
    expect(onOneDay('xz(close)', far).S10).toBe(3)
    expect(onOneDay('xz(-close)', far).S10).toBe(-3)
  })

  it('takes the n largest, equal values by symbol', () => {
    const values = { D: 5, C: 5, B: 5, A: 1, E: 9 }
    expect(onOneDay('top(close,3)', values)).toEqual({ A: 0, B: 1, C: 1, D: 0, E: 1 })
    expect(onOneDay('top(-close,1)', values)).toEqual({ A: 1, B: 0, C: 0, D: 0, E: 0 })
    expect(onOneDay('top(close,9)', values)).toEqual({ A: 1, B: 1, C: 1, D: 1, E: 1 })
  })

  it('finds the median of the sector', () => {
    const sectors = { A: 'Energy', B: 'Energy', C: 'Energy', D: 'Materials', E: 'Materials', F: '' }
    expect(onOneDay('sec_median(close)', { A: 9, B: 1, C: 4, D: 2, E: 4, F: 7 }, sectors)).toEqual({
      A: 4,
      B: 4,
      C: 4,
      D: 3,
      E: 3,
      F: none,
    })
  })

  it('shares the members for which a condition is true, unknown ones left out', () => {
    const found = onOneDay('breadth(log(close) > 1)', { A: 1, B: 10, C: 10, D: -1, E: 2 })
    expect(found).toEqual({ A: 0.5, B: 0.5, C: 0.5, D: none, E: 0.5 })
  })
})

describe('over time', () => {
  const world = marketOf([
    bars('A', [1, 2, 3, 4], [1, 2, 3, 4]),
    bars('B', [2, 3, 4], [5, 1, 9]),
    bars('C', [1, 3, 4], [7, 8, 5]),
  ])
  const on = (symbol: string, text: string) => {
    const expr = parseExpression(text)
    const cross = crossColumns(world, world.symbols, [expr], ALL)
    return Array.from(createEvaluator(world, world.bars(symbol)!, { cross }).column(expr))
  }

  it('meets on the date: only who has a bar is ranked', () => {
    expect(on('A', 'xrank(close)')).toEqual([0, 0, 0.5, 0])
    expect(on('B', 'xrank(close)')).toEqual([1, 0, 1])
    expect(on('C', 'xrank(close)')).toEqual([1, 1, 0.5])
  })

  it('looks back along the own bars', () => {
    expect(on('C', 'xrank(close)[1]')).toEqual([none, 1, 1])
    expect(on('B', 'sum(top(close,1),3)')).toEqual([none, none, 2])
  })

  it('nests: inner ranks first', () => {
    const expr = parseExpression('top(xz(close) + xz(-volume), 1) and xrank(close) > 0.5')
    const plan = crossPlan([expr], ALL)
    expect(plan.levels.map((level) => level.map(({ key }) => key))).toEqual([
      ['xz(close)', 'xz(-volume)', 'xrank(close)'],
      ['top(xz(close) + xz(-volume), 1)'],
    ])
    expect(on('A', 'xrank(xrank(-close))')).toEqual([1, 1, 0.5, 1])
  })

  it('says what is missing when the ranks were not computed', () => {
    const series = world.bars('A')!
    expect(() => createEvaluator(world, series).column(parseExpression('xrank(close)'))).toThrow(/cross-sections/)
  })
})

describe('in chunks', () => {
  it('gives the same bits for any split of the symbols and any order of arrival', () => {
    const uniform = seeded(5)
    const symbols = Array.from({ length: 23 }, (_, i) => `S${String(i).padStart(2, '0')}`)
    const market = marketOf(
      symbols.map((symbol) => {
        const days = Array.from({ length: 120 }, (_, day) => day).filter(() => uniform() > 0.1)
        return bars(
          symbol,
          days,
          days.map(() => Math.round(uniform() * 50) + 1),
        )
      }),
      {
        listings: listings(
          Object.fromEntries(symbols.map((symbol, i) => [symbol, ['Energy', 'Materials', ''][i % 3]])),
        ),
      },
    )
    const texts = [
      'xrank(close)',
      'xz(xrank(roc(close,3)))',
      'top(xz(close),5)',
      'sec_median(close)',
      'breadth(close > close[1])',
    ]
    const exprs = texts.map(parseExpression)
    const universe = parseExpression('stocks and close > 3')
    const whole = crossColumns(market, market.symbols, exprs, universe)
    for (const size of [1, 7, 23]) {
      const known = new Map<string, ReadonlyMap<string, Float64Array>>()
      for (const level of crossPlan(exprs, universe).levels) {
        const inputs = []
        for (let from = 0; from < symbols.length; from += size)
          // a chunk sees only its own symbols' part of what came before
          inputs.unshift(
            ...crossInputs(market, symbols.slice(from, from + size), universe, level, known as CrossColumns),
          )
        for (const [key, columns] of crossRank(level, structuredClone(inputs))) known.set(key, columns)
      }
      expect([...known.keys()].sort()).toEqual([...whole.keys()].sort())
      for (const expr of exprs)
        for (const symbol of symbols)
          expect(known.get(keyOf(expr))!.get(symbol)).toEqual(whole.get(keyOf(expr))!.get(symbol))
    }
  })
})
