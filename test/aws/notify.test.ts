import { randomUUID } from 'node:crypto'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { makeNotify } from '../../functions/notify.ts'
import type { Service } from '../../lib/adapters/aws/retry.ts'
import { bridge } from '../../lib/adapters/aws/sqs-bridge.ts'
import { sqsClient, sqsQueue } from '../../lib/adapters/aws/sqs-queue.ts'
import { type DeliverDeps, RETRY_AFTER_MS } from '../../lib/alerts/deliver.ts'
import type { NotifyMessage } from '../../lib/alerts/messages.ts'
import type { Sending } from '../../lib/alerts/notifier.ts'
import { seeded } from '../../lib/core/random.ts'
import { fire } from '../adapters/alert-stores-contract.ts'
import { type World, world } from '../alerts/world.ts'
import { hasMoto, openFauxqs, openMoto } from './emulators.ts'
import { queuePair } from './queue-pair.ts'

const RECEIVES = 5
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 100 })

function notifyOf(open: () => Promise<{ service: Service; stop(): Promise<unknown> }>): void {
  let emulator: Awaited<ReturnType<typeof open>>
  let client: SQSClient
  beforeAll(async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    emulator = await open()
    client = sqsClient(emulator.service)
  })
  afterAll(async () => {
    client.destroy()
    await emulator.stop()
  })

  /** The notify function behind its queue, with subscriptions on one recorded fire. */
  async function started(
    ids: readonly string[],
    change: (deps: DeliverDeps, w: World) => DeliverDeps = (deps) => deps,
    /** how many times as fast as here time runs */
    fast = 180,
  ) {
    const { service } = emulator
    const pair = await queuePair(client, `notify-${randomUUID()}`, RECEIVES)
    const queue = sqsQueue<NotifyMessage>({ client, url: pair.url }, { waiting: service.waiting })
    const w = world()
    const began = Date.now()
    for (const id of ids) await w.subscribe(id, { created_at: fire().recorded_at })
    await w.fires.record(fire())
    const delays: number[] = []
    const notify: DeliverDeps['notify'] = {
      async send(messages, { delayMs = 0 } = {}) {
        delays.push(delayMs)
        await queue.send(messages, { delayMs: delayMs / fast })
      },
    }
    const clock = () => w.now + (Date.now() - began) * fast
    const deps = change({ ...w.deps, clock, notify, retryAfterMs: RETRY_AFTER_MS }, w)
    const carried = bridge({
      client,
      url: pair.url,
      handler: makeNotify(deps),
      batchSize: 10,
      concurrency: 4,
      waitSeconds: 1,
      waiting: service.waiting,
      onError: () => {},
    })
    await queue.send(ids.map((id) => ({ fire_id: fire().fire_id, subscription_id: `7.1.${id}` })))
    return { w, pair, delays, stop: () => carried.stop() }
  }

  const failing = (times: number): { tries: () => number; answer: () => Sending } => {
    let tries = 0
    return {
      tries: () => tries,
      answer: () => (++tries > times ? { ok: true } : { ok: false, error: 'answered 503' }),
    }
  }

  test('a receiver that fails three times is told at the fourth attempt, after waits that grow', async () => {
    const receiver = failing(3)
    const { w, pair, delays, stop } = await started(['a'], (deps, made) => {
      made.answers = receiver.answer
      return deps
    })
    await until(() => expect(w.told).toHaveLength(1))
    await stop()
    expect(receiver.tries()).toBe(4)
    expect(delays).toEqual([10_000, 60_000, 300_000])
    expect([await pair.left(), await pair.dead()]).toEqual([0, []])
    expect(await w.subscriptions.get('7.1.a')).toMatchObject({ failed_deliveries: 0 })
  })

  test('a receiver that fails five times is given up: the message is among the dead letters, the failure counted once', async () => {
    const receiver = failing(Number.POSITIVE_INFINITY)
    const { w, pair, stop } = await started(['a'], (deps, made) => {
      made.answers = receiver.answer
      return deps
    })
    await until(async () => expect(await pair.dead()).toHaveLength(1))
    await stop()
    expect(JSON.parse((await pair.dead())[0])).toEqual({
      fire_id: fire().fire_id,
      subscription_id: '7.1.a',
      attempt: 5,
    })
    expect(receiver.tries()).toBe(5)
    expect(await w.subscriptions.get('7.1.a')).toMatchObject({
      failed_deliveries: 1,
      last_error: { message: 'console: answered 503' },
    })
  })

  test('with stores, queues and receivers that fail at any call, every message is delivered or among the dead letters', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `s${i}`)
    const random = seeded(5)
    const unrecorded: string[] = []
    /** A port of which one call in twelve fails, half of them after it was carried out. */
    const flaky = <Port extends object>(port: Port, name: string): Port =>
      new Proxy(port, {
        get(target, key, receiver) {
          const method = Reflect.get(target, key, receiver)
          if (typeof method !== 'function') return method
          return async (...args: unknown[]) => {
            const fails = random() < 1 / 12
            if (fails && random() < 0.5) {
              if (name === 'deliveries' && key === 'finish') unrecorded.push(String(key))
              throw new Error(`before ${String(key)}`)
            }
            const answer = await method.apply(target, args)
            if (fails) {
              if (name === 'console') unrecorded.push(String(key))
              throw new Error(`after ${String(key)}`)
            }
            return answer
          }
        },
      })
    const { w, pair, stop } = await started(
      ids,
      (deps) => ({
        ...deps,
        subscriptions: flaky(deps.subscriptions, 'subscriptions'),
        fires: flaky(deps.fires, 'fires'),
        deliveries: flaky(deps.deliveries, 'deliveries'),
        notify: flaky(deps.notify, 'notify'),
        notifiers: { console: flaky(deps.notifiers.console!, 'console') },
      }),
      60,
    )
    await until(async () => expect(await pair.left()).toBe(0))
    await stop()
    const dead = new Set((await pair.dead()).map((body) => (JSON.parse(body) as NotifyMessage).subscription_id))
    const told = w.told.map((line) => line.split(' ')[1])
    for (const id of ids) expect(told.includes(`7.1.${id}`) || dead.has(`7.1.${id}`), id).toBe(true)
    // repeats only where a sending was not recorded
    expect(told.length - new Set(told).size).toBeLessThanOrEqual(unrecorded.length)
  })
}

describe('fauxqs', () => notifyOf(openFauxqs))
if (hasMoto) describe('moto', () => notifyOf(openMoto))
else test.skip('skipped: no moto_server', () => {})
