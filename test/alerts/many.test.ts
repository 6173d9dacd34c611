import { expect, test } from 'vitest'
import { memoryQueue } from '../../lib/adapters/local/memory-queue.ts'
import { deliver } from '../../lib/alerts/deliver.ts'
import type { NotifyMessage } from '../../lib/alerts/messages.ts'
import { runAlerts } from '../../lib/alerts/run-alerts.ts'
import { barsArrived } from '../../lib/alerts/tick.ts'
import { seeded } from '../../lib/core/random.ts'
import { world } from './world.ts'

const FRIDAY = '2026-11-20'
const MANY = 10_000

test('10,000 subscriptions on one bar: a host killed in the middle loses none of them', async () => {
  const w = world()
  await w.import(FRIDAY, { AAA: [FRIDAY], BBB: [] })
  for (let i = 0; i < MANY; i++) await w.subscribe(String(i).padStart(5, '0'))

  // Queues that deliver in any order and some messages twice; the first process ends after 4,000 sendings.
  let alive = true
  const random = seeded(11)
  const queue = () =>
    memoryQueue<NotifyMessage>({
      sleep: async () => {},
      concurrency: 16,
      retryMs: 1,
      receives: 3,
      disorder: { random, twice: 0.05 },
    })
  const first = queue()
  const dying = new Error('the process ended')
  const end = () => {
    if (!alive) throw dying
  }
  const firstDeps = {
    ...w.deps,
    notify: first,
    deliveries: Object.fromEntries(
      Object.entries(w.deliveries).map(([name, method]) => [
        name,
        async (...args: never[]) => {
          end()
          return (method as (...args: never[]) => Promise<unknown>)(...args)
        },
      ]),
    ) as unknown as typeof w.deliveries,
  }
  first.consume(async (delivery) => {
    end()
    await deliver(firstDeps, delivery)
    if (w.told.length >= 4_000) alive = false
  })
  await runAlerts(firstDeps, {
    message: { owner: 'ann', strategy_id: 7, version: 1, day: FRIDAY },
    attempt: 1,
  })
  await first.idle()
  const toldByFirst = w.told.length
  expect(toldByFirst).toBeGreaterThanOrEqual(4_000)
  expect(toldByFirst).toBeLessThan(MANY)

  w.now += 61_000
  const second = queue()
  const secondDeps = { ...w.deps, notify: second }
  second.consume(async (delivery) => {
    await deliver(secondDeps, delivery)
  })
  const { resent } = await barsArrived(secondDeps, w.now, 0)
  await second.idle()
  expect(new Set(w.told).size).toBe(MANY)
  const repeats = w.told.length - MANY
  // at most those that were between sending and record when the process ended: one for each that was at work
  expect(repeats).toBeLessThanOrEqual(16)
  expect(resent).toBeGreaterThanOrEqual(MANY - toldByFirst)
  expect(resent).toBeLessThanOrEqual(MANY - toldByFirst + 16)
  expect(second.dead).toEqual([])
  expect(w.scans).toBe(1)
})
