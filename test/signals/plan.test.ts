import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDay } from '../../lib/core/days.ts'
import {
  chunkCount,
  chunksFor,
  partsFor,
  type Style,
  SYMBOLS_PER_CHUNK,
  workMs,
} from '../../lib/signals/chunk-count.ts'
import { planChunks, storedWithin, yearsRead } from '../../lib/signals/plan.ts'

const style = fc.constantFrom<Style>('columns', 'series', 'arrays', 'lists')
const planned = fc.record({
  symbols: fc.integer({ min: 1, max: 100_000 }),
  rows: fc.integer({ min: 0, max: 500_000_000 }),
  style,
  machines: fc.integer({ min: 1, max: 1_000 }),
  shardMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
})
const storedSymbols = fc.uniqueArray(
  fc.record({ symbol: fc.string({ minLength: 1, maxLength: 6 }), shard: fc.nat(15), rows: fc.nat(5_000) }),
  {
    selector: ({ symbol }) => symbol,
    maxLength: 900,
  },
)

describe('the number of chunks', () => {
  test('grows with the rows and never shrinks', () => {
    fc.assert(
      fc.property(planned, fc.nat(100_000_000), (work, more) => {
        expect(chunkCount({ ...work, rows: work.rows + more })).toBeGreaterThanOrEqual(chunkCount(work))
      }),
    )
  })

  test('grows with the symbols and never shrinks', () => {
    fc.assert(
      fc.property(planned, fc.nat(50_000), (work, more) => {
        expect(chunkCount({ ...work, symbols: work.symbols + more })).toBeGreaterThanOrEqual(chunkCount(work))
      }),
    )
  })

  test('keeps its limits: at least one, symbols enough for each and few enough, at most 1,000 for the sake of time', () => {
    fc.assert(
      fc.property(planned, (work) => {
        const count = chunkCount(work)
        const forMemory = Math.ceil(work.symbols / SYMBOLS_PER_CHUNK)
        expect(count).toBeGreaterThanOrEqual(1)
        if (work.style === 'lists') expect(count).toBeLessThanOrEqual(1_000)
        else {
          expect(count).toBeLessThanOrEqual(work.symbols)
          expect(count).toBeGreaterThanOrEqual(Math.min(forMemory, work.symbols))
          expect(count).toBeLessThanOrEqual(Math.max(1_000, forMemory))
        }
      }),
    )
  })

  test('cuts no finer than a quarter of a second of work, but for memory', () => {
    fc.assert(
      fc.property(planned, (work) => {
        const count = chunkCount(work)
        const wanted = work.style === 'lists' ? 1 : Math.ceil(work.symbols / SYMBOLS_PER_CHUNK)
        if (count > wanted) expect(workMs(work) / (count - 1)).toBeGreaterThan(250 * 0.99)
      }),
    )
  })

  const usual = { machines: 50, shardMs: 0, style: 'series' as const }
  test.each([
    // 101 symbols x 750 bars x 1 us = 0.08 s: one
    ['a small market', { symbols: 101, rows: 75_750 }, 1],
    // 500 x 2,550 = 1.3 s: the five that a queue serves at once
    ['500 symbols over ten years', { symbols: 500, rows: 1_275_000 }, 5],
    // 12.75 s / 1.5 s = 8.5
    ['5,000 symbols with few bars each', { symbols: 2_000, rows: 12_750_000 }, 9],
    // 5,000 / 256 = 19.5: memory decides
    ['5,000 symbols', { symbols: 5_000, rows: 12_750_000 }, 20],
    // 9 us a bar: 114.75 s / 1.5 s = 76.5, in whole rounds of 50
    ['5,000 symbols read as arrays', { symbols: 5_000, rows: 12_750_000, style: 'arrays' as const }, 100],
    // the same, where a chunk reads 9 s: 114.75 s / 9 s = 12.75, and memory decides
    ['the same in a large market', { symbols: 5_000, rows: 12_750_000, style: 'arrays' as const, shardMs: 9_000 }, 20],
    ['one symbol', { symbols: 1, rows: 50_000_000 }, 1],
    // two machines have no use for five parts
    ['two machines', { symbols: 500, rows: 1_275_000, machines: 2 }, 2],
  ])('of %s is worked out from the measured times', (_what, work, count) => {
    expect(chunkCount({ ...usual, ...work })).toBe(count)
  })

  test('is four for each thread on one machine, or what the caller asks for each', () => {
    const work = { symbols: 300, rows: 1, style: 'series' as const }
    expect(partsFor({ size: 2 }, work, { shardMs: 0, perThread: 4 })).toBe(8)
    expect(partsFor({ size: 3 }, work, { shardMs: 0 })).toBe(3)
  })
})

describe('planned chunks', () => {
  test('hold every symbol exactly once, and none is empty', () => {
    fc.assert(
      fc.property(
        storedSymbols,
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 300 }),
        (stored, count, most) => {
          const chunks = planChunks(stored, count, most)
          expect(chunks.flat().sort()).toEqual(stored.map(({ symbol }) => symbol).sort())
          for (const chunk of chunks) expect(chunk.length).toBeGreaterThan(0)
        },
      ),
    )
  })

  test('hold no more symbols than their memory does, however the rows lie', () => {
    fc.assert(
      fc.property(storedSymbols, fc.integer({ min: 1, max: 8 }), (stored, size) => {
        const chunks = chunksFor({ queued: true, size }, stored, { style: 'series', shardMs: 0 })
        for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(SYMBOLS_PER_CHUNK)
      }),
    )
  })

  test('are as many as were asked for, where there are as many symbols of equal length', () => {
    const stored = Array.from({ length: 600 }, (_, i) => ({ symbol: `S${i}`, shard: i % 16, rows: 10 }))
    expect(chunksFor({ queued: true, size: 3 }, stored, { style: 'series', shardMs: 0, asked: 7 })).toHaveLength(7)
  })
})

describe('rows of a symbol in a window', () => {
  // 2020 has 253 bars, 2021 252, 2022 251.
  const entry = {
    symbol: 'AAA',
    shard: 0,
    firstYear: 2020,
    rows: [253, 252, 251],
    first: parseDay('2020-01-02'),
    last: parseDay('2022-12-30'),
    splits: [],
  }
  test.each([
    ['whole years', '2021-01-01', '2022-12-31', 0, 503],
    ['whole years with a lookback', '2021-01-01', '2022-12-31', 100, 603],
    ['a lookback beyond the first bar', '2021-01-01', '2021-12-31', 10_000, 252 + 253],
    ['the whole history before', '2022-01-01', '2022-12-31', Number.POSITIVE_INFINITY, 756],
    // 181 of the 365 days of 2021: 252 x 181 / 365 = 124.96
    ['half a year, by its days', '2021-01-01', '2021-06-30', 0, 125],
    ['a window after the last bar', '2024-01-01', '2024-12-31', 0, 0],
  ])('%s', (_what, from, to, lookback, rows) => {
    expect(storedWithin({ from: parseDay(from), to: parseDay(to), lookback })(entry).rows).toBe(rows)
  })

  test('lie in as many objects as the window and its lookback touch years', () => {
    const span = { first: entry.first, last: entry.last }
    const years = (from: string, to: string, lookback: number) =>
      yearsRead({ from: parseDay(from), to: parseDay(to), lookback }, span)
    expect(years('2022-01-01', '2022-12-31', 0)).toBe(1)
    expect(years('2022-01-01', '2022-12-31', 30)).toBe(2)
    expect(years('2022-01-01', '2022-12-31', Number.POSITIVE_INFINITY)).toBe(3)
    expect(years('2024-01-01', '2024-12-31', 0)).toBe(0)
  })
})
