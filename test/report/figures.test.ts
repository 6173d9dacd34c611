import { describe, expect, test } from 'vitest'
import { figure, number, percent, price, signed, signedPercent } from '../../lib/backtest/report/format.ts'
import { histogram, niceStep } from '../../lib/backtest/report/histogram.ts'
import { heat, yearsOfReturns } from '../../lib/backtest/report/months.ts'
import { reportResult } from '../../lib/backtest/report/result-shape.ts'
import { symbolRows } from '../../lib/backtest/report/symbols.ts'

describe('returns by month', () => {
  const curve = { date: ['2020-01-30', '2020-01-31', '2020-02-28', '2021-01-04'], equity: [101, 110, 99, 99] }
  const portfolio = (more: object) =>
    ({ portfolio: { trades: [], signals: {}, equity_curve: curve, ...more } }) as unknown as Parameters<
      typeof yearsOfReturns
    >[0]

  test('come of the last equity of each month, the first against the starting cash', () => {
    // 100 -> 110: +10 %; 110 -> 99: -10 %; the year 100 -> 99: -1 %; then no change
    const [first, second] = yearsOfReturns(portfolio({}), 100)
    expect(first.year).toBe('2020')
    expect(first.months[0]).toBeCloseTo(0.1, 12)
    expect(first.months[1]).toBeCloseTo(-0.1, 12)
    expect(first.months.slice(2)).toEqual(new Array(10).fill(null))
    expect(first.total).toBeCloseTo(-0.01, 12)
    expect(second).toMatchObject({ year: '2021', total: 0 })
  })

  test('are the result’s own where it has them', () => {
    const own = {
      returns_by_month: [{ month: '2020-02', return: 0.5 }],
      returns_by_year: [{ year: 2020, return: 0.7 }],
    }
    expect(yearsOfReturns(portfolio(own), 100)).toEqual([
      { year: '2020', months: [null, 0.5, ...new Array(10).fill(null)], total: 0.7 },
    ])
  })

  test('are coloured by size, and not at all around 0', () => {
    expect([heat(null), heat(0.0001), heat(0.005), heat(-0.02), heat(0.05), heat(-0.3)]).toEqual([
      'h-none',
      'h-0',
      'h-up-1',
      'h-down-2',
      'h-up-3',
      'h-down-4',
    ])
  })
})

describe('the distribution of trades', () => {
  test('counts every trade once, with an edge at 0', () => {
    const values = Array.from({ length: 1_001 }, (_, i) => (i - 400) / 1_000)
    const bins = histogram(values)
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(1_001)
    expect(bins.some(({ from }) => from === 0)).toBe(true)
    expect(bins.length).toBeLessThanOrEqual(40)
    // losses are the 400 values under 0: none of them stands in a bin of gains
    const losses = bins.filter(({ to }) => to <= 1e-12).reduce((sum, { count }) => sum + count, 0)
    expect(losses).toBe(400)
  })

  test('takes a value far out into its outermost bin', () => {
    const bins = histogram([...Array.from({ length: 500 }, (_, i) => (i % 10) / 100), 55])
    expect(bins.length).toBeLessThanOrEqual(40)
    expect(bins.at(-1)!.count).toBeGreaterThanOrEqual(1)
  })

  test('exists for one trade, for equal trades, and is empty without', () => {
    expect(histogram([0.01]).reduce((sum, { count }) => sum + count, 0)).toBe(1)
    expect(histogram([0, 0, 0]).reduce((sum, { count }) => sum + count, 0)).toBe(3)
    expect(histogram([])).toEqual([])
  })

  test('has steps that a reader can count with', () => {
    expect([0.011, 0.02, 0.021, 3, 70].map(niceStep)).toEqual([0.02, 0.02, 0.025, 5, 100])
  })
})

test('numbers are written alike on every machine', () => {
  expect(number(-1_234_567.891)).toBe('−1,234,567.89')
  expect(signed(0.001)).toBe('0.00')
  expect(signed(2)).toBe('+2.00')
  expect(number(-0.001)).toBe('0.00')
  expect(percent(0.08125)).toBe('8.13 %')
  expect(signedPercent(-0.5, 0)).toBe('−50 %')
  expect(number(null)).toBe('n/a')
  expect(number(Number.NaN)).toBe('n/a')
  expect(price(0.01234567)).toBe('0.012346')
  expect(figure('max_drawdown', 0.0887)).toBe('8.87 %')
  expect(figure('sharpe_ratio', 0.5)).toBe('0.50')
  expect(figure('trades', 1_375)).toBe('1,375')
  expect(figure('final_equity', 99_601.7719)).toBe('99,601.77')
})

test('a symbol’s row sums its trades; one without a trade has signals only', () => {
  const trades = reportResult.shape.portfolio.shape.trades.parse([
    { symbol: 'KO', entry_date: '2020-01-02', exit_date: '2020-01-03', pnl: 30, return: 0.03, bars_held: 2 },
    { symbol: 'KO', entry_date: '2020-02-03', exit_date: '2020-02-04', pnl: -10, return: -0.01, bars_held: 4 },
  ])
  const instance = (ticker: string) => ({
    ticker,
    date: '',
    classification: true,
    side: 'long' as const,
    future_return: null,
  })
  const rows = symbolRows(trades, [instance('KO'), instance('PEP')])
  expect(rows[0]).toMatchObject({
    symbol: 'KO',
    signals: 1,
    trades: 2,
    won: 0.5,
    pnl: 20,
    best: 0.03,
    worst: -0.01,
    meanBars: 3,
  })
  expect(rows[0].meanReturn).toBeCloseTo(0.01, 12)
  expect(rows[1]).toEqual({
    symbol: 'PEP',
    signals: 1,
    trades: 0,
    won: null,
    pnl: 0,
    meanReturn: null,
    best: null,
    worst: null,
    meanBars: null,
  })
})
