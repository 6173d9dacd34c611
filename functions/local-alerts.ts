import { randomBytes } from 'node:crypto'
import { dynamodbSubscriptions } from '../lib/adapters/aws/dynamodb-alerts.ts'
import { dynamodbDeliveries } from '../lib/adapters/aws/dynamodb-deliveries.ts'
import { dynamodbFires } from '../lib/adapters/aws/dynamodb-fires.ts'
import { dynamodbWatched } from '../lib/adapters/aws/dynamodb-watched.ts'
import type { LocalTable } from '../lib/adapters/local/dynalite.ts'
import { memoryQueue } from '../lib/adapters/local/memory-queue.ts'
import { consoleNotifier } from '../lib/adapters/local/notify-console.ts'
import { fileNotifier } from '../lib/adapters/local/notify-file.ts'
import { smtpNotifier } from '../lib/adapters/local/smtp.ts'
import { webhookNotifier } from '../lib/adapters/local/webhook.ts'
import type { ChannelKind } from '../lib/alerts/channel.ts'
import { type DeliverDeps, deliver, RETRY_AFTER_MS } from '../lib/alerts/deliver.ts'
import type { AlertMessage, NotifyMessage } from '../lib/alerts/messages.ts'
import type { Notifiers } from '../lib/alerts/notifier.ts'
import { type RunAlertsDeps, runAlerts } from '../lib/alerts/run-alerts.ts'
import { type Alerts, type AlertsDeps, alertsOf } from '../lib/alerts/subscribe.ts'
import { barsArrived, tick } from '../lib/alerts/tick.ts'
import { watchSession } from '../lib/alerts/watch.ts'
import type { Clock } from '../lib/core/clock.ts'
import { AppError, errorBody } from '../lib/core/errors.ts'
import { type Schedule, startSchedule } from '../lib/local/schedule.ts'
import type { Timeframe } from '../lib/market/bars.ts'
import type { ScanDeps } from '../lib/signals/latest-pass.ts'
import pkg from '../package.json'

/** How a host reaches people. */
export interface NotifySettings {
  /** `smtp://user:password@host:587`; without one there is no mail */
  smtpUrl?: string
  /** whom mails come from */
  smtpFrom: string
  /** webhooks may lead into this machine and its network */
  privateWebhooks: boolean
}

export interface LocalAlertsDeps extends ScanDeps {
  dataVersion: (timeframe?: Timeframe) => Promise<string>
  strategy: AlertsDeps['strategy']
  clock: Clock
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
  newId: () => string
}

export interface LocalAlerts {
  of(owner: string): Alerts
  /** Begins to watch: every minute, and when bars arrive; `write` prints what the channel `console` is told. */
  start(write: (text: string) => void): void
  /** Ends the watch; what is under way is taken up at the next start. */
  close(): Promise<void>
}

const ATTEMPTS = 5
const RETRY_MS = 5_000
const NOTIFIED_AT_ONCE = 8
const MOST_PER_OWNER = 20_000

/** How a host reaches people, from its environment; throws `bad_request` for what is no mail server's URL. */
export function notifySettingsOf(env: Readonly<Record<string, string | undefined>>): NotifySettings {
  const smtpUrl = env.SAYWHEN_SMTP_URL || undefined
  if (smtpUrl !== undefined && !/^smtps?:\/\/[^/]/i.test(smtpUrl))
    throw new AppError('bad_request', 'SAYWHEN_SMTP_URL is written smtp://user:password@host:587, or smtps://...')
  return {
    smtpUrl,
    smtpFrom: env.SAYWHEN_SMTP_FROM || 'Saywhen <saywhen@localhost>',
    privateWebhooks: env.SAYWHEN_PRIVATE_WEBHOOKS === '1',
  }
}

/** The alerts of a home: kept in its table, watched by this process once it is told to. */
export function openLocalAlerts(table: LocalTable, deps: LocalAlertsDeps, settings: NotifySettings): LocalAlerts {
  const { clock, sleep } = deps
  const stores = {
    subscriptions: dynamodbSubscriptions(table),
    watched: dynamodbWatched(table),
    fires: dynamodbFires(table),
    deliveries: dynamodbDeliveries(table),
  }
  const kinds = new Set<ChannelKind>(['webhook', 'console', 'file'])
  if (settings.smtpUrl) kinds.add('email')
  const policy = { kinds, http: true, privateAddresses: settings.privateWebhooks }
  const subscribing: AlertsDeps = {
    ...deps,
    ...stores,
    policy,
    mostPerOwner: MOST_PER_OWNER,
    newSecret: () => `whsec_${randomBytes(32).toString('hex')}`,
  }
  const onError = (error: unknown) => console.error(`alerts: ${errorBody(error).message.slice(0, 1_000)}`)
  let closing = async () => {}

  function start(write: (text: string) => void): void {
    const queue = {
      sleep,
      retryMs: RETRY_MS,
      receives: ATTEMPTS,
      onDead: (letter: { error: unknown }) => onError(letter.error),
    }
    const alerts = memoryQueue<AlertMessage>({ ...queue, concurrency: 1 })
    const notify = memoryQueue<NotifyMessage>({ ...queue, concurrency: NOTIFIED_AT_ONCE })
    const notifiers: Notifiers = {
      webhook: webhookNotifier({ policy, version: pkg.version }),
      console: consoleNotifier(write),
      file: fileNotifier(),
      ...(settings.smtpUrl ? { email: smtpNotifier(settings.smtpUrl, settings.smtpFrom) } : {}),
    }
    const watch: RunAlertsDeps['watch'] = (_owner, strategy, request) => watchSession(deps, strategy, request)
    const shared = { ...deps, ...stores, alerts, notify }
    const all = { ...shared, watch, attempts: ATTEMPTS }
    const delivering: DeliverDeps = { ...shared, notifiers, retryAfterMs: RETRY_AFTER_MS, onRetry: onError }
    alerts.consume(async (delivery) => {
      await runAlerts(all, delivery)
    })
    notify.consume(async (delivery) => {
      await deliver(delivering, delivery)
    })
    const schedule: Schedule = startSchedule({
      clock,
      sleep,
      onError,
      dataVersion: () => deps.dataVersion(),
      // The queues ended with the last process: nothing is under way.
      takeUp: async (now) => void (await barsArrived(all, now, 0)),
      tick: async (now) => void (await tick(all, now)),
      barsArrived: async (now) => void (await barsArrived(all, now)),
    })
    closing = async () => {
      await schedule.stop()
      await alerts.close()
      await notify.close()
    }
  }

  return { of: (owner) => alertsOf(subscribing, owner), start, close: () => closing() }
}
