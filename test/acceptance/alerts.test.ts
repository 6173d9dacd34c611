import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import { isoDay } from '../../lib/core/days.ts'
import { lastClosedSession, nyse } from '../../lib/market/calendar.ts'
import { bin, newHome, saywhenIn } from './home.ts'

const place = newHome()
const saywhen = saywhenIn(place.home)
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  place.remove()
})

/** The newest session there can be bars of, whenever this runs. */
const newest = lastClosedSession(nyse, Date.now())

/** Sixty sessions up to the newest; AAA and CCC close above 100 on the last one only. */
function writeBars(folder: string, symbols: readonly string[]): string {
  const path = join(place.home, folder)
  mkdirSync(path)
  const days: number[] = []
  for (let day = newest; days.length < 60; day = nyse.previousSession(day - 1)) days.unshift(day)
  for (const symbol of symbols) {
    const rows = days.map((day) => `${isoDay(day)},50,110,40,${day === newest && symbol !== 'BBB' ? 105 : 50},1000`)
    writeFileSync(join(path, `${symbol}.csv`), ['date,open,high,low,close,volume', ...rows, ''].join('\n'))
  }
  return path
}

/** Starts `saywhen serve` and waits until it answers; what it prints afterwards is kept. */
async function serve(): Promise<{ child: ChildProcess; printed: string[] }> {
  const child = spawn(process.execPath, [bin, 'serve', '--home', place.home], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const printed: string[] = []
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('serve ended')))
    createInterface({ input: child.stdout! }).on('line', (line) => {
      printed.push(line)
      if (line.includes('answers at')) resolve()
    })
  })
  return { child, printed }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await exit
}

const file = join(place.home, 'fires.jsonl')
const lines = () =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    : []

test('a served home tells of a fire once, over kill -9 and a new start', { timeout: 180_000 }, async () => {
  expect(saywhen('bars', 'import', writeBars('first', ['AAA', 'BBB'])).code).toBe(0)
  const made = saywhen('create', '--rule', 'UNIVERSE: all\nSIGNAL: close > 100')
  expect(made.code, JSON.stringify(made.answer)).toBe(0)
  const subscribed = saywhen('alerts', 'subscribe', '1', '--file', file, '--console')
  expect(subscribed).toMatchObject({
    code: 0,
    answer: { alert: { strategy_id: 1, strategy_version: 1, symbols: null } },
  })
  // a home that is only used by commands is not watched
  expect(lines()).toEqual([])

  const first = await serve()
  await expect.poll(() => lines().length, { timeout: 60_000 }).toBe(1)
  expect(lines()).toMatchObject([{ symbol: 'AAA', day: isoDay(newest), price: 105, strategy_id: 1, version: 1 }])
  await expect.poll(() => first.printed.some((line) => line.includes('AAA fired')), { timeout: 10_000 }).toBe(true)
  const id = subscribed.answer.alert.subscription_id
  await expect
    .poll(() => saywhen('alerts', 'show', id).answer, { timeout: 20_000 })
    .toMatchObject({ evaluations: [{ day: isoDay(newest), outcome: 'evaluated', fires: 1, symbols_monitored: 2 }] })
  await ended(first.child, 'SIGKILL')

  // bars of another symbol arrive while nobody serves
  expect(saywhen('bars', 'import', writeBars('second', ['CCC'])).code).toBe(0)
  const second = await serve()
  await expect.poll(() => lines().length, { timeout: 60_000 }).toBe(2)
  expect(lines().map(({ symbol }) => symbol)).toEqual(['AAA', 'CCC'])

  expect(saywhen('alerts', 'delete', id)).toMatchObject({ code: 0, answer: { deleted: id } })
  expect(saywhen('alerts', 'list').answer).toMatchObject({ alerts: [] })
  await ended(second.child, 'SIGTERM')
  expect(lines()).toHaveLength(2)
})
