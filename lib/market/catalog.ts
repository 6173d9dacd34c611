import * as z from 'zod'
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
  /** of intraday bars, beside those of the sessions: bars of the pre-market per calendar year */
  premarket: z.array(z.number().int().nonnegative()).optional(),
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
  /** counts the catalogs put in place one after the other: no two have the same bytes, no two imports write the same key */
  generation: z.number().int().nonnegative().default(0),
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

/** What an object is named after: its shard, its year and its content. */
type ObjectName = Pick<ObjectEntry, 'shard' | 'year' | 'sha256'>

const contentKey = (timeframe: Timeframe, { shard, year, sha256: sha }: ObjectName) =>
  `bars/${timeframe}/${String(shard).padStart(2, '0')}/${year}-${sha.slice(0, 16)}`

/**
 * The key of a new object of a catalog of this generation. A key dropped by an earlier one never comes back: whoever clears it
 * away late takes nothing from a later catalog.
 */
export function objectKey(timeframe: Timeframe, generation: number, name: ObjectName): string {
  return `${contentKey(timeframe, name)}-${generation}.arrow`
}

/** A catalog with its entries in order and its version computed, to follow the one it began with. */
export function sealed(began: Catalog | undefined, parts: Omit<Catalog, 'format' | 'version' | 'generation'>): Catalog {
  const symbols = [...parts.symbols].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  const objects = [...parts.objects].sort((a, b) => a.shard - b.shard || a.year - b.year)
  const { timeframe, simulated, defects } = parts
  // By content, not by the generation it came with: equal bars have one version, however they were imported.
  const contents = objects.map((entry) => ({ ...entry, key: `${contentKey(timeframe, entry)}.arrow` }))
  const version = sha256(canonicalJson({ timeframe, simulated, symbols, objects: contents }))
  return { format: 1, version, generation: nextGeneration(began), timeframe, simulated, defects, symbols, objects }
}

/** The generation of the catalog that follows this one. */
export function nextGeneration(began: Catalog | undefined): number {
  return (began?.generation ?? 0) + 1
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
