import { describe, expect, it } from 'vitest'
import { createSandbox } from '../../lib/sandbox/quickjs.ts'
import { classifyAll, done, evaluated, verdicts, withGuest } from './run-guest.ts'
import { smallSymbol } from './small-symbol.ts'

describe('verdicts', () => {
  it('are true, false, unknown, or an object with signal, score and data', async () => {
    const code = `export function classifySymbol(symbol) {
      const n = getPriceData(symbol).close.length
      if (n < 3) return null
      if (n < 5) return false
      if (n < 7) return { signal: n === 5, score: n / 10, data: { n, nothing: NaN, text: symbol } }
      if (n === 7) return { signal: null }
      if (n === 8) return
      return true
    }`
    const answer = await withGuest(code, (session) => done(classifyAll(session)))
    expect(answer.verdict.join('')).toBe('2200102211')
    expect([...answer.score.slice(4, 6)]).toEqual([0.5, 0.6])
    expect([...answer.data]).toEqual([[4, { n: 5, nothing: null, text: 'A' }]])
    expect(answer.errorBars).toBe(0)
  })

  it.each([
    ['5', /returned 5; it returns true, false, null/],
    ["'yes'", /returned "yes"/],
    ['[true]', /returned an array/],
    ['{}', /signal is undefined/],
    ['{ signal: 1 }', /signal is 1/],
    ["{ signal: true, score: '9' }", /score is "9"/],
    ['{ signal: true, data: 5 }', /data that is 5/],
    ['(() => true)', /returned a function/],
  ])('that are %s count as errors', async (value, message) => {
    const answer = await withGuest(`export function classifySymbol() { return ${value} }`, (session) =>
      done(classifyAll(session)),
    )
    expect(answer.verdict.join('')).toBe('3333333333')
    expect(answer.errorBars).toBe(10)
    expect(answer.errors).toHaveLength(1)
    expect(answer.errors[0]).toMatchObject({
      bar: 0,
      error: { kind: 'guest', message: expect.stringMatching(message) },
    })
  })

  it('with a score that is no number a comparison can use have none', async () => {
    for (const score of ['NaN', 'Infinity', 'undefined', 'null']) {
      const code = `export function classifySymbol() { return { signal: true, score: ${score} } }`
      const answer = await withGuest(code, (session) => done(classifyAll(session)))
      expect(answer.verdict.join('') + answer.score[0]).toBe('1111111111NaN')
    }
  })

  it('with data past the limit are output errors', async () => {
    for (const data of ["{ x: 'x'.repeat(200) }", '{ x: new Array(1e6) }', "{ x: ['é'.repeat(60)] }"]) {
      const code = `export function classifySymbol() { return { signal: true, data: ${data} } }`
      expect(await withGuest(code, classifyAll, undefined, { dataBytes: 100, cpuMs: 2000 })).toMatchObject({
        kind: 'failed',
        error: { kind: 'output', message: expect.stringMatching(/100 bytes/) },
      })
    }
    const loop = 'const o = {}; o.o = o; export function classifySymbol() { return { signal: true, data: o } }'
    expect(await withGuest(loop, classifyAll)).toMatchObject({
      kind: 'failed',
      error: { kind: 'output', message: expect.stringMatching(/nested deeper/) },
    })
    await expect(evaluated('return { g: 1n }')).rejects.toThrow(/holds a bigint/)
  })
})

describe('guest errors', () => {
  it('carry the line and column of the user’s own text', async () => {
    const code = `const a = sma('close', 2)

export function classifySymbol(symbol) {
  const x = isAbove(a.ago(0), 1) && close.ago(1) > close.ago(0); helper(symbol)
  return x
}
function helper(symbol) {
  if (getPriceData(symbol).close.length > 7) throw new RangeError('seven')
}`
    const symbols = [smallSymbol('A', { columns: [new Float64Array(10)] })]
    const answer = await withGuest(code, (session) => done(classifyAll(session)), symbols)
    expect(answer.verdict.join('')).toBe('0000000333')
    expect(answer.errorBars).toBe(3)
    expect(answer.errors).toEqual([
      { bar: 7, error: { kind: 'guest', message: 'RangeError: seven', line: 8, column: 66 } },
    ])
  })

  it('keep their column behind reads that were made direct', async () => {
    const code =
      'export function classifySymbol(symbol) {\n  return close.ago(0) > open.ago(1) && high.ago(0) > 1 && nothing.here\n}'
    const answer = await withGuest(code, (session) => done(classifyAll(session)))
    expect(answer.errors[0].error).toMatchObject({ line: 2, column: code.split('\n')[1].indexOf('nothing') + 1 })
    expect(answer.errors[0].bar).toBe(1)
  })

  it('are reported once per message, five at most, and all counted', async () => {
    const code =
      'export function classifySymbol(symbol) { throw new Error(String(getPriceData(symbol).close.length >> 1)) }'
    const answer = await withGuest(code, (session) => done(classifyAll(session)))
    expect(answer.errorBars).toBe(10)
    expect(answer.errors.map(({ bar, error }) => `${bar} ${error.message}`)).toEqual([
      '0 Error: 0',
      '1 Error: 1',
      '3 Error: 2',
      '5 Error: 3',
      '7 Error: 4',
    ])
  })

  it('of a thrown value that defends itself against being read still end in a message', async () => {
    for (const thrown of [
      'null',
      '5',
      '{ get message() { throw 1 }, toString() { throw 2 } }',
      'Object.create(new Error("x"), { message: { get() { throw 3 } } })',
    ]) {
      const answer = await withGuest(`export function classifySymbol() { throw ${thrown} }`, (session) =>
        done(classifyAll(session)),
      )
      expect(answer.errorBars).toBe(10)
      expect(answer.errors[0].error.message).toMatch(/threw/)
    }
  })

  it('at the module’s top level are the answer to open', async () => {
    const sandbox = await createSandbox({ ready: 1 })
    expect(
      sandbox.open('const a = 1\nconst b = a.x.y\nexport function classifySymbol() { return true }'),
    ).toMatchObject({
      error: { kind: 'guest', line: 2, message: expect.stringMatching(/TypeError/) },
    })
    expect(sandbox.open('export function classifySymbol() { return \n')).toMatchObject({
      error: { kind: 'guest', line: 2, column: 1 },
    })
    expect(sandbox.open('for (;;);\nexport function classifySymbol() { return true }', { cpuMs: 50 })).toMatchObject({
      error: { kind: 'timeout' },
    })
    // the instance that hit a limit is thrown away, and another one is made
    await sandbox.ready()
    expect(sandbox.open('export function classifySymbol() { return true }')).toHaveProperty('session')
  })
})

describe('scores, exits and whole-universe forms', () => {
  it('scoreSymbol is asked at the bars given', async () => {
    const code =
      'export function classifySymbol() { return true }\nexport function scoreSymbol(symbol) { return close.ago(0) > 15 ? close.ago(1) : null }'
    await withGuest(code, (session) => {
      expect(session.entryPoints).toEqual(['classifySymbol', 'scoreSymbol'])
      expect([...done(session.score({ symbol: 'A', bars: Int32Array.of(9, 2, 7) }))]).toEqual([18, Number.NaN, 16])
    })
  })

  it('exitPosition sees its position from the entry bar on', async () => {
    const code = `
      const seen = []
      export function exitPosition(symbol, position) {
        if (position.bars_held !== position.barsHeld || position.entry(close) !== 12) throw new Error('entry')
        if (position.since_entry_high(high) !== high.ago(0) || position.sinceEntryLow(low) !== 12) throw new Error('extremes')
        if (position.entry_date !== '2024-01-05' || position.entry_time !== Date.UTC(2024, 0, 5, 21)) throw new Error('date')
        return position.side === 1 ? position.bars_held >= 3 : close.ago(0) > position.entry_price + 4
      }`
    await withGuest(code, (session) => {
      const positions = ([1, -1, 1] as const).map((side) => ({ signal: 2, entry: 3, entryPrice: 12.5, side }))
      expect([...done(session.exits({ symbol: 'A', positions, to: 10 }))]).toEqual([5, 7, 5])
      expect([...done(session.exits({ symbol: 'A', positions, to: 7 }))]).toEqual([5, -1, 5])
    })
  })

  it('whole-universe forms see everything as of one instant', async () => {
    const code = `
      function run_screening(universe, limit) {
        const ranked_results = universe.map((symbol) => ({ symbol, score: get_price_data(symbol, { days: 1 }).close[0], at: Date.now() }))
        ranked_results.sort((a, b) => b.score - a.score)
        return { ranked_results: ranked_results.slice(0, limit) }
      }
      export function runBatchBacktest(start, end, symbols) { return { instances: [start, end, symbols.length] } }`
    const symbols = [smallSymbol('A'), smallSymbol('B', { close: smallSymbol('B').close.map((price) => 100 - price) })]
    await withGuest(
      code,
      (session) => {
        const asOf = Date.UTC(2024, 0, 4, 22)
        const answer = done(session.universe({ form: 'runScreening', asOf, args: [['A', 'B'], 5] }))
        expect(answer).toEqual({
          ranked_results: [
            { symbol: 'B', score: 88, at: asOf },
            { symbol: 'A', score: 12, at: asOf },
          ],
        })
        const instances = done(
          session.universe({ form: 'runBatchBacktest', asOf, args: ['2024-01-01', '2024-01-04', ['A']] }),
        )
        expect(instances).toEqual({ instances: ['2024-01-01', '2024-01-04', 1] })
        expect(session.universe({ form: 'runScreening', asOf, args: [['A', 'C', 'D'], 5] })).toMatchObject({
          kind: 'needs',
          needs: [{ symbol: 'C' }, { symbol: 'D' }],
        })
      },
      symbols,
    )
  })

  it('fail with the place where they threw, and the session goes on', async () => {
    const code = 'export function scoreSymbol() {\n  return none\n}\nexport function runRealtimeAlert() { return {} }'
    await withGuest(code, (session) => {
      expect(session.score({ symbol: 'A', bars: Int32Array.of(1) })).toMatchObject({
        kind: 'failed',
        error: { kind: 'guest', line: 2, column: 10 },
      })
      expect(done(session.universe({ form: 'runRealtimeAlert', asOf: 0, args: [[]] }))).toEqual({})
    })
  })
})

describe('state', () => {
  const counter = 'let n = 0\nexport function classifySymbol() { n++; return n === 1 }'

  it('begins anew for every symbol and every bar', async () => {
    await withGuest(counter, (session) => {
      session.load(smallSymbol('B'))
      const first = done(classifyAll(session)).verdict
      const second = done(session.classify({ symbol: 'B', entry: 'classifySymbol', from: 0, to: 10 })).verdict
      expect(first.join('')).toBe('1111111111')
      expect(second.join('')).toBe('1111111111')
    })
  })

  it('begins anew for every bar that is evaluated alone', async () => {
    await withGuest(counter, (session) => {
      const answer = done(
        session.classify({ symbol: 'A', entry: 'classifySymbol', from: 0, to: 10, isolated: Int32Array.of(9, 4, 0) }),
      )
      expect(answer.verdict.join('')).toBe('111')
    })
  })

  it('does not pass through what symbols share', async () => {
    const code = `export function classifySymbol(symbol) {
      const marks = []
      for (const shared of [close, Math, Array.prototype, Object.prototype, getPriceData, isAbove, rsi, Object.getPrototypeOf(close), Date.prototype, (() => 1).__proto__]) {
        try { shared.mark = symbol } catch { }
        if (shared.mark !== undefined) marks.push(1)
      }
      return marks.length > 0
    }`
    expect(await verdicts(code)).toBe('0000000000')
  })
})

describe('time and chance', () => {
  it('Date.now is the close of the current bar, in UTC whatever the host’s zone', async () => {
    const zone = process.env.TZ
    process.env.TZ = 'America/New_York'
    try {
      expect(
        await evaluated(
          'return [Date.now(), new Date().toISOString(), new Date().getHours(), new Date(2024, 5, 1).getTimezoneOffset()]',
          3,
        ),
      ).toEqual([Date.UTC(2024, 0, 5, 21), '2024-01-05T21:00:00.000Z', 21, 0])
      expect(
        await evaluated(
          "return ['2024-01-05', '2024-01-05T03:00', '2024-01-05T03:00Z', 'Jan 5, 2024 03:00'].map((each) => new Date(each).getTime())",
        ),
      ).toEqual([Date.UTC(2024, 0, 5), Date.UTC(2024, 0, 5, 3), Date.UTC(2024, 0, 5, 3), Date.UTC(2024, 0, 5, 3)])
      expect(
        await evaluated(
          'return new Date(2024, 0, 5, 3).getTime() === new Date(2024, 0, 5, 3).valueOf() && String(new Date(0)).slice(0, 25)',
        ),
      ).toBe('Thu, 01 Jan 1970 00:00:00')
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  it('Math.random draws the same numbers for the same symbol and bar, alone or in order, and others elsewhere', async () => {
    const code =
      'export function classifySymbol() { return { signal: true, data: { a: Math.random(), b: Math.random() } } }'
    const runs = await Promise.all(
      [0, 1].map(() =>
        withGuest(code, (session) => {
          session.load(smallSymbol('B'))
          const inOrder = done(classifyAll(session)).data
          const alone = done(
            session.classify({ symbol: 'A', entry: 'classifySymbol', from: 0, to: 10, isolated: Int32Array.of(7) }),
          ).data
          const other = done(session.classify({ symbol: 'B', entry: 'classifySymbol', from: 0, to: 10 })).data
          expect(alone.get(0)).toEqual(inOrder.get(7))
          expect(other.get(7)).not.toEqual(inOrder.get(7))
          return [...inOrder.values()].flatMap((each) => [each.a, each.b])
        }),
      ),
    )
    expect(runs[0]).toEqual(runs[1])
    expect(new Set(runs[0]).size).toBe(20)
  })
})

describe('the gap example of the guide', () => {
  const example = (days: number) => `
    function classify_symbol(symbol) {
      try {
        const price_data = get_price_data(symbol, { timeframe: '1d', days: ${days} })
        if (!price_data.close || price_data.close.length < 2) return false
        const current_open = price_data.open.at(-1)
        const prev_close = price_data.close.at(-2)
        const gap_percent = ((current_open - prev_close) / prev_close) * 100
        const volume_data = price_data.volume
        const avg_volume = volume_data.slice(-5, -1).reduce((a, b) => a + b, 0) / 4
        const current_volume = volume_data.at(-1)
        const volume_ratio = avg_volume > 0 ? current_volume / avg_volume : 0
        return gap_percent > 3.0 && volume_ratio > 1.5
      } catch (e) {
        return false
      }
    }`
  // Open 5 % above the previous close on the last three bars; volumes 100, then 60 (0.6 of the mean), 140, 200 on them.
  const open = Float64Array.of(10, 10, 10, 10, 10, 10, 10, 10.5, 10.5, 10.5)
  const close = new Float64Array(10).fill(10)
  const volume = Float64Array.of(100, 100, 100, 100, 100, 100, 100, 60, 140, 200)

  it('fires on 0.375 times the volume when it asks for two days, as written there', async () => {
    expect(await verdicts(example(2), [smallSymbol('A', { open, close, volume })])).toBe('0000000111')
  })

  it('fires on 1.5 times the mean of four days when it asks for five', async () => {
    expect(await verdicts(example(5), [smallSymbol('A', { open, close, volume })])).toBe('0000000011')
  })
})
