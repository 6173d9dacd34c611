import { randomUUID } from 'node:crypto'
import { expect, vi } from 'vitest'
import { makeAlertRun } from '../../functions/alert-run.ts'
import { evaluatingOn, notifyingOn, tickingOn } from '../../functions/aws-alerts.ts'
import { makeNotify } from '../../functions/notify.ts'
import type { Table } from '../../lib/adapters/aws/dynamodb.ts'
import { dynamodbSubscriptions } from '../../lib/adapters/aws/dynamodb-alerts.ts'
import { dynamodbFires } from '../../lib/adapters/aws/dynamodb-fires.ts'
import { bridge } from '../../lib/adapters/aws/sqs-bridge.ts'
import { sqsClient, sqsQueue } from '../../lib/adapters/aws/sqs-queue.ts'
import { openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import type { AlertMessage, NotifyMessage } from '../../lib/alerts/messages.ts'
import type { Notifier } from '../../lib/alerts/notifier.ts'
import { barsArrived, PATIENCE_MS } from '../../lib/alerts/tick.ts'
import { subscription } from '../adapters/alert-stores-contract.ts'
import { world } from '../alerts/world.ts'
import { openFauxqs } from './emulators.ts'
import { queuePair } from './queue-pair.ts'

const FRIDAY = '2026-11-20'
const REF = { owner: 'ann', strategy_id: 7, version: 1 }
/** Time runs so many times as fast: a claim holds for twelve seconds. */
const FAST = 5
const BATCH = 10
const AT_ONCE = 4

/** A machine that ends at a moment: from then on no call of it does anything, and answers on their way do not arrive. */
interface Machine {
  alive: boolean
  /** requests sent to queues, and messages told to receivers */
  queued: number
  told: number
  /** told, and not recorded before the machine ended */
  unrecorded: Set<string>
}

const ended = new Error('the machine ended')

/** A client of a machine. */
function clientOf<Client extends { send: unknown }>(client: Client, machine: Machine, after: () => void): Client {
  return new Proxy(client, {
    get(target, key) {
      const value = Reflect.get(target, key)
      if (key !== 'send') return typeof value === 'function' ? value.bind(target) : value
      return async (...args: unknown[]) => {
        if (!machine.alive) throw ended
        const answer = await (value as (...args: unknown[]) => Promise<unknown>).apply(target, args)
        after()
        if (!machine.alive) throw ended
        return answer
      }
    },
  })
}

/**
 * So many subscriptions on one bar, over the emulators of the table and of the queues: the machine that queues their messages ends in
 * the middle, then one of two that deliver them. Checks that everybody is told, and gives how many were told twice.
 */
export async function manyAlerts(count: number): Promise<{ repeats: number; unrecorded: number; seconds: number }> {
  const silent = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')].map((spy) => spy.mockImplementation(() => {}))
  const emulator = await openFauxqs()
  const { service } = emulator
  const sqs = sqsClient(service)
  const table = await openLocalTable()
  const running: { stop(): Promise<void> }[] = []
  try {
    const w = world()
    await w.import(FRIDAY, { AAA: [FRIDAY], BBB: [] })
    const began = Date.now()
    const clock = () => w.now + (Date.now() - began) * FAST
    // longer than one evaluation with all its messages takes, as on AWS
    const alertPair = await queuePair(sqs, `alert-${randomUUID()}`, 3, Math.ceil(count / 150))
    const notifyPair = await queuePair(sqs, `notify-${randomUUID()}`, 5, 8)
    const told: string[] = []

    const open = (dies: (machine: Machine) => boolean) => {
      const machine: Machine = { alive: true, queued: 0, told: 0, unrecorded: new Set() }
      const check = () => {
        if (!dies(machine) || !machine.alive) return
        machine.alive = false
        for (const each of carried) void each.stop()
      }
      const onMachine: Table = { ...table, documents: clientOf(table.documents, machine, check) }
      const client = clientOf(sqs, machine, () => {
        machine.queued++
        check()
      })
      const queueOf = <Message>(url: string) => sqsQueue<Message>({ client, url }, { waiting: service.waiting })
      const slow = queueOf<NotifyMessage>(notifyPair.url)
      const notify: typeof slow = {
        send: (messages, { delayMs = 0 } = {}) => slow.send(messages, { delayMs: delayMs / FAST }),
      }
      const webhook: Notifier<'webhook'> = {
        async send({ subscription: { subscription_id: id } }) {
          if (!machine.alive) throw ended
          told.push(id)
          machine.told++
          machine.unrecorded.add(id)
          check()
          return { ok: true }
        },
      }
      const { source, catalog, dataVersion, strategy, watch } = w.deps
      const ticking = tickingOn({
        table: onMachine,
        alerts: queueOf<AlertMessage>(alertPair.url),
        notify,
        catalog,
        dataVersion,
        clock,
      })
      const evaluating = evaluatingOn({
        table: onMachine,
        notify,
        strategy,
        watch,
        source,
        catalog,
        dataVersion,
        clock,
      })
      const notifying = notifyingOn({
        table: onMachine,
        notify,
        clock,
        topic: { send: async () => ({ ok: true }) },
        webhook,
      })
      const { finish } = notifying.deliveries
      notifying.deliveries.finish = async (key, ...end) => {
        await finish(key, ...end)
        machine.unrecorded.delete(key.subscription_id)
      }
      const carried: { stop(): Promise<void> }[] = []
      const carry = (
        url: string,
        handler: Parameters<typeof bridge>[0]['handler'],
        batchSize: number,
        concurrency: number,
      ) => {
        const settings = { client: sqs, url, handler, batchSize, concurrency, waitSeconds: 1, waiting: service.waiting }
        carried.push(bridge({ ...settings, onError: () => {} }))
        running.push(carried.at(-1)!)
      }
      return {
        machine,
        ticking,
        evaluate: () => carry(alertPair.url, makeAlertRun(evaluating), 1, 1),
        deliver: () => carry(notifyPair.url, makeNotify(notifying), BATCH, AT_ONCE),
      }
    }

    const subscriptions = dynamodbSubscriptions(table)
    const ids = Array.from({ length: count }, (_, i) => `7.1.${String(i).padStart(5, '0')}`)
    const made = {
      symbols: null,
      universe: null,
      channels: [{ kind: 'webhook' as const, url: 'https://example.com/' }],
    }
    for (let i = 0; i < count; i += 50)
      await Promise.all(
        ids.slice(i, i + 50).map((subscription_id) => subscriptions.create(subscription({ ...made, subscription_id }))),
      )

    // Two ticks at the same time, then a machine that ends while it queues the messages.
    const first = open(({ queued }) => queued >= count / BATCH / 2)
    const [second, third] = [open(({ told: sent }) => sent >= count / 3), open(() => false)]
    await Promise.all([second, third].map(({ ticking }) => barsArrived(ticking, clock())))
    first.evaluate()
    await until(() => expect(first.machine.alive).toBe(false))
    for (const each of [second, third]) {
      each.evaluate()
      each.deliver()
    }
    await until(async () => {
      expect(new Set(told).size).toBe(count)
      expect(await notifyPair.left()).toBe(0)
    })
    expect(second.machine.alive).toBe(false)

    expect([await alertPair.dead(), await notifyPair.dead()]).toEqual([[], []])
    expect((await dynamodbFires(table).latest(REF, 10)).map(({ fire_id }) => fire_id)).toEqual([`7.1.${FRIDAY}.AAA`])
    // nothing is missing for whoever looks later, and nothing is sent again
    const later = clock() + PATIENCE_MS + 60_000
    expect(await barsArrived(third.ticking, later)).toMatchObject({ resent: 0, sent: 0 })
    expect(await dynamodbFires(table).opened()).toEqual([])
    const repeats = told.length - count
    const unrecorded = second.machine.unrecorded.size
    expect(repeats).toBeLessThanOrEqual(unrecorded)
    expect(unrecorded).toBeLessThanOrEqual(BATCH * AT_ONCE)
    return { repeats, unrecorded, seconds: (Date.now() - began) / 1_000 }
  } finally {
    await Promise.all(running.map((each) => each.stop()))
    sqs.destroy()
    await table.close()
    await emulator.stop()
    for (const spy of silent) spy.mockRestore()
  }
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 1_500_000, interval: 200 })
