import { describe, expect, test } from 'vitest'
import { type Instance, instanceOf, packed, unpacked } from '../../lib/backtest/instances.ts'
import { merge } from '../../lib/backtest/merge.ts'
import { type ScannedChunk, ScannedParts } from '../../lib/backtest/scanned.ts'
import { DEFAULT_SETTINGS } from '../../lib/backtest/settings.ts'
import { unpackRows } from '../../lib/core/rows.ts'
import type { BarSeries } from '../../lib/market/bars.ts'
import { nyse } from '../../lib/market/calendar.ts'
import { coverage } from '../../lib/market/coverage.ts'
import type { MarketRequest, MarketSource } from '../../lib/market/source.ts'
import { flat, signalAt } from './world.ts'

// 2024-12-23, a Monday: positions are held over the new year
const FIRST = 20_080
const DAYS = Array.from({ length: 20 }, (_, i) => FIRST + i).filter((day) => nyse.isSession(day))
const [FROM, TO] = [DAYS[0], DAYS[DAYS.length - 1]]

/** A symbol on the exchange's own sessions. */
function listed(symbol: string, price: (i: number) => number, options = {}): BarSeries {
  const series = flat(
    symbol,
    DAYS.map((_, i) => price(i)),
    options,
  )
  return { ...series, day: Int32Array.from(DAYS), time: Float64Array.from(DAYS, (day) => nyse.closeInstant(day)) }
}

const series = [
  listed('A', (i) => 100 + i),
  // pays on the second session of the new year, and is split after it
  listed('B', (i) => (i < 9 ? 60 : 30), { dividends: { 7: 1 }, splits: { 9: 2 } }),
  listed('C', (i) => 50 - i),
  listed('QUIET', () => 10),
]

function source(asked: MarketRequest[] = []): MarketSource {
  return {
    load: async (request) => {
      asked.push(request)
      const held = series.filter(({ symbol }) => request.symbols!.includes(symbol))
      return {
        symbols: held.map(({ symbol }) => symbol),
        bars: (symbol: string) => held.find((s) => s.symbol === symbol),
      } as never
    },
    symbols: async () => series.map(({ symbol }) => symbol),
  }
}

function chunk(of: readonly BarSeries[], bars: readonly number[]): ScannedChunk {
  const parts = new ScannedParts(
    nyse,
    of.map(({ symbol }) => symbol),
  )
  for (const each of of) {
    const found =
      each.symbol === 'QUIET'
        ? []
        : bars.map((bar) => instanceOf(each, bar, signalAt(each, bar), { fill: 'next_open' }))
    parts.add(each, found, { ...coverage(each, nyse, FROM, TO, TO), unknownBars: 1, guestErrors: 0 })
  }
  parts.members = of.length
  return parts.answer()
}

const plan = {
  strategy: { rule: null, code: '', entry_points: [], series: [], history_days: 0 },
  version: 'v',
  from: FROM,
  to: TO,
  dataEnd: TO,
  settings: DEFAULT_SETTINGS,
}

describe('a merge', () => {
  const [a, b, c, quiet] = series
  const bars = [3, 4, 10]
  const whole = () => [chunk(series, bars)]

  test('is the same for any chunks in any order, taken one at a time', async () => {
    const usual = JSON.stringify(await merge(plan, whole(), source()))
    for (const groups of [
      [[a], [b], [c], [quiet]],
      [
        [c, quiet],
        [a, b],
      ],
      [[quiet], [b, c, a]],
    ]) {
      let open = 0
      const answers = async function* () {
        for (const group of groups) {
          expect(++open).toBe(1)
          yield chunk(group, bars)
          open--
        }
      }
      expect(JSON.stringify(await merge(plan, answers(), source()))).toBe(usual)
    }
  })

  test('loads, year by year, the bars of signalled symbols alone', async () => {
    const asked: MarketRequest[] = []
    await merge(plan, whole(), source(asked))
    expect(asked).toEqual(
      [
        [FROM, 20_088],
        [20_090, TO],
      ].map(([from, to]) => ({ timeframe: '1d', symbols: ['A', 'B', 'C'], from, to, lookback: 0, version: 'v' })),
    )
  })

  test('loads nothing where nothing is signalled', async () => {
    const asked: MarketRequest[] = []
    const merged = await merge(plan, [chunk([quiet], [])], source(asked))
    expect(asked).toEqual([])
    expect(merged.summary).toMatchObject({ total_instances: 0, symbols_processed: 1 })
    expect(merged.portfolio).toMatchObject({ final_equity: 100_000 })
  })

  test('holds a position over the new year through dividend and split', async () => {
    const { trades } = await merge(plan, [chunk([b], [3])], source())
    // 5,000 / 60.006 = 83 shares in at the fifth session, 1 a share on the eighth, sold at half the price after a 2:1 split
    expect(await unpackRows(trades)).toMatchObject([
      {
        entry_date: '2024-12-30',
        exit_date: '2025-01-07',
        dividends: 83,
        executions: [
          { shares: 83, reason: 'entry' },
          { shares: -166, reason: 'hold' },
        ],
      },
    ])
  })

  test('holds the symbol of PAIR on the other side, though it has no signal', async () => {
    const asked: MarketRequest[] = []
    const paired = { ...plan, strategy: { ...plan.strategy, rule: { signal: 'close > 0', pair: 'QUIET' } } }
    const { trades, portfolio } = await merge(paired, [chunk([a], [3])], source(asked))
    // entered at 104: a share of A with equal dollars of QUIET takes 104.0104 + 104: 24 of 5,000; 24 x 104 / 10 = 249
    expect(await unpackRows(trades)).toMatchObject([
      {
        symbol: 'A',
        executions: [{ shares: 24 }, { shares: -24 }],
        pair: { symbol: 'QUIET', side: 'short', executions: [{ shares: -249 }, { shares: 249 }] },
      },
    ])
    expect(portfolio).toMatchObject({ signals: { taken: 1, no_pair: 0 } })
    expect(asked.map(({ symbols }) => symbols)).toEqual([['QUIET'], ['A', 'QUIET'], ['A', 'QUIET']])
    const nowhere = { ...paired, strategy: { ...plan.strategy, rule: { signal: 'close > 0', pair: 'NONE' } } }
    expect(await merge(nowhere, [chunk([a], [3])], source())).toMatchObject({
      portfolio: { signals: { taken: 0, no_pair: 1 } },
      warnings: expect.arrayContaining([expect.stringContaining('PAIR symbol had no bar')]),
    })
  })

  test('adds up coverage, errors and what was skipped in symbol order', async () => {
    const parts = [chunk([c], []), chunk([a], [])]
    parts[0].errors.push({ symbol: 'C', date: '2025-01-02', error: { kind: 'guest', message: 'c' } })
    parts[1].errors.push({ symbol: 'A', date: '2025-01-03', error: { kind: 'guest', message: 'a' } })
    parts[0].skipped.push({ symbol: 'Z', reason: 'no bars in the window' })
    parts[1].skipped.push({ symbol: 'Y', reason: 'no bars in the window' })
    const { coverage, errors, skipped, warnings } = await merge(plan, parts, source())
    expect(coverage).toMatchObject({ symbols: 2, unknown_bars: 2, bars_got: 2 * DAYS.length })
    expect(errors.map(({ symbol }) => symbol)).toEqual(['A', 'C'])
    expect(skipped.map(({ symbol }) => symbol)).toEqual(['Y', 'Z'])
    expect(warnings).toEqual(['2 symbols were skipped; the receipt names them.'])
  })
})

describe('a packed instance', () => {
  const of = (score: number, sizeReads?: number[]): Instance => ({
    ...instanceOf(series[0], 3, signalAt(series[0], 3, 1, score), { fill: 'next_open' }),
    sizeReads,
  })

  test.each([0.1 + 0.2, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'keeps its score %d',
    (score) => {
      const back = unpacked(JSON.parse(JSON.stringify(packed(of(score, [score, 1])))))
      expect(back).toEqual(of(score, [score, 1]))
    },
  )
})
