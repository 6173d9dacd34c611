import { afterAll, beforeAll, expect, test } from 'vitest'
import { dynamodbRecipients } from '../../lib/adapters/aws/dynamodb-recipients.ts'
import { type LocalTable, openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import type { Notice } from '../../lib/alerts/notifier.ts'
import type { MailTopic, RecipientStore } from '../../lib/alerts/recipient.ts'
import { ASKED_ONCE_IN_MS, recipientsOf, toAgreed } from '../../lib/alerts/recipients.ts'
import { reviewRecipients } from '../../lib/alerts/review-recipients.ts'
import { type AlertsDeps, alertsOf } from '../../lib/alerts/subscribe.ts'
import { AppError } from '../../lib/core/errors.ts'
import { fire, subscription } from '../adapters/alert-stores-contract.ts'
import { type Kill, Killed, mortal } from './kills.ts'
import { memoryStores } from './memory-stores.ts'
import { STRATEGY } from './world.ts'

const MINUTE = 60_000
const ANN = 'ann@example.com'

let table: LocalTable
beforeAll(async () => {
  table = await openLocalTable()
})
afterAll(() => table.close())

/** A topic as SNS is: asked addresses wait for three days, agreed ones stay until they are dismissed or leave. */
function memoryTopic() {
  const addresses = new Map<string, { owner: string; agreed: boolean }>()
  const mails: string[] = []
  const topic: MailTopic = {
    async ask(address, owner) {
      const held = addresses.get(address)
      if (held && held.owner !== owner) throw new AppError('conflict', 'an earlier request')
      if (!held?.agreed) mails.push(`link to ${address}`)
      if (!held) addresses.set(address, { owner, agreed: false })
    },
    listed: async () =>
      [...addresses].map(([address, { agreed }]) => ({ address, name: agreed ? `arn:${address}` : null })),
    async admit(name, address, owner) {
      if (name !== `arn:${address}`) throw new Error('another name')
      addresses.set(address, { owner, agreed: true })
    },
    dismiss: async (name) => void addresses.delete(name.slice(4)),
  }
  const agree = (address: string) => {
    const held = addresses.get(address)
    if (held) addresses.set(address, { ...held, agreed: true })
  }
  return { topic, addresses, mails, agree }
}

/** Ann's and Bob's alerts with a topic, at an instant that is no full hour. */
async function open() {
  const store = dynamodbRecipients(await fresh())
  const world = memoryTopic()
  const { subscriptions, watched, fires } = memoryStores()
  const time = { now: Date.parse('2026-11-20T21:30:00Z') }
  let ids = 0
  const depsOf = (recipients: RecipientStore, topic: MailTopic, stored = subscriptions): AlertsDeps => ({
    subscriptions: stored,
    watched,
    fires,
    strategy: async () => STRATEGY,
    catalog: async () => undefined,
    policy: { kinds: new Set(['email'] as const), http: false, privateAddresses: false },
    recipients: recipientsOf({ recipients, topic, clock: () => time.now }),
    mostPerOwner: 100,
    clock: () => time.now,
    newId: () => `id${++ids}`,
    newSecret: () => '',
  })
  const deps = depsOf(store, world.topic)
  const review = async (minutes = 1) => {
    for (let i = 0; i < minutes; i++) {
      time.now += MINUTE
      await reviewRecipients({ recipients: store, topic: world.topic, subscriptions }, time.now)
    }
  }
  const subscribe = (owner: string, address = ANN) =>
    alertsOf(deps, owner).subscribe({ strategy_id: 7, channels: [{ kind: 'email', address }] })
  const sent: string[] = []
  const notifier = toAgreed(store, {
    send: async ({ subscription: { owner } }, channels) => {
      sent.push(...channels.map(({ address }) => `${owner} ${address}`))
      return { ok: true }
    },
  })
  const mail = (owner: string, address = ANN) =>
    notifier.send(
      { subscription: subscription({ owner }), fire: fire() } as Notice,
      [{ kind: 'email', address }],
      time.now,
    )
  return { ...world, store, time, deps, depsOf, review, subscribe, subscriptions, sent, mail }
}

/** A table of its own for each test. */
async function fresh() {
  const made = await openLocalTable()
  closers.push(made.close)
  return made
}
const closers: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closers) await close()
})

test('an address is asked once, told nothing before it agrees, and told everything after it', async () => {
  const w = await open()
  expect((await w.subscribe('ann')).warnings).toEqual([expect.stringContaining('has not agreed yet')])
  expect((await w.subscribe('ann', 'Ann@Example.com')).warnings).toEqual([
    expect.stringContaining('has not agreed yet'),
  ])
  expect(w.mails).toEqual([`link to ${ANN}`])
  expect(await w.mail('ann')).toMatchObject({ ok: false, error: expect.stringContaining('not agreed yet') })
  await w.review(5)
  expect(w.mails).toHaveLength(1)
  w.agree(ANN)
  await w.review()
  expect(await w.mail('ann', 'Ann@example.com')).toEqual({ ok: true })
  expect((await w.subscribe('ann')).warnings).toEqual([])
  expect([w.mails.length, w.sent]).toEqual([1, ['ann Ann@example.com']])
  // agreed, and nothing changes about it any more
  await w.review(3)
  expect(await w.store.opened()).toEqual([])
})

test('an address is one owner’s: another can neither make alerts to it nor mail it', async () => {
  const w = await open()
  await w.subscribe('ann')
  w.agree(ANN)
  await w.review()
  await expect(w.subscribe('bob')).rejects.toMatchObject({ code: 'conflict' })
  expect(await w.subscriptions.list('bob')).toEqual([])
  expect(await w.mail('bob')).toMatchObject({ ok: false })
  await w.review(5)
  expect(w.addresses.get(ANN)).toEqual({ owner: 'ann', agreed: true })
  expect([await w.store.opened(), w.sent]).toEqual([[], []])
})

test('an address stays while any alert mails it, paused ones too, and leaves the topic with the last one', async () => {
  const w = await open()
  const [first, second] = [await w.subscribe('ann'), await w.subscribe('ann')].map(
    (each) => each.subscription.subscription_id,
  )
  w.agree(ANN)
  await w.review(3)
  await alertsOf(w.deps, 'ann').pause(second)
  await alertsOf(w.deps, 'ann').remove(first)
  await w.review(5)
  expect(w.addresses.get(ANN)).toEqual({ owner: 'ann', agreed: true })
  await alertsOf(w.deps, 'ann').remove(second)
  await w.review(5)
  expect([...w.addresses]).toEqual([])
  expect([await w.store.get(ANN), await w.store.opened()]).toEqual([undefined, []])
  // it is free for another owner now, who asks it anew
  await w.subscribe('bob')
  expect(w.mails).toHaveLength(2)
})

test('who leaves by the mail’s own link is told no more within an hour, and asked again by a resume, once an hour', async () => {
  const w = await open()
  const { subscription: alert } = await w.subscribe('ann')
  w.agree(ANN)
  await w.review(3)
  w.addresses.delete(ANN)
  await w.review(60)
  expect(await w.mail('ann')).toMatchObject({ ok: false, gone: true })
  const resume = () => alertsOf(w.deps, 'ann').resume(alert.subscription_id)
  w.time.now += ASKED_ONCE_IN_MS
  for (let i = 0; i < 3; i++) await resume()
  expect(w.mails).toHaveLength(2)
  w.agree(ANN)
  await w.review()
  expect(await w.mail('ann')).toEqual({ ok: true })
})

test('a request that nobody follows ends after three days, and is not made again by itself', async () => {
  const w = await open()
  await w.subscribe('ann')
  await w.review(10)
  w.addresses.delete(ANN)
  w.time.now += 3 * 24 * 60 * MINUTE
  await w.review(10)
  expect(w.mails).toHaveLength(1)
  expect(await w.mail('ann')).toMatchObject({ ok: false, gone: true })
})

test('an address the topic does not take is told so, and stops nobody else’s review', async () => {
  const w = await open()
  w.addresses.set('bad@example.com', { owner: 'eve', agreed: false })
  await expect(w.subscribe('ann', 'bad@example.com')).rejects.toMatchObject({ code: 'conflict' })
  await w.subscribe('ann')
  w.agree(ANN)
  await w.review(5)
  expect(await w.mail('ann')).toEqual({ ok: true })
})

test('a process killed at any call of making or deleting an alert leaves no silent address and none too many', async () => {
  /** Makes an alert, or deletes the one there is; false when the process was killed. */
  const live = async (w: Awaited<ReturnType<typeof open>>, kill: Kill, what: 'make' | 'delete'): Promise<boolean> => {
    const [store, topic, stored] = [
      mortal(w.store, kill, 'recipients'),
      mortal(w.topic, kill, 'topic'),
      mortal(w.subscriptions, kill, 'subscriptions'),
    ]
    const alerts = alertsOf(w.depsOf(store, topic, stored), 'ann')
    try {
      if (what === 'make') await alerts.subscribe({ strategy_id: 7, channels: [{ kind: 'email', address: ANN }] })
      else await alerts.remove((await w.subscriptions.list('ann'))[0].subscription_id)
      return true
    } catch (error) {
      if (error instanceof Killed) return false
      throw error
    }
  }
  /** Also the reviews are killed, each at another call, until one goes through. */
  const reviewed = async (w: Awaited<ReturnType<typeof open>>): Promise<void> => {
    for (let at = 1; ; at++) {
      w.time.now += MINUTE
      const kill: Kill = { calls: 0, at, when: at % 2 === 0 ? 'before' : 'after', name: '' }
      const [recipients, topic] = [mortal(w.store, kill, 'recipients'), mortal(w.topic, kill, 'topic')]
      const over = await reviewRecipients({ recipients, topic, subscriptions: w.subscriptions }, w.time.now).then(
        () => true,
        () => false,
      )
      if (over && at > 8) return
    }
  }
  for (const what of ['make', 'delete'] as const)
    for (const when of ['before', 'after'] as const)
      for (let at = 1; ; at++) {
        const w = await open()
        if (what === 'delete') {
          await w.subscribe('ann')
          w.agree(ANN)
          await w.review(3)
        }
        const kill: Kill = { calls: 0, at, when, name: '' }
        const through = await live(w, kill, what)
        await reviewed(w)
        w.agree(ANN)
        await w.review(5)
        const isThere = (await w.subscriptions.list('ann')).length > 0
        expect((await w.mail('ann')).ok, `${what} ${kill.name}`).toBe(isThere)
        // an unanswered request cannot be taken back; one that was agreed to is
        expect(w.addresses.has(ANN), `${what} ${kill.name}`).toBe(isThere)
        expect(await w.store.opened(), `${what} ${kill.name}`).toEqual([])
        if (through) {
          expect(at).toBeGreaterThan(3)
          break
        }
      }
})

test('an alert that is made in the moment in which the address is let go asks it again, or keeps it', async () => {
  for (let late = 0; late < 12; late++) {
    const w = await open()
    const { subscription: alert } = await w.subscribe('ann')
    w.agree(ANN)
    await w.review(3)
    await alertsOf(w.deps, 'ann').remove(alert.subscription_id)
    w.time.now += MINUTE
    // The review that lets the address go runs beside the request, which begins a few of its calls later each time.
    const beside = w.review()
    let turns = 0
    while (turns++ < late * 40) await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([beside, w.subscribe('ann')])
    await w.review(4)
    w.agree(ANN)
    await w.review(4)
    expect(await w.mail('ann')).toEqual({ ok: true })
    expect(await w.store.opened()).toEqual([])
  }
})
