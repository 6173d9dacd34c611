import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { AppError } from '../../lib/core/errors.ts'
import { ALERT, BACKTEST, fakeApplication, SCREEN, STRATEGY_JSON } from './fake-application.ts'
import { type Api, openApi } from './gateway.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterEach(() => {
  api.app.asked.length = 0
})
afterAll(() => api.gateway.close())

test('a prompt that is understood answers 201 with the strategy', async () => {
  const answer = await api.call('POST', '/strategies', { prompt: '  gap up\n', name: 'gaps' })
  expect(answer).toEqual({ status: 201, body: { success: true, strategy: STRATEGY_JSON } })
  // the person's words, unchanged
  expect(api.app.asked).toEqual([['createStrategy', { prompt: '  gap up\n', name: 'gaps' }]])
})

test('a rule is taken as text or as clauses, alone or with code to prove against it', async () => {
  const rules = ['rsi(close,14) < 30', { signal: 'rsi(close,14) < 30', maxpos: 5 }]
  for (const rule of rules) {
    expect((await api.call('POST', '/strategies', { rule })).status).toBe(201)
    expect((await api.call('POST', '/strategies', { rule, code: 'export {}' })).status).toBe(201)
  }
  expect((await api.call('POST', '/strategies', { code: 'export {}' })).status).toBe(201)
})

test('what is not understood answers 422 with the questions and the words', async () => {
  const { status, body } = await api.call('POST', '/strategies', { prompt: 'find me some good stocks' })
  expect(status).toBe(422)
  expect(body).toEqual({
    success: false,
    error: {
      code: 'not_understood',
      message: expect.stringContaining('"good stocks"'),
      details: {
        questions: ['What makes a stock good: its growth, its price, its trend?'],
        not_understood: ['good stocks'],
        assumptions: [],
      },
    },
  })
})

test('a refusal answers 422 with the reason and the offer', async () => {
  const { status, body } = await api.call('POST', '/strategies', { prompt: 'buy before earnings that will beat' })
  expect(status).toBe(422)
  expect(body).toMatchObject({ error: { code: 'refused', details: { offer: 'buy after earnings that beat' } } })
})

test('rule and code that differ answer 422 with the proof', async () => {
  const { status, body } = await api.call('POST', '/strategies', { prompt: 'this differs' })
  expect(status).toBe(422)
  expect(body).toMatchObject({ error: { code: 'not_proven_equal', details: { proof: { differences: 12 } } } })
})

test('strategies are listed without code and shown with it', async () => {
  const list = (await api.call('GET', '/strategies')).body as { strategies: Record<string, unknown>[] }
  expect(list.strategies).toHaveLength(1)
  expect(list.strategies[0]).toMatchObject({ strategy_id: 1, proof: 'equal', name: 'gap up with volume' })
  expect(list.strategies[0]).not.toHaveProperty('code')
  expect((await api.call('GET', '/strategies/1')).body).toEqual({ success: true, strategy: STRATEGY_JSON })
})

test('the three modes answer what the application answers', async () => {
  expect(await api.call('POST', '/backtest', { strategy_id: 1 })).toEqual({ status: 200, body: BACKTEST })
  expect(await api.call('POST', '/screener', { strategy_id: 1 })).toEqual({ status: 200, body: SCREEN })
  expect(await api.call('POST', '/alert', { strategy_id: 1 })).toEqual({ status: 200, body: ALERT })
})

test('execute takes the bodies of the guide', async () => {
  const backtest = { strategy_id: 1, start_date: '2022-01-01', end_date: '2024-01-01' }
  const screener = { strategy_id: 1, universe: ['AAPL', 'MSFT', 'GOOGL'], limit: 50 }
  const alert = { strategy_id: 1, symbols: ['ARM', 'NVDA', 'AAPL'] }
  expect((await api.call('POST', '/execute', { function: 'run_backtest', ...backtest })).body).toEqual(BACKTEST)
  expect((await api.call('POST', '/execute', { function: 'run_screener', ...screener })).body).toEqual(SCREEN)
  expect((await api.call('POST', '/execute', { function: 'run_alert', ...alert })).body).toEqual(ALERT)
  expect(api.app.asked).toEqual([
    ['runBacktest', backtest],
    ['runScreener', screener],
    ['runAlert', alert],
  ])
})

test('signals answer a query and a body alike', async () => {
  const request = { strategy_id: 1, start_date: '2020-01-01', end_date: '2020-12-31', symbols: ['KO', 'BRK.B'] }
  const query = 'strategy_id=1&start_date=2020-01-01&end_date=2020-12-31&symbols=KO,BRK.B'
  const got = await api.call('GET', `/signals?${query}`)
  expect(got).toEqual(await api.call('POST', '/signals', request))
  expect(got.body).toEqual({
    success: true,
    strategy_id: 1,
    signals: [{ symbol: 'KO', date: '2020-03-09', side: 'long' }],
  })
  expect(api.app.asked).toEqual([
    ['signals', request],
    ['signals', request],
  ])
})

test('an expression is evaluated bar by bar, undefined as null, and a rule is checked', async () => {
  const evaluated = await api.call('POST', '/rules/eval', { expression: 'rsi(close,14)', symbol: 'KO' })
  expect(evaluated.body).toMatchObject({
    success: true,
    values: [
      { date: '2020-03-09', value: null },
      { date: '2020-03-10', value: 31.5 },
    ],
  })
  expect((await api.call('POST', '/rules/check', { rule: 'rsi(close,14) < 30' })).body).toEqual({
    success: true,
    rule: { expression: 'rsi(close,14) < 30' },
    lookback: 532,
    warnings: [],
  })
})

test('bars of windows are given as traded', async () => {
  const request = { windows: [{ symbol: 'KO', start_date: '2020-03-09', end_date: '2020-03-09' }] }
  const { status, body } = await api.call('POST', '/bars', request)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    success: true,
    bars: [{ symbol: 'KO', date: ['2020-03-09'], high: [54.75] }],
    missing: [],
  })
  expect(api.app.asked).toEqual([['storedBars', request]])
})

test('runs are listed, shown, and give their result', async () => {
  expect((await api.call('GET', '/runs')).body).toMatchObject({ success: true, runs: [{ run_id: 'run-1' }] })
  expect((await api.call('GET', '/runs?limit=3')).status).toBe(200)
  expect((await api.call('GET', '/runs/run-9')).body).toMatchObject({
    success: true,
    run: { run_id: 'run-9', status: 'succeeded' },
    result_url: '/runs/run-9/result',
    result: BACKTEST,
  })
  expect((await api.call('GET', '/runs/run-9/result')).body).toEqual(BACKTEST)
  expect(api.app.asked.filter(([method]) => method !== 'run').map(([, request]) => request)).toEqual([
    20,
    3,
    'run-9',
    'run-9',
  ])
})

test('health names the version, the process and the home', async () => {
  expect((await api.call('GET', '/health')).body).toEqual({
    success: true,
    status: 'ok',
    version: '0.0.0',
    pid: 1,
    home: '/home',
  })
})

test('an error of the application keeps its code, its message and its details', async () => {
  const details = { issues: [{ line: 3, column: 7, reason: 'import' }] }
  const refusing = await openApi(
    fakeApplication({ createStrategy: () => Promise.reject(new AppError('bad_code', 'line 3: import', details)) }),
  )
  try {
    expect(await refusing.call('POST', '/strategies', { code: 'import "fs"' })).toEqual({
      status: 422,
      body: { success: false, error: { code: 'bad_code', message: 'line 3: import', details } },
    })
  } finally {
    await refusing.gateway.close()
  }
})

test('a fault of our own is internal, without its stack; where it happened is logged, not what it says', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  const broken = await openApi(fakeApplication({ strategies: () => Promise.reject(new TypeError('x is undefined')) }))
  try {
    expect(await broken.call('GET', '/strategies')).toEqual({
      status: 500,
      body: { success: false, error: { code: 'internal', message: 'x is undefined' } },
    })
    const [line] = log.mock.calls[0]
    expect(JSON.parse(line)).toMatchObject({ what: 'fault', route: 'GET /strategies', error: 'TypeError' })
    expect(line).not.toContain('x is undefined')
  } finally {
    log.mockRestore()
    await broken.gateway.close()
  }
})
