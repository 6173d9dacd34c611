import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { AppError } from '../../lib/core/errors.ts'
import {
  ALERT,
  BACKTEST,
  done,
  fakeApplication,
  SCREEN,
  STRATEGY,
  STRATEGY_JSON,
} from '../functions/fake-application.ts'
import { run } from './fake-deps.ts'

test('create prints the words, the rule, the assumptions and the proof, and exits 0', async () => {
  const { code, out, err } = await run(['create', 'Find', 'stocks', 'that gap up', '--name', 'gaps'])
  expect([code, err]).toEqual([0, ''])
  for (const part of [
    'Strategy 1: gap up with volume',
    '"Find stocks that gap up by more than 3% with high volume"',
    'SIGNAL: gap() > 3% and rvol(20) >= 1.5',
    '- "high volume" is 1.5 × the 20-session average before today',
    'rule and code are equal: no difference',
    '2019-04-22 to 2021-04-21, 1 within the tolerance, 200 evaluated alone',
  ])
    expect(out).toContain(part)
})

test('words given without quotes are one prompt', async () => {
  const { app } = await run(['create', 'gap', 'up', '--name', 'gaps', 'today'])
  expect(app.asked).toEqual([['createStrategy', { prompt: 'gap up today', name: 'gaps' }]])
})

test('create takes a rule, and code from a file beside it', async () => {
  const files = { 'gap.js': 'export const classifySymbol = () => true' }
  const { app } = await run(['create', '--rule', 'gap() > 3%', '--code=gap.js'], { files })
  expect(app.asked).toEqual([['createStrategy', { rule: 'gap() > 3%', code: files['gap.js'] }]])
})

test('a prompt that is not understood prints the questions with the words and exits 1', async () => {
  const { code, out, err } = await run(['create', 'find me some good stocks'])
  expect([code, out]).toEqual([1, ''])
  expect(err).toContain('"good stocks"')
  expect(err).toContain('- What makes a stock good: its growth, its price, its trend?')
})

test('what a model took is printed where nothing was stored', async () => {
  const generation = { model: 'gemini-2.5-flash', turns: 2, input_tokens: 18_000, output_tokens: 400, cents: 0.64 }
  const details = { questions: ['Which gauge?'], not_understood: [], assumptions: [], generation }
  const app = fakeApplication({ createStrategy: () => Promise.reject(new AppError('not_understood', 'Hm.', details)) })
  const { code, err } = await run(['create', 'washed out'], { app })
  expect(code).toBe(1)
  expect(err).toMatch(/- Which gauge\?[\s\S]*Asked {2}gemini-2.5-flash in 2 turns: 18,400 tokens, 0.64 cents/)
})

test('a refusal prints its reason and the offer', async () => {
  const { code, err } = await run(['create', 'buy before earnings that will beat'])
  expect(code).toBe(1)
  expect(err).toMatch(/"will beat" is the future\.[\s\S]*Instead {2}buy after earnings that beat/)
})

test('code that differs from its rule prints the first differences', async () => {
  const { code, err } = await run(['create', 'this differs'])
  expect(code).toBe(1)
  expect(err).toMatch(/KO +2020-03-09 +signal +false +true/)
  expect(err).toContain('the first 1 of 12')
})

test('places in refused code are printed with line and column', async () => {
  const details = { issues: [{ line: 3, column: 7, reason: 'import is not allowed' }] }
  const app = fakeApplication({ createStrategy: () => Promise.reject(new AppError('bad_code', 'Refused.', details)) })
  const { code, err } = await run(['create', '--code', 'a.js'], { app, files: { 'a.js': 'import "fs"' } })
  expect(code).toBe(1)
  expect(err).toBe('saywhen: Refused.\n  line 3, column 7: import is not allowed\n')
})

test('backtest prints its table, why a metric is missing, the receipt, and where the JSON lies', async () => {
  const { code, out, app } = await run(['backtest', '1', '--start', '2019-04-22', '--symbols', 'KO,PEP'])
  expect(code).toBe(0)
  expect(app.asked[0]).toEqual(['runBacktest', { strategy_id: 1, start_date: '2019-04-22', symbols: ['KO', 'PEP'] }])
  expect(out).toMatch(/instances +hit rate +average return +Sharpe +trades +return +max drawdown/)
  expect(out).toMatch(/ 1 +100\.0 % +8\.00 % +- +1 +0\.4 % +1\.3 %/)
  for (const part of [
    'no sharpe ratio: fewer than two daily returns',
    '204,119 of 204,120 bars of 405 symbols, the last of 2021-04-21; missing: KO 1 (2020-03-09)',
    '1 skipped: ZZZ (no bars in the range)',
    'survivorship-biased',
    'Full JSON: .saywhen/results/run-1/result.json',
  ])
    expect(out.replace(/\s+/g, ' ')).toContain(part)
})

test('--out writes the full JSON to a file and says where', async () => {
  const { out, written } = await run(['backtest', '1', '--out', 'r.json'])
  expect(JSON.parse(written['r.json'])).toEqual(BACKTEST)
  expect(out).toContain('Full JSON: r.json')
  const refused = await run(['backtest', '1', '--out', '/nowhere/r.json'])
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('Cannot write /nowhere/r.json')])
})

test('screen prints the ranked list with its terms', async () => {
  const { code, out, app } = await run(['screen', '1', '--limit', '5', '--as-of', '2021-04-21'])
  expect(code).toBe(0)
  expect(app.asked[0]).toEqual(['runScreener', { strategy_id: 1, limit: 5, as_of: '2021-04-21' }])
  expect(out).toContain('Screen of strategy 1 on 2021-04-21: 1 of 1,000 symbols')
  expect(out).toMatch(/1 +NVDA +0\.89 +875\.30 +Information Technology +4\.2/)
})

test('alert prints who fires', async () => {
  const { code, out } = await run(['alert', '1'])
  expect(code).toBe(0)
  expect(out).toMatch(/ARM +2024-01-15T09:35:00Z +high +142\.50 +5\.2/)
})

test('signals are CSV of symbol, date and side and nothing else', async () => {
  const { out, err, app } = await run([
    'signals',
    '1',
    '--start',
    '2020-01-01',
    '--end',
    '2020-12-31',
    '--side',
    'long',
  ])
  expect([out, err]).toEqual(['symbol,date,side\nKO,2020-03-09,long\n', ''])
  const request = { strategy_id: 1, start_date: '2020-01-01', end_date: '2020-12-31', side: 'long' }
  expect(app.asked).toEqual([['signals', request]])
})

test('rule eval is CSV of date and value, empty where it is undefined', async () => {
  const { out, app } = await run(['rule', 'eval', '-rsi(close,14)', '--symbol', 'KO'])
  expect(out).toBe('date,value\n2020-03-09,\n2020-03-10,31.5\n')
  expect(app.asked).toEqual([['evaluateRule', { expression: '-rsi(close,14)', symbol: 'KO' }]])
})

test('rule check prints the expression and how far back it looks', async () => {
  const { out } = await run(['rule', 'check', 'rsi(close,14) < 30'])
  expect(out).toBe('Expression  rsi(close,14) < 30\nLooks back  532 bars\n')
})

test('list, show and runs print what there is', async () => {
  expect((await run(['list'])).out).toMatch(/ 1 +2026-11-22 12:00 +equal +gap up with volume/)
  expect((await run(['show', '1'])).out).toContain('export function classifySymbol() { return true }')
  expect((await run(['runs'])).out).toMatch(/run-1 +backtest +1 +running +2\/3/)
  expect((await run(['runs', 'run-1'])).out).toMatch(/result key +results\/run-1\/result\.json/)
  expect((await run(['runs', 'run-1', '--result'])).json).toEqual(BACKTEST)
})

test('start does all of it, with the guide’s prompt when none is given', async () => {
  const { code, out, app } = await run(['start'])
  expect(code).toBe(0)
  expect(app.asked.map(([method]) => method).filter((method) => method !== 'run')).toEqual([
    'createStrategy',
    'runBacktest',
    'runScreener',
    'runAlert',
  ])
  expect(app.asked[0][1]).toEqual({ prompt: 'Find stocks that gap up by more than 3% with high volume' })
  const order = ['SIGNAL:', 'Proof', 'Backtest of', 'Screen of', 'Alerts of', 'Full JSON', 'results/run-3/result.json']
  expect(order.map((part) => out.indexOf(part)).toSorted((a, b) => a - b)).toEqual(
    order.map((part) => out.indexOf(part)),
  )
  expect(order.every((part) => out.includes(part))).toBe(true)
})

test('start with a prompt that is not understood stops there and exits 1', async () => {
  const { code, err, app } = await run(['start', 'find me some good stocks'])
  expect([code, app.asked.length]).toEqual([1, 1])
  expect(err).toContain('What makes a stock good')
})

test.each([
  [['create', 'gap up'], { success: true, strategy: STRATEGY_JSON }],
  [['show', '1'], { success: true, strategy: STRATEGY_JSON }],
  [['backtest', '1'], BACKTEST],
  [['screen', '1'], SCREEN],
  [['alert', '1'], ALERT],
  [['start'], { success: true, strategy: STRATEGY_JSON, backtest: BACKTEST, screen: SCREEN, alert: ALERT }],
])('--json prints the JSON of %s and nothing else', async (argv, expected) => {
  const { code, json, err } = await run([...argv, '--json'])
  expect([code, json, err]).toEqual([0, expected, ''])
})

test('imports act on the home, with a report', async () => {
  const { code, out, imported, places } = await run(['bars', 'import', 'daily', '--home', '/h'])
  expect([code, imported, places]).toEqual([0, ['/h', ['importBars', 'daily', undefined]], []])
  expect(out).toBe('rows read  1,939,658\nspan       1998-01-02, 2021-04-21\n')
  const env = { SAYWHEN_HOME: '/from-env' }
  expect((await run(['bars', 'list'], { env })).imported[0]).toBe('/from-env')
  expect((await run(['bars', 'check'])).imported).toEqual(['.saywhen', ['checkBars', undefined]])
  expect((await run(['bars', 'simulate', '--seed', '0'])).imported[1]).toEqual(['simulateBars', { seed: 0 }])
  expect((await run(['universe', 'import', 'u.csv'])).imported[1]).toEqual(['importUniverse', 'u.csv'])
  expect((await run(['fundamentals', 'import', 'f.csv'])).imported[1]).toEqual(['importFundamentals', 'f.csv'])
})

test('intraday bars are imported with what their files leave unsaid', async () => {
  const flags = ['--timeframe', '5m', '--stamp', 'end', '--actions', 'a.csv']
  expect((await run(['bars', 'import', 'minute', ...flags])).imported[1]).toEqual([
    'importBars',
    'minute',
    { timeframe: '5m', stamp: 'end', zone: 'America/New_York', actions: 'a.csv' },
  ])
  expect((await run(['bars', 'list', '--timeframe', '1h'])).imported[1]).toEqual(['listBars', '1h'])
})

test.each([
  [['--timeframe', '5m'], /need --stamp start or --stamp end/],
  [['--timeframe', '5m', '--stamp', 'open'], /not "open"/],
  [['--timeframe', '2m', '--stamp', 'start'], /--timeframe is 1d, 1h, 15m, 5m or 1m, not "2m"/],
  [['--timeframe', '5m', '--stamp', 'start', '--tz', 'Europe/Paris'], /--tz is America\/New_York or UTC/],
  [['--stamp', 'start'], /--stamp belongs to intraday bars/],
])('an import with %j is a mistake of the command line', async (flags, message) => {
  const { code, err } = await run(['bars', 'import', 'x', ...flags])
  expect(code).toBe(2)
  expect(err.replace(/\s+/g, ' ')).toMatch(message)
})

test('an index is named by its file unless --index names it', async () => {
  const { imported } = await run(['constituents', 'import', '/x/sp500_ticker_start_end.csv'])
  expect(imported[1]).toEqual(['importConstituents', '/x/sp500_ticker_start_end.csv', 'SP500'])
  const named = await run(['constituents', 'import', 'members.csv', '--index', 'ndx'])
  expect(named.imported[1]).toEqual(['importConstituents', 'members.csv', 'NDX'])
})

test('a long import draws a bar and takes it away, also when it fails', async () => {
  const importBars = async (_path: string, progress: (done: number, total: number) => void) => {
    progress(1, 2)
    throw new AppError('bad_request', 'daily holds no bars.')
  }
  const { code, bars, err } = await run(['bars', 'import', 'daily'], { imports: { importBars }, live: true })
  expect([code, bars, err]).toEqual([2, ['import 1/2', 'import stopped'], 'saywhen: daily holds no bars.\n'])
})

test('a long backtest draws how many of its chunks are done, where there is a terminal to see it', async () => {
  const slow = () => sleep(150, done(BACKTEST))
  const { bars } = await run(['backtest', '1'], { app: fakeApplication({ runBacktest: slow }), live: true })
  expect(bars).toContain('backtest 2/3')
  expect(bars.at(-1)).toBe('backtest stopped')
})

test('a deployment is talked to under --url, and its results stay there', async () => {
  const { places, out } = await run(['backtest', '1', '--url', 'https://api.example/'])
  expect(places).toEqual([{ url: 'https://api.example/' }])
  expect(out).toContain('Full JSON: https://api.example/runs/run-1/result')
})

test('serve prints where it answers and ends when it is stopped', async () => {
  const { code, out } = await run(['serve', '--port', '8080'])
  expect([code, out]).toEqual([0, 'Saywhen answers at http://127.0.0.1:8080 for .saywhen. Stop it with Ctrl-C.\n'])
})

test('control characters of others never reach the terminal', async () => {
  const strategy = { ...STRATEGY, name: 'red \u001b[31m alert\u0007', code: 'a\u009b2J\n\tb' }
  const app = fakeApplication({ strategy: async () => strategy })
  const { out } = await run(['show', '1'], { app })
  expect(out).toContain('red \ufffd[31m alert\ufffd')
  expect(out).toContain('a\ufffd2J\n  b')
})

test('colour is for terminals, and NO_COLOR is heard', async () => {
  const coloured = (out: string) => out.includes('\u001b[')
  expect(coloured((await run(['show', '1'])).out)).toBe(false)
  expect(coloured((await run(['show', '1'], { isTerminal: true })).out)).toBe(true)
  expect(coloured((await run(['show', '1'], { isTerminal: true, env: { NO_COLOR: '1' } })).out)).toBe(false)
})
