import { expect, test } from 'vitest'
import { tick } from '../../lib/alerts/tick.ts'
import { dataVersion } from '../../lib/market/companions.ts'
import { importIntraday } from '../../lib/market/intraday-import.ts'
import { BarCache, marketSource, readCatalog } from '../../lib/market/store.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'
import { csv, directoryOf } from '../market/worlds.ts'
import { newYork, STRATEGY, type World, world } from './world.ts'

const FRIDAY = '2026-11-20'

/** Above 100 on a five-minute bar. */
const INTRADAY: Strategy = { ...STRATEGY, rule: { timeframe: '5m', universe: 'all', signal: 'close > 100' } }

function watching(strategy: Strategy = INTRADAY): World {
  const w = world(undefined, [strategy])
  Object.assign(w.deps, {
    source: marketSource(w.objects, new BarCache(0)),
    catalog: (timeframe: '1d' | '5m' = '1d') => readCatalog(w.objects, timeframe),
    dataVersion: (timeframe?: '1d' | '5m') => dataVersion(w.objects, timeframe),
  })
  return w
}

/** Five-minute closes of Friday from 09:30 on, after a Thursday that ends at 50. */
async function bars(w: World, closes: Record<string, number[]>): Promise<void> {
  const files = Object.entries(closes).map(([symbol, list]) =>
    csv(
      `${symbol}.csv`,
      '2026-11-19 15:55,50,110,40,50,1000',
      ...list.map((close, i) => `${FRIDAY} 09:${30 + 5 * i},50,110,40,${close},1000`),
    ),
  )
  await importIntraday(w.objects, directoryOf(...files), { timeframe: '5m', stamp: 'start', zone: 'America/New_York' })
}

const subscribed = async (w: World) => {
  w.now = newYork(FRIDAY, '09:29')
  await w.subscribe('a', { timeframe: '5m' })
}

test('a session under way is looked at as its bars come, and a symbol is told of once in it', async () => {
  const w = watching()
  await subscribed(w)
  await bars(w, { AAA: [90], BBB: [90] })
  w.now = newYork(FRIDAY, '09:36')
  expect((await w.look()).evaluations).toMatchObject([{ day: FRIDAY, outcome: 'evaluated', fires: 0 }])

  // Two bars arrive together: the first of them is the one that fires, though the newest is below again.
  await bars(w, { AAA: [90, 105, 95], BBB: [90, 90, 90] })
  w.now = newYork(FRIDAY, '09:46')
  expect(await w.look()).toMatchObject({ notified: 1 })
  const fire = await w.fires.get('ann', `7.1.${FRIDAY}.AAA`)
  expect(fire).toMatchObject({ time: '2026-11-20T14:40:00Z', price: 105, change: 1.1, side: 'long' })

  // It crosses once more: the session's fire is the same.
  await bars(w, { AAA: [90, 105, 95, 106], BBB: [90, 90, 90, 101] })
  w.now = newYork(FRIDAY, '09:51')
  await w.look()
  await w.deliverAll()
  expect(w.told.sort()).toEqual([`7.1.${FRIDAY}.AAA 7.1.a`, `7.1.${FRIDAY}.BBB 7.1.a`])
})

test('what was true on the last bar of the session before is no edge', async () => {
  const w = watching()
  await subscribed(w)
  const file = csv('AAA.csv', '2026-11-19 15:55,50,110,40,105,1000', `${FRIDAY} 09:30,50,110,40,106,1000`)
  await importIntraday(w.objects, directoryOf(file), { timeframe: '5m', stamp: 'start', zone: 'America/New_York' })
  w.now = newYork(FRIDAY, '09:36')
  expect((await w.look()).evaluations).toMatchObject([{ fires: 0 }])

  const each = watching({ ...INTRADAY, rule: { ...INTRADAY.rule, fire: 'session' } })
  await subscribed(each)
  await importIntraday(each.objects, directoryOf(file), { timeframe: '5m', stamp: 'start', zone: 'America/New_York' })
  each.now = newYork(FRIDAY, '09:36')
  expect((await each.look()).evaluations).toMatchObject([{ fires: 1 }])
})

test('new daily bars do not ask for a strategy on intraday bars, nor the other way round', async () => {
  const w = watching()
  await subscribed(w)
  await bars(w, { AAA: [90], BBB: [90] })
  w.now = newYork(FRIDAY, '09:36')
  await w.look()
  await w.import('2026-11-19', { AAA: [], BBB: [] })
  expect(await tick(w.deps, w.now)).toMatchObject({ watched: 1, sent: 0 })
})

test('a subscription narrowed by a universe is told of the bar that fired', async () => {
  const w = watching()
  w.now = newYork(FRIDAY, '09:29')
  await w.subscribe('a', { timeframe: '5m', universe: "symbol == 'BBB'" })
  await bars(w, { AAA: [90, 105], BBB: [90, 105] })
  w.now = newYork(FRIDAY, '09:41')
  await w.look()
  await w.deliverAll()
  expect(w.told).toEqual([`7.1.${FRIDAY}.BBB 7.1.a`])
})
