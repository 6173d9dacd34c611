import { type Engine, runAll } from '../core/engine.ts'
import { AppError } from '../core/errors.ts'
import type { Catalog } from '../market/catalog.ts'
import type { MarketSource } from '../market/source.ts'
import type { Limits } from '../sandbox/sandbox.ts'
import { crossOf, crossPass } from './cross-pass.ts'
import { type LatestBar, latestJob, PREVIOUS_WITHIN } from './latest.ts'
import { planChunks } from './plan.ts'
import { screeningDate } from './screening-date.ts'
import { select } from './selection.ts'
import type { ScanStrategy } from './strategy-view.ts'

/** What every mode is run with. */
export interface ScanDeps {
  engine: Engine
  source: MarketSource
  /** the catalog of the stored daily bars; undefined when there are none */
  catalog: () => Promise<Catalog | undefined>
}

export interface LatestRequest {
  symbols?: readonly string[]
  /** a UNIVERSE expression in place of the rule's */
  universe?: string
  /** the last day looked at; the last stored one when absent */
  asOf?: number
  /** limits of the code in place of the defaults */
  limits?: Partial<Limits>
}

export interface LatestPass {
  /** the screening date */
  day: number
  /** every looked-at symbol with a bar on the date, by symbol */
  bars: LatestBar[]
  /** symbols without a bar on the date: never screened on an older one */
  skipped: { symbol: string; reason: string }[]
  chunks: number
  catalog: Catalog
}

/** The stored catalog; `no_data` when no bars are stored. */
export async function requireCatalog(deps: Pick<ScanDeps, 'catalog'>): Promise<Catalog> {
  const catalog = await deps.catalog()
  if (catalog !== undefined) return catalog
  throw new AppError(
    'no_data',
    'No bars are stored. Import some (bars import PATH) or make simulated ones (bars simulate).',
  )
}

/** Scans the screening date (and the bars before it) for all symbols: what a screen ranks and an alert watches. */
export async function latestPass(deps: ScanDeps, strategy: ScanStrategy, request: LatestRequest): Promise<LatestPass> {
  const catalog = await requireCatalog(deps)
  const { symbols, to } = select(catalog, { to: request.asOf, symbols: request.symbols }, (last) => last)
  // Over all symbols, whatever the request is narrowed to: one that has stopped trading is not screened on an older day.
  const everySymbol = catalog.symbols.map((each) => each.symbol)
  const day = await screeningDate(deps.source, everySymbol, to)
  const window = {
    strategy,
    version: catalog.version,
    limits: request.limits,
    universe: request.universe,
    from: day - PREVIOUS_WITHIN,
    to: day,
  }
  const everyone = planChunks(catalog.symbols.map(stored), deps.engine.size)
  const cross = await crossPass(deps.engine, window, everyone)
  const wanted = new Set(symbols)
  const chunks = planChunks(catalog.symbols.filter((each) => wanted.has(each.symbol)).map(stored), deps.engine.size)
  const inputs = chunks.map((chunk) => ({ ...window, symbols: chunk, cross: cross && crossOf(cross, chunk) }))
  const parts = await runAll(deps.engine, latestJob, inputs)
  const bars = parts.flat().sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  const present = new Set(bars.map((bar) => bar.symbol))
  const skipped = symbols
    .filter((symbol) => !present.has(symbol))
    .map((symbol) => ({ symbol, reason: 'no bar on the screening date' }))
  return { day, bars, skipped, chunks: chunks.length, catalog }
}

/** What planning needs of a catalog entry. */
export function stored(entry: Catalog['symbols'][number]): { symbol: string; shard: number; rows: number } {
  return { symbol: entry.symbol, shard: entry.shard, rows: entry.rows.reduce((sum, rows) => sum + rows, 0) }
}
