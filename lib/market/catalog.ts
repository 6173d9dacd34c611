import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import { canonicalJson, sha256 } from '../core/hash.ts'
import type { Timeframe } from './bars.ts'
import { SHARDS } from './codec.ts'
import type { ObjectStore } from './objects.ts'

const dayNumber = z.number().int()

const symbolEntry = z.strictObject({
  symbol: z.string().min(1),
  shard: z
    .number()
    .int()
    .min(0)
    .max(SHARDS - 1),
  /** bars per calendar year, from firstYear on */
  firstYear: z.number().int(),
  rows: z.array(z.number().int().nonnegative()),
  first: dayNumber,
  last: dayNumber,
  /** the whole history's splits, [ex-date, ratio new/old] by day: F needs the later ones even where they are not loaded */
  splits: z.array(z.tuple([dayNumber, z.number().positive()])),
})
export type SymbolEntry = z.infer<typeof symbolEntry>

const objectEntry = z.strictObject({
  shard: z.number().int(),
  year: z.number().int(),
  key: z.string(),
  rows: z.number().int(),
  bytes: z.number().int(),
  sha256: z.string(),
})
export type ObjectEntry = z.infer<typeof objectEntry>

const catalogShape = z.strictObject({
  format: z.literal(1),
  /** hash of everything stored: equal versions, equal bars */
  version: z.string(),
  timeframe: z.enum(['1d', '1h', '15m', '5m', '1m']),
  /** bars of the simulated market; never mixed with real ones */
  simulated: z.boolean(),
  /** rows listed in the defects file */
  defects: z.number().int().nonnegative(),
  /** days are numbers since 1970-01-01; symbols in code-unit order */
  symbols: z.array(symbolEntry),
  objects: z.array(objectEntry),
})
/** What is stored of one timeframe. The one object that is replaced: whoever reads it sees a whole import or none of it. */
export type Catalog = z.infer<typeof catalogShape>

export const catalogKey = (timeframe: Timeframe) => `bars/${timeframe}/catalog.json`
export const defectsKey = (timeframe: Timeframe) => `bars/${timeframe}/defects.csv`

/** The key of an object with this content: equal content has one key, another content another. */
export function objectKey(timeframe: Timeframe, shard: number, year: number, sha: string): string {
  return `bars/${timeframe}/${String(shard).padStart(2, '0')}/${year}-${sha.slice(0, 16)}.arrow`
}

/** A catalog with its entries in order and its version computed. */
export function sealed(parts: Omit<Catalog, 'format' | 'version'>): Catalog {
  const symbols = [...parts.symbols].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  const objects = [...parts.objects].sort((a, b) => a.shard - b.shard || a.year - b.year)
  const { timeframe, simulated, defects } = parts
  const version = sha256(canonicalJson({ timeframe, simulated, symbols, objects }))
  return { format: 1, version, timeframe, simulated, defects, symbols, objects }
}

/** The catalog that these bytes hold; throws `internal` when they hold something else. */
export function parseCatalog(bytes: Uint8Array, timeframe: Timeframe): Catalog {
  const key = catalogKey(timeframe)
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    throw new AppError('internal', `${key} is damaged: it is not JSON. Import the bars again.`, undefined, error)
  }
  const catalog = catalogShape.safeParse(parsed)
  if (!catalog.success) {
    const [issue] = catalog.error.issues
    const message = `${key} is not a catalog of this version: ${issue.path.join('.')}: ${issue.message}. Import the bars again.`
    throw new AppError('internal', message)
  }
  return catalog.data
}

/** The catalog of a timeframe, or undefined when no bars of it are stored. */
export async function readCatalog(objects: ObjectStore, timeframe: Timeframe): Promise<Catalog | undefined> {
  const bytes = await objects.get(catalogKey(timeframe))
  return bytes && parseCatalog(bytes, timeframe)
}

/** Bars of a symbol in all years before `year`. */
export function rowsBefore(entry: SymbolEntry, year: number): number {
  let rows = 0
  for (let i = 0; i < Math.min(entry.rows.length, year - entry.firstYear); i++) rows += entry.rows[i]
  return rows
}
