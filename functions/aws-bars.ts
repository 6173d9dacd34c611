import { systemClock } from '../lib/adapters/local/clock.ts'
import { yearsBefore } from '../lib/core/days.ts'
import { lastClosedSession, nyse } from '../lib/market/calendar.ts'
import { type FetchReport, fetchBars } from '../lib/market/fetch.ts'
import { ingestUpload } from '../lib/market/ingest.ts'
import type { ObjectStore } from '../lib/market/objects.ts'
import type { BarProvider } from '../lib/market/provider.ts'
import { readCatalog } from '../lib/market/store.ts'
import { universeSymbols } from '../lib/market/universe.ts'
import type { Env } from './aws.ts'
import { barsArrivedOn } from './aws-alerts.ts'
import { type Bars, tickingPortsOf } from './aws-data.ts'
import type { BarsIngest } from './bars-ingest.ts'

/** How far back the bars of a symbol are fetched that has none. */
const FIRST_YEARS = 5

/** New bars on AWS: stored, and the alerts told that they are there. */
export function barsIngestOf(env: Env, { objects }: Bars, provider?: () => Promise<BarProvider>): BarsIngest {
  const told = barsArrivedOn(tickingPortsOf(env))
  return {
    async ingestUpload(key) {
      const ingested = await ingestUpload(objects, key, systemClock())
      if (ingested.state === 'done') await told()
      return ingested
    },
    async fetchBars() {
      if (provider === undefined) return undefined
      const report = await fetchAll(objects, await provider())
      await told()
      return report
    },
  }
}

/** The universe's symbols without bars get some years of them, then all are brought up to date; undefined where there is no symbol. */
async function fetchAll(objects: ObjectStore, provider: BarProvider): Promise<FetchReport | undefined> {
  const deps = { objects, provider, clock: systemClock }
  const stored = async () => (await readCatalog(objects, '1d'))?.symbols.map(({ symbol }) => symbol) ?? []
  const held = new Set(await stored())
  const fresh = (await universeSymbols(objects)).filter((symbol) => !held.has(symbol))
  const start = yearsBefore(lastClosedSession(nyse, systemClock()), FIRST_YEARS)
  const first = fresh.length > 0 ? await fetchBars(deps, { symbols: fresh, start }) : undefined
  return held.size > 0 ? fetchBars(deps, { symbols: [...held] }) : first
}
