import { expect, test } from 'vitest'
import type { Channel } from '../../lib/alerts/channel.ts'
import { type DeliverDeps, deliver } from '../../lib/alerts/deliver.ts'
import { noticeOf } from '../../lib/alerts/notice.ts'
import type { Notice, Notifier, Sending } from '../../lib/alerts/notifier.ts'
import { fire, subscription } from '../adapters/alert-stores-contract.ts'
import { type World, world } from './world.ts'

const HOOK: Channel = { kind: 'webhook', url: 'https://example.com/hook' }
const MAILS: Channel[] = ['ann', 'bob'].map((name) => ({ kind: 'email', address: `${name}@example.com` }))
const MESSAGE = { fire_id: fire().fire_id, subscription_id: '7.1.a' }
const OK: Sending = { ok: true }

/** A subscription on the recorded fire, and notifiers that note their calls and answer from a list, then ok. */
async function told(channels: Channel[], changes: Partial<Notifier> = {}) {
  const w = world()
  await w.subscribe('a', { channels, created_at: fire().recorded_at })
  await w.fires.record(fire())
  const calls: string[] = []
  const answers: Record<string, (Sending | Error)[]> = {}
  const notifier = (kind: string) => ({
    async send(_notice: Notice, to: readonly Channel[]): Promise<Sending> {
      calls.push(`${kind} ${to.map((channel) => ('address' in channel ? channel.address : kind)).join('+')}`)
      const answer = answers[kind]?.shift() ?? OK
      if (answer instanceof Error) throw answer
      return answer
    },
  })
  const notifiers = {
    webhook: notifier('webhook'),
    email: { ...notifier('email'), ...changes },
    console: notifier('console'),
  }
  const deps: DeliverDeps & { notifiers: typeof notifiers } = { ...w.deps, notifiers }
  /** The attempt with this number, on its delivery with that one. */
  const go = (attempt = 1, received = 1) =>
    deliver(deps, { message: attempt === 1 ? MESSAGE : { ...MESSAGE, attempt }, attempt: received })
  return { w, calls, answers, deps, go }
}

const stored = (w: World) => w.subscriptions.get('7.1.a')

test('every channel is told once, however often the message comes', async () => {
  const { go, calls } = await told([HOOK, ...MAILS])
  expect([await go(), await go(), await go()]).toEqual(['sent', 'sent before', 'sent before'])
  expect(calls.sort()).toEqual(['email ann@example.com', 'email bob@example.com', 'webhook webhook'])
})

test('a notifier that knows its addresses is called once for all channels of its kind', async () => {
  const { go, calls } = await told([HOOK, ...MAILS], { together: true })
  await go()
  expect(calls.sort()).toEqual(['email ann@example.com+bob@example.com', 'webhook webhook'])
})

test('only the channel that failed is tried again, after waits that grow, with the number of the attempt', async () => {
  const { go, calls, answers, w, deps } = await told([HOOK, { kind: 'console' }])
  const heard: string[] = []
  deps.onRetry = ({ message }) => heard.push(message)
  answers.webhook = [{ ok: false, error: 'answered 500' }, new Error('socket hang up')]
  expect(await go(1)).toBe('again')
  expect(await go(2)).toBe('again')
  expect(w.notify.messages).toEqual([
    { ...MESSAGE, attempt: 2 },
    { ...MESSAGE, attempt: 3 },
  ])
  expect(w.notify.delays).toEqual([10_000, 60_000])
  expect(heard).toEqual([
    expect.stringMatching(/attempt 1.*https:\/\/example.com\/hook: answered 500/),
    expect.stringMatching(/attempt 2.*socket hang up/),
  ])
  expect(await go(3)).toBe('sent')
  expect(calls).toEqual(['webhook webhook', 'console console', 'webhook webhook', 'webhook webhook'])
  expect(await stored(w)).toMatchObject({ failed_deliveries: 0, last_error: null })
})

test('after the last attempt the failure is counted with its reason, and every delivery throws, for the dead letters', async () => {
  const { go, answers, w, calls } = await told([HOOK])
  answers.webhook = Array.from({ length: 3 }, () => ({ ok: false as const, error: 'answered 503' }))
  expect([await go(1), await go(2)]).toEqual(['again', 'again'])
  const failed = { code: 'interrupted', message: expect.stringContaining('answered 503') }
  await expect(go(3)).rejects.toMatchObject(failed)
  // delivered again on its way to the dead letters it is not tried again
  for (const received of [2, 3]) await expect(go(3, received)).rejects.toMatchObject(failed)
  expect(calls).toHaveLength(3)
  expect(await stored(w)).toMatchObject({
    failed_deliveries: 1,
    last_error: { fire_id: MESSAGE.fire_id, message: 'https://example.com/hook: answered 503' },
  })
  // taken out of the dead letters it is tried once more
  expect(await go(3)).toBe('sent')
})

test('a process killed in its last attempt leaves the message to be tried again, and its failure counted once', async () => {
  const { go, answers, w, deps, calls } = await told([HOOK])
  answers.webhook = Array.from({ length: 2 }, () => ({ ok: false as const, error: 'answered 503' }))
  const { finish } = deps.deliveries
  deps.deliveries = { ...deps.deliveries, finish: async () => Promise.reject(new Error('killed')) }
  await expect(go(3)).rejects.toThrow('killed')
  deps.deliveries = { ...deps.deliveries, finish }
  w.now += 61_000
  await expect(go(3, 2)).rejects.toThrow('answered 503')
  expect(calls).toHaveLength(2)
  expect(await stored(w)).toMatchObject({ failed_deliveries: 1 })
})

test('a receiver that wants no more pauses the subscription, and is not asked again', async () => {
  const { go, answers, w, calls } = await told([HOOK])
  answers.webhook = [{ ok: false, error: 'answered 410', gone: true }]
  expect(await go()).toBe('refused')
  expect(await stored(w)).toMatchObject({
    paused: true,
    paused_reason: expect.stringContaining('410'),
    failed_deliveries: 1,
  })
  expect(await go()).toBe('paused')
  expect(calls).toHaveLength(1)
})

test('a receiver that wants no more does not keep another channel from its further attempts', async () => {
  const { go, answers, w, calls } = await told([HOOK, MAILS[0]])
  answers.webhook = Array.from({ length: 3 }, () => ({ ok: false as const, error: 'answered 410', gone: true }))
  answers.email = [new Error('server busy')]
  expect(await go(1)).toBe('again')
  expect(await stored(w)).toMatchObject({ paused: false })
  expect(await go(2)).toBe('refused')
  expect(calls.filter((call) => call.startsWith('email'))).toHaveLength(2)
  expect(await stored(w)).toMatchObject({ paused: true })
})

test('a second delivery at the same time sends nothing and comes back when the first one’s claim has ended', async () => {
  const { go, deps, w, calls } = await told([{ kind: 'console' }])
  let release = () => {}
  deps.notifiers.console.send = () => new Promise((resolve) => (release = () => resolve(OK)))
  const first = go()
  // the first one is at the notifier once its claim is written
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(await go()).toBe('later')
  expect([w.notify.messages, w.notify.delays]).toEqual([[MESSAGE], [60_000]])
  release()
  expect(await first).toBe('sent')
  expect(calls).toEqual([])
})

test('a channel whose notifier is gone fails with the reason', async () => {
  const { go, deps } = await told([HOOK])
  delete (deps.notifiers as { webhook?: unknown }).webhook
  await expect(go(3)).rejects.toThrow('no longer serves')
})

test('a fire that does not concern the subscription is not sent to it', async () => {
  const { w, deps } = await told([HOOK])
  await w.subscribe('ko', { symbols: ['KO'], created_at: fire().recorded_at })
  const message = { ...MESSAGE, subscription_id: '7.1.ko' }
  expect(await deliver(deps, { message, attempt: 1 })).toBe('not concerned')
})

test('the message says what fired, when, its price, the rule, the fire’s id and how to stop', () => {
  const { subject, text, body } = noticeOf(fire(), subscription())
  expect(subject).toBe('BRK.B fired on 2026-11-20: gap up')
  expect(text).toBe(`BRK.B fired on 2026-11-20: BRK.B triggered strategy alert

Session   2026-11-20
Price     475.25 at the close (+3.10 %)
Strategy  7, version 1: gap up
Rule      Signal when the open is more than 3% above the close of the day before.
          gap_percent = 3.1
          = an empty name
Fire      7.1.2026-11-20.BRK.B
To stop   saywhen alerts pause 7.1.a (or delete); POST /alerts/7.1.a/pause, DELETE /alerts/7.1.a

This goes to 2 channels. It tells when a rule became true and is no advice.
`)
  expect(body).toMatchObject({
    type: 'fire',
    fire_id: '7.1.2026-11-20.BRK.B',
    subscription_id: '7.1.a',
    strategy_id: 7,
    version: 1,
    symbol: 'BRK.B',
    day: '2026-11-20',
    price: 475.25,
    rule: fire().words,
    how_to_stop: expect.stringContaining('7.1.a'),
  })
  expect(body).not.toHaveProperty('owner')
})

test('what a strategy or a prompt wrote begins no line and no header of its own', () => {
  const evil = 'x\r\nBcc: bob@example.com\u2028\u202eY'
  const { subject, text } = noticeOf(
    fire({ strategy_name: evil, message: evil, words: [evil], data: { [evil]: evil }, simulated: true }),
    subscription(),
  )
  expect(subject).toMatch(/^\[simulated market\] BRK\.B fired on 2026-11-20: x Bcc: bob@example\.com Y$/)
  expect(text.split('\n').filter((line) => line.startsWith('Bcc') || /[\r\u2028\u202e]/.test(line))).toEqual([])
  expect(text).toContain('invented')
})
