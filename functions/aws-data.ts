/** What a deployment has stored, for its functions. */
import { dailyQuotas, QUOTAS, type Quotas } from '../lib/access/quotas.ts'
import type { Table } from '../lib/adapters/aws/dynamodb.ts'
import { dynamodbQuotas } from '../lib/adapters/aws/dynamodb-quotas.ts'
import { systemClock } from '../lib/adapters/local/clock.ts'
import type { AlertMessage, NotifyMessage } from '../lib/alerts/messages.ts'
import type { Timeframe } from '../lib/market/bars.ts'
import { dataVersion } from '../lib/market/companions.ts'
import { type DefectLine, readDefects } from '../lib/market/defects.ts'
import type { ObjectStore } from '../lib/market/objects.ts'
import type { MarketSource } from '../lib/market/source.ts'
import { BarCache, marketSource, readCatalog } from '../lib/market/store.ts'
import { barsOf, type Env, queueOf, tableOf } from './aws.ts'
import type { TickingPorts } from './aws-alerts.ts'
import { quotasOf } from './quotas.ts'

/** Jobs that are expected to run side by side when a run begins: how many pollers a queue starts with. */
export const SIDE_BY_SIDE = 5

/** Decoded bars a warm function keeps. */
const CACHE_BYTES = 256 * 2 ** 20

/** The stored market. */
export interface Bars {
  objects: ObjectStore
  source: MarketSource
  catalog: (timeframe?: Timeframe) => ReturnType<typeof readCatalog>
  dataVersion: (timeframe?: Timeframe) => Promise<string>
  defects: (timeframe: Timeframe) => Promise<DefectLine[]>
}

export function openBars(env: Env): Bars {
  const objects = barsOf(env)
  return {
    objects,
    source: marketSource(objects, new BarCache(CACHE_BYTES)),
    catalog: (timeframe: Timeframe = '1d') => readCatalog(objects, timeframe),
    dataVersion: (timeframe?: Timeframe) => dataVersion(objects, timeframe),
    defects: (timeframe: Timeframe) => readDefects(objects, timeframe),
  }
}

export const quotasIn = (table: Table, env: Env): Quotas =>
  dailyQuotas({ store: dynamodbQuotas(table), limits: quotasOf(env, QUOTAS), clock: systemClock })

/** What looks at the watched versions, or has them looked at. */
export function tickingPortsOf(env: Env): TickingPorts {
  const { catalog, dataVersion } = openBars(env)
  return {
    table: tableOf(env),
    alerts: queueOf<AlertMessage>(env, 'SAYWHEN_ALERT_QUEUE'),
    notify: queueOf<NotifyMessage>(env, 'SAYWHEN_NOTIFY_QUEUE'),
    catalog,
    dataVersion,
    clock: systemClock,
  }
}
