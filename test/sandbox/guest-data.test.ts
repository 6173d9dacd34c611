import { describe, expect, it } from 'vitest'
import { FIGURE_FIELDS } from '../../lib/strategy/contract.ts'
import { classifyAll, done, evaluated, verdicts, withGuest } from './run-guest.ts'
import { smallSymbol } from './small-symbol.ts'

const DAY = 86_400_000

describe('getPriceData', () => {
  it('answers the last `days` bars up to the current one, oldest first', async () => {
    expect(await evaluated("return getPriceData(symbol, { timeframe: '1d', days: 3 })", 5)).toEqual({
      timestamps: [3, 4, 5].map((i) => Date.UTC(2024, 0, 2, 21) + i * DAY),
      open: [12.5, 13.5, 14.5],
      high: [13.5, 14.5, 15.5],
      low: [12, 13, 14],
      close: [13, 14, 15],
      volume: [400, 500, 600],
    })
  })

  it('is shorter at the beginning of the history and 30 days by default', async () => {
    expect(await evaluated('return getPriceData(symbol, { days: 5 }).close', 1)).toEqual([10, 11])
    expect(await evaluated('return get_price_data(symbol).close.length')).toBe(10)
  })

  it('slides from bar to bar whatever order bars are read in', async () => {
    const code =
      'export function classifySymbol(symbol) { const c = getPriceData(symbol, { days: 3 }).close; return { signal: true, data: { c } } }'
    await withGuest(code, (session) => {
      const inOrder = done(classifyAll(session)).data
      const alone = done(
        session.classify({
          symbol: 'A',
          entry: 'classifySymbol',
          from: 0,
          to: 10,
          isolated: Int32Array.of(9, 2, 3, 0),
        }),
      ).data
      expect(inOrder.get(3)).toEqual({ c: [11, 12, 13] })
      expect([...alone.values()]).toEqual([9, 2, 3, 0].map((bar) => inOrder.get(bar)))
    })
  })

  it('hands out copies: what one bar does to them, the next does not see', async () => {
    expect(
      await verdicts(
        'export function classifySymbol(symbol) { const p = getPriceData(symbol, { days: 4 }); const first = p.close[0]; p.close.fill(0); p.close.length = 0; return first > 0 && p.open.length > 0 && getPriceData(symbol, { days: 4 }).close[0] === first }',
      ),
    ).toBe('1111111111')
  })

  it('gives empty arrays for a symbol that does not exist', async () => {
    const none = {
      time: new Float64Array(0),
      open: new Float64Array(0),
      high: new Float64Array(0),
      low: new Float64Array(0),
      close: new Float64Array(0),
      volume: new Float64Array(0),
    }
    const symbols = [smallSymbol('A'), smallSymbol('NOPE', none)]
    expect(await evaluated("return getPriceData('NOPE')", 9, symbols)).toEqual({
      timestamps: [],
      open: [],
      high: [],
      low: [],
      close: [],
      volume: [],
    })
  })

  it('reads other symbols as of the current bar’s close, not by position', async () => {
    // B's bars close two days and an hour later than A's of the same index.
    const late = smallSymbol('B', { time: smallSymbol('A').time.map((at) => at + 2 * DAY + 3_600_000) })
    expect(await evaluated("return getPriceData('B', { days: 2 }).close", 2, [smallSymbol('A'), late])).toEqual([])
    expect(await evaluated("return getPriceData('B', { days: 2 }).close", 5, [smallSymbol('A'), late])).toEqual([
      11, 12,
    ])
    const several = await evaluated("return getMultipleSymbolsData(['A', 'B'], { days: 1 })", 5, [
      smallSymbol('A'),
      late,
    ])
    expect(several).toMatchObject({ A: { close: [15] }, B: { close: [12] } })
  })

  it.each([
    ["getPriceData(symbol, { timeframe: '5m' })", /only daily bars/],
    ['getPriceData(symbol, { days: 1.5 })', /whole number of sessions/],
    ['getPriceData(symbol, { days: -1 })', /whole number of sessions/],
    ['getPriceData(symbol, { day: 1 })', /no option "day"/],
    ["getPriceData(symbol, '1d', 30)", /options in one object/],
    ['getPriceData(5)', /takes a symbol in quotes, got 5/],
    ["getMultipleSymbolsData('A')", /list of symbols/],
    ['scanUniverse({ filters: { min_price: 1, get max_price() { return {} } } })', /needs a number/],
    ['scanUniverse({ limit: 0 })', /limit is a whole number/],
  ])('says what is wrong with %s', async (call, message) => {
    await expect(evaluated(`${call}; return 1`)).rejects.toThrow(message)
  })
})

describe('getFundamentalData', () => {
  const figures = FIGURE_FIELDS.map(({ name }) =>
    Float64Array.from({ length: 10 }, (_, i) => (name === 'pe_ratio' && i >= 4 ? 12 + i : Number.NaN)),
  )

  it('answers the figures known at the bar, NaN where one is missing, null where none is', async () => {
    const symbols = [smallSymbol('A', { figures })]
    const body =
      'const f = getFundamentalData(symbol); return f === null ? null : [f.pe_ratio, f.peRatio, f.eps !== f.eps, f.eps < 1]'
    expect(await evaluated(body, 3, symbols)).toBeNull()
    expect(await evaluated(body, 5, symbols)).toEqual([17, 17, true, false])
  })

  it('is a need where the figures were not handed over', async () => {
    await withGuest(
      'export function classifySymbol(symbol) { return getFundamentalData(symbol) !== null }',
      (session) => {
        expect(classifyAll(session)).toEqual({ kind: 'needs', needs: [{ kind: 'figures', symbol: 'A' }] })
      },
    )
  })
})

describe('data that was not handed over', () => {
  it('is named, also when the code swallows everything', async () => {
    const code = `export function classifySymbol(symbol) {
      try {
        for (const other of ['SPY', 'QQQ']) if (getPriceData(other, { days: 7 }).close[6] > 0) return true
        throw new Error('nothing')
      } catch { return false }
    }`
    await withGuest(code, (session) => {
      const first = classifyAll(session)
      expect(first).toEqual({
        kind: 'needs',
        needs: [
          { kind: 'bars', symbol: 'SPY', days: 7 },
          { kind: 'bars', symbol: 'QQQ', days: 7 },
        ],
      })
      session.load(smallSymbol('SPY'))
      session.load(smallSymbol('QQQ'))
      expect(done(classifyAll(session)).verdict.join('')).toBe('0000001111')
    })
  })

  it('is asked for when the days reach before the first bar of a cut history', async () => {
    const code =
      'export function classifySymbol(symbol) { return getPriceData(symbol, { days: 5 }).close.length === 5 }'
    await withGuest(
      code,
      (session) => {
        expect(classifyAll(session)).toEqual({ kind: 'needs', needs: [{ kind: 'history', symbol: 'A', days: 5 }] })
        const later = session.classify({ symbol: 'A', entry: 'classifySymbol', from: 4, to: 10 })
        expect(done(later).verdict.join('')).toBe('111111')
      },
      [smallSymbol('A', { cut: true })],
    )
    await withGuest(
      'export function classifySymbol() { return close.ago(3) > 0 }',
      (session) =>
        expect(classifyAll(session)).toEqual({ kind: 'needs', needs: [{ kind: 'history', symbol: 'A', days: 4 }] }),
      [smallSymbol('A', { cut: true })],
    )
  })

  it('is the universe’s list for the filters, then read as of the bar', async () => {
    const code =
      "export function classifySymbol(symbol) { return scanUniverse({ filters: { sector: 'Energy', min_price: 5 }, limit: 2 }).includes(symbol) }"
    await withGuest(code, (session) => {
      const outcome = classifyAll(session)
      expect(outcome).toMatchObject({
        kind: 'needs',
        needs: [{ kind: 'universe', filters: { sector: 'Energy', min_price: 5 } }],
      })
      if (outcome.kind !== 'needs' || outcome.needs[0].kind !== 'universe') return
      const { time } = smallSymbol('A')
      const symbols = [['A'], ['B', 'C', 'A'], ['C', 'A']]
      session.loadUniverse({ key: outcome.needs[0].key, time: time.slice(2, 5), symbols })
      expect(done(classifyAll(session)).verdict.join('')).toBe('0010111111')
    })
  })

  it('is loaded again after clear', async () => {
    await withGuest("export function classifySymbol() { return getPriceData('B').close.length > 0 }", (session) => {
      session.load(smallSymbol('B'))
      expect(done(classifyAll(session)).verdict.join('')).toBe('1111111111')
      session.clear()
      session.load(smallSymbol('A'))
      expect(classifyAll(session).kind).toBe('needs')
      session.load(smallSymbol('B', { time: smallSymbol('B').time.map((at) => at + 5 * DAY) }))
      expect(done(classifyAll(session)).verdict.join('')).toBe('0000011111')
    })
  })
})
