import { expect, test } from 'vitest'
import { BACKTEST, done, EXPLAINED, fakeApplication, STRATEGY, WHY_NOT } from '../functions/fake-application.ts'
import { run } from './fake-deps.ts'

test('explain prints each condition with its values, how far it is off, and why it is unknown', async () => {
  const { code, out, app } = await run(['explain', '1', '--symbol', 'KO', '--date', '2020-03-09'])
  expect(code).toBe(0)
  expect(app.asked).toEqual([['explain', { strategy_id: 1, symbol: 'KO', date: '2020-03-09' }]])
  for (const line of [
    'Strategy 1@1 on KO, 2020-03-09, close 51.50',
    'no signal: the condition is false',
    'no  gap() > 3%',
    '1.20 % against 3.00 %: short by 1.80 percentage points (60.0 % of the threshold)',
    'from open 50.6',
    '?   rvol(20) >= 1.5',
    'unknown: needs 21 bars, 7 stored',
  ])
    expect(out).toContain(line)
})

test('an older version is named with @, and --json is the answer as it is', async () => {
  const { out, app } = await run(['explain', '1@2', '--symbol', 'KO', '--json'])
  expect(app.asked).toEqual([['explain', { strategy_id: 1, version: 2, symbol: 'KO' }]])
  expect(JSON.parse(out)).toEqual(EXPLAINED)
})

test('explain without a symbol is wrong usage', async () => {
  const { code, err } = await run(['explain', '1'])
  expect([code, err]).toEqual([2, expect.stringContaining('--symbol')])
})

test('why-not prints the funnel, what blocks most and the nearest miss', async () => {
  const { code, out, app } = await run(['why-not', '1', '--symbol', 'KO', '--from', '2019-01-01', '--to', '2020-01-01'])
  expect(code).toBe(0)
  expect(app.asked).toEqual([
    ['whyNot', { strategy_id: 1, symbols: ['KO'], start_date: '2019-01-01', end_date: '2020-01-01' }],
  ])
  for (const line of [
    'SIGNAL: 0 bars pass',
    'Condition 2 blocks most: without it 3,000 bars would pass.',
    'Nearest miss: KO on 2020-03-09, 1 of 2 failed',
    'short by 1.80 percentage points',
  ])
    expect(out).toContain(line)
  expect(out).toMatch(/2 +0 +900 +3,000 +8,100 +rvol\(20\) >= 1\.5/)
})

test('a backtest without signals prints why below its table', async () => {
  const { bars, members, funnels } = WHY_NOT
  const result = { ...BACKTEST, why_not: { bars, members, funnels } }
  const { out } = await run(['backtest', '1'], { app: fakeApplication({ runBacktest: async () => done(result) }) })
  expect(out).toMatch(/Why there is no signal[\s\S]*Condition 2 blocks most/)
  expect((await run(['backtest', '1'])).out).not.toContain('Why there is no signal')
})

const REVISED = {
  ...STRATEGY,
  version: 2,
  revision: {
    of_version: 1,
    said: 'change the stop to 5%',
    changes: [
      { clause: 'STOP', before: 'entry_price*0.92', after: 'entry_price*0.95' },
      { clause: 'SIGNAL', before: 'a > 1 and b > 1', after: 'a > 1', removed: ['b > 1'], added: [] },
    ],
  },
}

test('revise prints what changed, before and after, then the new version', async () => {
  const app = fakeApplication({ reviseStrategy: async () => ({ status: 'created' as const, strategy: REVISED }) })
  const { code, out } = await run(['revise', '1', 'change the stop to 5%'], { app })
  expect(code).toBe(0)
  expect(out).toMatch(
    /Changed from version 1:\nSTOP\n {2}- entry_price\*0\.92\n {2}\+ entry_price\*0\.95\nSIGNAL\n {2}- b > 1\n/,
  )
  expect(out).toContain('Strategy 1 (version 2)')
  expect(out).toContain('alerts move')
})

test('revise takes words with or without quotes, a rule, or code from a file', async () => {
  const files = { 'gap.js': 'export const classifySymbol = () => true' }
  for (const [words, request] of [
    [['1@3', 'drop', 'the', 'stop'], { version: 3, change: 'drop the stop' }],
    [['1', '--rule', 'gap() > 3%', '--code=gap.js'], { rule: 'gap() > 3%', code: files['gap.js'] }],
  ] as const) {
    const { app } = await run(['revise', ...words], { files })
    expect(app.asked).toEqual([['reviseStrategy', { id: 1, ...request }]])
  }
})

test('revise without a change, or with two kinds of it, is wrong usage', async () => {
  expect((await run(['revise', '1'])).code).toBe(2)
  expect((await run(['revise', '1', 'drop the stop', '--rule', 'gap() > 3%'])).code).toBe(2)
})

test('alerts move puts an alert on the newest version, or the one named', async () => {
  const { out, app } = await run(['alerts', 'move', '1.1.a', '--version', '2'])
  expect(app.asked).toEqual([['alerts.move', { id: '1.1.a', version: 2 }]])
  expect(out).toContain('Alert 1.2.a is on version 2.')
})
