import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { describe } from 'vitest'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const found = [process.env.SAYWHEN_CHROMIUM, ...PLACES].find((path) => path && existsSync(path))

if (found === undefined && process.env.SAYWHEN_REQUIRE_SHARED === '1')
  throw new Error(`SAYWHEN_REQUIRE_SHARED=1, and there is no Chromium at ${PLACES.join(', ')} (or SAYWHEN_CHROMIUM)`)
if (found === undefined) console.log('skipped: no chromium')

/** describe, skipped where no Chromium is installed. */
export const withChromium = found ? describe : describe.skip

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: found,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

/** A page with all it said and asked for. */
export interface Watched {
  page: Page
  said: string[]
  asked: string[]
}

/** Opens a file and notes what the console says, what throws, and every request. */
export async function openFile(
  browser: Browser,
  file: string,
  { width = 1_280, height = 900, dark = false } = {},
): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' })
  const watched: Watched = { page, said: [], asked: [] }
  page.on('console', (message) => watched.said.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => watched.said.push(`thrown: ${error.message}`))
  page.on('request', (request) => watched.asked.push(request.url()))
  await page.goto(`file://${file}`)
  return watched
}

/** How many colours each canvas inside an element shows; a blank one shows one at most. Read from a copy: Chromium warns of reading twice. */
export const coloursOf = (page: Page, within: string): Promise<number[]> =>
  page.evaluate(`[...document.querySelectorAll('${within} canvas')].map((canvas) => {
    if (canvas.width === 0 || canvas.height === 0) return 0
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true })
    copy.drawImage(canvas, 0, 0)
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height)
    return new Set(new Uint32Array(data.buffer)).size
  })`)

/** Red, green, blue and opacity near the corner of an element's first canvas. */
export const cornerOf = (page: Page, within: string): Promise<number[]> =>
  page.evaluate(`(() => {
    const copy = new OffscreenCanvas(4, 4).getContext('2d', { willReadFrequently: true })
    copy.drawImage(document.querySelector('${within} canvas'), 0, 0)
    return [...copy.getImageData(2, 2, 1, 1).data]
  })()`)
