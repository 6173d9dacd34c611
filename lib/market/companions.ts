import { AppError } from '../core/errors.ts'
import { canonicalJson, sha256 } from '../core/hash.ts'
import { TIMEFRAMES, type Timeframe } from './bars.ts'
import { type BarCache, cached } from './cache.ts'
import { type Catalog, catalogKey } from './catalog.ts'
import { decodeConstituents, listConstituents } from './constituents.ts'
import { type DecodedFigures, decodeFigures, figuresKey, mergeRecords, readFigureSources } from './figures.ts'
import type { FigureRecord, Listing, Market, MembershipSpan } from './market.ts'
import type { ObjectStore, TaggedReads } from './objects.ts'
import { assumedListing, decodeUniverse, universeKey } from './universe.ts'

type Companions = Pick<Market, 'known' | 'listing' | 'listingsKnown' | 'figures' | 'membership'>

/** JSON in memory takes a few times its text. */
const JSON_WEIGHT = 4

async function loadListings(objects: ObjectStore, cache: BarCache, simulated: boolean) {
  const key = universeKey(simulated)
  const bytes = await objects.get(key)
  if (!bytes) return undefined
  const name = `${key} ${sha256(bytes)}`
  const listings = await cached<ReadonlyMap<string, Listing>>(cache, name, async () => ({
    value: decodeUniverse(bytes),
    bytes: bytes.byteLength * JSON_WEIGHT,
  }))
  return { name, listings }
}

async function loadFigures(
  objects: ObjectStore,
  cache: BarCache,
  simulated: boolean,
): Promise<{ names: string[]; figures: DecodedFigures[] }> {
  for (let attempt = 1; ; attempt++) {
    const sources = await readFigureSources(objects, simulated)
    const decoded: DecodedFigures[] = []
    for (const { key } of sources) {
      const held = cache.get(key) as DecodedFigures | undefined
      const bytes = held ? undefined : await objects.get(key)
      const value = held ?? (bytes && decodeFigures(bytes, key))
      if (value) decoded.push(value)
      if (value && bytes) cache.set(key, value, bytes.byteLength * 2)
    }
    if (decoded.length === sources.length) return { names: sources.map(({ key }) => key), figures: decoded }
    // Replaced since the catalog was read: the new catalog names the new object.
    if (attempt === 2)
      throw new AppError(
        'internal',
        'Stored figures are named in their catalog and absent. Import the fundamentals again.',
      )
  }
}

async function loadMemberships(objects: ObjectStore, cache: BarCache) {
  const indexes = new Map<string, ReadonlyMap<string, readonly MembershipSpan[]>>()
  const names: string[] = []
  for (const key of await listConstituents(objects)) {
    const bytes = await objects.get(key)
    if (!bytes) continue
    const name = `${key} ${sha256(bytes)}`
    names.push(name)
    const { index, members } = await cached(cache, name, async () => ({
      value: decodeConstituents(bytes, key),
      bytes: bytes.byteLength * JSON_WEIGHT,
    }))
    indexes.set(index, members)
  }
  return { names, indexes }
}

/** What is stored beside the bars: listings, figures, index membership; of the simulated market only its own. */
export async function loadCompanions(objects: ObjectStore, cache: BarCache, catalog: Catalog): Promise<Companions> {
  const { simulated } = catalog
  const universe = await loadListings(objects, cache, simulated)
  const listings = universe?.listings
  const stored = new Set(catalog.symbols.map((entry) => entry.symbol))
  const { names: figureNames, figures: sources } = await loadFigures(objects, cache, simulated)
  const { names: indexNames, indexes: memberships } = await loadMemberships(objects, cache)
  const figures = new Map<string, readonly FigureRecord[]>()
  return {
    known: sha256(canonicalJson([universe?.name ?? null, figureNames, indexNames])),
    listingsKnown: listings !== undefined,
    listing: (symbol) => (listings ? listings.get(symbol) : stored.has(symbol) ? assumedListing(symbol) : undefined),
    figures(symbol) {
      let records = figures.get(symbol)
      if (!records) figures.set(symbol, (records = mergeRecords(sources.map((source) => source.records(symbol)))))
      return records
    },
    membership: (index) => memberships.get(index),
  }
}

/** Hashes of objects of a store with tags, each with the tag it was computed under: a hash is as old as its tag. */
const hashed = new WeakMap<object, Map<string, { tag: string; hash: string }>>()

async function hashOf(objects: ObjectStore & Partial<TaggedReads>, key: string): Promise<string | null> {
  if (objects.getTagged === undefined) {
    const bytes = await objects.get(key)
    return bytes ? sha256(bytes) : null
  }
  const kept = hashed.get(objects) ?? new Map<string, { tag: string; hash: string }>()
  hashed.set(objects, kept)
  const known = kept.get(key)
  const read = await objects.getTagged(key, known?.tag)
  if (read === 'same' && known) return known.hash
  if (read === undefined || read === 'same') {
    kept.delete(key)
    return null
  }
  const hash = sha256(read.bytes)
  kept.set(key, { tag: read.tag, hash })
  return hash
}

/**
 * One hash over everything results are computed from: bars, listings, figures, index membership. For receipts, and to see each minute
 * whether anything has changed; of the bars of one size where it is named. A store that tells tags is asked for those, and only what has another one is read.
 */
export async function dataVersion(objects: ObjectStore & Partial<TaggedReads>, timeframe?: Timeframe): Promise<string> {
  const keys = [
    ...(timeframe === undefined ? TIMEFRAMES : [timeframe]).map(catalogKey),
    ...[false, true].flatMap((simulated) => [universeKey(simulated), figuresKey(simulated)]),
    ...(await listConstituents(objects)),
  ]
  const hashes = await Promise.all(keys.map(async (key) => [key, await hashOf(objects, key)] as const))
  return sha256(canonicalJson(Object.fromEntries(hashes)))
}
