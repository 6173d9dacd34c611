import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const sheet = readFileSync(fileURLToPath(new URL('../../lib/backtest/report/page/report.css', import.meta.url)), 'utf8')

/** The colours of the rule that begins with a selector. */
function coloursOf(selector: string): Record<string, string> {
  const start = sheet.indexOf(`${selector} {`)
  const rule = sheet.slice(start, sheet.indexOf('}', start))
  return Object.fromEntries([...rule.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]))
}

/** Relative luminance of sRGB (WCAG 2.2). */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const light = coloursOf(':root')
const dark = coloursOf(':root[data-theme="dark"]')

test('the dark colours of the system and of the switch are the same', () => {
  expect(Object.keys(dark).length).toBeGreaterThan(15)
  expect(coloursOf(':root:not([data-theme="light"])')).toEqual(dark)
})

describe.each([
  ['light', light],
  ['dark', dark],
])('in %s', (_name, colours) => {
  // 4.5 to 1: WCAG 2.2, success criterion 1.4.3
  test.each(['ink', 'muted', 'accent', 'gain', 'loss', 'second'])('%s is read on every ground', (name) => {
    for (const ground of ['paper', 'surface', 'wash'])
      expect(contrast(colours[name], colours[ground]), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  })

  test('warnings and months are read on theirs', () => {
    expect(contrast(colours.ink, colours['warn-wash'])).toBeGreaterThanOrEqual(4.5)
    for (const side of ['up', 'down'])
      for (const step of [1, 2, 3, 4])
        expect(contrast(colours['heat-ink'], colours[`${side}-${step}`]), `${side}-${step}`).toBeGreaterThanOrEqual(4.5)
  })
})
