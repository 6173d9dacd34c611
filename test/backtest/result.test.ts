import { describe, expect, test } from 'vitest'
import { instanceOf } from '../../lib/backtest/instances.ts'
import { claimsOf, ignoredWarnings, type ListedSession } from '../../lib/backtest/listed.ts'
import { coverageOf, type Receipt } from '../../lib/backtest/receipt.ts'
import { backtestResult, resultParts } from '../../lib/backtest/result.ts'
import { DEFAULT_SETTINGS } from '../../lib/backtest/settings.ts'
import { settingsOnWire } from '../../lib/backtest/settings-wire.ts'
import { simulate } from './simulate.ts'
import { FIRST_DAY, flat, signalAt } from './world.ts'

const rules = { fill: 'next_open' as const }
const receipt: Receipt = {
  strategy_hash: 'h',
  engine_version: '1',
  data_version: 'd',
  simulated: false,
  coverage: coverageOf([]),
  skipped: [],
  fill: 'next_open',
  costs: { cash: 100_000, slots: 20, slippage_bps: 1, commission: 0 },
  settings: settingsOnWire(DEFAULT_SETTINGS),
  request: { strategy_id: 7, version: 1, start_date: '2024-01-02', end_date: '2024-01-08', engine: 'quickjs' },
  chunks: 1,
  errors: [],
  engine: 'quickjs',
  reproved_cells: 0,
  reproved_true: 0,
  reproved_scores: 0,
  reproved_exits: 0,
  wall_ms: 1,
  cpu_ms: 1,
  cost_cents: 0,
  cost: { aws_estimate_cents: 0.05, aws_estimate_parts: {}, cents: 0, parts: {}, prices_as_of: '2025-11' },
  as_of: '2024-01-08T21:00:00Z',
}

// at 2:1 on bar 3: as traded 20 before it, 10 after; adjusted 10 all along, then 12
const a = flat('A', [20, 20, 20, 10, 10, 10, 12, 12], { splits: { 3: 2 } })
const b = flat('B', [50, 50, 50, 50, 50, 50, 45, 45])
const instances = [
  instanceOf(
    b,
    0,
    { ...signalAt(b, 0, -1, 0.5), data: { gap_percent: 4.2, odd: Number.NaN, deep: [Number.POSITIVE_INFINITY] } },
    rules,
  ),
  instanceOf(a, 0, signalAt(a, 0), rules),
  instanceOf(a, 4, signalAt(a, 4), rules),
  instanceOf(b, 7, signalAt(b, 7), rules),
  instanceOf(b, 1, signalAt(b, 1), rules, { classification: false }),
]

/** What the tests read of the answer. */
interface Answer {
  instances: Record<string, unknown>[]
  summary: Record<string, unknown>
  performance_metrics: Record<string, unknown>
  warnings: string[]
}

function result(listed = instances) {
  const portfolio = simulate({
    symbols: [a, b].map((series) => ({
      series,
      entries: listed.filter(({ symbol, classification }) => symbol === series.symbol && classification !== false),
    })),
    from: FIRST_DAY,
    to: FIRST_DAY + 7,
    settings: DEFAULT_SETTINGS,
    rankOrder: null,
    dataEnd: FIRST_DAY + 7,
  })
  const parts = resultParts({
    instances: listed,
    portfolio,
    benchmark: { kind: 'symbol', symbol: 'SPY', note: 'a note', values: portfolio.curve.day.map(() => 100_000) },
    cash: 100_000,
    from: FIRST_DAY,
    to: FIRST_DAY + 7,
    symbolsProcessed: 2,
  })
  const rows = { instances: [...parts.instances], trades: [...parts.trades] }
  return backtestResult(
    { ...parts, ...rows },
    { strategyId: 123, receipt, assumptions: ['one', 'one'], warnings: [], honesty: {} },
  ) as unknown as Answer
}

describe('the guide’s JSON', () => {
  test('has all its keys', () => {
    const found = result()
    expect(Object.keys(found)).toEqual([
      'success',
      'strategy_id',
      'execution_mode',
      'instances',
      'summary',
      'performance_metrics',
      'portfolio',
      'benchmark',
      'honesty',
      'receipt',
      'assumptions',
      'warnings',
    ])
    expect(found).toMatchObject({ success: true, strategy_id: 123, execution_mode: 'backtest', assumptions: ['one'] })
    expect(found.summary).toMatchObject({
      total_instances: 4,
      positive_signals: 2,
      date_range: ['2024-01-01', '2024-01-08'],
      symbols_processed: 2,
      known_returns: 2,
      open_instances: 1,
      instances_without_entry: 1,
      negative_instances: 1,
    })
    expect(Object.keys(found.performance_metrics)).toEqual(
      expect.arrayContaining(['average_return', 'hit_rate', 'sharpe_ratio', 'max_return', 'positive_return_rate']),
    )
  })

  test('lists instances by time, then symbol, priced as traded', () => {
    const listed = result().instances
    expect(listed.map((each) => [each.ticker, each.date])).toEqual([
      ['A', '2024-01-01'],
      ['B', '2024-01-01'],
      ['B', '2024-01-02'],
      ['A', '2024-01-05'],
      ['B', '2024-01-08'],
    ])
    expect(listed[0]).toMatchObject({
      timestamp: FIRST_DAY * 86_400_000 + 75_600_000,
      classification: true,
      entry_price: 20,
      future_return: expect.closeTo(0.2, 12),
      side: 'long',
      score: null,
      exit_price: 12,
      exit_reason: 'hold',
      forward_returns: { 1: 0, 5: 0, 20: null },
    })
    expect(listed[1]).toMatchObject({ side: 'short', future_return: expect.closeTo(0.1, 12), score: 0.5 })
    expect(listed[2]).toMatchObject({ classification: false })
    expect(listed[3]).toMatchObject({ future_return: null, exit_reason: 'open', entry_price: 10 })
    expect(listed[4]).toMatchObject({ entry_price: null, future_return: null, exit_reason: 'no bar to enter on' })
  })

  test('holds no NaN and no infinity, also not in what a strategy returned', () => {
    const found = result()
    expect(found.instances[1].data).toEqual({ gap_percent: 4.2, odd: null, deep: [null] })
    expect(JSON.parse(JSON.stringify(found))).toEqual(found)
  })

  test('is the same to the bit however the chunks arrived', () => {
    const text = JSON.stringify(result())
    expect(JSON.stringify(result([...instances].reverse()))).toBe(text)
    expect(JSON.stringify(result([3, 0, 4, 2, 1].map((i) => instances[i])))).toBe(text)
  })
})

describe('warnings', () => {
  test('name levels that were undefined', () => {
    const undefinedStop = { ...rules, stop: () => Number.NaN }
    const found = result([instanceOf(a, 0, signalAt(a, 0), undefinedStop)])
    expect(found.warnings).toEqual(['STOP was undefined at the signal bar: 1 instance was traded without it.'])
  })
})

describe('strategies that list instances themselves', () => {
  const sessions: ListedSession[] = [
    { day: FIRST_DAY, ignored: { 'stamped with another session': 2 }, claims: {} },
    {
      day: FIRST_DAY + 1,
      ignored: { 'stamped with another session': 1, 'listed twice': 1 },
      claims: { performance_metrics: { sharpe: 9 } },
    },
  ]

  test('have what did not count counted by reason', () => {
    expect(ignoredWarnings(sessions)).toEqual([
      '1 listed instance was left out on 1 session: listed twice.',
      '3 listed instances were left out on 2 sessions: stamped with another session.',
    ])
  })

  test('have their claims kept apart', () => {
    expect(claimsOf(sessions)).toMatchObject({
      sessions: 1,
      last: { date: '2024-01-02', performance_metrics: { sharpe: 9 } },
    })
    expect(claimsOf([sessions[0]])).toBeNull()
  })
})

test('coverage adds up symbols and names what is missing', () => {
  const base = { missing: [], lastBar: '2024-01-05', unknownBars: 3, guestErrors: 0 }
  expect(
    coverageOf([
      { ...base, symbol: 'A', barsExpected: 5, barsGot: 5 },
      {
        ...base,
        symbol: 'B',
        barsExpected: 5,
        barsGot: 4,
        missing: ['2024-01-03'],
        lastBar: '2024-01-08',
        guestErrors: 1,
      },
    ]),
  ).toEqual({
    symbols: 2,
    bars_expected: 10,
    bars_got: 9,
    missing: [{ symbol: 'B', dates: ['2024-01-03'], count: 1 }],
    last_bar: '2024-01-08',
    unknown_bars: 6,
    guest_errors: 1,
    by_symbol: { symbol: ['A', 'B'], bars_expected: [5, 5], bars_got: [5, 4] },
  })
})
