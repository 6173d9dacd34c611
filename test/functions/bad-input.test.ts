import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, openApi } from './gateway.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.gateway.close())

const POSTS = [
  '/strategies',
  '/backtest',
  '/screener',
  '/alert',
  '/execute',
  '/signals',
  '/rules/eval',
  '/rules/check',
  '/bars',
  '/keys',
] as const

const LONG = 'x'.repeat(100 * 1024)
const WINDOW = { start_date: '2020-01-01', end_date: '2020-12-31' }
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

/** Refused with the status, the code and a message that names what is wrong; the application is never asked. */
async function refused(answer: { status: number; body: unknown }, status: number, code: string, message: RegExp) {
  expect(answer).toEqual({
    status,
    body: { success: false, error: expect.objectContaining({ code, message: expect.stringMatching(message) }) },
  })
  expect([...api.app.asked, ...api.keys.asked]).toEqual([])
}

describe.each(POSTS)('POST %s refuses', (path) => {
  test.each([
    ['malformed JSON', '{"strategy_id": 1,', /not JSON/],
    ['no body', undefined, /empty.*Send a JSON object/],
    ['a blank body', '  \n', /empty/],
    ['a list', '[1]', /a list/],
    ['a number', '7', /not 7/],
    ['null', 'null', /not null/],
    ['an empty object', '{}', /missing|no strategy|must be/],
    ['deep nesting', nested(50_000), /nested more than 16 levels/],
    ['deep lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /nested more than 16 levels/],
  ])('%s', async (_name, text, message) => {
    await refused(await api.raw('POST', path, text), 400, 'bad_request', message)
  })

  test('a body over 1 MB', async () => {
    const text = JSON.stringify({ code: 'x'.repeat(1_100_000) })
    await refused(await api.raw('POST', path, text), 413, 'too_large', /1048576 bytes/)
  })

  test('an unknown field, by its name', async () => {
    const known =
      { '/strategies': { prompt: 'gap up' }, '/keys': { name: 'x' }, '/execute': { function: 'run_alert' } }[
        path as string
      ] ?? {}
    const body = { strategy_id: 1, ...known, stratgy: 1 }
    await refused(await api.call('POST', path, body), 400, 'bad_request', /"stratgy"/)
  })

  test('a field named __proto__', async () => {
    await refused(await api.raw('POST', path, '{"__proto__": {"strategy_id": 1}}'), 400, 'bad_request', /./)
  })
})

const BAD_SETTINGS: [string, Record<string, unknown>, RegExp][] = [
  ['negative cash', { cash: -1 }, /^cash must be more than 0 and \S+ at most, not -1\./],
  ['no cash', { cash: 0 }, /^cash must be more than 0/],
  ['cash in words', { cash: 'much' }, /^cash must be a number, not "much"/],
  ['a commission of everything', { commission: 1 }, /^commission must be a fraction .* below 1, not 1\./],
  ['a negative commission', { commission: -0.1 }, /^commission must be a fraction/],
  ['a commission on something', { commission_on: 'all' }, /^commission_on must be "entry" or "exit" or "both"/],
  ['a negative commission per share', { commission_per_share: -1 }, /^commission_per_share must be 0 or more, not -1/],
  ['a negative minimum', { commission_minimum: -1 }, /^commission_minimum must be 0 or more/],
  ['slippage of the whole price', { slippage_bps: 10_000 }, /^slippage_bps must be from 0 to below 10000/],
  ['slippage over the range', { slippage_range: 1.5 }, /^slippage_range must be 1 or less, not 1\.5/],
  ['no volume', { volume_share: 0 }, /^volume_share must be a part of the volume above 0/],
  ['a negative borrow rate', { borrow_rate: -0.1 }, /^borrow_rate must be 0 or more/],
  ['no position', { max_positions: 0 }, /^max_positions must be 1 or more, not 0/],
  ['half a position', { max_positions: 1.5 }, /^max_positions must be a whole number/],
  ['an unknown fill', { fill: 'vwap' }, /^fill must be "next_open" or "close", not "vwap"/],
  ['an unknown end', { end_positions: 'sell' }, /^end_positions must be "mark" or "close_open" or "close_last"/],
  ['a benchmark that is no symbol', { benchmark: 'S&P 500' }, /^benchmark is no symbol/],
  ['fractions in words', { fractional: 'yes' }, /^fractional must be a boolean/],
  ['a day that is none', { out_of_sample: '2020-02-30' }, /^out_of_sample is not a date/],
  ['no trial', { trials: 0 }, /^trials must be 1 or more/],
]

const BAD: [string, string, Record<string, unknown>, number, RegExp][] = [
  ['an empty prompt', '/strategies', { prompt: '' }, 400, /^prompt is empty/],
  ['a blank prompt', '/strategies', { prompt: ' \n ' }, 400, /^prompt is empty/],
  ['a 100 KB prompt', '/strategies', { prompt: LONG }, 413, /^prompt is longer than 4000 characters/],
  ['code over 100 KB', '/strategies', { code: `${LONG}x` }, 413, /^code is longer than 102400 characters/],
  ['a prompt beside code', '/strategies', { prompt: 'gap up', code: 'export {}' }, 400, /beside a rule or code/],
  ['a prompt that is a number', '/strategies', { prompt: 7 }, 400, /^prompt must be a string, not 7/],
  ['an unknown clause', '/strategies', { rule: { signal: 'close > 1', sgnal: '' } }, 400, /"sgnal" in rule/],
  ['a clause of the wrong kind', '/strategies', { rule: { maxpos: 'five' } }, 400, /^rule\.maxpos must be a number/],
  ...['/backtest', '/backtest/estimate', '/execute'].flatMap((path): typeof BAD =>
    BAD_SETTINGS.map(([name, settings, message]) => {
      const mode = path === '/execute' ? { function: 'run_backtest' } : {}
      return [`${name} at ${path}`, path, { strategy_id: 1, ...mode, ...settings }, 400, message]
    }),
  ),
  ['limit 0', '/screener', { strategy_id: 1, limit: 0 }, 400, /^limit must be 1 or more, not 0/],
  ['a negative limit', '/screener', { strategy_id: 1, limit: -5 }, 400, /^limit must be 1 or more, not -5/],
  ['half a limit', '/screener', { strategy_id: 1, limit: 1.5 }, 400, /^limit must be a whole number, not 1\.5/],
  ['a limit in words', '/screener', { strategy_id: 1, limit: '5' }, 400, /^limit must be a number, not "5"/],
  ['an id of 0', '/backtest', { strategy_id: 0 }, 400, /^strategy_id must be /],
  ['an id in words', '/alert', { strategy_id: 'one' }, 400, /^strategy_id must be a number, not "one"/],
  [
    'a window that ends before it starts',
    '/backtest',
    { strategy_id: 1, start_date: '2021-01-01', end_date: '2020-01-01' },
    400,
    /2020-01-01 is before start_date 2021-01-01/,
  ],
  [
    'such a window to execute',
    '/execute',
    { function: 'run_backtest', strategy_id: 1, start_date: '2021-01-01', end_date: '2020-01-01' },
    400,
    /is before start_date/,
  ],
  [
    'such a window of signals',
    '/signals',
    { strategy_id: 1, start_date: '2021-01-01', end_date: '2020-01-01' },
    400,
    /is before start_date/,
  ],
  [
    'a date that is none',
    '/backtest',
    { strategy_id: 1, start_date: '2021-02-30' },
    400,
    /^start_date is not a date of the calendar/,
  ],
  ['a date in another order', '/screener', { strategy_id: 1, as_of: '30.01.2021' }, 400, /^as_of is not a date/],
  ['signals without a window', '/signals', { strategy_id: 1 }, 400, /^start_date is missing.*end_date is missing/],
  [
    'a side that is none',
    '/signals',
    { strategy_id: 1, ...WINDOW, side: 'up' },
    400,
    /^side must be "long" or "short", not "up"/,
  ],
  ['no symbols', '/alert', { strategy_id: 1, symbols: [] }, 400, /^symbols is an empty list/],
  ['a symbol that is none', '/alert', { strategy_id: 1, symbols: ['KO', '../KO'] }, 400, /^symbols\.1 is no symbol/],
  [
    'an unknown function',
    '/execute',
    { function: 'run_away', strategy_id: 1 },
    400,
    /"run_backtest", "run_screener" or "run_alert"/,
  ],
  ['a field of another mode', '/execute', { function: 'run_alert', strategy_id: 1, limit: 5 }, 400, /"limit"/],
  ['an empty expression', '/rules/eval', { expression: '', symbol: 'KO' }, 400, /^expression is empty/],
  ['a key without a name', '/keys', { name: ' ' }, 400, /^name is empty/],
  ['a key’s name of 201 characters', '/keys', { name: 'x'.repeat(201) }, 413, /^name is longer than 200/],
  ['a key for no day', '/keys', { name: 'x', expires_in_days: 0 }, 400, /^expires_in_days must be 1 or more/],
  [
    'a key for eleven years',
    '/keys',
    { name: 'x', expires_in_days: 4_000 },
    400,
    /^expires_in_days must be 3650 or less/,
  ],
  ['a key of an owner like those of an issuer', '/keys', { name: 'x', owner: 'jwt:1' }, 400, /^owner is no owner/],
  ['a key of an owner that parts the table’s keys', '/keys', { name: 'x', owner: 'a#b' }, 400, /^owner is no owner/],
  ['a key of an owner of 65 characters', '/keys', { name: 'x', owner: 'x'.repeat(65) }, 400, /^owner is no owner/],
  ['no windows', '/bars', { windows: [] }, 400, /^windows is an empty list/],
  [
    'a window that ends before it starts',
    '/bars',
    { windows: [{ symbol: 'KO', start_date: '2020-03-09', end_date: '2020-03-06' }] },
    400,
    /is before start_date/,
  ],
  [
    '501 windows',
    '/bars',
    { windows: Array.from({ length: 501 }, () => ({ symbol: 'KO', ...WINDOW })) },
    400,
    /^windows .*500/,
  ],
  ['an empty rule', '/rules/check', { rule: '' }, 400, /^rule is empty/],
]

test.each(BAD)('%s to %s is refused', async (_name, path, body, status, message) => {
  await refused(await api.call('POST', path, body), status, status === 413 ? 'too_large' : 'bad_request', message)
})

test.each([
  ['/strategies/0', /positive whole number/],
  ['/strategies/-1', /positive whole number/],
  ['/strategies/1.5', /positive whole number/],
  ['/strategies/one', /"one"/],
  ['/strategies/99999999999999999999', /positive whole number/],
  ['/strategies/%zz', /broken %-code/],
  ['/strategies?limit=5', /Unknown field "limit" in the query/],
  ['/runs?limit=0', /^limit must be 1 or more/],
  ['/runs?limit=many', /^limit must be a whole number/],
  ['/runs?limit=1&limit=2', /^limit must be a whole number/],
  ['/runs?page=2', /Unknown field "page"/],
  ['/runs/..%2f..%2fetc', /no run id/],
  ['/runs/a%20b/result', /no run id/],
  ['/signals', /^strategy_id is missing/],
  ['/signals?strategy_id=1&start_date=2020-01-01&end_date=2019-01-01', /is before start_date/],
])('GET %s is refused', async (path, message) => {
  await refused(await api.call('GET', path), 400, 'bad_request', message)
})

test('a message lists at most three faults, the details all of them up to twenty', async () => {
  const symbols = Array.from({ length: 30 }, () => '!')
  const { body } = await api.call('POST', '/alert', { strategy_id: 1, symbols })
  const { error } = body as { error: { message: string; details: { issues: unknown[] } } }
  expect(error.message).toMatch(/And 27 more\.$/)
  expect(error.message.length).toBeLessThan(500)
  expect(error.details.issues).toHaveLength(20)
  expect(error.details.issues[0]).toEqual({ where: 'symbols.0', message: expect.stringContaining('no symbol') })
})

test('a strategy that is not there is 404', async () => {
  expect(await api.call('GET', '/strategies/2')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
  const backtest = await api.call('POST', '/backtest', { strategy_id: 2 })
  expect(backtest).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
})
