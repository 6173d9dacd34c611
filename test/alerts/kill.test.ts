import { expect, test } from 'vitest'
import { deliver } from '../../lib/alerts/deliver.ts'
import { runAlerts } from '../../lib/alerts/run-alerts.ts'
import { barsArrived, PATIENCE_MS } from '../../lib/alerts/tick.ts'
import { type Kill, Killed, mortal } from './kills.ts'
import { type World, world } from './world.ts'

const FRIDAY = '2026-11-20'
const SUBSCRIPTIONS = ['a', 'b', 'c']
const EXPECTED = ['AAA', 'BBB'].flatMap((symbol) => SUBSCRIPTIONS.map((id) => `7.1.${FRIDAY}.${symbol} 7.1.${id}`))

async function prepared(): Promise<World> {
  const w = world()
  await w.import(FRIDAY, { AAA: [FRIDAY], BBB: [FRIDAY], CCC: [] })
  for (const id of SUBSCRIPTIONS) await w.subscribe(id)
  return w
}

/** The deps of a process that is ended at one of its calls of stores, queues and notifiers. */
function mortalDeps(w: World, kill: Kill): World['deps'] {
  const of = <Name extends keyof World['deps'] & string>(name: Name) =>
    mortal(w.deps[name] as object, kill, name) as World['deps'][Name]
  return {
    ...w.deps,
    subscriptions: of('subscriptions'),
    watched: of('watched'),
    fires: of('fires'),
    deliveries: of('deliveries'),
    alerts: of('alerts'),
    notify: of('notify'),
    notifiers: { console: mortal(w.deps.notifiers.console!, kill, 'console') },
  }
}

/** Look, evaluate, deliver, until the queues are empty; a message whose handler throws comes again. False when the process was ended. */
async function live(w: World, deps: World['deps'], patienceMs: number): Promise<boolean> {
  try {
    await barsArrived(deps, w.now, patienceMs)
    for (;;) {
      const [message] = w.alerts.messages
      if (!message) break
      await runAlerts(deps, { message, attempt: 1 })
      w.alerts.messages.shift()
    }
    for (;;) {
      const [message] = w.notify.messages
      if (!message) return true
      await deliver(deps, { message, attempt: 1 })
      w.notify.messages.shift()
    }
  } catch (error) {
    if (error instanceof Killed) return false
    throw error
  }
}

const no: Kill = { calls: 0, at: 0, when: 'before', name: '' }

async function callsOfALife(): Promise<number> {
  const w = await prepared()
  const kill = { ...no }
  expect(await live(w, mortalDeps(w, kill), PATIENCE_MS)).toBe(true)
  expect(w.told.toSorted()).toEqual(EXPECTED)
  return kill.calls
}

/** Everybody told of both fires; a repeat only where the process ended between a sending and its record. */
function expectTold(w: World, kill: Kill): void {
  expect([...new Set(w.told)].sort(), kill.name).toEqual(EXPECTED)
  const repeats = w.told.length - EXPECTED.length
  const documented = kill.name === 'after console.send' || kill.name === 'before deliveries.finish'
  expect(repeats, kill.name).toBe(documented ? 1 : 0)
}

// The memory queues end with the process: the next one starts with none, and looks for what is missing.
test('a host killed at any call of a port loses nothing when it starts again', async () => {
  const calls = await callsOfALife()
  expect(calls).toBeGreaterThan(40)
  const names = new Set<string>()
  for (const when of ['before', 'after'] as const)
    for (let at = 1; at <= calls; at++) {
      const w = await prepared()
      const kill: Kill = { calls: 0, at, when, name: '' }
      expect(await live(w, mortalDeps(w, kill), PATIENCE_MS)).toBe(false)
      names.add(kill.name)
      w.alerts.messages.length = 0
      w.notify.messages.length = 0
      // the claims of the process that ended run out
      w.now += 61_000
      expect(await live(w, w.deps, 0), kill.name).toBe(true)
      expectTold(w, kill)
      const recorded = await w.fires.ofSession({ owner: 'ann', strategy_id: 7, version: 1 }, FRIDAY)
      expect(recorded.map(({ state }) => state)).toEqual(['announced', 'announced'])
    }
  // every write was among them
  for (const call of [
    'fires.open',
    'fires.record',
    'notify.send',
    'fires.announced',
    'watched.record',
    'watched.evaluated',
    'deliveries.claim',
    'console.send',
    'deliveries.finish',
    'alerts.send',
    'watched.queued',
  ])
    expect([...names]).toEqual(expect.arrayContaining([`before ${call}`, `after ${call}`]))
})

// Queues that outlive the process, as on AWS: what was not acknowledged is delivered again, and the minute goes on as before.
test('with queues that outlive the process the messages that come again are enough', async () => {
  const calls = await callsOfALife()
  for (const when of ['before', 'after'] as const)
    for (let at = 2; at <= calls; at += 3) {
      const w = await prepared()
      const kill: Kill = { calls: 0, at, when, name: '' }
      expect(await live(w, mortalDeps(w, kill), PATIENCE_MS)).toBe(false)
      w.now += 61_000
      expect(await live(w, w.deps, PATIENCE_MS), kill.name).toBe(true)
      expectTold(w, kill)
    }
})

test('a session whose messages all arrived is closed after a while, and nothing of it is sent again', async () => {
  const w = await prepared()
  await live(w, w.deps, PATIENCE_MS)
  expect(await w.fires.opened()).toHaveLength(1)
  w.now += PATIENCE_MS + 60_000
  await live(w, w.deps, PATIENCE_MS)
  expect(await w.fires.opened()).toEqual([])
  expect(w.told.toSorted()).toEqual(EXPECTED)
})

test('messages that vanished are sent again after a while, to those who miss them only', async () => {
  const w = await prepared()
  await barsArrived(w.deps, w.now)
  await w.runAll()
  w.notify.messages.splice(1, 4)
  await w.deliverAll()
  expect(w.told).toHaveLength(2)
  w.now += PATIENCE_MS + 60_000
  expect(await barsArrived(w.deps, w.now)).toMatchObject({ resent: 4, sent: 0 })
  await w.deliverAll()
  expect(w.told.toSorted()).toEqual(EXPECTED)
})

test('what could not be delivered within ten sessions is given up and counted, not dropped', async () => {
  const w = await prepared()
  await barsArrived(w.deps, w.now)
  await w.runAll()
  w.notify.messages.length = 0
  w.now += 30 * 24 * 60 * 60_000
  await barsArrived(w.deps, w.now)
  expect(w.notify.messages).toEqual([])
  expect(await w.fires.opened()).toEqual([])
  expect(await w.subscriptions.get('7.1.a')).toMatchObject({
    failed_deliveries: 2,
    last_error: { message: expect.stringContaining('given up') },
  })
})
