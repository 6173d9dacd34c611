import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { reproduction } from '../../lib/backtest/reproduced.ts'
import { canonicalHash, resultHash } from '../../lib/backtest/result-hash.ts'
import { canonicalJson } from '../../lib/core/hash.ts'

const result = {
  run_id: 'one',
  instances: [{ ticker: 'A', date: '2024-01-02' }, { ticker: 'B' }],
  performance_metrics: { sharpe_ratio: 1, trades: 2, reasons: {} },
  portfolio: { final_equity: 10, trades: [{ symbol: 'A', pnl: 1 }] },
  honesty: { trials: { count: 3, source: 'counted' } },
  receipt: {
    ...{ engine_version: '1', data_version: 'd', strategy_hash: 's', simulated: false },
    coverage: { by_symbol: { symbol: ['A', 'B'], bars_expected: [5, 5], bars_got: [5, 5] } },
    ...{ settings: { cash: 1, slippage_bps: 1 }, request: { strategy_id: 1 } },
    ...{ wall_ms: 5, cpu_ms: 5, cost_cents: 0, cost: {}, chunks: 1, result_hash: 'h' },
  },
}
type Result = typeof result
const changed = (change: (copy: Result) => void): Result => {
  const copy = structuredClone(result)
  change(copy)
  return copy
}

test('the hash is that of the canonical JSON, however the text is cut', () => {
  const value = { b: [1.5, -0, null, 'ä"\n'], a: { d: undefined, c: true }, long: 'x'.repeat(200_000) }
  expect(canonicalHash(value)).toBe(createHash('sha256').update(canonicalJson(value)).digest('hex'))
})

test('a result that went through a file, its keys in another order, has the same hash', () => {
  const turned = Object.fromEntries(Object.entries(result).reverse())
  expect(resultHash(JSON.parse(JSON.stringify(turned)))).toBe(resultHash(result))
})

test.each<[string, (copy: Result) => void]>([
  ['the run', (copy) => (copy.run_id = 'two')],
  ['wall time', (copy) => (copy.receipt.wall_ms = 9)],
  ['CPU time', (copy) => (copy.receipt.cpu_ms = 9)],
  ['cost', (copy) => (copy.receipt.cost_cents = 9)],
  ['chunks', (copy) => (copy.receipt.chunks = 9)],
  ['its own hash', (copy) => (copy.receipt.result_hash = 'other')],
  ['when it was computed', (copy) => Object.assign(copy.receipt, { computed_at: 'yesterday' })],
  ['where the number of trials came from', (copy) => (copy.honesty.trials.source = 'given')],
  ['that number in the request', (copy) => Object.assign(copy.receipt.request, { trials: 3 })],
])('%s is no finding: the result is reproduced', (_what, change) => {
  const found = reproduction(result, changed(change))
  expect(found).toMatchObject({ reproduced: true, causes: [], metrics: [], other: [] })
})

test.each<[string, (copy: Result) => void, object]>([
  [
    'the engine',
    (copy) => (copy.receipt.engine_version = '2'),
    { causes: [{ what: 'engine_version', before: '1', now: '2' }] },
  ],
  [
    'the strategy',
    (copy) => (copy.receipt.strategy_hash = 't'),
    { causes: [{ what: 'strategy_hash', before: 's', now: 't' }] },
  ],
  ['a setting', (copy) => (copy.receipt.settings.cash = 2), { causes: [{ what: 'settings cash', before: 1, now: 2 }] }],
  [
    'a symbol’s bars',
    (copy) => (copy.receipt.coverage.by_symbol.bars_got[1] = 4),
    { causes: [], coverage: [{ symbol: 'B', before: '5 of 5', now: '4 of 5' }] },
  ],
  [
    'a metric',
    (copy) => (copy.performance_metrics.sharpe_ratio = 1 + 2 ** -52),
    { metrics: [{ what: 'sharpe_ratio', before: 1, now: 1 + 2 ** -52 }] },
  ],
  [
    'an instance',
    (copy) => (copy.instances[1].ticker = 'C'),
    { first_instance: { place: 2, before: { ticker: 'B' }, now: { ticker: 'C' } } },
  ],
  [
    'a trade that is gone',
    (copy) => copy.portfolio.trades.pop(),
    { first_trade: { place: 1, before: { symbol: 'A', pnl: 1 }, now: null } },
  ],
  ['the number of trials', (copy) => (copy.honesty.trials.count = 4), { other: ['honesty'] }],
  ['a part of the portfolio', (copy) => (copy.portfolio.final_equity = 11), { other: ['portfolio final_equity'] }],
])('%s is named with what it was and is', (_what, change, expected) => {
  const found = reproduction(result, changed(change))
  expect(found).toMatchObject({ reproduced: false, ...expected })
})
