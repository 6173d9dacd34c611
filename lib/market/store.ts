import { dateParts } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import { adjustedSeries } from './adjust.ts'
import { type BarSeries, firstAt } from './bars.ts'
import { type BarCache, cached } from './cache.ts'
import { nyse } from './calendar.ts'
import { type Catalog, catalogKey, type ObjectEntry, parseCatalog, rowsBefore, type SymbolEntry } from './catalog.ts'
import { copyRaw, type DecodedBars, decodeBars, emptyRaw, SHARDS } from './codec.ts'
import { loadCompanions } from './companions.ts'
import { importHint } from './import-hint.ts'
import { intradaySeries } from './intraday-series.ts'
import type { Market } from './market.ts'
import type { ObjectStore } from './objects.ts'
import type { Kept, MarketRequest, MarketSource } from './source.ts'

export { BarCache } from './cache.ts'
export { type Catalog, readCatalog } from './catalog.ts'

/** An object the catalog names is gone: another import has replaced it since the catalog was read. */
class MissingObject extends Error {}

const READS_AT_ONCE = 8

async function decoded(objects: ObjectStore, cache: BarCache, entry: ObjectEntry): Promise<DecodedBars> {
  return cached(cache, entry.key, async () => {
    const bytes = await objects.get(entry.key)
    if (!bytes) throw new MissingObject(entry.key)
    if (bytes.byteLength !== entry.bytes) {
      const sizes = `${bytes.byteLength} bytes instead of ${entry.bytes}`
      throw new AppError('internal', `${entry.key} is damaged: ${sizes}. Import the bars again.`)
    }
    const value = decodeBars(bytes, entry.key)
    return { value, bytes: value.bytes }
  })
}

/** The calendar years a window with its lookback touches for a symbol: [first, last], or undefined for none. */
function yearsOf(entry: SymbolEntry, request: MarketRequest): [number, number] | undefined {
  const end = entry.firstYear + entry.rows.length - 1
  const last = request.to === undefined ? end : Math.min(end, dateParts(request.to).year)
  if (request.from === undefined) return last < entry.firstYear ? undefined : [entry.firstYear, last]
  let first = Math.min(dateParts(request.from).year, end)
  // Bars before `from` inside its own year are not counted: at worst one year more is read than needed.
  const upTo = rowsBefore(entry, first)
  while (first > entry.firstYear && upTo - rowsBefore(entry, first) < request.lookback) first--
  first = Math.max(first, entry.firstYear)
  return first > last ? undefined : [first, last]
}

/** A symbol's series put together from the years' objects and cut to the window and its lookback. */
function seriesOf(
  entry: SymbolEntry,
  [firstYear, lastYear]: [number, number],
  years: ReadonlyMap<number, DecodedBars>,
  request: MarketRequest,
): BarSeries | undefined {
  const parts: { source: DecodedBars; from: number; to: number }[] = []
  let length = 0
  for (let year = firstYear; year <= lastYear; year++) {
    const source = years.get(year)
    const range = source?.ranges.get(entry.symbol)
    if (!source || !range) continue
    parts.push({ source, from: range[0], to: range[1] })
    length += range[1] - range[0]
  }
  const older = rowsBefore(entry, firstYear) > 0
  if (request.timeframe !== '1d')
    return intradaySeries(
      entry,
      parts.map(({ source, from, to }) => ({ columns: source.columns, from, to })),
      request,
      older,
    )
  const at = (day: number | undefined, whenAbsent: number) => {
    if (day === undefined) return whenAbsent
    let before = 0
    for (const { source, from, to } of parts) before += firstAt(source.columns.day.subarray(from, to), day)
    return before
  }
  const end = at(request.to === undefined ? undefined : request.to + 1, length)
  const start = Math.max(0, at(request.from, 0) - request.lookback)
  if (end <= start) return undefined
  const raw = emptyRaw(end - start)
  let position = 0
  for (const { source, from, to } of parts) {
    const first = Math.max(from, from + start - position)
    const last = Math.min(to, from + end - position)
    if (first < last) copyRaw(source.columns, first, last, raw, position + first - from - start)
    position += to - from
  }
  const cut = start > 0 || older
  const splits = entry.splits.map(([day, ratio]) => ({ day, ratio }))
  return adjustedSeries(entry.symbol, request.timeframe, raw, splits, cut)
}

/** Reads the objects of one shard once and builds the series of its symbols, so that only their years are in memory. */
async function loadShard(
  objects: ObjectStore,
  cache: BarCache,
  stored: ReadonlyMap<number, ObjectEntry>,
  entries: readonly SymbolEntry[],
  request: MarketRequest,
  series: Map<string, BarSeries>,
): Promise<void> {
  const spans = entries.map((entry) => yearsOf(entry, request))
  const wanted = new Set<number>()
  for (const span of spans) if (span) for (let year = span[0]; year <= span[1]; year++) wanted.add(year)
  const years = new Map<number, DecodedBars>()
  const queue = [...wanted].map((year) => stored.get(year)).filter((entry) => entry !== undefined)
  for (let i = 0; i < queue.length; i += READS_AT_ONCE) {
    const batch = queue.slice(i, i + READS_AT_ONCE)
    const read = await Promise.all(batch.map((entry) => decoded(objects, cache, entry)))
    batch.forEach((entry, k) => {
      years.set(entry.year, read[k])
    })
  }
  entries.forEach((entry, i) => {
    const span = spans[i]
    const built = span && seriesOf(entry, span, years, request)
    if (built) series.set(entry.symbol, built)
  })
}

async function loadSeries(objects: ObjectStore, cache: BarCache, catalog: Catalog, request: MarketRequest) {
  const wanted = request.symbols && new Set(request.symbols)
  const series = new Map<string, BarSeries>()
  for (let shard = 0; shard < SHARDS; shard++) {
    const entries = catalog.symbols.filter((entry) => entry.shard === shard && (!wanted || wanted.has(entry.symbol)))
    const stored = catalog.objects.filter((entry) => entry.shard === shard).map((entry) => [entry.year, entry] as const)
    if (entries.length > 0) await loadShard(objects, cache, new Map(stored), entries, request, series)
  }
  return series
}

/**
 * The market a run is evaluated on. Each series holds exactly `lookback` of the symbol's own bars before its first bar of
 * the window, then the window: what a symbol's columns hold does not depend on which others are loaded. Throws `no_data`
 * when no bars of the timeframe are stored.
 */
export async function loadMarket(objects: ObjectStore, cache: BarCache, request: MarketRequest): Promise<Market> {
  for (let attempt = 1; ; attempt++) {
    const catalog = await catalogOf(objects, cache, request)
    try {
      const series = await loadSeries(objects, cache, catalog, request)
      const companions = await loadCompanions(objects, cache, catalog)
      const symbols = catalog.symbols.map((entry) => entry.symbol).filter((symbol) => series.has(symbol))
      return {
        timeframe: request.timeframe,
        symbols,
        calendar: nyse,
        simulated: catalog.simulated,
        bars: (symbol) => series.get(symbol),
        ...companions,
      }
    } catch (error) {
      if (!(error instanceof MissingObject)) throw error
      // An import that ended since the catalog was read may have collected the object: the new catalog knows.
      if (attempt === 2)
        throw new AppError('internal', `${error.message} is in the catalog and not stored. Import the bars again.`)
    }
  }
}

/** A catalog in memory takes a few times its text. */
const CATALOG_WEIGHT = 4

/** The stored catalog, of the version asked for. */
async function catalogOf(
  objects: ObjectStore,
  cache: BarCache,
  { timeframe, version }: Pick<MarketRequest, 'timeframe' | 'version'>,
): Promise<Catalog> {
  const key = catalogKey(timeframe)
  const bytes = await objects.get(key)
  // Of thousands of symbols, reading the catalog's text takes longer than hashing it.
  const read = async () => ({ value: parseCatalog(bytes!, timeframe), bytes: bytes!.byteLength * CATALOG_WEIGHT })
  const catalog = bytes && (await cached(cache, `${key} ${sha256(bytes)}`, read))
  if (!catalog) {
    throw new AppError('no_data', `No ${timeframe} bars are stored. ${importHint(timeframe)}`)
  }
  if (version !== undefined && version !== catalog.version) {
    throw new AppError('conflict', 'The stored bars changed while the run was at work. Run it again.')
  }
  return catalog
}

/** The stored bars as scans get them; `kept` holds what scans computed of them. */
export function marketSource(objects: ObjectStore, cache: BarCache, kept?: Kept): MarketSource {
  return {
    load: (request) => loadMarket(objects, cache, request),
    symbols: async (timeframe, version) => {
      const { symbols } = await catalogOf(objects, cache, { timeframe, version })
      return symbols.toSorted((a, b) => a.shard - b.shard).map((entry) => entry.symbol)
    },
    keptOf:
      kept &&
      ((version) => ({
        get: (key) => kept.get(`${version} ${key}`),
        set: (key, value, bytes) => kept.set(`${version} ${key}`, value, bytes),
      })),
  }
}
