import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { localImports } from '../../functions/app.ts'
import { providerOf } from '../../functions/providers.ts'
import { openDirectory } from '../../lib/adapters/local/directory.ts'
import { isoDay, parseDay } from '../../lib/core/days.ts'
import { nyse } from '../../lib/market/calendar.ts'
import { alpacaServer, KEY_ID, type Row, SECRET } from '../adapters/alpaca-server.ts'
import { run } from './fake-deps.ts'

let root: string
let homes = 0
const closing: (() => Promise<void>)[] = []
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'saywhen-fetch-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const days = (from: string, to: string) =>
  Array.from({ length: parseDay(to) - parseDay(from) + 1 }, (_, i) => parseDay(from) + i).filter(nyse.isSession)
const rows = (from: string, to: string) => days(from, to).map((day): Row => [isoDay(day), 10, 12, 9, 11, 1_000])

/** The command line over the real composition, with the vendor on loopback. */
async function world() {
  const server = await alpacaServer({
    bars: { AAA: rows('2024-01-02', '2024-03-28'), BBB: rows('2024-01-02', '2024-03-28') },
  })
  closing.push(server.close)
  const home = join(root, String(++homes))
  const keys = { SAYWHEN_ALPACA_KEY_ID: KEY_ID, SAYWHEN_ALPACA_SECRET: SECRET, SAYWHEN_ALPACA_URL: server.url }
  const command = async (argv: string[], env: Record<string, string> = keys) => {
    const imports = localImports(home, (name) => providerOf(name, env))
    return run(['bars', 'fetch', ...argv], { imports: { fetchBars: imports.fetchBars } })
  }
  return { server, home, command, keys }
}

test('bars fetch stores bars and says what it did', async () => {
  const { command, server } = await world()
  const ran = await command(['AAA', 'bbb', '--start', '2024-01-02', '--end', '2024-03-28'])
  expect([ran.code, ran.err]).toEqual([0, ''])
  expect(ran.out).toMatch(/^provider +alpaca$/m)
  expect(ran.out).toMatch(/^bars new +122$/m)
  expect(ran.bars).toEqual(['fetch 2/2', 'fetch 2/2', 'fetch stopped', 'fetch stopped'])
  const again = await command(['AAA,BBB', '--provider', 'alpaca', '--end', '2024-03-28', '--json'])
  expect(again.json).toMatchObject({ success: true, barsNew: 0, changed: 0, until: '2024-03-28', symbols: 2 })
  expect(again.out).not.toMatch(new RegExp(`${KEY_ID}|${SECRET}`))
  expect(server.asked[0].query.feed).toBe('sip')
})

test('--universe fetches what is stored and what the universe file lists; the feed can be chosen', async () => {
  const { command, server, home, keys } = await world()
  await command(['AAA', '--start', '2024-03-01', '--end', '2024-03-20'])
  const objects = await openDirectory(home)
  const listing = { symbol: 'BBB', name: 'B', sector: '', industry: '', assetClass: 'stock' }
  await objects.put('universe.json', new TextEncoder().encode(JSON.stringify({ format: 1, listings: [listing] })))
  const unstarted = await command(['--universe'])
  expect([unstarted.code, unstarted.err]).toEqual([2, expect.stringContaining('No bars of BBB are stored')])
  server.asked.length = 0
  const ran = await command(['--universe', '--start', '2024-03-01', '--end', '2024-03-28', '--json'], {
    ...keys,
    SAYWHEN_ALPACA_FEED: 'iex',
  })
  // 13 sessions were there of AAA; March 29 is Good Friday.
  expect(ran.json).toMatchObject({ symbols: 2, barsNew: 20 + 6 })
  expect(server.asked[0].query.feed).toBe('iex')
})

test('without keys it says what to set, and asks nobody', async () => {
  const { command, server } = await world()
  const ran = await command(['AAA', '--start', '2024-03-01'], { SAYWHEN_ALPACA_KEY_ID: KEY_ID })
  expect(ran.code).toBe(1)
  expect(ran.err).toContain('set SAYWHEN_ALPACA_SECRET in the environment')
  expect(ran.err).not.toContain(KEY_ID)
  expect(server.asked).toEqual([])
})

test('a key that is refused ends it without naming the key', async () => {
  const { command, keys } = await world()
  const ran = await command(['AAA', '--start', '2024-03-01', '--json'], { ...keys, SAYWHEN_ALPACA_SECRET: 'another' })
  expect([ran.code, ran.json.error]).toMatchObject([1, { code: 'refused' }])
  expect(ran.out).not.toMatch(new RegExp(`${KEY_ID}|another`))
})

test.each([
  [[], 'needs symbols, or --universe'],
  [['AAA', '--start', '2024-02-30'], 'not a date of the calendar'],
  [['AAA', '--start', '2024-03-02', '--end', '2024-03-01'], '--end 2024-03-01 is before'],
  [['AAA', '--provider', 'nobody', '--start', '2024-03-01'], 'There is no provider "nobody"'],
  [['A/B', '--start', '2024-03-01'], '"A/B" is no symbol'],
  [['AAA', '--url', 'https://api.example'], 'leave --url out'],
])('bars fetch %j is wrong usage', async (argv, message) => {
  const { command, server } = await world()
  const ran = await command(argv)
  expect(ran.code).toBe(2)
  expect(ran.err).toContain(message)
  expect(server.asked).toEqual([])
})
