import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { escaped, html, scriptJson } from '../../lib/backtest/report/markup.ts'
import { openBrowser, openFile, withChromium } from './chromium.ts'
import { madeReport } from './made-report.ts'
import { madeResult } from './made-result.ts'

const HOSTILE = [
  '</script><img src=x onerror=window.ran=1>',
  '<!--<script>window.ran=2',
  '"><svg onload=window.ran=3>',
  "' onmouseover='window.ran=4",
  '</style></title><script>window.ran=5</script>',
  '\u2028\u2029\u0000<iframe srcdoc="<script>parent.ran=6</script>">',
  '$' + '{window.ran=7}`{{window.ran=8}}',
  '&lt;img src=x onerror=window.ran=9&gt;',
]
const attack = HOSTILE.join(' ')

/** The same JSON with an attack in every text that is no date and no word the report reads. */
function poisoned(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => poisoned(each, key))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poisoned(each, name)]))
  const read = ['date', 'date_range', 'entry_date', 'exit_date', 'execution_mode', 'side']
  return typeof value === 'string' && !read.includes(key) ? `${value} ${attack}` : value
}

describe('texts of a strategy', () => {
  test('are text in elements and in attributes', () => {
    expect(html`<p title="${'" onclick="x'}">${'<b>&'}</p>`.text).toBe(
      '<p title="&quot; onclick=&quot;x">&lt;b&gt;&amp;</p>',
    )
    expect(escaped('\u0000')).toBe('\ufffd')
  })

  test('end no script element and begin no comment as JSON, and are the same when read', () => {
    const { text } = scriptJson({ [attack]: attack })
    expect(text).not.toMatch(/[<>&\u2028\u2029]/)
    expect(JSON.parse(text)).toEqual({ [attack]: attack })
  })
})

withChromium('a report of hostile texts', () => {
  let folder: string
  let browser: Browser
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'saywhen-hostile-report-'))
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const written = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }
  const hostileReport = () => {
    const { json, bars } = madeResult(60, 3, 300, (i) => `S${i}`)
    const own = poisoned(json) as Record<string, unknown>
    own.claims = { [attack]: { [attack]: attack } }
    own.honesty = { ...(own.honesty as object), [attack]: [attack, { [attack]: attack }] }
    const named = new Map(
      [...bars].map(([symbol, each]) => [`${symbol} ${attack}`, { ...each, symbol: `${symbol} ${attack}` }]),
    )
    return madeReport(own, named, {
      strategy: {
        value: {
          version: 1,
          name: attack,
          prompt: attack,
          rule: [[attack, attack]],
          explanation: [attack],
          code: attack,
          assumptions: [attack],
          proof: attack,
        },
      },
      funnels: {
        value: {
          bars: 9,
          note: attack,
          funnels: [
            {
              clause: attack,
              signals: 1,
              unknown: 0,
              steps: [{ condition: attack, alone: 1, together: 1, without: 1 }],
            },
          ],
        },
      },
    })
  }

  test('runs none of them, also when its trades are shown', async () => {
    const file = written('hostile.html', await hostileReport())
    const { page, said, asked } = await openFile(browser, file)
    await page.locator('#trades-table tbody button').first().click()
    await page.waitForSelector('#trade[open] #trade-chart canvas')
    expect(await page.evaluate('window.ran')).toBeUndefined()
    expect(await page.locator('img, iframe, svg[onload], [onmouseover]').count()).toBe(0)
    expect(await page.locator('script').count()).toBe(2)
    // what the policy had to stop would stand here
    expect(said).toEqual([])
    expect(asked).toEqual([`file://${file}`])
    expect(await page.textContent('blockquote')).toBe(attack.replace('\u0000', '\ufffd'))
    expect(await page.textContent('#trade-title')).toContain(HOSTILE[0])
    await page.close()
  })

  test('lets its policy stop what got in all the same, and any request', async () => {
    const text = await hostileReport()
    const got =
      '<script>window.ran=1</script><img src="http://127.0.0.1:9/x.png" onerror="window.ran=2"><style>body{color:red}</style>'
    const { page, said } = await openFile(browser, written('broken.html', text.replace('</main>', `${got}</main>`)))
    await expect.poll(() => said.filter((line) => line.includes('Content Security Policy')).length).toBeGreaterThan(2)
    expect(await page.evaluate('window.ran')).toBeUndefined()
    expect(await page.evaluate('getComputedStyle(document.body).color')).not.toBe('rgb(255, 0, 0)')
    await page.close()
  })
})
