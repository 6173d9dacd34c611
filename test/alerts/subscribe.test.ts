import { expect, test } from 'vitest'
import type { ChannelKind } from '../../lib/alerts/channel.ts'
import { type AlertsDeps, alertsOf, type SubscribeRequest } from '../../lib/alerts/subscribe.ts'
import { AppError } from '../../lib/core/errors.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'
import { STRATEGY, type World, world } from './world.ts'

const FRIDAY = '2026-11-20'

async function open(changes: Partial<AlertsDeps> = {}): Promise<{ w: World; deps: AlertsDeps }> {
  const second: Strategy = { ...STRATEGY, version: 2 }
  const w = world(undefined, [STRATEGY, second])
  await w.import(FRIDAY, { AAA: [FRIDAY], BBB: [], CCC: [] })
  let ids = 0
  const deps: AlertsDeps = {
    ...w.deps,
    // ann has strategy 7, bob has none
    strategy: async (owner, id, version = 2) => {
      if (owner === 'bob') throw new AppError('not_found', `There is no strategy ${id}.`)
      return w.deps.strategy(owner, id, version)
    },
    policy: { kinds: new Set<ChannelKind>(['email', 'webhook', 'console']), http: false, privateAddresses: false },
    mostPerOwner: 3,
    newId: () => `id${++ids}`,
    newSecret: () => 'whsec_made',
    ...changes,
  }
  return { w, deps }
}

const MAIL: SubscribeRequest['channels'] = [{ kind: 'email', address: 'ann@example.com' }]
const HOOK: SubscribeRequest['channels'] = [{ kind: 'webhook', url: 'https://example.com/hook' }]

test('an alert is made for the newest version, and stays on it', async () => {
  const { w, deps } = await open()
  const { subscription } = await alertsOf(deps, 'ann').subscribe({
    strategy_id: 7,
    channels: MAIL,
    symbols: ['BBB', 'AAA', 'BBB'],
  })
  expect(subscription).toMatchObject({
    subscription_id: '7.2.id1',
    strategy_version: 2,
    symbols: ['AAA', 'BBB'],
    paused: false,
  })
  const { subscription: older } = await alertsOf(deps, 'ann').subscribe({ strategy_id: 7, version: 1, channels: MAIL })
  expect(older.subscription_id).toBe('7.1.id2')
  expect(await w.subscriptions.get('7.2.id1')).toMatchObject({ owner: 'ann' })
})

test('the secret of a webhook is shown once, and never again', async () => {
  const { deps } = await open()
  const alerts = alertsOf(deps, 'ann')
  const made = await alerts.subscribe({ strategy_id: 7, channels: HOOK })
  expect(made.webhook_secret).toBe('whsec_made')
  const id = made.subscription.subscription_id
  const later = [
    made.subscription,
    await alerts.list(),
    await alerts.get(id),
    await alerts.pause(id),
    await alerts.resume(id),
  ]
  expect(JSON.stringify(later)).not.toContain('whsec')
  expect((await alerts.subscribe({ strategy_id: 7, channels: MAIL })).webhook_secret).toBeNull()
})

test.each<[Partial<SubscribeRequest>, string, RegExp]>([
  [{ strategy_id: 8 }, 'not_found', /no strategy 8/],
  [{ version: 9 }, 'not_found', /version 9/],
  [{ symbols: ['AAB'] }, 'bad_request', /"AAB".*Did you mean AAA/],
  [{ universe: 'sector ==' }, 'bad_rule', /./],
  [{ channels: [] }, 'bad_request', /names nobody/],
  [{ channels: [{ kind: 'webhook', url: 'https://10.0.0.1/' }] }, 'bad_request', /private network/],
  [{ channels: [{ kind: 'console' }] }, 'bad_request', /owner of the machine/],
  [{ channels: [{ kind: 'file', path: '/tmp/x' }] }, 'bad_request', /own machine/],
])('%j is refused, and nothing is stored', async (changes, code, message) => {
  const { deps } = await open()
  const alerts = alertsOf(deps, 'ann')
  const failed = alerts.subscribe({ strategy_id: 7, channels: MAIL, ...changes })
  await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  expect(await alerts.list()).toEqual([])
})

test('an owner has as many alerts as there may be, and one less after a deletion', async () => {
  const { deps } = await open()
  const alerts = alertsOf(deps, 'ann')
  const make = () => alerts.subscribe({ strategy_id: 7, channels: MAIL })
  for (let i = 0; i < 3; i++) await make()
  await expect(make()).rejects.toMatchObject({ code: 'limit' })
  await alerts.remove((await alerts.list())[0].subscription_id)
  await make()
})

test('another owner’s alert is not there: not to see, pause, resume or delete', async () => {
  const { deps } = await open()
  const { subscription } = await alertsOf(deps, 'ann').subscribe({ strategy_id: 7, channels: MAIL })
  const id = subscription.subscription_id
  const bob = alertsOf(deps, 'bob')
  for (const attempt of [bob.get(id), bob.pause(id), bob.resume(id), bob.remove(id), bob.get('nope')])
    await expect(attempt).rejects.toMatchObject({ code: 'not_found' })
  await expect(bob.subscribe({ strategy_id: 7, channels: MAIL })).rejects.toMatchObject({ code: 'not_found' })
  expect(await bob.list()).toEqual([])
  expect((await alertsOf(deps, 'ann').get(id)).subscription).toEqual(subscription)
})

test('an alert shows what became of the last sessions and the fires that concern it', async () => {
  const { w, deps } = await open()
  await w.subscribe('a')
  await w.subscribe('b', { symbols: ['CCC'] })
  await w.look()
  const alerts = alertsOf(deps, 'ann')
  expect(await alerts.get('7.1.a')).toMatchObject({
    evaluations: [{ day: FRIDAY, outcome: 'evaluated', fires: 1 }],
    fires: [{ fire_id: `7.1.${FRIDAY}.AAA`, state: 'announced' }],
  })
  expect((await alerts.get('7.1.b')).fires).toEqual([])
})

test('addresses that must agree are asked before the alert is stored, and who waits is said in the answers', async () => {
  const steps: string[] = []
  let state: 'asked' | 'agreed' | 'gone' = 'asked'
  const { deps, w } = await open({
    recipients: {
      async add(address, owner) {
        if (owner !== 'ann') throw new AppError('conflict', 'not free')
        steps.push(`add ${address} ${(await w.subscriptions.list('ann')).length}`)
        return state
      },
      async review(address) {
        steps.push(`review ${address} ${(await w.subscriptions.list('ann')).length}`)
      },
      state: async () => state,
    },
  })
  const alerts = alertsOf(deps, 'ann')
  const channels: SubscribeRequest['channels'] = [
    { kind: 'email', address: 'Ann@Example.com' },
    { kind: 'email', address: 'ann@example.com' },
    ...HOOK,
  ]
  const made = await alerts.subscribe({ strategy_id: 7, channels })
  const id = made.subscription.subscription_id
  expect(made.warnings).toEqual([expect.stringMatching(/^ann@example.com has not agreed yet.*link/)])
  expect((await alerts.get(id)).warnings).toEqual(made.warnings)
  await alerts.pause(id)
  state = 'gone'
  expect((await alerts.get(id)).warnings).toEqual([expect.stringContaining('resume')])
  await alerts.resume(id)
  state = 'agreed'
  expect((await alerts.get(id)).warnings).toEqual([])
  await alerts.remove(id)
  // pausing asks nobody; resuming asks again; a deletion is noted while the alert is there
  expect(steps).toEqual(['add ann@example.com 0', 'add ann@example.com 1', 'review ann@example.com 1'])
  await expect(alertsOf(deps, 'eve').subscribe({ strategy_id: 7, channels })).rejects.toMatchObject({
    code: 'conflict',
  })
  expect(await w.subscriptions.list('eve')).toEqual([])
})

test('an alert is moved to another version with its channels, its secret and the last part of its id, and moving it again changes nothing', async () => {
  const { w, deps } = await open()
  const alerts = alertsOf(deps, 'ann')
  await alerts.subscribe({ strategy_id: 7, version: 1, channels: HOOK, symbols: ['AAA'] })
  const before = await w.subscriptions.get('7.1.id1')
  const moved = await alerts.move('7.1.id1')
  expect(moved).toMatchObject({ subscription_id: '7.2.id1', strategy_version: 2, symbols: ['AAA'], channels: HOOK })
  expect(await w.subscriptions.get('7.2.id1')).toMatchObject({ secret: before?.secret, owner: 'ann', paused: false })
  expect(await w.subscriptions.get('7.1.id1')).toBeUndefined()
  expect((await alerts.list()).map((each) => each.subscription_id)).toEqual(['7.2.id1'])
  expect(await alerts.move('7.2.id1')).toEqual(moved)
  expect((await alerts.move('7.2.id1', 1)).subscription_id).toBe('7.1.id1')
})

test('a move that was killed before the old alert was deleted ends as one alert when it is asked for again', async () => {
  const { w, deps } = await open()
  const alerts = alertsOf(deps, 'ann')
  await alerts.subscribe({ strategy_id: 7, version: 1, channels: MAIL })
  const killed = {
    ...w.subscriptions,
    delete: async () => {
      throw new Error('killed')
    },
  }
  await expect(alertsOf({ ...deps, subscriptions: killed }, 'ann').move('7.1.id1')).rejects.toThrow('killed')
  expect((await alerts.list()).length).toBe(2)
  await alerts.move('7.1.id1')
  expect((await alerts.list()).map((each) => each.subscription_id)).toEqual(['7.2.id1'])
})

test('another’s alert is not moved, nor one to a version that is not there', async () => {
  const { deps } = await open()
  await alertsOf(deps, 'ann').subscribe({ strategy_id: 7, version: 1, channels: MAIL })
  await expect(alertsOf(deps, 'bob').move('7.1.id1')).rejects.toMatchObject({ code: 'not_found' })
  await expect(alertsOf(deps, 'ann').move('7.1.id1', 9)).rejects.toMatchObject({ code: 'not_found' })
})
