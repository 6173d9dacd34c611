import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { coloursOf, cornerOf, openBrowser, openFile, withChromium } from './chromium.ts'

// The report of a real run on the simulated market, made by the built command and opened from its file.

const command = fileURLToPath(new URL('../../dist/saywhen.mjs', import.meta.url))
const RULE =
  'SIGNAL: rsi(close,5) < 25; SHORT: rsi(close,5) > 85; STOP: entry_price - side*2*entry(atr(14)); TARGET: 50% at entry_price + side*2*entry(atr(14)); EXIT: bars_held >= 12; MAXPOS: 10'

let folder: string
let browser: Browser
let file: string
let runId: string
const saywhen = async (...words: string[]) =>
  (await promisify(execFile)(process.execPath, [command, ...words, '--home', join(folder, 'home')], { maxBuffer: 1e9 }))
    .stdout

withChromium('the report of a real run', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'saywhen-report-'))
    file = join(folder, 'report.html')
    await saywhen('bars', 'simulate')
    await saywhen('create', '--rule', RULE, '--name', 'Oversold & <overbought>')
    runId = JSON.parse(await saywhen('backtest', '1', '--json')).run_id
    await saywhen('report', runId, '-o', file)
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Tabs on until an element of the selector has the focus. */
  async function tabTo(page: Page, selector: string): Promise<void> {
    for (let i = 0; i < 200; i++) {
      await page.keyboard.press('Tab')
      if (await page.evaluate(`document.activeElement.matches('${selector}')`)) return
    }
    throw new Error(`${selector} is not reached by Tab`)
  }

  test.each([
    ['light', false, 1_280],
    ['dark', true, 1_280],
    ['light on a phone', false, 375],
    ['dark on a phone', true, 375],
  ])(
    'in %s draws its charts, asks for nothing, says nothing, and opens a trade by keyboard',
    async (name, dark, width) => {
      const { page, said, asked } = await openFile(browser, file, { width, dark })
      await expect.poll(async () => Math.max(...(await coloursOf(page, '#curve')))).toBeGreaterThan(3)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor')
      expect(ground).toBe(dark ? 'rgb(18, 21, 26)' : 'rgb(247, 246, 242)')

      await page.keyboard.press('Tab')
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the results')
      await tabTo(page, 'button.open')
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
      const label = await page.evaluate('document.activeElement.getAttribute("aria-label")')
      await page.keyboard.press('Enter')
      await page.waitForSelector('#trade[open] #trade-chart canvas')
      // candles up and down, wicks, marks and levels: many more colours than an empty grid
      await expect.poll(async () => Math.max(...(await coloursOf(page, '#trade-chart')))).toBeGreaterThan(5)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      const path = join(folder, `${name.replaceAll(' ', '-')}-trade.png`)
      await page.screenshot({ path })
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Escape')
      expect(await page.evaluate('document.querySelector("#trade").open')).toBe(false)
      expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe(label)
      const whole = join(folder, `${name.replaceAll(' ', '-')}.png`)
      await page.screenshot({ path: whole, fullPage: true })
      expect(statSync(whole).size).toBeGreaterThan(20_000)

      expect(said).toEqual([])
      expect(asked).toEqual([`file://${file}`])
      await page.close()
    },
  )

  test('holds every trade of the result, and bars of every symbol that was traded', async () => {
    const { page } = await openFile(browser, file)
    const inside = await page.evaluate(`(() => {
      const data = JSON.parse(document.querySelector('#data').textContent)
      return { trades: data.trades.symbol.length, symbols: Object.keys(data.bars.symbols).length }
    })()`)
    const result = JSON.parse(readFileSync(join(folder, 'home', 'results', runId, 'result.json'), 'utf8'))
    const traded = new Set(result.portfolio.trades.map(({ symbol }: { symbol: string }) => symbol))
    expect(inside).toEqual({ trades: result.portfolio.trades.length, symbols: traded.size })
    await page.close()
  })

  test('turns dark and light by its switch, and the charts with it', async () => {
    const { page, said } = await openFile(browser, file)
    await page.click('#theme')
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(18, 21, 26)')
    await expect.poll(() => cornerOf(page, '#curve')).toEqual([25, 29, 36, 255])
    await page.click('#theme')
    await expect.poll(() => cornerOf(page, '#curve')).toEqual([255, 255, 255, 255])
    expect(said).toEqual([])
    await page.close()
  })

  test('filters and sorts its trades', async () => {
    const { page } = await openFile(browser, file)
    await page.selectOption('[name=side]', '-1')
    const sides = await page.locator('#trades-table tbody tr td:nth-child(2)').allTextContents()
    expect(new Set(sides)).toEqual(new Set(['short']))
    await page.selectOption('[name=side]', '')
    await page.click('#trades-table thead button:text("Return")')
    const column = async () =>
      (await page.locator('#trades-table tbody tr td:nth-child(3)').allTextContents()).map((text) =>
        Number(text.replace('−', '-').replace(' %', '')),
      )
    const falling = await column()
    expect(falling).toEqual([...falling].sort((a, b) => b - a))
    await page.click('#trades-table thead button:text("Return")')
    const rising = await column()
    expect(rising).toEqual([...rising].sort((a, b) => a - b))
    expect(rising[0]).toBeLessThan(falling[0])
    await page.close()
  })

  test('names its strategy as it was named, with a funnel, and is the same to the byte when it is made again', async () => {
    const { page } = await openFile(browser, file)
    expect(await page.textContent('h1')).toBe('Oversold & <overbought>')
    expect(await page.locator('table.funnel').count()).toBe(2)
    await page.close()
    const again = join(folder, 'again.html')
    await saywhen('report', join(folder, 'home', 'results', runId, 'result.json'), '-o', again)
    expect(readFileSync(again).equals(readFileSync(file))).toBe(true)
  })
})
