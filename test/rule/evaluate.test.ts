import { describe, expect, it } from 'vitest'
import { seeded } from '../../lib/core/random.ts'
import type { BarSeries } from '../../lib/market/bars.ts'
import { expandDerived } from '../../lib/rule/derived.ts'
import { createEvaluator, keyOf } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { SERIES, type SeriesSignature } from '../../lib/strategy/series.ts'
import { calendarOf, dayOf, marketOf, seriesOf } from './load.ts'

/** undefined, unknown */
const none = Number.NaN
const MONDAY = dayOf('2024-01-01')

/** A series whose closes are given; the other prices follow from them. */
function closes(
  values: readonly number[],
  more: Partial<Record<'open' | 'high' | 'low' | 'volume', readonly number[]>> = {},
) {
  return seriesOf('X', {
    day: values.map((_, i) => MONDAY + Math.floor(i / 5) * 7 + (i % 5)),
    open: more.open ?? values,
    high: more.high ?? values.map((value) => value + 1),
    low: more.low ?? values.map((value) => value - 1),
    close: values,
    volume: more.volume ?? values.map(() => 100),
  })
}

const evaluate = (series: BarSeries, text: string) =>
  Array.from(createEvaluator(marketOf([series]), series).column(parseExpression(text)))

/** A seeded random walk with gaps in its volume, equal closes and a split. */
function walk(length: number, seed: number, symbol = 'X'): BarSeries {
  const uniform = seeded(seed)
  const open: number[] = []
  const high: number[] = []
  const low: number[] = []
  const close: number[] = []
  const volume: number[] = []
  let price = 50
  for (let i = 0; i < length; i++) {
    const cents = (value: number) => Math.max(1, Math.round(value * 100) / 100)
    open.push(cents(price * (1 + (uniform() - 0.5) * 0.02)))
    if (uniform() > 0.1) price = cents(price * (1 + (uniform() - 0.5) * 0.06))
    close.push(price)
    high.push(cents(Math.max(price, open[i]) * (1 + uniform() * 0.01)))
    low.push(cents(Math.min(price, open[i]) * (1 - uniform() * 0.01)))
    volume.push(uniform() < 0.05 ? 0 : Math.round(uniform() * 1e6))
  }
  const split = close.map((_, i) => (i === Math.floor(length / 2) ? 2 : 1))
  const day = close.map((_, i) => MONDAY + Math.floor(i / 5) * 7 + (i % 5))
  return seriesOf(symbol, { day, open, high, low, close, volume, split })
}

describe('values and logic', () => {
  it('equals within 1e-9 relative or 1e-12 absolute, and is then neither less nor greater', () => {
    const series = closes([0.1 + 0.2, 1e-13, 1, 1 + 2e-9, none])
    const other = [0.3, 0, 1 + 0.5e-9, 1, 1]
    const against = (op: string) =>
      Array.from(
        createEvaluator(marketOf([series]), series, {
          overrides: new Map([['open', Float64Array.from(other)]]),
        }).column(parseExpression(`close ${op} open`)),
      )
    expect(against('==')).toEqual([1, 1, 1, 0, none])
    expect(against('<')).toEqual([0, 0, 0, 0, none])
    expect(against('>')).toEqual([0, 0, 0, 1, none])
    expect(against('<=')).toEqual([1, 1, 1, 0, none])
    expect(against('>=')).toEqual([1, 1, 1, 1, none])
    expect(against('!=')).toEqual([0, 0, 0, 1, none])
  })

  it('joins conditions in three values: the truth tables of SQL', () => {
    // a: true true true, false false false, unknown unknown unknown; b: true false unknown three times
    const series = closes([1, 1, 1, 0, 0, 0, none, none, none], { open: [1, 0, none, 1, 0, none, 1, 0, none] })
    const a = 'close > 0.5'
    const b = 'open > 0.5'
    expect(evaluate(series, `${a} and ${b}`)).toEqual([1, 0, none, 0, 0, 0, none, 0, none])
    expect(evaluate(series, `${a} or ${b}`)).toEqual([1, 1, 1, 1, 0, none, 1, none, none])
    expect(evaluate(series, `not ${b}`)).toEqual([0, 1, none, 0, 1, none, 0, 1, none])
    expect(evaluate(series, `where(${a}, 5, 7)`)).toEqual([5, 5, 5, 7, 7, 7, none, none, none])
    expect(evaluate(series, `where(${a}, 5)`)).toEqual([5, 5, 5, none, none, none, none, none, none])
    expect(evaluate(series, `(${a}) + (${b}) >= 1`)).toEqual([1, 1, none, 1, 0, none, none, none, none])
  })

  it('reads a chain as both comparisons', () => {
    expect(evaluate(closes([1, 2, 3]), '1.5 < close < 2.5')).toEqual([0, 1, 0])
  })

  it('never yields an infinity: division by zero, overflow and bad logarithms are undefined', () => {
    const series = closes([0, 1e308, -4, 4])
    expect(evaluate(series, '1/close')).toEqual([none, 1e-308, -0.25, 0.25])
    expect(evaluate(series, 'close*10')).toEqual([0, none, -40, 40])
    expect(evaluate(series, 'close*10 - close*10')).toEqual([0, none, 0, 0])
    expect(evaluate(series, 'close+close')).toEqual([0, none, -8, 8])
    expect(evaluate(series, 'log(close)')).toEqual([none, Math.log(1e308), none, Math.log(4)])
    expect(evaluate(series, 'sqrt(close)')).toEqual([0, 1e154, none, 2])
    expect(evaluate(series, 'floor(close/3)')).toEqual([0, Math.floor(1e308 / 3), -2, 1])
  })

  it('takes literals on either side', () => {
    const series = closes([1, 2, 4])
    expect(evaluate(series, '10 - close')).toEqual([9, 8, 6])
    expect(evaluate(series, 'close - 10')).toEqual([-9, -8, -6])
    expect(evaluate(series, '8/close')).toEqual([8, 4, 2])
    expect(evaluate(series, '3*close + 1')).toEqual([4, 7, 13])
    expect(evaluate(series, '2 < close')).toEqual([0, 0, 1])
    expect(evaluate(series, '3%')).toEqual([0.03, 0.03, 0.03])
    expect(evaluate(series, '2/4 + -close')).toEqual([-0.5, -1.5, -3.5])
  })
})

describe('windows', () => {
  const gap = closes([1, 2, none, 4, 5, 6, 3])

  it('are undefined before n bars and where one of the n is undefined', () => {
    expect(evaluate(gap, 'sum(close,2)')).toEqual([none, 3, none, none, 9, 11, 9])
    expect(evaluate(gap, 'sma(close,2)')).toEqual([none, 1.5, none, none, 4.5, 5.5, 4.5])
    expect(evaluate(gap, 'highest(close,3)')).toEqual([none, none, none, none, none, 6, 6])
    expect(evaluate(gap, 'lowest(close,3)')).toEqual([none, none, none, none, none, 4, 3])
    expect(evaluate(gap, 'lowest(close,1)')).toEqual([1, 2, none, 4, 5, 6, 3])
    expect(evaluate(gap, 'count(close > 1.5,2)')).toEqual([none, 1, none, none, 2, 2, 2])
    expect(evaluate(gap, 'close[2]')).toEqual([none, none, 1, 2, none, 4, 5])
    expect(evaluate(gap, 'pct_rank(close,2)')).toEqual([none, none, none, none, none, 1, 0])
    expect(evaluate(gap, 'sma(close,8)')).toEqual(Array(7).fill(none))
    expect(evaluate(gap, 'close[9]')).toEqual(Array(7).fill(none))
  })

  it('deviate over the population, 0 when all are equal', () => {
    // 2, 4: mean 3, deviations 1 and 1; 4, 10: mean 7, deviations 3 and 3
    expect(evaluate(closes([2, 4, 10, 10, 10]), 'stdev(close,2)')).toEqual([none, 1, 3, 0, 0])
    // 2 4 4 4 5 5 7 9: the textbook's population deviation is 2
    expect(evaluate(closes([2, 4, 4, 4, 5, 5, 7, 9]), 'stdev(close,8)').at(-1)).toBe(2)
    // a third is no exact double, its mean may be off by a bit: still no deviation and no z-score
    const third = closes(
      Array(10)
        .fill(10)
        .map((x) => x / 3 + x),
    )
    expect(evaluate(third, 'stdev(close,7)').slice(6)).toEqual([0, 0, 0, 0])
    expect(evaluate(third, 'zscore(close,7)')).toEqual(Array(10).fill(none))
  })

  it('sum exactly after any history: what passed through leaves no trace', () => {
    const values = [1e15, 0.1, 0.2, 0.3, 0, 0, 0, 0, 0.7, 0.1]
    const sums = evaluate(closes(values), 'sum(close,3)')
    expect(sums.slice(6, 8)).toEqual([0, 0])
    expect(sums[8]).toBe(0.7)
    expect(sums[3]).toBe(0.6)
  })

  it('sum prices in cents to the nearest double', () => {
    const series = walk(3000, 7)
    const cents = Array.from(series.rawClose, (value) => BigInt(Math.round(value * 100)))
    const sums = evaluate(series, 'sum(raw_close,50)')
    let worst = 0
    for (let i = 49; i < sums.length; i++) {
      const exact = Number(cents.slice(i - 49, i + 1).reduce((a, b) => a + b)) / 100
      worst = Math.max(worst, Math.abs(sums[i] - exact) / exact)
    }
    expect(worst).toBeLessThan(3e-16)
  })

  it('find the extremes that a plain search finds', () => {
    const { close } = walk(400, 3)
    for (const n of [1, 2, 7, 50, 399, 400]) {
      const most = evaluate(walk(400, 3), `highest(close,${n})`)
      const least = evaluate(walk(400, 3), `lowest(close,${n})`)
      for (let i = n - 1; i < 400; i++) {
        expect(most[i]).toBe(Math.max(...close.slice(i - n + 1, i + 1)))
        expect(least[i]).toBe(Math.min(...close.slice(i - n + 1, i + 1)))
      }
    }
  })

  it('need every comparison of a run, and one of any', () => {
    const series = closes([1, 2, 3, 3, 4, 5])
    expect(evaluate(series, 'rising(close,2)')).toEqual([none, none, 1, 0, 0, 1])
    expect(evaluate(series, 'any(close == 3,2)')).toEqual([none, 0, 1, 1, 1, 0])
    expect(evaluate(series, 'all(close == 3,2)')).toEqual([none, 0, 0, 1, 0, 0])
    // on the first bar: false and unknown is false
    expect(evaluate(series, 'crosses_above(close,2.5)')).toEqual([0, 0, 1, 0, 0, 0])
  })
})

describe('exponential means', () => {
  it('start from the mean of the first n defined values and rest where x is undefined', () => {
    // ema(3): a = 1/2. seed (2+4+6)/3 = 4 on the third defined value; 8: 6; undefined: rests at 6; 10: 8
    expect(evaluate(closes([2, none, 4, 6, 8, none, 10]), 'ema(close,3)')).toEqual([none, none, none, 4, 6, none, 8])
    // rma(2): a = 1/2: seed 3, then 3 + (6-3)/2 = 4.5
    expect(evaluate(closes([2, 4, 6]), 'rma(close,2)')).toEqual([none, 3, 4.5])
  })

  it('give rsi 100 without falls, 50 without moves, 0 without rises', () => {
    expect(evaluate(closes([1, 2, 3, 4]), 'rsi(close,2)')).toEqual([none, none, 100, 100])
    expect(evaluate(closes([5, 5, 5, 5]), 'rsi(close,2)')).toEqual([none, none, 50, 50])
    expect(evaluate(closes([4, 3, 2, 1]), 'rsi(close,2)')).toEqual([none, none, 0, 0])
    // rises 1, 0 (mean 0.5), falls 0, 3 (mean 1.5): 100 - 100/(1 + 1/3) = 25
    expect(evaluate(closes([4, 5, 2]), 'rsi(close,2)')).toEqual([none, none, 25])
  })
})

describe('memory', () => {
  const series = closes([5, 8, 3, 9, 4, none, 7])
  const c = 'volume > 150'
  const marked = closes([5, 8, 3, 9, 4, none, 7], { volume: [100, 200, 100, 100, 200, 100, 100] })

  it('counts, keeps and compares from the latest true bar', () => {
    expect(evaluate(marked, `barssince(${c})`)).toEqual([none, 0, 1, 2, 0, 1, 2])
    expect(evaluate(marked, `valuewhen(${c}, close)`)).toEqual([none, 8, 8, 8, 4, 4, 4])
    expect(evaluate(marked, `highest_since(${c}, close)`)).toEqual([none, 8, 8, 9, 4, none, none])
    expect(evaluate(marked, `lowest_since(${c}, close)`)).toEqual([none, 8, 3, 3, 4, none, none])
    expect(evaluate(series, `barssince(${c})`)).toEqual(Array(7).fill(none))
  })

  it('sums volume by the direction of the close, from 0', () => {
    expect(evaluate(closes([1, 2, 2, 1], { volume: [10, 20, 30, 40] }), 'obv()')).toEqual([0, 20, 20, -20])
  })
})

describe('indicators and candles', () => {
  const bar = (open: number[], high: number[], low: number[], close: number[]) => closes(close, { open, high, low })

  it('have no true range on the first bar', () => {
    // second bar: high-low 2, |high - close before| 4, |low - close before| 2
    expect(evaluate(bar([1, 5], [3, 7], [1, 5], [3, 6]), 'tr()')).toEqual([none, 4])
  })

  it('give cci by the mean absolute deviation', () => {
    // typical prices 1, 2, 6: mean 3, mean deviation 2; (6-3)/(0.015*2) = 100
    const x = [1, 2, 6]
    expect(evaluate(bar(x, x, x, x), 'cci(3)')[2]).toBeCloseTo(100, 10)
    expect(evaluate(bar([7, 7, 7], [7, 7, 7], [7, 7, 7], [7, 7, 7]), 'cci(3)')).toEqual([none, none, none])
  })

  it('give mfi 50 without flow, by flow otherwise', () => {
    // typical prices 1, 2, 1 with volumes 1, 3, 2: in 6, out 2: 75
    const x = [1, 2, 1]
    const moving = closes(x, { open: x, high: x, low: x, volume: [1, 3, 2] })
    expect(evaluate(moving, 'mfi(2)')).toEqual([none, none, 75])
    expect(evaluate(closes(x, { open: x, high: x, low: x, volume: [0, 0, 0] }), 'mfi(2)')).toEqual([none, none, 50])
  })

  it('never match a zero range', () => {
    const flat = bar([5], [5], [5], [5])
    for (const candle of ['doji()', 'hammer()', 'shooting_star()']) expect(evaluate(flat, candle)).toEqual([0])
    expect(evaluate(flat, 'close_pos()')).toEqual([none])
  })

  it('know a bullish engulfing and a hammer', () => {
    expect(evaluate(bar([10, 8.9], [10.2, 10.4], [8.8, 8.8], [9, 10.1]), 'bullish_engulfing()')).toEqual([0, 1])
    expect(evaluate(bar([10], [10.1], [8], [10.1]), 'hammer()')).toEqual([1])
  })
})

describe('calendar periods', () => {
  // 2024-01-29 (Monday) .. 2024-02-09; Friday 2 February is the week's last session, Wednesday 31 January the month's
  const days = Array.from({ length: 10 }, (_, i) => dayOf('2024-01-29') + i + (i > 4 ? 2 : 0))
  const x = [1, 5, 3, 2, 4, 6, 7, 9, 8, 10]
  const world = (skip: readonly number[] = []) => {
    const keep = (_: number, i: number) => !skip.includes(i)
    return seriesOf('X', {
      day: days.filter(keep),
      open: x.map((v) => v + 0.5).filter(keep),
      high: x.map((v) => v + 1).filter(keep),
      low: x.map((v) => v - 1).filter(keep),
      close: x.filter(keep),
      volume: x.map((v) => v * 10).filter(keep),
    })
  }

  it('are read from the last session of the period on', () => {
    const series = world()
    expect(evaluate(series, 'wk(close)')).toEqual([none, none, none, none, 4, 4, 4, 4, 4, 10])
    expect(evaluate(series, 'wk(open)')[9]).toBe(6.5)
    expect(evaluate(series, 'wk(high)')[9]).toBe(11)
    expect(evaluate(series, 'wk(low)')[9]).toBe(5)
    expect(evaluate(series, 'wk(volume)')[9]).toBe(400)
    expect(evaluate(series, 'wk(raw_close)')[9]).toBe(10)
    expect(evaluate(series, 'wk(close/close[1]-1)')).toEqual([...Array(9).fill(none), 1.5])
    expect(evaluate(series, 'mo(close)')).toEqual([none, none, 3, 3, 3, 3, 3, 3, 3, 3])
    expect(evaluate(series, 'mo(close > open)')).toEqual([none, none, 1, 1, 1, 1, 1, 1, 1, 1])
  })

  it('complete later when the symbol misses the last session', () => {
    expect(evaluate(world([4]), 'wk(close)')).toEqual([none, none, none, none, 2, 2, 2, 2, 10])
    expect(evaluate(world([2]), 'mo(close)')).toEqual([none, none, 5, 5, 5, 5, 5, 5, 5])
  })

  it('end by the calendar, holidays included', () => {
    const series = world()
    expect(evaluate(series, 'month_end()')).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    expect(evaluate(series, 'week_end()')).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
    const closed = marketOf([series], { calendar: calendarOf(new Set([days[4]])) })
    expect(Array.from(createEvaluator(closed, series).column(parseExpression('week_end()')))).toEqual([
      0, 0, 0, 1, 0, 0, 0, 0, 0, 1,
    ])
  })
})

describe('other symbols, texts, membership', () => {
  const own = seriesOf('KO', {
    day: [10, 11, 12, 14],
    open: [1, 1, 1, 1],
    high: [1, 1, 1, 1],
    low: [1, 1, 1, 1],
    close: [1, 2, 3, 4],
    volume: [1, 1, 1, 1],
  })
  const spy = seriesOf('SPY', {
    day: [9, 10, 12, 13, 14],
    open: [1, 1, 1, 1, 1],
    high: [1, 1, 1, 1, 1],
    low: [1, 1, 1, 1, 1],
    close: [10, 20, 30, 40, 50],
    volume: [1, 1, 1, 1, 1],
  })
  const market = marketOf([own, spy], {
    listings: new Map([
      [
        'KO',
        { symbol: 'KO', name: 'Coca-Cola', sector: 'Consumer Staples', industry: '', assetClass: 'stock' as const },
      ],
      ['SPY', { symbol: 'SPY', name: 'SPDR', sector: '', industry: '', assetClass: 'etf' as const }],
    ]),
    membership: { SP500: new Map([['KO', [{ start: 5, end: 11 }, { start: 12 }]]]) },
  })
  const on = (symbol: string, text: string) =>
    Array.from(createEvaluator(market, market.bars(symbol)!).column(parseExpression(text)))

  it('reads another symbol at the same date, computed on its own bars', () => {
    expect(on('KO', "on('SPY', close)")).toEqual([20, none, 30, 50])
    expect(on('KO', "on('SPY', close[1])")).toEqual([10, none, 20, 40])
    expect(() => on('KO', "on('QQQ', close)")).toThrow(/no bars of QQQ/)
  })

  it('compares texts, unknown where the universe file is blank', () => {
    expect(on('KO', "symbol == 'KO'")).toEqual([1, 1, 1, 1])
    expect(on('KO', "sector in ('Energy', 'Consumer Staples')")).toEqual([1, 1, 1, 1])
    expect(on('KO', "sector != 'Consumer Staples'")).toEqual([0, 0, 0, 0])
    expect(on('KO', "industry != 'Soft Drinks'")).toEqual([none, none, none, none])
    expect(on('SPY', "sector not in ('Energy')")).toEqual(Array(5).fill(none))
    expect(on('KO', 'stocks')).toEqual([1, 1, 1, 1])
    expect(on('SPY', 'stocks')).toEqual([0, 0, 0, 0, 0])
    expect(on('SPY', 'all')).toEqual([1, 1, 1, 1, 1])
  })

  it('is a member from start to the day before end', () => {
    expect(on('KO', "index_member('SP500')")).toEqual([1, 0, 1, 1])
    expect(on('SPY', "index_member('SP500')")).toEqual([0, 0, 0, 0, 0])
    expect(() => on('KO', "index_member('NDX')")).toThrow(/no members of NDX/)
  })

  it('says that daily bars hold no session', () => {
    expect(() => on('KO', 'vwap() > close')).toThrow(/needs intraday bars, and these are daily bars/)
    expect(() => on('KO', 'bars_held > 5')).toThrow(/belongs to a position/)
  })
})

describe('an evaluator', () => {
  const series = walk(600, 11)
  const market = marketOf([series])

  it('takes an override wherever the same text stands', () => {
    const given = new Float64Array(series.length).fill(25)
    const evaluator = createEvaluator(market, series, {
      overrides: new Map([[keyOf(parseExpression('rsi(close,14)')), given]]),
    })
    expect(evaluator.column(parseExpression('rsi( close , 14 )'))).toBe(given)
    expect(evaluator.column(parseExpression('rsi(close,14)[1] < 30')).at(-1)).toBe(1)
  })

  it('computes a part that stands twice once', () => {
    const evaluator = createEvaluator(market, series)
    expect(evaluator.column(parseExpression('sma(close,20)'))).toBe(evaluator.column(parseExpression('sma(close, 20)')))
  })

  it('computes rsi and tr natively with the bits of their definitions', () => {
    for (const text of ['rsi(close,14)', 'rsi(sma(volume,3),2)', 'rsi(highest(close,20),5)', 'tr()']) {
      const expr = parseExpression(text)
      const evaluator = createEvaluator(market, series)
      expect(evaluator.column(expr)).toEqual(evaluator.column(expandDerived(expr)!))
    }
  })

  /** Every daily name of the table, with plain arguments. */
  const texts = SERIES.filter(
    ({ group, name }) =>
      !['intraday', 'position', 'text', 'figure', 'ratio', 'cross-section'].includes(group) && name !== 'on',
  ).map(sample)

  it('changes no input and sees no later bar: what it says of a bar stays when the bars after it are cut', () => {
    const before = JSON.stringify([...series.close, ...series.volume])
    for (const length of [330, 471]) {
      const head = { ...series, length }
      for (const [name, column] of Object.entries(series))
        if (ArrayBuffer.isView(column)) Object.assign(head, { [name]: (column as Float64Array).slice(0, length) })
      for (const text of texts) {
        const expr = parseExpression(text)
        const all = createEvaluator(market, series).column(expr)
        expect(createEvaluator(marketOf([head]), head).column(expr), text).toEqual(all.slice(0, length))
      }
    }
    expect(JSON.stringify([...series.close, ...series.volume])).toBe(before)
  })

  it('yields numbers or undefined for every name, conditions only 0, 1 or unknown', () => {
    SERIES.forEach((entry) => {
      const text = sample(entry)
      if (!texts.includes(text)) return
      const column = createEvaluator(market, series).column(parseExpression(text))
      expect(column.length).toBe(series.length)
      expect(
        column.some((value) => !Number.isNaN(value)),
        text,
      ).toBe(true)
      for (const value of column) expect(Math.abs(value), text).not.toBe(Number.POSITIVE_INFINITY)
      if (entry.yields === 'condition')
        for (const value of column) expect(value === 0 || value === 1 || Number.isNaN(value), text).toBe(true)
    })
  })
})

function sample({ name, args }: SeriesSignature): string {
  if (!args) return name
  const plain = { x: 'close', c: 'close > open', n: '3', k: '2', s: "'X'", 'n?': '3', 'x?': 'open' }
  return `${name}(${args.map((kind) => plain[kind]).join(', ')})`
}
