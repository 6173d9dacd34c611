import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isoDay, parseDay } from '../../lib/core/days.ts'
import { nyse } from '../../lib/market/calendar.ts'
import { newHome, nothing, saywhenIn } from './home.ts'

const FIRST = parseDay('2020-01-02')
const SESSIONS = Array.from({ length: 200 }, (_, i) => FIRST + i).filter((day) => nyse.isSession(day))

/** Prices that swing, a third higher from one session on. */
function bars(swing: number, from = Number.POSITIVE_INFINITY): string {
  const lines = SESSIONS.map((day, i) => {
    const close = (100 + 10 * Math.sin(i / swing)) * (i >= from ? 4 / 3 : 1)
    return `${isoDay(day)},${close.toFixed(2)},${(close + 1).toFixed(2)},${(close - 1).toFixed(2)},${close.toFixed(2)},100000`
  })
  return `date,open,high,low,close,volume\n${lines.join('\n')}\n`
}

describe.each([['as it was'], ['changed']])('saywhen rerun on data %s', (data) => {
  const { home, imports, remove } = newHome()
  const folder = mkdtempSync(join(tmpdir(), 'saywhen-test-'))
  const saywhen = saywhenIn(home)
  const kept = join(folder, 'result.json')
  const store = async (files: Record<string, string>) => {
    mkdirSync(join(folder, 'bars'), { recursive: true })
    for (const [symbol, text] of Object.entries(files)) writeFileSync(join(folder, 'bars', `${symbol}.csv`), text)
    await imports.importBars(join(folder, 'bars'), nothing)
  }
  let runId: string

  beforeAll(async () => {
    await store({ AAA: bars(5), BBB: bars(8) })
    const rule = 'SIGNAL: close > 1.01*close[1]\nEXIT: bars_held >= 3\nMAXPOS: 2'
    const { strategy } = saywhen('create', '--rule', rule).answer
    expect(strategy.strategy_id).toBe(1)
    const flags = ['--cash', '20000', '--fractional', '--end', '2020-06-30', '--csv', folder, '--out', kept]
    const { code, answer } = saywhen('backtest', '1', ...flags)
    expect(code).toBe(0)
    expect(answer.portfolio.trades.length).toBeGreaterThan(5)
    runId = answer.run_id
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
    remove()
  })

  it.runIf(data === 'as it was')('finds everything for it in the receipt', () => {
    const { receipt } = JSON.parse(readFileSync(kept, 'utf8'))
    expect(receipt.request).toMatchObject({
      ...{ strategy_id: 1, version: 1, start_date: '2020-01-02', end_date: '2020-06-30', engine: 'quickjs' },
      ...{ cash: 20_000, fractional: true, max_positions: 2, slippage_bps: 1, end_positions: 'mark' },
    })
    expect(receipt.result_hash).toMatch(/^[0-9a-f]{64}$/)
    const got = SESSIONS.filter((day) => day <= parseDay('2020-06-30')).length
    expect(receipt.coverage.by_symbol).toEqual({
      symbol: ['AAA', 'BBB'],
      bars_expected: [got, got],
      bars_got: [got, got],
    })
  })

  it.runIf(data === 'as it was')('writes the tables of --csv', () => {
    const { portfolio } = JSON.parse(readFileSync(kept, 'utf8'))
    const trades = readFileSync(join(folder, 'trades.csv'), 'utf8').trim().split('\r\n')
    expect(trades).toHaveLength(portfolio.trades.length + 1)
    const equity = readFileSync(join(folder, 'equity.csv'), 'utf8').trim().split('\r\n')
    const { equity_curve } = portfolio
    expect(equity.at(-1)!.startsWith(`2020-06-30,${equity_curve.equity.at(-1)},`)).toBe(true)
  })

  it.runIf(data === 'as it was').each([['its run'], ['its file']])(
    'reproduces a backtest named by %s bit for bit, in a run of its own',
    (how) => {
      const { code, answer } = saywhen('rerun', how === 'its run' ? runId : kept)
      expect(code).toBe(0)
      expect(answer).toMatchObject({ reproduced: true, altered: false, causes: [], metrics: [], other: [] })
      expect(answer.run_id).not.toBe(runId)
      // computed, not answered from what was stored
      const { answer: result } = saywhen('runs', answer.run_id, '--result')
      expect(result.receipt.result_hash).toBe(JSON.parse(readFileSync(kept, 'utf8')).receipt.result_hash)
      expect(result.receipt.request.fresh).toBeUndefined()
    },
  )

  it.runIf(data === 'as it was')('tells a file that somebody changed', () => {
    const result = JSON.parse(readFileSync(kept, 'utf8'))
    result.performance_metrics.sharpe_ratio = 9
    const altered = join(folder, 'altered.json')
    writeFileSync(altered, JSON.stringify(result))
    const { code, answer } = saywhen('rerun', altered)
    expect(code).toBe(1)
    expect(answer).toMatchObject({ reproduced: false, altered: true, causes: [] })
    expect(answer.metrics.map(({ what }: { what: string }) => what)).toEqual(['sharpe_ratio'])
  })

  it.runIf(data === 'as it was')('says so where the strategy is gone, and where there is nothing to run again', () => {
    const result = JSON.parse(readFileSync(kept, 'utf8'))
    const other = join(folder, 'other.json')
    writeFileSync(other, JSON.stringify({ ...result, execution_mode: 'screening' }))
    const gone = join(folder, 'gone.json')
    result.receipt.request.strategy_id = 77
    writeFileSync(gone, JSON.stringify(result))
    const refused = (argument: string) => {
      const { code, answer } = saywhen('rerun', argument)
      return [code, answer.error.code, answer.error.message]
    }
    expect(refused(gone)).toEqual([
      1,
      'not_found',
      expect.stringMatching('strategy 77 version 1 is gone .* with --home or --url'),
    ])
    expect(refused(other)).toEqual([
      2,
      'bad_request',
      expect.stringMatching('is no result of a backtest .* is screening'),
    ])
    expect(refused('nosuchrun')).toEqual([1, 'not_found', expect.stringMatching('no run nosuchrun')])
    expect(refused(join(folder, 'trades.csv'))).toEqual([2, 'bad_request', expect.stringMatching('is not JSON')])
    expect(refused(folder)).toEqual([2, 'bad_request', expect.stringMatching('^Cannot read ')])
    expect(saywhen('rerun')).toMatchObject({ code: 2 })
  })

  it.runIf(data === 'changed')('says which bars and figures changed', async () => {
    await store({ CCC: bars(3) })
    const more = saywhen('rerun', kept)
    expect(more.code).toBe(1)
    expect(more.answer.coverage.map(({ symbol }: { symbol: string }) => symbol)).toEqual(['CCC'])
    expect(more.answer.causes.map(({ what }: { what: string }) => what)).toEqual(['data_version'])
    // of 2020-03-31 and later: the figures before it are as they were
    const from = SESSIONS.indexOf(parseDay('2020-03-31'))
    rmSync(join(folder, 'bars'), { recursive: true })
    const named = saywhen('backtest', '1', '--symbols', 'AAA', '--end', '2020-06-30').answer
    await store({ AAA: bars(5, from) })
    const { code, answer } = saywhen('rerun', named.run_id)
    expect(code).toBe(1)
    expect(answer.coverage).toEqual([])
    expect(answer.causes.map(({ what }: { what: string }) => what)).toEqual(['data_version'])
    const { now, place } = answer.first_instance
    expect(now.date >= '2020-03-2').toBe(true)
    expect(place).toBeGreaterThan(1)
    expect(answer.metrics.map(({ what }: { what: string }) => what)).toContain('final_equity')
  })
})
