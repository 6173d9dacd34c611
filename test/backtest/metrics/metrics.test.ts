import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { PortfolioTrade } from '../../../lib/backtest/holding.ts'
import { type Instance, instanceOf } from '../../../lib/backtest/instances.ts'
import { maxDrawdown } from '../../../lib/backtest/metrics/drawdowns.ts'
import { metricsOf } from '../../../lib/backtest/metrics/metrics.ts'
import {
  annualReturn,
  annualVolatility,
  cumulativeReturn,
  growth,
  returnsOf,
  sharpeRatio,
} from '../../../lib/backtest/metrics/returns.ts'
import type { EquityCurve } from '../../../lib/backtest/portfolio.ts'
import { shared, withShared } from '../../shared.ts'
import { flat, signalAt } from '../world.ts'

const rules = { fill: 'next_open' as const }

/** An instance whose trade enters at 10 and leaves after five bars at the price given. */
function gain(exit: number): Instance {
  const series = flat('A', [10, 10, 10, 10, 10, 10, exit])
  return instanceOf(series, 0, signalAt(series, 0), rules)
}

function open(): Instance {
  const series = flat('A', [10, 10, 99])
  return instanceOf(series, 0, signalAt(series, 0), rules)
}

function account(equity: number[], gross: number[] = equity.map(() => 0), trades: Partial<PortfolioTrade>[] = []) {
  const curve: EquityCurve = {
    day: equity.map((_, i) => i),
    equity,
    cash: equity,
    gross,
    positions: equity.map(() => 0),
  }
  const whole = trades.map((trade) => ({ executions: [{ day: 0, price: 1, shares: 1 }], ...trade }))
  return { curve, trades: whole as PortfolioTrade[], finalEquity: equity.at(-1) ?? 100 }
}

describe('the guide’s metrics', () => {
  test('count instances with a known return only', () => {
    const { values } = metricsOf([gain(12), gain(9), gain(11), open()], account([100]), 100)
    expect(values.average_return).toBeCloseTo((0.2 - 0.1 + 0.1) / 3, 12)
    expect(values.hit_rate).toBeCloseTo(2 / 3, 12)
    expect(values.max_return).toBeCloseTo(0.2, 12)
  })

  test('leave out what the strategy listed as no signal', () => {
    const rejected = { ...gain(99), classification: false }
    expect(metricsOf([gain(12), rejected], account([100]), 100).values).toMatchObject({
      average_return: expect.closeTo(0.2, 12),
      hit_rate: 1,
      max_return: expect.closeTo(0.2, 12),
    })
  })

  test('a return of zero is known and no hit', () => {
    expect(metricsOf([gain(10), gain(11)], account([100]), 100).values.hit_rate).toBe(0.5)
  })

  test('positive_return_rate counts the portfolio’s closed trades after costs', () => {
    const trades = [
      { open: false, pnl: 5 },
      { open: false, pnl: -1 },
      { open: false, pnl: 0 },
      { open: true, pnl: 50 },
    ]
    const { values } = metricsOf([], account([100], [0], trades), 100)
    expect(values).toMatchObject({ positive_return_rate: 1 / 3, trades: 4, closed_trades: 3 })
  })

  test('sharpe_ratio is mean / sample deviation of daily returns x sqrt(252)', () => {
    // returns 0.1, -0.1, 0.2: mean 1/15, sample variance (0.00111 + 0.02778 + 0.01778) / 2 = 7/300
    const { values } = metricsOf([], account([100, 110, 99, 118.8]), 100)
    expect(values.sharpe_ratio).toBeCloseTo((1 / 15 / Math.sqrt(7 / 300)) * Math.sqrt(252), 9)
  })

  test('a gain made in the first session is a daily return too', () => {
    // 100 -> 110 -> 99: +10 %, -10 %; without a trade in it the first session has no return
    expect(metricsOf([], account([110, 99]), 100).values).toMatchObject({
      best_day: expect.closeTo(0.1, 12),
      worst_day: expect.closeTo(-0.1, 12),
      sharpe_ratio: expect.closeTo(0, 9),
    })
    expect(metricsOf([], account([100, 110, 99]), 100).definitions.sharpe_ratio.periods).toBe(2)
    expect(metricsOf([], account([110, 99]), 100).definitions.sharpe_ratio.periods).toBe(2)
  })

  test('drawdown, return and exposure come from the equity at the close', () => {
    const { values } = metricsOf([], account([90, 120, 60, 110], [0, 60, 60, 0]), 100)
    expect(values).toMatchObject({ max_drawdown: 0.5, total_return: expect.closeTo(0.1, 12), final_equity: 110 })
    expect(values.exposure).toBeCloseTo((0 + 0.5 + 1 + 0) / 4, 12)
    // the starting cash is a peak too
    expect(metricsOf([], account([90]), 100).values.max_drawdown).toBeCloseTo(0.1, 12)
  })
})

describe('what is not defined', () => {
  test('is null with a reason, never 0', () => {
    const { values, reasons } = metricsOf([open()], account([100, 100, 100]), 100)
    expect(values).toMatchObject({
      average_return: null,
      hit_rate: null,
      max_return: null,
      sharpe_ratio: null,
      positive_return_rate: null,
    })
    expect(reasons).toMatchObject({
      average_return: 'no instance with a known return',
      hit_rate: 'no instance with a known return',
      max_return: 'no instance with a known return',
      sharpe_ratio: 'the equity never changed: no position was held',
      positive_return_rate: 'the portfolio closed no trade',
    })
  })

  test('without a session nothing of the portfolio is', () => {
    const { values, reasons } = metricsOf([], account([]), 100)
    expect(values).toMatchObject({ total_return: null, max_drawdown: null, exposure: null })
    expect(reasons.total_return).toBe('no session with bars in the range')
  })

  test('every metric has its formula, frequency and periods', () => {
    const { values, definitions } = metricsOf([gain(11)], account([100, 101, 102]), 100)
    expect(Object.keys(definitions).sort()).toEqual(Object.keys(values).sort())
    expect(definitions.sharpe_ratio.periods).toBe(2)
  })
})

withShared('against empyrical', () => {
  interface Oracle {
    series: Record<string, string>
    cases: { function: string; args: string[]; expected: number | string | null }[]
  }
  const oracle: Oracle = JSON.parse(readFileSync(shared('market/oracles/empyrical/expected.json'), 'utf8'))

  /** The returns of `pd.Series(np.array([...]) / 100, ...)`, without its leading NaN. */
  function returns(name: string): number[] {
    const listed = /np\.array\(\[(.*?)\]\) \/ 100/.exec(oracle.series[name] ?? name)
    return listed![1]
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== '' && text !== 'np.nan')
      .map((text) => Number(text) / 100)
  }
  const numeric = oracle.cases.filter(({ expected }) => typeof expected === 'number')

  type Case = Oracle['cases'][number]
  const cases = (name: string) => numeric.filter((each) => each.function === name)
  const periodsOf: Record<string, number> = { 'empyrical.DAILY': 252, 'empyrical.WEEKLY': 52, 'empyrical.MONTHLY': 12 }
  const agree = (figure: unknown, { expected }: Case) =>
    expect(figure).toEqual({ value: expect.closeTo(expected as number, 9) })

  const sharpes = cases('sharpe_ratio').filter(({ args }) => args[1] === '0.0')
  test.each(sharpes)('sharpe_ratio $args', (each) => {
    expect(sharpes).toHaveLength(3)
    agree(sharpeRatio(returns(each.args[0])), each)
  })

  test('sharpe_ratio over another series is that of the differences', () => {
    const [each] = cases('sharpe_ratio').filter(({ args }) => args[1] === 'simple_benchmark')
    const risk = returns(each.args[1])
    // the first of mixed_returns is unknown: what stands beside it is left out
    const over = returns(each.args[0]).map((value, i) => value - risk[i + 1])
    agree(sharpeRatio(over), each)
  })

  test.each(cases('max_drawdown'))('max_drawdown $args', ({ args, expected }) => {
    expect(cases('max_drawdown').length).toBeGreaterThanOrEqual(5)
    expect(maxDrawdown(growth(returns(args[0])))).toBeCloseTo(-(expected as number), 9)
  })

  test.each(cases('annual_ret'))('annual_return $args', (each) => {
    // there the unknown first of mixed_returns counts as a period
    const list = each.args[0] === 'mixed_returns' ? [0, ...returns('mixed_returns')] : returns(each.args[0])
    agree(annualReturn(list, periodsOf[each.args[1]]), each)
  })

  const volatilities = cases('annual_volatility').filter(({ args }) => args[0] !== 'flat_line_1_tz')
  test.each(volatilities)('annual_volatility $args', (each) => {
    expect(volatilities).toHaveLength(3)
    agree(annualVolatility(returns(each.args[0]), periodsOf[each.args[1]]), each)
  })

  test('equal returns have no volatility, not one of rounding', () => {
    expect(annualVolatility(Array.from({ length: 1000 }, () => 0.01))).toEqual({ value: 0 })
  })

  test.each(cases('cum_returns_final').filter(({ args }) => args[1] === '0'))(
    'cumulative return $args',
    ({ args, expected }) => {
      // printed there with four digits after the point
      expect(cumulativeReturn(returns(args[0]))).toBeCloseTo(expected as number, 4)
    },
  )

  test('returns that never end in a gain fall by all of their loss', () => {
    const list = returns('all_negative_returns')
    expect(maxDrawdown(growth(list))).toBeCloseTo(-cumulativeReturn(list), 12)
  })

  test('where it divides by a deviation of zero, ours is undefined', () => {
    expect(sharpeRatio(returns('flat_line_1'))).toEqual({ reason: 'the daily returns do not vary' })
    expect(sharpeRatio(returns('one_return'))).toEqual({ reason: 'fewer than two daily returns' })
    expect(sharpeRatio(returns('empty_returns'))).toEqual({ reason: 'fewer than two daily returns' })
  })

  test('returns of a curve are those it was made from', () => {
    const list = returns('mixed_returns')
    returnsOf(growth(list)).forEach((each, i) => {
      expect(each).toBeCloseTo(list[i], 12)
    })
  })
})
