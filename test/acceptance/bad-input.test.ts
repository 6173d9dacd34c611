import { afterAll, beforeAll, expect, test } from 'vitest'
import { newHome, saywhenIn } from './home.ts'

const place = newHome()
const saywhen = saywhenIn(place.home)
beforeAll(() => {
  expect(saywhen('create', '--rule', 'SIGNAL: close > open').code).toBe(0)
})
afterAll(place.remove)

test.each([
  [['backtest', '99'], 1, 'not_found', /no strategy 99/],
  [['backtest', '1', '--symbols', 'NOSUCH'], 2, 'bad_request', /No bars are stored for "NOSUCH"/],
  [['backtest', '1', '--start', '2025-02-01', '--end', '2025-01-01'], 2, 'bad_request', /before/],
  [['backtest', '1', '--start', '1990-01-01', '--end', '1990-12-31'], 1, 'no_data', /No bars are stored between/],
  [['backtest', '1', '--universe', 'sector == '], 1, 'bad_rule', /./],
  [['screen', '1', '--limit', '0'], 2, 'bad_request', /limit/],
  [['screen', '1', '--as-of', '2030-01-01x'], 2, 'bad_request', /date/],
  [['create', ''], 2, 'bad_request', /empty/],
  [['create', 'a'.repeat(102_400)], 2, 'too_large', /longer than 4000 characters/],
  [['create', 'Find me some good stocks'], 1, 'not_understood', /./],
  [['create', 'Buy when RSI(14) is below 30 and above 70 at the same time'], 1, 'refused', /./],
  [['create', '--rule', 'rsi(close,14) < '], 1, 'bad_rule', /./],
  [['create', '--rule', 'rzi(close,14) < 30'], 1, 'bad_rule', /rsi/],
  [['create', '--code', '/nonexistent/strategy.js'], 2, 'bad_request', /./],
  [['bars', 'import', '/nonexistent'], 2, 'bad_request', /nonexistent/],
])('%j is refused with a reason', (words, code, error, reason) => {
  const ran = saywhen(...words)
  expect(ran.answer).toMatchObject({ success: false, error: { code: error, message: expect.stringMatching(reason) } })
  expect(ran.code).toBe(code)
})
