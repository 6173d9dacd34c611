import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { reportHtml } from '../../lib/backtest/report/document.ts'
import type { ReportParts } from '../../lib/backtest/report/parts.ts'
import { reportResult } from '../../lib/backtest/report/result-shape.ts'
import { plainVerdict } from '../../lib/backtest/report/section-headline.ts'
import { madeResult } from './made-result.ts'

const NONE = {
  strategy: { absent: 'no strategy here.' },
  funnels: { absent: 'no funnel here.' },
  bars: { absent: 'no bars here.' },
}
const ASSETS = { script: 'start(1 < 2)', style: 'body{color:red}' }
const made = (json: unknown, changes: Partial<ReportParts> = {}) =>
  reportHtml({ result: reportResult.parse(json), ...NONE, assets: ASSETS, ...changes })

/** A result of before most fields existed, and of no trade. */
const BARE = {
  strategy_id: 7,
  execution_mode: 'backtest',
  performance_metrics: { total_return: null },
  portfolio: { equity_curve: { date: [], equity: [] }, trades: [] },
  receipt: {},
}

describe('the document', () => {
  test('lets only its own script and style apply, by their hashes', () => {
    const text = made(BARE)
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)![1].replaceAll('&#39;', "'")
    const hash = (asset: string) => `'sha256-${createHash('sha256').update(asset).digest('base64')}'`
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hash(ASSETS.script)}`,
      `style-src ${hash(ASSETS.style)}`,
      "base-uri 'none'",
      "form-action 'none'",
    ])
    expect(text).toContain('<script>start(1 < 2)</script>')
    // inline styles and handlers would be stopped by it: there are none
    expect(text).not.toMatch(/\sstyle=|\son[a-z]+=|<link|<img|src=/)
  })

  test('is the same to the byte for the same parts', () => {
    const { json } = madeResult(20, 2, 150)
    expect(made(json)).toBe(made(structuredClone(json)))
  })

  test('keeps the notice of the charts', () => {
    expect(made(BARE)).toMatch(/TradingView Lightweight Charts™.*https:\/\/www.tradingview.com\/.*Apache License 2.0/s)
    const script = readFileSync(fileURLToPath(new URL('../../dist/report.js', import.meta.url)), 'utf8')
    expect(script).toMatch(/@license.*TradingView Lightweight Charts.*Licensed under Apache License 2.0/s)
  })

  test('refuses assets that would end their element', () => {
    expect(() => made(BARE, { assets: { ...ASSETS, script: 'a("</script>")' } })).toThrow(/would end it/)
    expect(() => made(BARE, { assets: { ...ASSETS, style: '</STYLE>' } })).toThrow(/would end it/)
  })

  test('of a result without most fields says what is absent', () => {
    const text = made(BARE)
    for (const said of [
      'no strategy here.',
      'no funnel here.',
      'no bars here.',
      'This result has no benchmark.',
      'No signal.',
    ])
      expect(text).toContain(said)
    expect(text).toContain('No trade was made: there is nothing to judge.')
    expect(text).toContain('Not available: undefined.')
  })

  test('is not made of what is no backtest', () => {
    expect(reportResult.safeParse({ ...BARE, execution_mode: 'screening' }).success).toBe(false)
  })
})

describe('the headline', () => {
  const { json } = madeResult(20, 2, 150)

  test('has the verdict in words, its level and reasons', () => {
    const text = made(json)
    expect(text).toMatch(/Verdict: <strong>weak<\/strong>/)
    expect(text).toContain('A coin would have done as well.')
    expect(text).toContain('the interval holds 0')
  })

  test('says in plain figures what happened where there is no verdict', () => {
    const result = reportResult.parse({
      ...json,
      honesty: undefined,
      performance_metrics: { total_return: -0.25, max_drawdown: 0.5, sharpe_ratio: null },
    })
    expect(plainVerdict(result)).toBe(
      'Lost 25.00 % from 2001-01-01 to 2001-07-27, fell by 50.00 % at worst, in 20 trades.',
    )
  })

  test('gives each figure its formula, a null its reason, and the benchmark beside the return', () => {
    const text = made(json)
    expect(text).toContain('final equity / starting cash - 1 (whole range, 9 values)')
    expect(text).toContain('Not available: the daily returns do not vary.')
    expect(text).toMatch(/Benchmark, SPY<\/span><span class="value up">\+40\.00 %/)
  })
})

test('what a strategy claims stands apart, by name, and says that nothing is computed from it', () => {
  const text = made(madeResult(20, 2, 150).json)
  const claims = text.slice(text.indexOf('What the strategy claims'), text.indexOf('id="receipt"'))
  expect(claims).toContain('No figure of this report is computed from it.')
  expect(claims).toContain('<dt>Returns</dt><dd>999.00 %</dd>')
})
