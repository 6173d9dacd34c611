import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { type AlpacaOptions, alpaca } from '../../lib/adapters/providers/alpaca.ts'
import { tokenBucket } from '../../lib/adapters/providers/token-bucket.ts'
import { isoDay, parseDay } from '../../lib/core/days.ts'
import { seeded } from '../../lib/core/random.ts'
import type { CorporateAction, ProvidedBar, UnknownSymbol } from '../../lib/market/provider.ts'
import { alpacaServer, answer, KEY_ID, midnight, type Row, SECRET, type Vendor } from './alpaca-server.ts'

const row = (date: string, close = 10): Row => [date, close, close + 1, close - 1, close, 1_000]
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function open(vendor: Partial<Vendor> = {}, options: Partial<AlpacaOptions> = {}) {
  const server = await alpacaServer(vendor)
  closing.push(server.close)
  let now = Date.parse('2024-06-03T12:00:00Z')
  const slept: number[] = []
  const sleep = async (ms: number) => {
    slept.push(ms)
    now += ms
  }
  const provider = alpaca(
    { clock: () => now, sleep, random: seeded(1) },
    { keyId: KEY_ID, secret: SECRET, baseUrl: server.url, ...options },
  )
  const bars = async (symbols: string[], from: string, to: string) => {
    const found: ProvidedBar[] = []
    const unknown: UnknownSymbol[] = []
    const request = { symbols, timeframe: '1d', from: parseDay(from), to: parseDay(to) } as const
    for await (const page of provider.bars(request)) {
      found.push(...page.bars)
      unknown.push(...page.unknown)
    }
    return { found: found.map((bar) => `${bar.symbol} ${isoDay(bar.day)} ${bar.close}`), unknown, bars: found }
  }
  const actions = async (symbols: string[], from: string, to: string) => {
    const found: CorporateAction[] = []
    const request = { symbols, kinds: ['split', 'dividend'] as const, from: parseDay(from), to: parseDay(to) }
    for await (const page of provider.actions(request)) found.push(...page.actions)
    return found.map(({ symbol, kind, day, value }) => `${symbol} ${kind} ${isoDay(day)} ${value}`)
  }
  return { server, provider, bars, actions, slept }
}

const failure = (work: Promise<unknown>): Promise<{ code: string; message: string; details?: unknown }> =>
  work.then(
    () => {
      throw new Error('it did not fail')
    },
    (error) => error,
  )

describe('bars', () => {
  test('are asked for raw, by the first instants of the sessions, with the keys in headers only', async () => {
    const { server, bars } = await open({ bars: { AAA: [row('2024-03-08'), row('2024-03-11')] } })
    const { bars: found } = await bars(['AAA'], '2024-03-08', '2024-03-11')
    expect(found[0]).toEqual({
      symbol: 'AAA',
      day: parseDay('2024-03-08'),
      open: 10,
      high: 11,
      low: 9,
      close: 10,
      volume: 1_000,
    })
    expect(server.asked).toHaveLength(1)
    expect(server.asked[0]).toMatchObject({
      path: '/v2/stocks/bars',
      query: {
        symbols: 'AAA',
        timeframe: '1Day',
        // Summer time began on Sunday, March 10.
        start: '2024-03-08T05:00:00.000Z',
        end: '2024-03-11T04:00:00.000Z',
        adjustment: 'raw',
        feed: 'sip',
        limit: '10000',
      },
    })
    expect(server.asked[0].headers).toMatchObject({ 'apca-api-key-id': KEY_ID, 'apca-api-secret-key': SECRET })
    expect(server.asked[0].url).not.toMatch(new RegExp(`${KEY_ID}|${SECRET}`))
  })

  test('have the date of their midnight in New York, around both changes of the clock', async () => {
    const dates = ['2024-03-08', '2024-03-11', '2024-11-01', '2024-11-04']
    expect(dates.map(midnight).map((t) => t.slice(11, 13))).toEqual(['05', '04', '04', '05'])
    const { bars } = await open({ bars: { AAA: dates.map((date) => row(date)) } })
    const { found } = await bars(['AAA'], '2024-03-01', '2024-11-29')
    expect(found).toEqual(dates.map((date) => `AAA ${date} 10`))
  })

  test('come page by page, of several symbols', async () => {
    const dates = ['2024-01-02', '2024-01-03', '2024-01-04']
    const { server, bars, provider } = await open({
      bars: { AAA: dates.map((date) => row(date, 10)), BBB: dates.map((date) => row(date, 20)) },
      pageSize: 2,
    })
    const { found } = await bars(['AAA', 'BBB'], '2024-01-02', '2024-01-04')
    expect(found).toEqual([...dates.map((date) => `AAA ${date} 10`), ...dates.map((date) => `BBB ${date} 20`)])
    expect(server.asked.map(({ query }) => query.page_token)).toEqual([undefined, 'Mg', 'NA'])
    expect(provider.requests).toBe(3)
  })

  test('of many symbols are asked for in URLs that are not too long, each symbol once', async () => {
    const symbols = Array.from({ length: 300 }, (_, i) => `SYM.${String(i).padStart(3, '0')}`)
    const { server, bars } = await open({ bars: { [symbols[299]]: [row('2024-01-02')] } }, { maxUrlLength: 900 })
    expect((await bars(symbols, '2024-01-02', '2024-01-02')).found).toEqual(['SYM.299 2024-01-02 10'])
    expect(Math.max(...server.asked.map(({ url }) => url.length))).toBeLessThan(900)
    expect(server.asked.length).toBeGreaterThan(4)
    expect(server.asked.length).toBeLessThan(15)
    expect(server.asked.flatMap(({ query }) => query.symbols.split(','))).toEqual(symbols)
  })

  test('of a symbol the service refuses are told as unknown, and the others come', async () => {
    const { bars } = await open({ bars: { AAA: [row('2024-01-02')], CCC: [row('2024-01-02')] }, invalid: ['^BBB'] })
    const { found, unknown } = await bars(['AAA', '^BBB', 'CCC'], '2024-01-02', '2024-01-02')
    expect(found).toEqual(['AAA 2024-01-02 10', 'CCC 2024-01-02 10'])
    expect(unknown).toEqual([{ symbol: '^BBB', reason: 'invalid symbol: ^BBB' }])
  })

  test('of other sizes than a day are refused before anything is asked', async () => {
    const { provider, server } = await open()
    const request = { symbols: ['AAA'], timeframe: '1m', from: 0, to: 0 } as const
    const error = await failure(
      (async () => {
        for await (const _ of provider.bars(request));
      })(),
    )
    expect([error.code, server.asked.length]).toEqual(['bad_request', 0])
  })
})

describe('corporate actions', () => {
  test('are splits as new/old and dividends as cash, by ex-date, page by page, each once', async () => {
    const { actions, server } = await open({
      forwardSplits: [
        { symbol: 'AAA', new_rate: 4, old_rate: 1, ex_date: '2024-02-01', id: 'a' },
        { symbol: 'AAA', new_rate: 4, old_rate: 1, ex_date: '2024-02-01', id: 'a' },
      ],
      reverseSplits: [{ symbol: 'BBB', new_rate: 1, old_rate: 10, ex_date: '2024-02-02' }],
      dividends: [
        // Processed when it is paid, weeks after its ex-date.
        { symbol: 'AAA', rate: 0.25, ex_date: '2024-02-05', process_date: '2024-03-15' },
        { symbol: 'AAA', rate: 0.5, ex_date: '2024-03-05' },
      ],
      pageSize: 2,
    })
    expect(await actions(['AAA', 'BBB'], '2024-01-01', '2024-02-29')).toEqual([
      'AAA split 2024-02-01 4',
      'BBB split 2024-02-02 0.1',
      'AAA dividend 2024-02-05 0.25',
    ])
    expect(server.asked[0]).toMatchObject({
      path: '/v1/corporate-actions',
      query: { symbols: 'AAA,BBB', types: 'forward_split,reverse_split,cash_dividend', start: '2024-01-01' },
    })
  })
})

describe('a request that is not served', () => {
  const vendor = { bars: { AAA: [row('2024-01-02')] } }
  const one = ['AAA 2024-01-02 10']

  test('for its rate waits as long as Retry-After says', async () => {
    const { server, bars, slept } = await open(vendor)
    server.tricks.push(answer(429, { message: 'too many requests.' }, { 'retry-after': '7' }))
    expect((await bars(['AAA'], '2024-01-02', '2024-01-02')).found).toEqual(one)
    expect(slept).toEqual([7_000])
  })

  test('for its rate waits until X-RateLimit-Reset', async () => {
    const { server, bars, slept } = await open(vendor)
    const reset = Date.parse('2024-06-03T12:00:42Z') / 1_000
    server.tricks.push(answer(429, {}, { 'x-ratelimit-reset': String(reset) }))
    expect((await bars(['AAA'], '2024-01-02', '2024-01-02')).found).toEqual(one)
    expect(slept).toEqual([42_000])
  })

  test('with a pause nobody waits for is given up', async () => {
    const { server, bars, slept } = await open(vendor)
    server.tricks.push(answer(429, {}, { 'retry-after': '3600' }))
    const error = await failure(bars(['AAA'], '2024-01-02', '2024-01-02'))
    expect(error.message).toContain('it limits the rate (429)')
    expect(slept).toEqual([])
  })

  test('with 500 is tried again after random, growing pauses', async () => {
    const { server, bars, slept, provider } = await open(vendor)
    for (let i = 0; i < 4; i++) server.tricks.push(answer(500 + i, 'oops'))
    expect((await bars(['AAA'], '2024-01-02', '2024-01-02')).found).toEqual(one)
    expect(provider.requests).toBe(5)
    expect(slept).toHaveLength(4)
    slept.forEach((ms, i) => {
      expect(ms).toBeLessThanOrEqual(500 * 2 ** i)
    })
    expect(new Set(slept).size).toBe(4)
  })

  test('with 500 again and again fails, saying so', async () => {
    const { server, bars } = await open(vendor, { attempts: 3 })
    for (let i = 0; i < 3; i++) server.tricks.push(answer(503, 'oops'))
    const error = await failure(bars(['AAA'], '2024-01-02', '2024-01-02'))
    expect(error.message).toBe(
      'Alpaca did not serve a request: it answered 503. Tries: 3. Nothing was stored; try later.',
    )
  })

  test('in time is tried again', async () => {
    const { server, bars, provider } = await open(vendor, { timeoutMs: 100 })
    server.tricks.push(() => {})
    // Headers alone are no answer either.
    server.tricks.push((response) => void response.writeHead(200).write('{'))
    expect((await bars(['AAA'], '2024-01-02', '2024-01-02')).found).toEqual(one)
    expect(provider.requests).toBeGreaterThanOrEqual(3)
  })

  test('because nobody listens fails with the system’s code', async () => {
    const { server, bars } = await open(vendor, { attempts: 2 })
    await server.close()
    const error = await failure(bars(['AAA'], '2024-01-02', '2024-01-02'))
    expect(error.message).toContain('the connection failed (ECONNREFUSED)')
  })

  test('but sent elsewhere is not followed: the keys stay here', async () => {
    const { server, bars } = await open(vendor)
    const other = await alpacaServer(vendor)
    closing.push(other.close)
    server.tricks.push(answer(302, '', { location: `${other.url}/v2/stocks/bars` }))
    const error = await failure(bars(['AAA'], '2024-01-02', '2024-01-02'))
    expect(error.message).toContain('Alpaca refused /v2/stocks/bars (302)')
    expect(other.asked).toEqual([])
  })
})

describe('keys', () => {
  test('that are wrong give an error that names what to set, and not the key', async () => {
    const { bars } = await open({}, { secret: 'wrongWrongWrongWrong' })
    const error = await failure(bars(['AAA'], '2024-01-02', '2024-01-02'))
    expect(error.code).toBe('refused')
    expect(error.message).toContain('SAYWHEN_ALPACA_KEY_ID and SAYWHEN_ALPACA_SECRET')
    expect(inspect(error, { depth: 9 })).not.toMatch(/wrongWrong|PKTEST/)
  })

  test('that the service repeats are struck out', async () => {
    const { server, bars } = await open()
    server.tricks.push(answer(401, { message: `no account for ${KEY_ID} with ${SECRET}` }))
    const error = await failure(bars(['AAA'], '2024-01-02', '2024-01-02'))
    expect(error.message).toContain('no account for *** with ***')
    expect(inspect(error, { depth: 9 })).not.toMatch(new RegExp(`${KEY_ID}|${SECRET}`))
  })

  test.each(['', 'two words', 'line\nbreak', 'geh€im'])(
    'that cannot be sent (%j) are refused unsent and unnamed',
    async (key) => {
      const error = await failure(open({}, { secret: key }))
      expect(error.code).toBe('refused')
      if (key !== '') expect(inspect(error, { depth: 9 })).not.toContain(key)
    },
  )

  test.each(['http://data.example', 'ftp://127.0.0.1', 'data.example', 'https://user:pass@data.example'])(
    'are not sent to %s',
    async (baseUrl) => {
      expect(await failure(open({}, { baseUrl }))).toMatchObject({ code: 'bad_request' })
    },
  )

  test('without the subscription say what to do', async () => {
    const { server, bars } = await open()
    server.tricks.push(answer(403, { message: 'subscription does not permit querying recent SIP data' }))
    const error = await failure(bars(['AAA'], '2024-01-02', '2024-01-02'))
    expect(error.message).toContain('SAYWHEN_ALPACA_FEED')
    expect(error.message).not.toContain('SAYWHEN_ALPACA_SECRET')
  })
})

describe('a page that does not fit is an error that names the place', () => {
  const bar = { t: '2024-01-02T05:00:00Z', o: 1, h: 1, l: 1, c: 1, v: 1 }
  const page = (bars: unknown, next: unknown = null) => ({ bars, next_page_token: next })
  test.each([
    ['no JSON', '<html>', 'is not JSON'],
    ['text in a price', page({ AAA: [{ ...bar, c: '1' }] }), 'bars.AAA.0.c'],
    ['no volume', page({ AAA: [{ ...bar, v: undefined }] }), 'bars.AAA.0.v'],
    ['no instant', page({ AAA: [{ ...bar, t: 'yesterday' }] }), 'bars.AAA.0.t'],
    ['a list for an object', [], 'the page'],
    ['a number for a token', page({}, 7), 'next_page_token'],
    ['midnight of another place', page({ AAA: [{ ...bar, t: '2024-01-02T00:00:00Z' }] }), 'midnight in New York'],
    ['another symbol', page({ ZZZ: [bar] }), '"ZZZ", which was not asked for'],
  ])('%s', async (_what, body, place) => {
    const { server, bars } = await open()
    server.tricks.push(answer(200, body))
    const error = await failure(bars(['AAA'], '2024-01-02', '2024-01-02'))
    expect(error).toMatchObject({ code: 'internal' })
    expect(error.message).toContain(place)
  })

  test('null for bars, and no list for a symbol, are no bars', async () => {
    const { server, bars } = await open()
    server.tricks.push(answer(200, page(null)), answer(200, page({ AAA: null })))
    expect((await bars(['AAA'], '2024-01-02', '2024-01-02')).found).toEqual([])
    expect((await bars(['AAA'], '2024-01-02', '2024-01-02')).found).toEqual([])
  })

  test('a page that names itself as the next one', async () => {
    const { server, bars } = await open()
    for (let i = 0; i < 3; i++) server.tricks.push(answer(200, page({}, 'same')))
    expect((await failure(bars(['AAA'], '2024-01-02', '2024-01-02'))).message).toContain('as the next one')
    expect(server.asked).toHaveLength(2)
  })

  test('a split without a rate', async () => {
    const { server, actions } = await open()
    const split = { symbol: 'AAA', ex_date: '2024-01-02', new_rate: 0, old_rate: 1 }
    server.tricks.push(answer(200, { corporate_actions: { forward_splits: [split] }, next_page_token: null }))
    const error = await failure(actions(['AAA'], '2024-01-02', '2024-01-02'))
    expect(error.message).toContain('corporate_actions.forward_splits.0.new_rate')
  })
})

test('a token bucket lets through no more than its rate in any minute, and not much less', async () => {
  let now = 0
  const times: number[] = []
  const take = tokenBucket(
    200,
    () => now,
    async (ms) => void (now += ms),
  )
  for (let i = 0; i < 1_000; i++) {
    await take()
    times.push(now)
  }
  const most = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length))
  expect(most).toBeLessThanOrEqual(200)
  expect(times.at(-1)).toBeLessThan((1_000 / 180) * 60_000 * 1.02)
})
