import type { Usage } from '../core/cost.ts'
import { type Engine, runAll } from '../core/engine.ts'
import { AppError } from '../core/errors.ts'
import type { Timeframe } from '../market/bars.ts'
import type { Catalog } from '../market/catalog.ts'
import { importHint } from '../market/import-hint.ts'
import type { MarketSource } from '../market/source.ts'
import type { Limits } from '../sandbox/sandbox.ts'
import { chunksFor, styleOf } from './chunk-count.ts'
import { crossOf, crossPass } from './cross-pass.ts'
import { estimateOf } from './estimate.ts'
import { type LatestBar, latestJob, previousWithin } from './latest.ts'
import { shardMs, storedWithin } from './plan.ts'
import { latestShape } from './run-shape.ts'
import { screeningMoment } from './screening-date.ts'
import { select } from './selection.ts'
import { type ScanStrategy, viewStrategy } from './strategy-view.ts'

/** What every mode is run with. */
export interface ScanDeps {
  engine: Engine
  source: MarketSource
  /** the catalog of the stored bars of a size, of daily ones when none is named; undefined when there are none */
  catalog: (timeframe?: Timeframe) => Promise<Catalog | undefined>
  /** what the run has used of the cloud so far; absent on one machine */
  spent?: () => Usage
}

export interface LatestRequest {
  symbols?: readonly string[]
  /** a UNIVERSE expression in place of the rule's */
  universe?: string
  /** the last day looked at; the last stored one when absent */
  asOf?: number
  /** of intraday bars: the last instant looked at, epoch ms */
  asOfTime?: number
  /** limits of the code in place of the defaults */
  limits?: Partial<Limits>
}

export interface LatestPass {
  /** the screening date */
  day: number
  /** of intraday bars: the instant at which the bars that are looked at ended; of a rule read before the open, the open */
  time?: number
  timeframe: Timeframe
  /** every looked-at symbol with a bar on the date, by symbol */
  bars: LatestBar[]
  /** symbols without a bar on the date: never screened on an older one */
  skipped: { symbol: string; reason: string }[]
  chunks: number
  catalog: Catalog
  /** what it was expected to use on AWS */
  estimate: Usage
}

/** The stored catalog of a bar size; `no_data` when no bars of it are stored. */
export async function requireCatalog(deps: Pick<ScanDeps, 'catalog'>, timeframe: Timeframe = '1d'): Promise<Catalog> {
  const catalog = await deps.catalog(timeframe)
  if (catalog !== undefined) return catalog
  const what = timeframe === '1d' ? 'No bars' : `No ${timeframe} bars`
  throw new AppError('no_data', `${what} are stored. ${importHint(timeframe)}`)
}

/** Scans the screening date (and the bars before it) for all symbols: what a screen ranks and an alert watches. */
export async function latestPass(deps: ScanDeps, strategy: ScanStrategy, request: LatestRequest): Promise<LatestPass> {
  const view = viewStrategy(strategy, request.universe)
  const { timeframe } = view
  if (timeframe === '1d' && request.asOfTime !== undefined)
    throw new AppError('bad_request', 'A rule on daily bars is looked at as of a day: give a date without a time.')
  const catalog = await requireCatalog(deps, timeframe)
  const { symbols, to } = select(catalog, { to: request.asOf, symbols: request.symbols }, (last) => last)
  // Over all symbols, whatever the request is narrowed to: one that has stopped trading is not screened on an older day.
  const everySymbol = catalog.symbols.map((each) => each.symbol)
  const moment = await screeningMoment(deps.source, everySymbol, to, view, request.asOfTime)
  const { day } = moment
  const window = {
    strategy,
    version: catalog.version,
    limits: request.limits,
    universe: request.universe,
    from: day - previousWithin(timeframe),
    to: day,
  }
  const planned = { engine: deps.engine, catalog, view, window: { ...window, lookback: view.lookback } }
  const stored = catalog.symbols.map(storedWithin(planned.window))
  const reading = shardMs(catalog, planned.window)
  const everyone = chunksFor(deps.engine, stored, { style: 'columns', shardMs: reading })
  const cross = await crossPass(deps.engine, window, everyone)
  const wanted = new Set(symbols)
  const asked = stored.filter((each) => wanted.has(each.symbol))
  const chunks = chunksFor(deps.engine, asked, { style: styleOf(strategy), shardMs: reading })
  const inputs = chunks.map((chunk) => ({
    ...window,
    at: moment.at,
    symbols: chunk,
    cross: cross && crossOf(cross, chunk),
  }))
  const parts = await runAll(deps.engine, latestJob, inputs)
  const bars = parts.flat().sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  const present = new Set(bars.map((bar) => bar.symbol))
  const skipped = symbols
    .filter((symbol) => !present.has(symbol))
    .map((symbol) => ({
      symbol,
      reason: timeframe === '1d' ? 'no bar on the screening date' : 'no bar at the screening time',
    }))
  const estimate = estimateOf(latestShape(planned, strategy, symbols, false))
  return { day, time: moment.time, timeframe, bars, skipped, chunks: chunks.length, catalog, estimate }
}
