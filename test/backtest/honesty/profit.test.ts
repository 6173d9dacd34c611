import { expect, it } from 'vitest'
import type { PortfolioTrade } from '../../../lib/backtest/holding.ts'
import { ownReturns } from '../../../lib/backtest/honesty/claimed.ts'
import { splitAt } from '../../../lib/backtest/honesty/out-of-sample.ts'
import { concentration, costsOf } from '../../../lib/backtest/honesty/profit.ts'
import { stateOf } from '../../../lib/backtest/honesty/state.ts'
import { FIRST_DAY } from '../world.ts'

/** Ten shares bought at `from` and sold at `to` (prices of the bars), each fill worse by 10 bps. */
function trade(symbol: string, entry: number, exit: number, from: number, to: number): PortfolioTrade {
  const slip = 0.001
  const fill = (day: number, price: number, shares: number, reason: 'entry' | 'exit') => ({
    day: FIRST_DAY + day,
    time: day,
    price: price * (1 + Math.sign(shares) * slip),
    shares,
    commission: 0,
    slippage: 10 * price * slip,
    reason,
  })
  const executions = [fill(entry, from, 10, 'entry'), fill(exit, to, -10, 'exit')]
  const pnl = 10 * (to * (1 - slip) - from * (1 + slip))
  return {
    symbol,
    side: 1,
    executions,
    slippage: executions[0].slippage + executions[1].slippage,
    commission: 0,
    dividends: 0,
    pnl,
    return: pnl / (10 * from * (1 + slip)),
    open: false,
    exitReason: 'exit',
  } as unknown as PortfolioTrade
}

it('the slippage that leaves nothing: 10 shares from 100 to 101 make 10 on 2,010 traded, 49.75 bps', () => {
  const found = costsOf([trade('AAA', 0, 1, 100, 101)], 10)
  expect(found.break_even_slippage_bps).toBeCloseTo(100_000 / 2_010, 9)
  // and so it is: at that slippage the trade made nothing
  const s = found.break_even_slippage_bps! / 10_000
  expect(101 * (1 - s) - 100 * (1 + s)).toBeCloseTo(0, 12)
  expect(found.paid).toBeCloseTo(2.01, 12)
  expect(costsOf([], 1)).toMatchObject({ break_even_slippage_bps: null, reason: 'nothing was traded' })
})

it('shares of the profit are those of the net: what others lost makes them larger than 1', () => {
  // Before slippage AAA makes 100 and BBB loses 50 in January; CCC makes 30 in February.
  const trades = [trade('AAA', 0, 1, 100, 110), trade('BBB', 0, 2, 100, 95), trade('CCC', 30, 40, 100, 103)]
  const [a, b, c] = trades.map(({ pnl }) => pnl)
  const found = concentration(trades, FIRST_DAY + 60)
  expect(found).toMatchObject({ symbol: 'AAA', month: '2024-01' })
  expect(found.symbol_share).toBeCloseTo(a / (a + b + c), 12)
  expect(found.symbol_share).toBeGreaterThan(1)
  expect(found.month_share).toBeCloseTo((a + b) / (a + b + c), 12)
  expect(concentration([trades[1]], FIRST_DAY)).toMatchObject({ symbol_share: null, reason: expect.any(String) })
})

it('a run is split in one account: each part begins with what the other left', () => {
  const equity = [100, 110, 121, 108.9, 98.01]
  const day = equity.map((_, i) => FIRST_DAY + i)
  const curve = { day, equity, cash: equity, gross: equity, positions: equity }
  const trades = [trade('AAA', 0, 2, 10, 11), trade('AAA', 3, 4, 11, 10)]
  const split = splitAt(FIRST_DAY + 3, { curve, trades, instances: [], cash: 100 })
  expect(split.in_sample).toMatchObject({
    sessions: 3,
    trades: 1,
    max_drawdown: 0,
    from: '2024-01-01',
    to: '2024-01-03',
  })
  expect(split.in_sample.total_return).toBeCloseTo(0.21, 12)
  // 121 to 98.01
  expect(split.out_of_sample.total_return).toBeCloseTo(-0.19, 12)
  expect(split.out_of_sample.max_drawdown).toBeCloseTo(0.19, 12)
  expect(split.held_up).toBe(null)
})

it('fields that look like results are claims, what was measured before the signal is none', () => {
  const data = [
    { future_return: 1, gap_percent: 2 },
    { expectedReturn: 1, volume_ratio: 3, exit_price: 4 },
    { rsi: 30 },
  ]
  expect(ownReturns(data.map((each) => ({ data: each })))).toEqual({
    fields: { exit_price: 1, expectedReturn: 1, future_return: 1 },
    instances: 2,
  })
})

it('names what a module could keep and what it writes, and is silent where nothing can be kept', async () => {
  expect(stateOf('const days = [1, 2]\nexport function classifySymbol(s) { return close.ago(0) > days[0] }')).toEqual({
    could_keep: [],
    writes: [],
  })
  const cache = 'const seen = new Map()\nexport function classifySymbol(s) { seen.set(s, 1); return true }'
  expect(stateOf(cache)).toEqual({ could_keep: ['seen'], writes: ['seen'] })
})
