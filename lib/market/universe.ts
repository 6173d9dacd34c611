import * as z from 'zod'
import { AppError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import { readCatalog } from './catalog.ts'
import type { Listing } from './market.ts'
import type { ObjectStore } from './objects.ts'
import { type ImportFile, needColumns, parseTable, type RowDefect } from './table.ts'

/** The sectors of the Global Industry Classification Standard. */
export const GICS_SECTORS = [
  'Communication Services',
  'Consumer Discretionary',
  'Consumer Staples',
  'Energy',
  'Financials',
  'Health Care',
  'Industrials',
  'Information Technology',
  'Materials',
  'Real Estate',
  'Utilities',
] as const

/** Funds that are told from stocks by name alone where no universe file says what a symbol is. */
const WELL_KNOWN_FUNDS = new Set(
  (
    'SPY IVV VOO VTI QQQ DIA IWM IWB IWV MDY IJH IJR RSP XLB XLC XLE XLF XLI XLK XLP XLRE XLU XLV XLY ' +
    'EFA EEM VEA VWO TLT IEF SHY AGG BND LQD HYG TIP GLD SLV USO UNG VXX UVXY SVXY SMH XBI XOP KRE VNQ ARKK TQQQ SQQQ'
  ).split(' '),
)

const listingShape = z.strictObject({
  symbol: z.string(),
  name: z.string(),
  sector: z.string(),
  industry: z.string(),
  assetClass: z.enum(['stock', 'etf', '']),
})
const universeShape = z.strictObject({ format: z.literal(1), listings: z.array(listingShape) })

/** The simulated market keeps its own listings and figures: real and simulated ones are never mixed. */
export const universeKey = (simulated: boolean) => (simulated ? 'simulated/universe.json' : 'universe.json')

/** What is known of a symbol without a universe file. */
export function assumedListing(symbol: string): Listing {
  return { symbol, name: symbol, sector: '', industry: '', assetClass: WELL_KNOWN_FUNDS.has(symbol) ? 'etf' : 'stock' }
}

export function encodeUniverse(listings: readonly Listing[]): Uint8Array {
  const sorted = [...listings].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  return new TextEncoder().encode(`${JSON.stringify({ format: 1, listings: sorted })}\n`)
}

export function decodeUniverse(bytes: Uint8Array): ReadonlyMap<string, Listing> {
  const universe = universeShape.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
  if (!universe.success) throw new AppError('internal', 'The stored universe is damaged. Import it again.')
  return new Map(universe.data.listings.map((listing) => [listing.symbol, listing]))
}

/** The symbols of the universe file and of the imported bars, in order. */
export async function universeSymbols(objects: ObjectStore): Promise<string[]> {
  const listed = await objects.get(universeKey(false))
  const catalog = await readCatalog(objects, '1d')
  const stored = catalog && !catalog.simulated ? catalog.symbols.map((entry) => entry.symbol) : []
  return [...new Set([...(listed ? decodeUniverse(listed).keys() : []), ...stored])].sort()
}

/** Writes an object only when its content is new; says whether it did. */
export async function putChanged(objects: ObjectStore, key: string, bytes: Uint8Array): Promise<boolean> {
  const stored = await objects.get(key)
  if (stored && sha256(stored) === sha256(bytes)) return false
  await objects.put(key, bytes)
  return true
}

export interface TableReport {
  file: string
  rows: number
  stored: number
  changed: boolean
  /** how columns or units were read where the file leaves it open */
  readings: string[]
  defects: RowDefect[]
}

/**
 * Replaces the universe by a file with the columns symbol, name, sector, industry, asset_class (others are ignored). A sector
 * that is no GICS sector and an unknown asset class are stored as unknown and reported.
 */
export async function importUniverse(objects: ObjectStore, file: ImportFile): Promise<TableReport> {
  const table = parseTable(await file.bytes(), file.name)
  needColumns(table, file.name, ['symbol', 'name', 'sector', 'industry', 'asset_class'], 'universe file')
  const defects = [...table.defects]
  const listings = new Map<string, Listing>()
  for (const { line, cells } of table.rows) {
    const { symbol, name, industry } = cells
    if (symbol === '') {
      defects.push({ line, reason: 'no symbol' })
      continue
    }
    if (listings.has(symbol)) {
      defects.push({ line, reason: `${symbol} is listed before: the first line stays` })
      continue
    }
    const sector = GICS_SECTORS.find((known) => known.toLowerCase() === cells.sector.toLowerCase()) ?? ''
    if (sector === '' && cells.sector !== '')
      defects.push({ line, reason: `"${cells.sector}" is no GICS sector: ${symbol} is stored without a sector` })
    const assetClass = cells.asset_class.toLowerCase()
    const known = assetClass === 'stock' || assetClass === 'etf' || assetClass === ''
    if (!known)
      defects.push({ line, reason: `asset class "${cells.asset_class}" is neither stock nor etf: stored as unknown` })
    listings.set(symbol, { symbol, name, sector, industry, assetClass: known ? assetClass : '' })
  }
  if (listings.size === 0) throw new AppError('bad_request', `${file.name} lists no symbol; the stored universe stays.`)
  const changed = await putChanged(objects, universeKey(false), encodeUniverse([...listings.values()]))
  return {
    file: file.name,
    rows: table.rows.length + table.defects.length,
    stored: listings.size,
    changed,
    readings: [],
    defects,
  }
}
