import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reportResult } from '../../lib/backtest/report/result-shape.ts'
import { barWindows } from '../../lib/backtest/report/windows.ts'
import { parseDay } from '../../lib/core/days.ts'
import { openBrowser, openFile, withChromium } from './chromium.ts'
import { madeReport } from './made-report.ts'
import { type MadeBars, madeResult } from './made-result.ts'

// Bounds are an order of magnitude above what is measured on two busy cores.
const OPEN_MS = 15_000
const ANSWER_MS = 5_000

/** The bars inside the windows that would be asked for. */
function around(json: unknown, bars: ReadonlyMap<string, MadeBars>): Map<string, MadeBars> {
  const windows = barWindows(reportResult.parse(json).portfolio.trades, '1d', '2020-01-01')
  return new Map(
    [...bars].map(([symbol, each]) => {
      const own = windows.filter((window) => window.symbol === symbol)
      const days = each.date.map(parseDay)
      const kept = days.flatMap((day, i) => (own.some(({ from, to }) => day >= from && day <= to) ? [i] : []))
      const take = <Value>(column: Value[]) => kept.map((i) => column[i])
      return [
        symbol,
        {
          symbol,
          date: take(each.date),
          open: take(each.open),
          high: take(each.high),
          low: take(each.low),
          close: take(each.close),
          factor: take(each.factor),
        },
      ]
    }),
  )
}

withChromium('the report of 10,000 trades over 400 symbols', () => {
  let folder: string
  let file: string
  let browser: Browser
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'saywhen-large-report-'))
    file = join(folder, 'large.html')
    const { json, bars } = madeResult(10_000, 400, 5_000)
    writeFileSync(file, await madeReport(json, around(json, bars)))
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('stays below 10 MB', () => {
    expect(statSync(file).size).toBeLessThan(10_000_000)
  })

  test('opens, sorts, filters, turns its pages and shows a trade without keeping a reader waiting', async () => {
    const timed = async (work: () => Promise<unknown>) => {
      const before = performance.now()
      await work()
      return performance.now() - before
    }
    let watched!: Awaited<ReturnType<typeof openFile>>
    const opened = await timed(async () => {
      watched = await openFile(browser, file)
      await watched.page.waitForSelector('#trades-table tbody tr')
    })
    const { page, said } = watched
    const status = () => page.textContent('#trades-status')
    expect(await status()).toContain('1 to 50 of 10,000 trades')
    const sorted = await timed(() => page.click('#trades-table thead button:text("Profit")'))
    const filtered = await timed(async () => {
      await page.fill('[name=symbol]', 's399')
      await page.waitForFunction("document.querySelector('#trades-status').textContent.includes('of 25 trades')")
    })
    await page.fill('[name=symbol]', '')
    const turned = await timed(() => page.click('#page-last'))
    expect(await page.textContent('#page-at')).toBe('Page 200 of 200')
    const shown = await timed(async () => {
      await page.locator('#trades-table tbody button').last().click()
      await page.waitForSelector('#trade[open] #trade-chart canvas')
    })
    console.log(
      `10,000 trades: ${(statSync(file).size / 1e6).toFixed(1)} MB, opened in ${opened.toFixed(0)} ms, sorted ${sorted.toFixed(0)}, filtered ${filtered.toFixed(0)}, turned ${turned.toFixed(0)}, trade shown ${shown.toFixed(0)}`,
    )
    expect(opened).toBeLessThan(OPEN_MS)
    for (const each of [sorted, filtered, turned, shown]) expect(each).toBeLessThan(ANSWER_MS)
    expect(said).toEqual([])
    await page.close()
  })
})
