import type { Channel } from '../../lib/alerts/channel.ts'
import { type DeliverDeps, type DeliverOutcome, deliver } from '../../lib/alerts/deliver.ts'
import type { AlertMessage, NotifyMessage } from '../../lib/alerts/messages.ts'
import type { Notice, Sending } from '../../lib/alerts/notifier.ts'
import { type RunAlertsDeps, type RunAlertsOutcome, runAlerts } from '../../lib/alerts/run-alerts.ts'
import type { Subscription } from '../../lib/alerts/subscription.ts'
import { type TickDeps, tick } from '../../lib/alerts/tick.ts'
import { watchSession } from '../../lib/alerts/watch.ts'
import { isoDay, parseDay } from '../../lib/core/days.ts'
import type { Engine } from '../../lib/core/engine.ts'
import { AppError } from '../../lib/core/errors.ts'
import type { Queue } from '../../lib/core/queue.ts'
import { newYorkInstant, nyse } from '../../lib/market/calendar.ts'
import { dataVersion } from '../../lib/market/companions.ts'
import { importBars } from '../../lib/market/import.ts'
import type { MarketSource } from '../../lib/market/source.ts'
import { BarCache, marketSource, readCatalog } from '../../lib/market/store.ts'
import { createSandbox } from '../../lib/sandbox/quickjs.ts'
import type { Sandbox } from '../../lib/sandbox/sandbox.ts'
import { latestBars } from '../../lib/signals/latest.ts'
import { universeChunk } from '../../lib/signals/universe-scan.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'
import { strategyDraft } from '../adapters/strategy-store-contract.ts'
import { MemoryStore } from '../market/memory-store.ts'
import { csv, directoryOf } from '../market/worlds.ts'
import type { AlertStores } from './memory-stores.ts'
import { memoryStores } from './memory-stores.ts'

/** True on a bar that closes above 100: bars are made to cross it. */
export const STRATEGY: Strategy = {
  ...strategyDraft({
    name: 'above 100',
    rule: { universe: 'all', signal: 'close > 100' },
    code: 'export function classifySymbol(symbol) { return isAbove(close.ago(0), 100) }',
    series: ['close'],
  }),
  strategy_id: 7,
  version: 1,
}

/** New York wall clock as an instant. */
export const newYork = (date: string, time: string): number =>
  newYorkInstant(parseDay(date), Number(time.slice(0, 2)) * 60 + Number(time.slice(3)))

/** Bars of each symbol on every session from 2026-10-01 up to a day; a symbol closes above 100 on the days listed, else at 50. */
export function filesOf(until: string, above: Record<string, readonly string[]>) {
  const files = Object.entries(above).map(([symbol, days]) => {
    const lines: string[] = []
    for (let day = parseDay('2026-10-01'); day <= parseDay(until); day++)
      if (nyse.isSession(day)) lines.push(`${isoDay(day)},50,110,40,${days.includes(isoDay(day)) ? 105 : 50},1000`)
    return csv(`${symbol}.csv`, ...lines)
  })
  return directoryOf(...files)
}

const sandbox = await createSandbox()
await sandbox.ready()

/** The sandbox has room for one session at a time. */
let before: Promise<unknown> = Promise.resolve()
function oneByOne<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  const answer = before.then(async () => {
    await sandbox.ready()
    return work()
  })
  before = answer.catch(() => {})
  return answer
}

/** A queue whose messages wait until the test takes them. */
export interface Waiting<Message> extends Queue<Message> {
  messages: Message[]
  delays: number[]
}
export function waiting<Message>(): Waiting<Message> {
  const queue: Waiting<Message> = {
    messages: [],
    delays: [],
    async send(messages, { delayMs = 0 } = {}) {
      queue.messages.push(...messages)
      queue.delays.push(...messages.map(() => delayMs))
    },
  }
  return queue
}

export interface World extends AlertStores {
  now: number
  objects: MemoryStore
  alerts: Waiting<AlertMessage>
  notify: Waiting<NotifyMessage>
  /** what reached a console, in order: fire and subscription */
  told: string[]
  /** scans of the latest session */
  scans: number
  /** how the console answers; ok when absent */
  answers: (notice: Notice) => Sending
  deps: TickDeps & RunAlertsDeps & DeliverDeps
  import(until: string, above: Record<string, readonly string[]>): Promise<void>
  subscribe(id: string, changes?: Partial<Subscription>): Promise<Subscription>
  /** The minute's look, and what it sends to be evaluated: the outcome of one strategy version. */
  look(): Promise<RunAlertsOutcome>
  /** Takes the alert messages waiting now, once each. */
  runAll(attempt?: number): Promise<RunAlertsOutcome[]>
  /** Takes the notify messages waiting now, once each. */
  deliverAll(attempt?: number): Promise<DeliverOutcome[]>
}

export const CONSOLE: Channel[] = [{ kind: 'console' }]

/** Real bars, the real scan in the sandbox, and a console that notes what it is told. */
export function world(stores: AlertStores = memoryStores(), strategies: readonly Strategy[] = [STRATEGY]): World {
  const objects = new MemoryStore()
  const cache = new BarCache(64e6)
  const source = marketSource(objects, cache)
  const engine: Engine = {
    size: 1,
    run(job, input) {
      made.scans++
      const jobs: Record<string, (input: never, source: MarketSource, sandbox: Sandbox) => Promise<unknown>> = {
        latest: latestBars,
        universe: universeChunk,
      }
      const perform = jobs[job.name]
      if (!perform) throw new Error(`no job ${job.name} here`)
      return oneByOne(() => perform(input as never, source, sandbox)) as never
    },
  }
  const alerts = waiting<AlertMessage>()
  const notify = waiting<NotifyMessage>()
  const deps: World['deps'] = {
    ...stores,
    alerts,
    notify,
    source,
    // cloned: elsewhere the look is taken on another machine
    watch: async (_owner, strategy, request) =>
      structuredClone(await watchSession({ engine, source, catalog: deps.catalog }, strategy, request)),
    catalog: () => readCatalog(objects, '1d'),
    dataVersion: () => dataVersion(objects),
    strategy: async (_owner, id, version) => {
      const found = strategies.find((each) => each.strategy_id === id && each.version === version)
      if (!found) throw new AppError('not_found', `no strategy ${id} version ${version}`)
      return found
    },
    clock: () => made.now,
    attempts: 3,
    retryAfterMs: [10_000, 60_000],
    notifiers: {
      console: {
        async send(notice) {
          const sending = made.answers(notice)
          if (sending.ok) made.told.push(`${notice.fire.fire_id} ${notice.subscription.subscription_id}`)
          return sending
        },
      },
    },
  }
  const made: World = {
    ...stores,
    now: newYork('2026-11-20', '16:30'),
    objects,
    alerts,
    notify,
    told: [],
    scans: 0,
    answers: () => ({ ok: true }),
    deps,
    async import(until, above) {
      await importBars(objects, filesOf(until, above))
    },
    async subscribe(id, changes = {}) {
      const subscription: Subscription = {
        subscription_id: `7.1.${id}`,
        owner: 'ann',
        strategy_id: 7,
        strategy_version: 1,
        symbols: null,
        universe: null,
        channels: CONSOLE,
        secret: null,
        paused: false,
        paused_reason: null,
        created_at: new Date(made.now - 60_000).toISOString(),
        failed_deliveries: 0,
        last_error: null,
        ...changes,
      }
      await stores.subscriptions.create(subscription)
      return subscription
    },
    async look() {
      await tick(deps, made.now)
      return (await made.runAll())[0]
    },
    async runAll(attempt = 1) {
      const outcomes: RunAlertsOutcome[] = []
      for (const message of alerts.messages.splice(0)) outcomes.push(await runAlerts(deps, { message, attempt }))
      return outcomes
    },
    async deliverAll(attempt = 1) {
      const outcomes: DeliverOutcome[] = []
      for (const message of notify.messages.splice(0)) outcomes.push(await deliver(deps, { message, attempt }))
      return outcomes
    },
  }
  return made
}
