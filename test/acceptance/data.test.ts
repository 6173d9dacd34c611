import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { isoDay, toDay } from '../../lib/core/days.ts'
import { nyse } from '../../lib/market/calendar.ts'
import { created, newHome, nothing, openApplication, resultOf } from './home.ts'

const folders: (() => void)[] = []
afterEach(() => {
  for (const remove of folders.splice(0)) remove()
})

/** Three symbols whose price and volume swing with different periods, 2024 whole: date -> line of the CSV. */
function csv(period: number): Map<string, string> {
  const lines = new Map<string, string>()
  let i = 0
  for (let day = toDay('2024-01-02', 'day'); day <= toDay('2024-12-31', 'day'); day++) {
    if (!nyse.isSession(day)) continue
    const close = 50 + 10 * Math.sin((2 * Math.PI * i) / period)
    const open = close * (1 + 0.02 * Math.cos(i))
    const [high, low] = [Math.max(open, close) * 1.01, Math.min(open, close) * 0.99]
    const volume = 100_000 + 1_000 * (i % 17)
    lines.set(isoDay(day), [isoDay(day), ...[open, high, low, close].map((x) => x.toFixed(2)), volume].join(','))
    i++
  }
  return lines
}

function write(folder: string, files: Record<string, Map<string, string>>): void {
  mkdirSync(folder, { recursive: true })
  for (const [symbol, lines] of Object.entries(files)) {
    writeFileSync(join(folder, `${symbol}.csv`), ['date,open,high,low,close,volume', ...lines.values()].join('\n'))
  }
}

async function backtestOf(files: Record<string, Map<string, string>>) {
  const place = newHome()
  const folder = mkdtempSync(join(tmpdir(), 'saywhen-csv-'))
  folders.push(place.remove, () => rmSync(folder, { recursive: true, force: true }))
  write(folder, files)
  await place.imports.importBars(folder, nothing)
  const app = await openApplication(place.home)
  try {
    const { strategy_id } = await created(app, { rule: 'SIGNAL: close < sma(close,10)\nEXIT: close > sma(close,5)' })
    const result = await resultOf(app.runBacktest({ strategy_id, start_date: '2024-02-01', end_date: '2024-12-31' }))
    return result as unknown as {
      instances: { ticker: string; date: string; future_return: number | null }[]
      receipt: { data_version: string; coverage: { bars_expected: number; bars_got: number; missing: unknown[] } }
    }
  } finally {
    await app.close()
  }
}

test('one bar deleted in the middle lowers the coverage by one and is named; one bar changed changes the result', async () => {
  const files = { AAA: csv(40), BBB: csv(23), CCC: csv(60) }
  const whole = await backtestOf(files)
  expect(whole.receipt.coverage.missing).toEqual([])
  expect(whole.receipt.coverage.bars_got).toBe(whole.receipt.coverage.bars_expected)

  const holed = new Map(files.BBB)
  holed.delete('2024-06-12')
  const missing = await backtestOf({ ...files, BBB: holed })
  expect(missing.receipt.coverage.bars_expected).toBe(whole.receipt.coverage.bars_expected)
  expect(missing.receipt.coverage.bars_got).toBe(whole.receipt.coverage.bars_got - 1)
  expect(missing.receipt.coverage.missing).toEqual([{ symbol: 'BBB', dates: ['2024-06-12'], count: 1 }])

  const changed = new Map(files.CCC)
  changed.set('2024-06-12', '2024-06-12,20.00,21.00,19.00,20.00,100000')
  const other = await backtestOf({ ...files, CCC: changed })
  expect(other.receipt.data_version).not.toBe(whole.receipt.data_version)
  expect(other.instances).not.toEqual(whole.instances)
})

test('a changed file imported again into the same home changes the result', async () => {
  const place = newHome()
  const folder = mkdtempSync(join(tmpdir(), 'saywhen-csv-'))
  folders.push(place.remove, () => rmSync(folder, { recursive: true, force: true }))
  const lines = csv(40)
  write(folder, { AAA: lines })
  await place.imports.importBars(folder, nothing)
  const app = await openApplication(place.home)
  try {
    const { strategy_id } = await created(app, { rule: 'SIGNAL: close > 0' })
    const asked = { strategy_id, start_date: '2024-03-01', end_date: '2024-03-28' }
    const before = (await resultOf(app.runBacktest(asked))) as { instances: { entry_price: number }[] }
    lines.set('2024-03-12', lines.get('2024-03-12')!.replace(/,[\d.]+,/, ',55.55,'))
    write(folder, { AAA: lines })
    await place.imports.importBars(folder, nothing)
    const after = (await resultOf(app.runBacktest(asked))) as { instances: { entry_price: number }[] }
    const changed = after.instances.filter((each, i) => each.entry_price !== before.instances[i].entry_price)
    expect(changed.map((each) => each.entry_price)).toEqual([55.55])
  } finally {
    await app.close()
  }
})
