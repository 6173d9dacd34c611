import { expect, test } from 'vitest'
import { runAlerts } from '../../lib/alerts/run-alerts.ts'
import { barsArrived, tick } from '../../lib/alerts/tick.ts'
import { AppError } from '../../lib/core/errors.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'
import { newYork, STRATEGY, world } from './world.ts'

const FRIDAY = '2026-11-20'
const REF = { owner: 'ann', strategy_id: 7, version: 1 }
const MESSAGE = { ...REF, day: FRIDAY }
const QUIET = { AAA: [], BBB: [], CCC: [] }

/** AAA crosses on Friday, BBB crossed on Thursday and stays, CCC never does. */
const CROSSING = { AAA: [FRIDAY], BBB: ['2026-11-19', FRIDAY], CCC: [] }

test('a symbol that has become true is told to everyone who watches, and one scan serves them all', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  for (const id of ['a', 'b', 'c']) await w.subscribe(id)
  expect(await tick(w.deps, w.now)).toMatchObject({ outcome: 'looked', newest: FRIDAY, expected: FRIDAY, sent: 1 })
  expect(await w.runAll()).toMatchObject([
    {
      subscriptions: 3,
      notified: 3,
      evaluations: [{ day: FRIDAY, outcome: 'evaluated', fires: 1, symbols_monitored: 3 }],
    },
  ])
  expect(w.scans).toBe(1)
  expect(await w.deliverAll()).toEqual(['sent', 'sent', 'sent'])
  expect(w.told.sort()).toEqual(['a', 'b', 'c'].map((id) => `7.1.${FRIDAY}.AAA 7.1.${id}`))
})

test('the recorded fire says what, when, at which price and by which rule', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a')
  await tick(w.deps, w.now)
  await w.runAll()
  expect(await w.fires.get('ann', `7.1.${FRIDAY}.AAA`)).toMatchObject({
    symbol: 'AAA',
    day: FRIDAY,
    time: '2026-11-20T21:00:00Z',
    price: 105,
    change: 1.1,
    side: 'long',
    state: 'announced',
    strategy_name: 'above 100',
    words: expect.arrayContaining([expect.stringContaining('close is above 100')]),
  })
})

test('a session whose jobs are still at work is looked at again soon, and no attempt is used up by it', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a')
  await tick(w.deps, w.now)
  let busy = 3
  const { watch } = w.deps
  w.deps.again = w.alerts
  w.deps.watch = async (...asked) => {
    if (busy-- > 0) throw new AppError('interrupted', 'Run x: 1 of 2 jobs are done so far.')
    return watch(...asked)
  }
  for (const looks of [1, 2, 3]) {
    expect(await w.runAll()).toMatchObject([{ evaluations: [], notified: 0 }])
    expect(w.alerts.messages).toMatchObject([{ ...MESSAGE, looks }])
    expect(w.alerts.delays.at(-1)).toBe(10_000)
  }
  expect(await w.runAll()).toMatchObject([
    { notified: 1, evaluations: [{ day: FRIDAY, outcome: 'evaluated', fires: 1 }] },
  ])
  expect(w.alerts.messages).toEqual([])
})

test('jobs that never end fail the message in the end: it is for the dead letters', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a')
  w.deps.again = w.alerts
  w.deps.watch = () => Promise.reject(new AppError('interrupted', 'Run x: 1 of 2 jobs are done so far.'))
  await tick(w.deps, w.now)
  const looked = async () => {
    for (let looks = 0; ; looks++) if ((await w.runAll().catch(() => 'failed')) === 'failed') return looks
  }
  expect(await looked()).toBe(15)
  expect(w.alerts.messages).toEqual([])
})

test('the same bars are evaluated once, however often the minute comes', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a')
  await tick(w.deps, w.now)
  // under way: not sent again
  expect(await tick(w.deps, w.now + 60_000)).toMatchObject({ sent: 0 })
  await w.runAll()
  expect(await tick(w.deps, w.now + 120_000)).toMatchObject({ sent: 0, watched: 1 })
  // lost on the way: sent again after a while, until it was evaluated
  const lost = world()
  await lost.import(FRIDAY, CROSSING)
  await lost.subscribe('a')
  await tick(lost.deps, lost.now)
  lost.alerts.messages.length = 0
  expect(await tick(lost.deps, lost.now + 29 * 60_000)).toMatchObject({ sent: 0 })
  expect(await tick(lost.deps, lost.now + 31 * 60_000)).toMatchObject({ sent: 1 })
})

test('outside the hours the minute does nothing, and bars that arrive are evaluated all the same', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a')
  w.now = newYork('2026-11-21', '12:00')
  expect(await tick(w.deps, w.now)).toMatchObject({ outcome: 'outside the hours', sent: 0 })
  expect(await barsArrived(w.deps, w.now)).toMatchObject({ newest: FRIDAY, sent: 1 })
})

test('the same message twice records and tells once', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a')
  await runAlerts(w.deps, { message: MESSAGE, attempt: 1 })
  expect(await runAlerts(w.deps, { message: MESSAGE, attempt: 1 })).toMatchObject({ evaluations: [], notified: 0 })
  await w.deliverAll()
  expect(w.told).toHaveLength(1)
})

test('two hosts that evaluate at once record one fire, and it is told once', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a')
  const both = await Promise.all([1, 2].map(() => runAlerts(w.deps, { message: MESSAGE, attempt: 1 })))
  expect(both.map(({ evaluations }) => evaluations[0].fires)).toEqual([1, 1])
  await w.deliverAll()
  expect(w.told).toEqual([`7.1.${FRIDAY}.AAA 7.1.a`])
  expect(await w.fires.ofSession(REF, FRIDAY)).toHaveLength(1)
})

test('symbols and universe of a subscription decide what it is told, and narrow the scan to their union', async () => {
  const w = world()
  await w.import(FRIDAY, { ...QUIET, AAA: [FRIDAY], BBB: [FRIDAY], DDD: [FRIDAY], EEE: [] })
  await w.subscribe('a', { symbols: ['AAA', 'CCC'] })
  await w.subscribe('b', { symbols: ['BBB', 'GONE'] })
  await w.subscribe('u', { symbols: ['AAA', 'BBB'], universe: "symbol == 'BBB'" })
  const outcome = await w.look()
  // of AAA, BBB, CCC; GONE has no bars any more
  expect(outcome.evaluations[0]).toMatchObject({ symbols_monitored: 3, fires: 2 })
  await w.deliverAll()
  expect(w.told.sort()).toEqual([`7.1.${FRIDAY}.AAA 7.1.a`, `7.1.${FRIDAY}.BBB 7.1.b`, `7.1.${FRIDAY}.BBB 7.1.u`])
})

test('nobody is told of another owner’s fires', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a')
  await w.subscribe('b', { owner: 'bob' })
  await runAlerts(w.deps, { message: MESSAGE, attempt: 1 })
  expect(w.notify.messages).toEqual([{ fire_id: `7.1.${FRIDAY}.AAA`, subscription_id: '7.1.a' }])
  // a message that was made up finds no fire of bob's
  w.notify.messages.push({ fire_id: `7.1.${FRIDAY}.AAA`, subscription_id: '7.1.b' })
  await expect(w.deliverAll()).rejects.toThrow('no fire')
  expect(w.told).toEqual([`7.1.${FRIDAY}.AAA 7.1.a`])
})

test('bars more than one session old fire nothing, and the evaluation says so', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a')
  // Monday after its close: one session behind, which still counts
  w.now = newYork('2026-11-23', '16:30')
  expect((await w.look()).evaluations[0]).toMatchObject({ outcome: 'evaluated', fires: 1 })
  const late = world()
  await late.import(FRIDAY, CROSSING)
  await late.subscribe('a')
  late.now = newYork('2026-11-24', '16:30')
  const outcome = await late.look()
  expect(outcome).toMatchObject({
    notified: 0,
    evaluations: [
      { day: FRIDAY, outcome: 'stale', fires: 0, reason: expect.stringContaining('2 sessions behind 2026-11-24') },
    ],
  })
  expect(late.scans).toBe(0)
  expect(await late.watched.evaluations(REF, 5)).toEqual(outcome.evaluations)
  expect(await tick(late.deps, late.now)).toMatchObject({ sent: 0 })
})

test('a host that was down evaluates the session before the newest too, and keeps that older ones were skipped', async () => {
  const w = world()
  await w.import('2026-11-16', { AAA: [], BBB: [], CCC: [] })
  await w.subscribe('a')
  w.now = newYork('2026-11-16', '17:00')
  await tick(w.deps, w.now)
  await w.runAll()
  // down on Tuesday, Wednesday, Thursday; AAA crossed on Wednesday, BBB on Thursday (and stays), CCC on Friday
  w.now = newYork(FRIDAY, '17:00')
  await w.import(FRIDAY, { AAA: ['2026-11-18'], BBB: ['2026-11-19', FRIDAY], CCC: [FRIDAY] })
  await tick(w.deps, w.now)
  const [{ evaluations }] = await w.runAll()
  expect(evaluations).toMatchObject([
    {
      day: '2026-11-18',
      outcome: 'skipped',
      fires: 0,
      reason: expect.stringContaining('2 sessions from 2026-11-17 to 2026-11-18'),
    },
    { day: '2026-11-19', outcome: 'evaluated', fires: 1 },
    { day: FRIDAY, outcome: 'evaluated', fires: 1 },
  ])
  await w.deliverAll()
  expect(w.told).toEqual(['7.1.2026-11-19.BBB 7.1.a', `7.1.${FRIDAY}.CCC 7.1.a`])
})

test('symbols whose bars arrive later on the same session fire then, and those told before are not told again', async () => {
  const w = world()
  await w.import(FRIDAY, { AAA: [FRIDAY], BBB: [] })
  await w.subscribe('a')
  await tick(w.deps, w.now)
  await w.runAll()
  await w.import(FRIDAY, { DDD: [FRIDAY] })
  expect(await tick(w.deps, w.now + 60_000)).toMatchObject({ sent: 1 })
  await w.runAll()
  await w.deliverAll()
  expect(w.told).toEqual([`7.1.${FRIDAY}.AAA 7.1.a`, `7.1.${FRIDAY}.DDD 7.1.a`])
})

test('a subscription hears of fires recorded after it was made, not of earlier ones', async () => {
  const w = world()
  await w.import(FRIDAY, { AAA: [FRIDAY], BBB: [] })
  await w.subscribe('early')
  await tick(w.deps, w.now)
  await w.runAll()
  w.now += 60_000
  await w.subscribe('late', { created_at: new Date(w.now).toISOString() })
  w.now += 60_000
  await w.import(FRIDAY, { DDD: [FRIDAY] })
  await tick(w.deps, w.now)
  await w.runAll()
  await w.deliverAll()
  expect(w.told.filter((line) => line.endsWith('late'))).toEqual([`7.1.${FRIDAY}.DDD 7.1.late`])
})

test('a paused subscription is told nothing, not even what was queued before', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a')
  await w.subscribe('b')
  await runAlerts(w.deps, { message: MESSAGE, attempt: 1 })
  await w.subscriptions.pause('7.1.a', null)
  await w.subscriptions.delete('7.1.b')
  expect(await w.deliverAll()).toEqual(['paused', 'gone'])
  expect(w.told).toEqual([])
})

test('a version nobody watches is not scanned, and forgotten after a day', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a', { paused: true })
  await tick(w.deps, w.now)
  expect(await w.runAll()).toEqual([{ subscriptions: 0, evaluations: [], notified: 0 }])
  expect([w.scans, await w.watched.get(REF)]).toEqual([0, expect.objectContaining(REF)])
  w.now += 25 * 60 * 60_000
  await runAlerts(w.deps, { message: MESSAGE, attempt: 1 })
  expect(await w.watched.get(REF)).toBeUndefined()
})

test('code that fails is tried again, and at last kept as failed with the reason; new bars try it anew', async () => {
  const broken: Strategy = {
    ...STRATEGY,
    rule: null,
    code: 'export function runRealtimeAlert() { throw new Error("boom") }',
    entry_points: ['runRealtimeAlert'],
  }
  const w = world(undefined, [broken])
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a')
  await expect(runAlerts(w.deps, { message: MESSAGE, attempt: 2 })).rejects.toMatchObject({ code: 'guest_error' })
  expect(await w.watched.evaluations(REF, 5)).toEqual([])
  const { evaluations } = await runAlerts(w.deps, { message: MESSAGE, attempt: 3 })
  expect(evaluations).toMatchObject([{ outcome: 'failed', reason: expect.stringContaining('boom') }])
  expect(await tick(w.deps, w.now)).toMatchObject({ sent: 0 })
  await w.import(FRIDAY, { DDD: [] })
  expect(await tick(w.deps, w.now)).toMatchObject({ sent: 1 })
})

test('a form that lists symbols is called with all of them, whatever the subscriptions are narrowed to', async () => {
  const listed: Strategy = {
    ...STRATEGY,
    rule: null,
    entry_points: ['runRealtimeAlert'],
    // the list depends on how many it is called with
    code: 'export function runRealtimeAlert(symbols) { return { alerts: symbols.length === 3 ? [{ symbol: "AAA" }] : [], signals: {} } }',
  }
  const w = world(undefined, [listed])
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('a', { symbols: ['AAA'] })
  const { evaluations } = await runAlerts(w.deps, { message: MESSAGE, attempt: 1 })
  expect(evaluations).toMatchObject([{ outcome: 'evaluated' }])
  expect(w.scans).toBe(1)
})

test('a subscription made while a message without subscribers was under way is looked at the next minute', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  await w.subscribe('paused', { paused: true })
  expect(await w.look()).toMatchObject({ subscriptions: 0 })
  await w.subscribe('a')
  w.now += 60_000
  expect(await w.look()).toMatchObject({ subscriptions: 1, notified: 1 })
})

test('a minute in which nobody watches looks at no bars', async () => {
  const w = world()
  await w.import(FRIDAY, CROSSING)
  w.objects.reads.length = 0
  expect(await tick(w.deps, w.now)).toMatchObject({ outcome: 'nothing watched', newest: null, sent: 0 })
  expect(w.objects.reads).toEqual([])
  await w.subscribe('a')
  expect(await tick(w.deps, w.now)).toMatchObject({ outcome: 'looked', newest: FRIDAY, sent: 1 })
})
