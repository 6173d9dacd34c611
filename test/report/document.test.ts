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

test('the two parts of a split run stand side by side; a null says why, wherever its reason stands', () => {
  const { json } = madeResult(20, 2, 150)
  const part = (total_return: number) => ({ total_return, trades: 12, hit_rate: null })
  const text = made({
    ...json,
    honesty: {
      out_of_sample: { date: '2001-05-01', words: 'It held up.', in_sample: part(0.5), out_of_sample: part(0.25) },
      deflated_sharpe: null,
      deflated_sharpe_reason: 'fewer than 30 days',
      concentration: { symbol: null, symbol_share: null, reason: 'no profit' },
      monte_carlo: { drawdown: { p5: 0.1, p95: 0.4 }, final_equity: { p5: 90_000 } },
    },
  })
  expect(text).toContain('It held up.')
  expect(text).toContain('<th scope="row">Total return</th><td class="num">50.00 %</td><td class="num">25.00 %</td>')
  expect(text).toContain(
    '<dt>Deflated Sharpe</dt><dd><span class="none">n/a</span> <span class="why">fewer than 30 days</span></dd>',
  )
  expect(text).not.toContain('<dt>Deflated Sharpe reason</dt>')
  expect(text.match(/no profit/g)).toHaveLength(2)
  expect(text).toContain('<dt>P95</dt><dd>40.00 %</dd>')
  expect(text).toContain('<dt>P5</dt><dd>90,000.00</dd>')
})

test('a strategy that claims nothing is said to claim nothing', () => {
  const { json } = madeResult(20, 2, 150)
  const claims = {
    note: 'counted',
    other_sessions: { instances: 0 },
    own_results: { names: [] },
    state: { proof: null },
  }
  const text = made({ ...json, claims: undefined, honesty: { claims } })
  expect(text).toContain('It claims no result of its own, stamps no other session and keeps no state.')
  expect(text).not.toContain('class="claims"')
})
