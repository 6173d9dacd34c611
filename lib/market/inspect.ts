import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { Timeframe } from './bars.ts'
import { BarCache } from './cache.ts'
import { nyse } from './calendar.ts'
import { type Catalog, readCatalog } from './catalog.ts'
import type { ObjectStore } from './objects.ts'
import { loadMarket } from './store.ts'

/** A close this far from the bar before, with no split that day, is listed by checkBars. */
const JUMP = 0.4
const DAYS_LISTED = 10

export interface BarList {
  timeframe: Timeframe
  simulated: boolean
  version: string
  rows: number
  bytes: number
  objects: number
  defects: number
  span: [string, string] | null
  symbols: { symbol: string; rows: number; first: string; last: string; splits: number }[]
}

const rowsOf = (rows: readonly number[]) => rows.reduce((sum, count) => sum + count, 0)

async function stored(objects: ObjectStore, timeframe: Timeframe): Promise<Catalog> {
  const catalog = await readCatalog(objects, timeframe)
  if (catalog) return catalog
  const how = 'Import some (bars import PATH) or make simulated ones (bars simulate).'
  throw new AppError('no_data', `No ${timeframe} bars are stored. ${how}`)
}

/** What is stored, from the catalog alone; throws `no_data` when nothing is. */
export async function listBars(objects: ObjectStore, timeframe: Timeframe = '1d'): Promise<BarList> {
  const catalog = await stored(objects, timeframe)
  const { symbols } = catalog
  const first = symbols.reduce((day, entry) => Math.min(day, entry.first), Number.POSITIVE_INFINITY)
  const last = symbols.reduce((day, entry) => Math.max(day, entry.last), Number.NEGATIVE_INFINITY)
  return {
    timeframe,
    simulated: catalog.simulated,
    version: catalog.version,
    rows: symbols.reduce((sum, entry) => sum + rowsOf(entry.rows), 0),
    bytes: catalog.objects.reduce((sum, entry) => sum + entry.bytes, 0),
    objects: catalog.objects.length,
    defects: catalog.defects,
    span: symbols.length > 0 ? [isoDay(first), isoDay(last)] : null,
    symbols: symbols.map((entry) => ({
      symbol: entry.symbol,
      rows: rowsOf(entry.rows),
      first: isoDay(entry.first),
      last: isoDay(entry.last),
      splits: entry.splits.length,
    })),
  }
}

export interface SymbolCheck {
  symbol: string
  rows: number
  first: string
  last: string
  /** sessions without a bar between its first and last, and the first 10 of them */
  missingSessions: number
  missing: string[]
  zeroVolume: number
  /** closes that moved by more than 40 % overnight without a split, split-adjusted */
  jumps: { day: string; ratio: number }[]
}

export interface BarCheck {
  ok: boolean
  simulated: boolean
  objects: number
  rows: number
  /** objects that are absent, changed or unreadable, with what is wrong */
  damaged: { key: string; reason: string }[]
  missingSessions: number
  zeroVolume: number
  jumps: number
  symbols: SymbolCheck[]
}

async function damage(objects: ObjectStore, catalog: Catalog): Promise<BarCheck['damaged']> {
  const found: BarCheck['damaged'] = []
  for (const entry of catalog.objects) {
    const bytes = await objects.get(entry.key)
    if (!bytes) found.push({ key: entry.key, reason: 'is in the catalog and not stored' })
    else if (sha256(bytes) !== entry.sha256)
      found.push({ key: entry.key, reason: 'does not have the checksum of the catalog' })
  }
  return found
}

/** Reads everything again: checksums against the catalog, then per symbol gaps, zero volume and unexplained jumps. */
export async function checkBars(objects: ObjectStore, timeframe: Timeframe = '1d'): Promise<BarCheck> {
  const catalog = await stored(objects, timeframe)
  const damaged = await damage(objects, catalog)
  const symbols: SymbolCheck[] = []
  const whole = damaged.length === 0
  // One shard of symbols at a time: the whole history of a large market need not fit in memory.
  for (const shard of whole ? new Set(catalog.symbols.map((entry) => entry.shard)) : []) {
    const names = catalog.symbols.filter((entry) => entry.shard === shard).map((entry) => entry.symbol)
    const market = await loadMarket(objects, new BarCache(0), { timeframe, symbols: names, lookback: 0 })
    for (const symbol of market.symbols) {
      const { day, close, volume, length } = market.bars(symbol)!
      const check: SymbolCheck = {
        symbol,
        rows: length,
        first: isoDay(day[0]),
        last: isoDay(day[length - 1]),
        missingSessions: 0,
        missing: [],
        zeroVolume: 0,
        jumps: [],
      }
      for (let i = 0; i < length; i++) {
        if (volume[i] === 0) check.zeroVolume++
        if (i === 0) continue
        const ratio = close[i] / close[i - 1]
        if (Math.abs(ratio - 1) > JUMP) check.jumps.push({ day: isoDay(day[i]), ratio })
        for (let between = day[i - 1] + 1; between < day[i]; between++) {
          if (!nyse.isSession(between)) continue
          check.missingSessions++
          if (check.missing.length < DAYS_LISTED) check.missing.push(isoDay(between))
        }
      }
      symbols.push(check)
    }
  }
  symbols.sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  const total = (count: (check: SymbolCheck) => number) => symbols.reduce((sum, check) => sum + count(check), 0)
  const rows = total((check) => check.rows)
  const counted = catalog.symbols.reduce((sum, entry) => sum + rowsOf(entry.rows), 0)
  if (whole && rows !== counted)
    damaged.push({ key: `bars/${timeframe}/catalog.json`, reason: `counts ${counted} bars, ${rows} are stored` })
  return {
    ok: damaged.length === 0,
    simulated: catalog.simulated,
    objects: catalog.objects.length,
    rows,
    damaged,
    missingSessions: total((check) => check.missingSessions),
    zeroVolume: total((check) => check.zeroVolume),
    jumps: total((check) => check.jumps.length),
    symbols,
  }
}
