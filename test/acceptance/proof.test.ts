import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Application } from '../../functions/application.ts'
import { created, newHome, openApplication, signalsOf } from './home.ts'
import { mutations } from './mutations.ts'

const place = newHome()
let app: Application
beforeAll(async () => {
  app = await openApplication(place.home)
})
afterAll(async () => {
  await app.close()
  place.remove()
})

const PROMPTS = [
  'Find stocks that gap up by more than 3% with high volume',
  'Find stocks with RSI below 30 and volume spike above 2x average',
  'Identify value stocks with P/E ratio under 15 and strong balance sheets',
  'Alert me when ARM gaps up by 5% or more',
  'Buy when the 2-period RSI is under 10 and price is above its 200-day average; sell when price closes above its 5-day average',
  'Buy on the golden cross and sell on the death cross',
  'New 52-week highs on volume at least 50% above average',
]

describe.each(PROMPTS)('%s', (prompt) => {
  test('is proven, and the proof fails for any other literal in its code', async () => {
    const strategy = await created(app, { prompt })
    expect(strategy.proof.verdict).toBe('equal')
    expect(strategy.proof.true_cells).toBeGreaterThan(0)
    const survivors: string[] = []
    for (const { at, code } of mutations(strategy.code)) {
      const answer = await app
        .createStrategy({ rule: strategy.rule!, code })
        .catch((error: Error) => ({ status: error.message }))
      if (answer.status === 'created') survivors.push(at)
    }
    expect(mutations(strategy.code).length).toBeGreaterThan(1)
    expect(survivors).toEqual([])
  })
})

const GAP_RULE = 'SIGNAL: open/close[1]-1 > 0.03 and volume > 1.5*sma(volume,4)[1]'

/** The guide's gap example in JavaScript, names and structure kept; `days` as given. */
const gapExample = (days: number, atLeast = 2) => `
function classify_symbol(symbol) {
  try {
    const price_data = get_price_data(symbol, { timeframe: '1d', days: ${days} })
    if (!price_data.close || price_data.close.length < ${atLeast}) return false
    const current_open = price_data.open[price_data.open.length - 1]
    const prev_close = price_data.close[price_data.close.length - 2]
    const gap_percent = ((current_open - prev_close) / prev_close) * 100
    const volume_data = price_data.volume
    const avg_volume = volume_data.slice(-5, -1).reduce((sum, value) => sum + value, 0) / 4
    const current_volume = volume_data[volume_data.length - 1]
    const volume_ratio = avg_volume > 0 ? current_volume / avg_volume : 0
    return gap_percent > 3.0 && volume_ratio > 1.5
  } catch (error) {
    return false
  }
}`

test('the gap example that asks for two days is caught by the proof, with the first cells that differ', async () => {
  const answer = await app.createStrategy({ rule: GAP_RULE, code: gapExample(2) })
  expect(answer.status).toBe('different')
  if (answer.status !== 'different') return
  expect(answer.proof.first_differences.length).toBe(10)
  expect(answer.proof.first_differences[0]).toMatchObject({ what: 'signal', rule: 'false', code: 'true' })
})

test('the same example with enough days, and no answer before it has them, is equal to its rule', async () => {
  const strategy = await created(app, { rule: GAP_RULE, code: gapExample(6, 5) })
  expect(strategy.proof.verdict).toBe('equal')
})

test('a rule that is never true in the data is not proven', async () => {
  const strategy = await created(app, { rule: 'SIGNAL: close > 50*close[1]' })
  expect(strategy.proof).toMatchObject({ verdict: 'not proven', true_cells: 0 })
})

test('a list that is meant to survive from bar to bar is refused, whatever name it is written by', async () => {
  const code =
    'const seen = []\nexport function classifySymbol(symbol) {\n  const list = seen\n  list[list.length] = 1\n  return list.length % 7 === 0\n}'
  await expect(app.createStrategy({ code })).rejects.toMatchObject({
    code: 'bad_code',
    message: expect.stringMatching(/^Line 4, column 3: seen .*no state survives/),
  })
})

test('code that reads an indicator in its warm-up fires nowhere there', async () => {
  const code =
    "const rsi14 = rsi('close', 14)\nexport function classifySymbol(symbol) {\n  return rsi14.ago(0) < 30 || rsi14.ago(0) >= 30\n}"
  const strategy = await created(app, { code })
  const { rows } = await app.evaluateRule({ expression: 'rsi(close,14)', symbol: 'SPY' })
  const defined = rows.filter((row) => row.value !== null).map((row) => row.date)
  const all = await signalsOf(
    app.signals({
      strategy_id: strategy.strategy_id,
      start_date: '2021-01-01',
      end_date: '2021-03-01',
      symbols: ['ARM'],
    }),
  )
  const warmUp = rows.slice(0, 14).map((row) => row.date)
  expect(warmUp.some((date) => defined.includes(date))).toBe(false)
  expect(all.map((row) => row.date).filter((date) => warmUp.includes(date))).toEqual([])
  expect(all.length).toBeGreaterThan(0)
})

test('a counter kept on the function itself is refused', async () => {
  const code =
    'export function classifySymbol(symbol) { const f = classifySymbol; f.c = (f.c || 0) + 1; return f.c % 7 === 0 }'
  await expect(app.createStrategy({ code })).rejects.toMatchObject({
    code: 'bad_code',
    message: expect.stringMatching(/^Line 1, column 68: classifySymbol .*no state survives/),
  })
})
