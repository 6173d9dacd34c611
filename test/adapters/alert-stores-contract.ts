import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Fire } from '../../lib/alerts/fire.ts'
import type { Subscription } from '../../lib/alerts/subscription.ts'
import type { Evaluation } from '../../lib/alerts/watched.ts'
import type { AlertStores } from '../alerts/memory-stores.ts'

const REF = { owner: 'ann', strategy_id: 7, version: 1 }
const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 21, minute)).toISOString()
const mark = (day: string, data_version = 'v1') => ({ day, data_version, at: at(0) })

export function subscription(changes: Partial<Subscription> = {}): Subscription {
  return {
    subscription_id: '7.1.a',
    owner: 'ann',
    strategy_id: 7,
    strategy_version: 1,
    symbols: ['KO', 'PEP'],
    universe: "sector == 'Energy'",
    channels: [
      { kind: 'email', address: 'ann@example.com' },
      { kind: 'webhook', url: 'https://example.com/hook' },
    ],
    secret: 'whsec_1',
    paused: false,
    paused_reason: null,
    created_at: at(0),
    failed_deliveries: 0,
    last_error: null,
    ...changes,
  }
}

export function fire(changes: Partial<Fire> = {}): Fire {
  return {
    fire_id: '7.1.2026-11-20.BRK.B',
    owner: 'ann',
    strategy_id: 7,
    version: 1,
    day: '2026-11-20',
    symbol: 'BRK.B',
    side: 'long',
    time: '2026-11-20T21:00:00Z',
    price: 475.25,
    change: 0.031,
    priority: 'high',
    message: 'BRK.B triggered strategy alert',
    data: { gap_percent: 3.1, deep: { list: [1, null] }, '': 'an empty name' },
    strategy_name: 'gap up',
    words: ['Signal when the open is more than 3% above the close of the day before.'],
    universes: [],
    simulated: false,
    recorded_at: at(1),
    state: 'announcing',
    ...changes,
  }
}

async function all<Item>(pages: AsyncIterable<Item[]>): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of pages) items.push(...page)
  return items
}

/** What the stores of alerts do; `open` gives empty ones and how to close them. */
export function alertStoresContract(
  name: string,
  open: () => Promise<{ stores: AlertStores; close: () => Promise<void> }>,
): void {
  let stores: AlertStores
  let close: () => Promise<void>
  beforeEach(async () => {
    const opened = await open()
    stores = opened.stores
    close = opened.close
  })
  afterEach(() => close())

  describe(`${name} keeps subscriptions`, () => {
    test('a new one is read back unchanged, listed by its owner, and its version is watched', async () => {
      const { subscriptions, watched } = stores
      await subscriptions.create(subscription())
      expect(await subscriptions.get('7.1.a')).toEqual(subscription())
      expect(await subscriptions.list('ann')).toEqual([subscription()])
      expect(await subscriptions.count('ann')).toBe(1)
      expect(await all(watched.list())).toEqual([{ ...REF, touched_at: at(0), queued: null, evaluated: null }])
    })

    test('an owner’s are listed newest first, and nobody else’s with them', async () => {
      const { subscriptions } = stores
      const ids = Array.from({ length: 120 }, (_, i) => `7.1.${String(i).padStart(3, '0')}`)
      for (const [i, id] of ids.entries())
        await subscriptions.create(subscription({ subscription_id: id, created_at: new Date(i * 1000).toISOString() }))
      await subscriptions.create(subscription({ subscription_id: '7.1.bob', owner: 'bob' }))
      expect((await subscriptions.list('ann')).map((each) => each.subscription_id)).toEqual(ids.toReversed())
      expect((await subscriptions.list('bob')).map((each) => each.subscription_id)).toEqual(['7.1.bob'])
      expect([await subscriptions.count('ann'), await subscriptions.list('ann#x')]).toEqual([120, []])
    })

    test('a taken id is a conflict and the first stays as it was, listed once', async () => {
      const { subscriptions } = stores
      await subscriptions.create(subscription())
      const second = subscription({ created_at: at(9), owner: 'bob' })
      await expect(subscriptions.create(second)).rejects.toMatchObject({ code: 'conflict' })
      expect(await subscriptions.list('ann')).toEqual([subscription()])
      expect(await subscriptions.list('bob')).toEqual([])
    })

    test('the active ones of a version are its owner’s that are not paused, all of them', async () => {
      const { subscriptions } = stores
      // over 1 MB in all: the table answers in pages
      const symbols = Array.from({ length: 900 }, (_, i) => `SYM${i}`)
      for (let i = 0; i < 200; i++) await subscriptions.create(subscription({ subscription_id: `7.1.${i}`, symbols }))
      await subscriptions.create(subscription({ subscription_id: '7.1.paused', paused: true }))
      await subscriptions.create(subscription({ subscription_id: '7.1.bob', owner: 'bob' }))
      await subscriptions.create(subscription({ subscription_id: '7.11.other', strategy_version: 11 }))
      const ids = (await all(subscriptions.active(REF))).map((each) => each.subscription_id)
      expect(ids.sort()).toEqual(Array.from({ length: 200 }, (_, i) => `7.1.${i}`).sort())
      expect((await all(subscriptions.active({ ...REF, owner: 'bob' }))).map((each) => each.subscription_id)).toEqual([
        '7.1.bob',
      ])
    })

    test('it is paused with a reason and resumed without, and resuming makes its version watched', async () => {
      const { subscriptions, watched } = stores
      await subscriptions.create(subscription())
      const paused = subscription({ paused: true, paused_reason: 'answered 410' })
      expect(await subscriptions.pause('7.1.a', 'answered 410')).toEqual(paused)
      expect(await subscriptions.get('7.1.a')).toEqual(paused)
      await watched.retire(REF, at(30))
      expect(await watched.get(REF)).toBeUndefined()
      expect(await subscriptions.resume('7.1.a', at(40))).toEqual(subscription())
      expect(await watched.get(REF)).toMatchObject({ ...REF, touched_at: at(40) })
    })

    test('a deleted one is gone from everywhere, and changing it does not bring it back', async () => {
      const { subscriptions } = stores
      await subscriptions.create(subscription())
      expect([await subscriptions.delete('7.1.a'), await subscriptions.delete('7.1.a')]).toEqual([true, false])
      expect(await subscriptions.pause('7.1.a', null)).toBeUndefined()
      expect(await subscriptions.resume('7.1.a', at(1))).toBeUndefined()
      await subscriptions.deliveryFailed('7.1.a', { at: at(1), fire_id: 'f', message: 'm' })
      expect(await subscriptions.get('7.1.a')).toBeUndefined()
      expect([
        await subscriptions.list('ann'),
        await subscriptions.count('ann'),
        await all(subscriptions.active(REF)),
      ]).toEqual([[], 0, []])
    })

    test('failed deliveries are counted, one for each fire however often it fails, and the last error stays', async () => {
      const { subscriptions } = stores
      await subscriptions.create(subscription())
      const error = (symbol: string) => ({
        at: at(1),
        fire_id: `7.1.2026-11-20.${symbol}`,
        message: `${symbol} failed`,
      })
      await Promise.all(['KO', 'PEP', 'KO'].map((each) => subscriptions.deliveryFailed('7.1.a', error(each))))
      await subscriptions.deliveryFailed('7.1.a', error('GE'))
      await subscriptions.deliveryFailed('7.1.a', error('KO'))
      expect(await subscriptions.get('7.1.a')).toEqual(subscription({ failed_deliveries: 3, last_error: error('GE') }))
    })

    test('a thousand failed deliveries are all counted, each once', async () => {
      const { subscriptions } = stores
      await subscriptions.create(subscription())
      for (let i = 0; i < 1_000; i++) {
        const fire_id = `7.1.${new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10)}.KO`
        for (const message of ['first', 'again'])
          await subscriptions.deliveryFailed('7.1.a', { at: at(1), fire_id, message })
      }
      expect(await subscriptions.get('7.1.a')).toMatchObject({ failed_deliveries: 1_000 })
    })

    test('an id that is none is undefined', async () => {
      for (const id of ['', 'nope', '7.1', '7.1.a#b', '0.1.a'])
        expect(await stores.subscriptions.get(id)).toBeUndefined()
    })
  })

  describe(`${name} keeps how far versions were evaluated`, () => {
    test('marks move on and never back, whoever writes them', async () => {
      const { subscriptions, watched } = stores
      await subscriptions.create(subscription())
      await watched.queued(REF, mark('2026-11-20'))
      await watched.evaluated(REF, mark('2026-11-19'))
      await watched.evaluated(REF, mark('2026-11-20'))
      await watched.evaluated(REF, mark('2026-11-18', 'late'))
      await watched.queued(REF, mark('2026-11-20', 'v2'))
      expect(await watched.get(REF)).toMatchObject({ queued: mark('2026-11-20', 'v2'), evaluated: mark('2026-11-20') })
      // another subscription leaves alone what was evaluated; what was queued may have missed it
      await subscriptions.create(subscription({ subscription_id: '7.1.b', created_at: at(5) }))
      expect(await watched.get(REF)).toMatchObject({
        touched_at: at(5),
        queued: null,
        evaluated: mark('2026-11-20'),
      })
    })

    test('marks of a version that is not watched are not kept', async () => {
      await stores.watched.queued(REF, mark('2026-11-20'))
      await stores.watched.evaluated(REF, mark('2026-11-20'))
      expect(await stores.watched.get(REF)).toBeUndefined()
    })

    test('a version is retired only when no subscription touched it since', async () => {
      const { subscriptions, watched } = stores
      await subscriptions.create(subscription({ created_at: at(5) }))
      await watched.retire(REF, at(5))
      expect(await watched.get(REF)).toBeDefined()
      await watched.retire(REF, at(6))
      expect(await watched.get(REF)).toBeUndefined()
      await watched.retire(REF, at(6))
    })

    test('what became of a session is kept once, the latest session first', async () => {
      const { watched } = stores
      const evaluation = (day: string, fires: number): Evaluation => ({
        day,
        outcome: 'evaluated',
        reason: null,
        fires,
        symbols_monitored: 9,
        unknown: 1,
        guest_errors: 0,
        at: at(0),
      })
      for (const [day, fires] of [
        ['2026-11-19', 1],
        ['2026-11-20', 2],
        ['2026-11-20', 3],
      ] as const)
        await watched.record(REF, evaluation(day, fires))
      expect(await watched.evaluations(REF, 5)).toEqual([evaluation('2026-11-20', 3), evaluation('2026-11-19', 1)])
      expect(await watched.evaluations(REF, 1)).toEqual([evaluation('2026-11-20', 3)])
      expect(await watched.evaluations({ ...REF, owner: 'bob' }, 5)).toEqual([])
    })
  })

  describe(`${name} keeps fires`, () => {
    test('a fire is recorded once, whoever comes second gets the first', async () => {
      const { fires } = stores
      const [first, second] = await Promise.all([fires.record(fire()), fires.record(fire({ recorded_at: at(2) }))])
      expect(first).toEqual(second)
      expect(await fires.get('ann', fire().fire_id)).toEqual(first)
      await fires.announced(first)
      expect(await fires.record(fire({ recorded_at: at(3) }))).toEqual({ ...first, state: 'announced' })
    })

    test('another owner has fires of its own', async () => {
      const { fires } = stores
      await fires.record(fire())
      expect(await fires.get('bob', fire().fire_id)).toBeUndefined()
      expect(await fires.record(fire({ owner: 'bob', price: 1 }))).toMatchObject({ owner: 'bob', price: 1 })
      expect(await fires.ofSession(REF, '2026-11-20')).toEqual([fire()])
    })

    test('a session’s are listed by symbol, and the latest sessions first', async () => {
      const { fires } = stores
      const made = [
        ['2026-11-19', 'Z'],
        ['2026-11-20', 'B'],
        ['2026-11-20', 'A'],
      ].map(([day, symbol]) => fire({ day, symbol, fire_id: `7.1.${day}.${symbol}` }))
      for (const each of made) await fires.record(each)
      const ids = (list: Fire[]) => list.map(({ symbol }) => symbol).join('')
      expect(ids(await fires.ofSession(REF, '2026-11-20'))).toBe('AB')
      expect(ids(await fires.latest(REF, 10))).toBe('BAZ')
      expect(ids(await fires.latest(REF, 2))).toBe('BA')
    })

    test('an open session stays until it is closed as it was read', async () => {
      const { fires } = stores
      const session = { ...REF, day: '2026-11-20', at: at(0) }
      await fires.open(session)
      const [read] = await fires.opened()
      expect(read).toEqual(session)
      // an evaluation opens it anew in between
      await fires.open({ ...session, at: at(1) })
      await fires.close(read)
      expect(await fires.opened()).toEqual([{ ...session, at: at(1) }])
      await fires.close({ ...session, at: at(1) })
      expect(await fires.opened()).toEqual([])
    })
  })

  describe(`${name} keeps what was delivered`, () => {
    const key = { owner: 'ann', fire_id: fire().fire_id, subscription_id: '7.1.a' }

    test('of deliveries at one time one claims the message, and the others hear until when', async () => {
      const claims = await Promise.all([1, 2, 3].map(() => stores.deliveries.claim(key, 1_000, 61_000)))
      expect(claims.filter(({ state }) => state === 'claimed')).toHaveLength(1)
      expect(claims.filter(({ state }) => state === 'busy')).toEqual(Array(2).fill({ state: 'busy', until: 61_000 }))
    })

    test('a claim that was given back or has run out can be taken, with what was sent under it', async () => {
      const { deliveries } = stores
      await deliveries.claim(key, 1_000, 61_000)
      await deliveries.sent(key, 'webhook 1')
      await deliveries.release(key)
      expect(await deliveries.claim(key, 2_000, 62_000)).toEqual({
        state: 'claimed',
        sent: new Set(['webhook 1']),
        failed: null,
      })
      await deliveries.sent(key, 'email 0')
      expect(await deliveries.claim(key, 61_999, 99_000)).toMatchObject({ state: 'busy' })
      expect(await deliveries.claim(key, 62_000, 99_000)).toEqual({
        state: 'claimed',
        sent: new Set(['webhook 1', 'email 0']),
        failed: null,
      })
    })

    test('what was sent, or not sent to a paused one, is finished; what failed can be tried again', async () => {
      const { deliveries } = stores
      const of = (subscription_id: string) => ({ ...key, subscription_id })
      for (const [id, end] of [
        ['s', 'sent'],
        ['p', 'paused'],
        ['f', 'failed'],
      ] as const) {
        await deliveries.claim(of(id), 0, 60_000)
        await deliveries.finish(of(id), end, at(0), end === 'failed' ? 'refused' : null)
      }
      await deliveries.claim(of('w'), 0, 60_000)
      expect(await deliveries.finished('ann', key.fire_id)).toEqual(new Set(['s', 'p', 'f']))
      expect(await deliveries.finished('bob', key.fire_id)).toEqual(new Set())
      expect((await deliveries.claim(of('s'), 99_000, 100_000)).state).toBe('finished')
      expect((await deliveries.claim(of('p'), 99_000, 100_000)).state).toBe('finished')
      expect(await deliveries.claim(of('f'), 1, 60_000)).toMatchObject({ state: 'claimed', failed: 'refused' })
      // what was sent stays sent
      await deliveries.finish(of('s'), 'failed', at(1), 'given up')
      expect((await deliveries.claim(of('s'), 99_000, 100_000)).state).toBe('finished')
    })
  })
}
