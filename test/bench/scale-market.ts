import type { Catalog } from '../../lib/market/catalog.ts'
import { objectKey, sealed } from '../../lib/market/catalog.ts'
import { SHARDS, shardOf } from '../../lib/market/codec.ts'
import type { Listing } from '../../lib/market/market.ts'
import { mergeShard, type NewBars } from '../../lib/market/merge.ts'
import type { ObjectStore } from '../../lib/market/objects.ts'
import { publish } from '../../lib/market/publish.ts'
import { simulateMarket } from '../../lib/market/simulate.ts'
import { encodeUniverse, universeKey } from '../../lib/market/universe.ts'

/** The last day of the simulated bars: a Friday with a session. */
export const LAST_DAY = Date.UTC(2025, 9, 31) / 86_400_000

/** Stores simulated daily bars of so many symbols as any market is stored: the same for the same numbers. */
export async function storeScaleMarket(objects: ObjectStore, symbols: number, years: number): Promise<Catalog> {
  const bars: NewBars[] = []
  const listings: Listing[] = []
  for (let seed = 1; bars.length < symbols; seed++) {
    const market = simulateMarket({ seed, lastDay: LAST_DAY, years })
    const named = (symbol: string) => `${symbol}${seed}`
    for (const each of market.bars.slice(0, symbols - bars.length)) bars.push({ ...each, symbol: named(each.symbol) })
    listings.push(...market.listings.map((listing) => ({ ...listing, symbol: named(listing.symbol) })))
  }
  const stored: Pick<Catalog, 'symbols' | 'objects'> = { symbols: [], objects: [] }
  const never = async () => {
    throw new Error('Nothing is stored before.')
  }
  for (let shard = 0; shard < SHARDS; shard++) {
    const own = bars.filter((each) => shardOf(each.symbol) === shard)
    const put = (key: string, bytes: Uint8Array) => objects.put(key, bytes)
    const none = { symbols: [], objects: [] }
    const merged = await mergeShard(shard, own, none, never, (name) => objectKey('1d', 1, name), put)
    stored.symbols.push(...merged.symbols)
    stored.objects.push(...merged.objects)
  }
  const catalog = sealed(undefined, { timeframe: '1d', simulated: true, defects: 0, ...stored })
  await objects.put(universeKey(true), encodeUniverse(listings))
  await publish(objects, undefined, catalog)
  return catalog
}

/** A catalog of so many symbols that all have the bars of so many years, as planning sees them: there are no objects behind it. */
export function imaginedCatalog(symbols: number, years: number): Catalog {
  const last = LAST_DAY
  const year = new Date(last * 86_400_000).getUTCFullYear()
  const entries = Array.from({ length: symbols }, (_, i) => {
    const symbol = `S${String(i).padStart(6, '0')}`
    const rows = Array.from({ length: years + 1 }, () => 252)
    const first = Date.UTC(year - years, 0, 2) / 86_400_000
    return { symbol, shard: shardOf(symbol), firstYear: year - years, rows, first, last, splits: [] }
  })
  return sealed(undefined, { timeframe: '1d', simulated: true, defects: 0, symbols: entries, objects: [] })
}
