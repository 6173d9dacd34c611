import { dateParts, isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { seeded } from '../core/random.ts'
import { nyse } from './calendar.ts'
import { type Catalog, defectsKey, nextGeneration, objectKey, readCatalog, sealed } from './catalog.ts'
import { SHARDS, shardOf } from './codec.ts'
import { storeFigures } from './figures.ts'
import type { FigureRecord, Listing } from './market.ts'
import { mergeShard, type NewBars } from './merge.ts'
import type { ObjectStore } from './objects.ts'
import { publish } from './publish.ts'
import { clusteredMoves, simulateBars, simulateFund } from './simulated-bars.ts'
import { inventCompanies } from './simulated-companies.ts'
import { simulateFigures } from './simulated-figures.ts'
import { encodeUniverse, GICS_SECTORS, putChanged, universeKey } from './universe.ts'

const FUND: Listing = { symbol: 'SPY', name: 'Simulated Market Fund', sector: '', industry: '', assetClass: 'etf' }

export interface SimulateRequest {
  seed: number
  /** the last bar is on this day, or on the session before it */
  lastDay: number
  years?: number
  /** put the simulated market in place of imported bars */
  replace?: boolean
}

export interface SimulateReport {
  symbols: number
  rows: number
  span: [string, string]
  seed: number
  changed: number
  version: string
}

export interface SimulatedMarket {
  bars: NewBars[]
  listings: Listing[]
  figures: FigureRecord[]
}

/** A hundred invented stocks in the eleven sectors and a fund that holds the market: the same for the same seed and day. */
export function simulateMarket({ seed, lastDay, years = 5 }: SimulateRequest): SimulatedMarket {
  const uniform = seeded(seed)
  const last = nyse.previousSession(lastDay)
  const { year, month, date } = dateParts(last)
  const days: number[] = []
  for (let day = Date.UTC(year - years, month - 1, date) / 86_400_000 + 1; day <= last; day++)
    if (nyse.isSession(day)) days.push(day)
  const market = clusteredMoves(uniform, days.length, 0.009, 0.0003)
  const sectors = GICS_SECTORS.map(() => clusteredMoves(uniform, days.length, 0.005, 0))
  const bars: NewBars[] = [{ symbol: FUND.symbol, columns: simulateFund(uniform, days, market), span: [days[0], last] }]
  const listings: Listing[] = [FUND]
  const figures: FigureRecord[] = []
  for (const company of inventCompanies(uniform, days.length)) {
    const simulated = simulateBars(uniform, company, days, market, sectors[company.sector])
    bars.push({ symbol: company.listing.symbol, columns: simulated.columns, span: [simulated.columns.day[0], last] })
    listings.push(company.listing)
    figures.push(...simulateFigures(uniform, company, simulated))
  }
  return { bars, listings, figures }
}

/**
 * Makes the simulated market of a seed and stores it, marked as simulated, in place of an earlier one. Throws `conflict`
 * when imported bars are stored, unless `replace` says to drop them.
 */
export async function storeSimulatedMarket(objects: ObjectStore, request: SimulateRequest): Promise<SimulateReport> {
  const began = await readCatalog(objects, '1d')
  if (began && !began.simulated && !request.replace)
    throw new AppError(
      'conflict',
      'Imported bars are stored: a simulated market would replace them. Use another home directory.',
    )
  const { bars, listings, figures } = simulateMarket(request)
  const symbols: Catalog['symbols'] = []
  const entries: Catalog['objects'] = []
  let changed = 0
  for (let shard = 0; shard < SHARDS; shard++) {
    const own = bars.filter((one) => shardOf(one.symbol) === shard)
    const never = async () => {
      throw new AppError('internal', 'A simulated market is made from nothing, and something was read.')
    }
    const keyOf = (name: { shard: number; year: number; sha256: string }) =>
      stored.get(`${name.year} ${name.sha256}`) ?? objectKey('1d', nextGeneration(began), name)
    const stored = new Map(
      began?.objects
        .filter((entry) => entry.shard === shard)
        .map((entry) => [`${entry.year} ${entry.sha256}`, entry.key]),
    )
    const held = new Set(stored.values())
    const merged = await mergeShard(shard, own, { symbols: [], objects: [] }, never, keyOf, async (key, bytes) => {
      if (held.has(key)) return
      await objects.put(key, bytes)
      changed++
    })
    symbols.push(...merged.symbols)
    entries.push(...merged.objects)
  }
  await putChanged(objects, universeKey(true), encodeUniverse(listings))
  await storeFigures(objects, 'simulated', figures, { simulated: true, whole: true })
  await objects.delete(defectsKey('1d'))
  const next = sealed(began, { timeframe: '1d', simulated: true, defects: 0, symbols, objects: entries })
  await publish(objects, began, next)
  const rows = bars.reduce((sum, one) => sum + one.columns.day.length, 0)
  const [fund] = bars
  return {
    symbols: bars.length,
    rows,
    span: [isoDay(fund.span![0]), isoDay(fund.span![1])],
    seed: request.seed,
    changed,
    version: next.version,
  }
}
