import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Application, CreateRequest } from '../../functions/application.ts'
import { created, newHome, openApplication, resultOf, signalsOf } from './home.ts'

const place = newHome()
let app: Application
beforeAll(async () => {
  app = await openApplication(place.home)
})
afterAll(async () => {
  await app.close()
  place.remove()
})

const LAST = '2025-12-31'

/** Every way a value can look back: what is decided on a day must not depend on where the window begins. */
const looksBack: [string, CreateRequest][] = [
  ['a window', { rule: 'SIGNAL: close > sma(close,200)' }],
  ['a smoothing', { rule: 'SIGNAL: rsi(close,14) > 55' }],
  ['dividends of a year', { rule: 'SIGNAL: div_yield > 0.01' }],
  ['a dividend of every year', { rule: 'SIGNAL: div_growth_years >= 1' }],
  ['the whole history', { rule: 'SIGNAL: barssince(close > 1.05*close[1]) < 20' }],
  ['another symbol', { rule: "SIGNAL: roc(close,60) > on('SPY', roc(close,60))" }],
  ['ranks', { rule: 'SIGNAL: sma(xrank(roc(close,63)),20) > 0.6' }],
  ['weeks', { rule: 'SIGNAL: wk(close > sma(close,10))' }],
  [
    'a series of the code, many bars ago',
    { code: "const s = sma('close', 200)\nexport function classifySymbol(symbol) { return close.ago(0) > s.ago(60) }" },
  ],
  [
    'arrays of the code',
    {
      code: 'export function classifySymbol(symbol) { const p = getPriceData(symbol, { days: 90 }); return p.close.length === 90 && p.close.at(-1) > p.close[0] }',
    },
  ],
  [
    'figures of the code',
    {
      code: 'export function classifySymbol(symbol) { const f = getFundamentalData(symbol); return f !== null && f.dividend_yield > 0.01 }',
    },
  ],
]

test.each(looksBack)(
  '%s: a short window, a long one and the screen decide alike on the same day',
  async (_, request) => {
    const { strategy_id } = await created(app, request)
    const on = async (start_date: string) =>
      (await signalsOf(app.signals({ strategy_id, start_date, end_date: LAST })))
        .filter((row) => row.date === LAST)
        .map((row) => row.symbol)
    const long = await on('2024-01-02')
    expect(long.length).toBeGreaterThan(0)
    expect(await on('2025-12-30')).toEqual(long)
    const screen = (await resultOf(app.runScreener({ strategy_id, limit: 1_000 }))) as {
      scores: Record<string, number>
    }
    expect(Object.keys(screen.scores).sort()).toEqual(long)
  },
)

test('a window that ends before the stored bars leaves its last trades open: nothing has stopped trading', async () => {
  const { strategy_id } = await created(app, { rule: 'SIGNAL: rsi(close,14) < 45\nEXIT: bars_held >= 20' })
  const result = (await resultOf(
    app.runBacktest({ strategy_id, start_date: '2024-03-01', end_date: '2024-06-28' }),
  )) as {
    instances: { exit_reason: string; future_return: number | null }[]
    summary: { open_instances: number }
    warnings: string[]
  }
  expect(result.instances.filter((each) => each.exit_reason === 'delisted')).toEqual([])
  expect(result.summary.open_instances).toBeGreaterThan(0)
  expect(
    result.instances.filter((each) => each.exit_reason === 'open').every((each) => each.future_return === null),
  ).toBe(true)
})

test.each([
  ['runScreening', 'export function runScreening(universe, limit) { return { ranked_results: [] } }'],
  ['exitPosition', 'export function exitPosition(symbol, position) { return true }'],
  ['scoreSymbol', 'export function scoreSymbol(symbol) { return 1 }'],
])('beside a rule that says nothing of it, %s is refused: it would run unproven', async (name, extra) => {
  const code = `export function classifySymbol(symbol) { return isAbove(close.ago(0), open.ago(0)) }\n${extra}`
  await expect(app.createStrategy({ rule: 'SIGNAL: close > open', code })).rejects.toMatchObject({
    code: 'bad_code',
    message: expect.stringContaining(name),
  })
})

test('ties within the tolerance are named as ties, also inside a crossing', async () => {
  const code = `export function classifySymbol(symbol) {
    const { close } = getPriceData(symbol, { days: 5 })
    if (close.length < 5) return null
    const mean = (from, n) => { let sum = 0; for (let i = from; i < from + n; i++) sum += close[i]; return sum / n }
    return mean(3, 2) > mean(1, 4) && mean(2, 2) <= mean(0, 4)
  }`
  const { proof } = await created(app, { rule: 'SIGNAL: crosses_above(sma(close,2), sma(close,4))', code })
  expect(proof.verdict).toBe('equal')
})
