import { isoDay, yearsBefore } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import type { Catalog } from '../market/catalog.ts'
import { closest } from '../rule/names.ts'
import { type Style, styleOf } from '../signals/chunk-count.ts'
import { type EngineName, requireProof } from '../signals/columns-engine.ts'
import { requireCatalog, type ScanDeps } from '../signals/latest-pass.ts'
import { type PlanWindow, shardMs } from '../signals/plan.ts'
import { type Selection, select, storedSpan } from '../signals/selection.ts'
import { viewStrategy } from '../signals/strategy-view.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { type BacktestSettings, settingsOf } from './settings.ts'

export interface BacktestAsk {
  from?: number
  to?: number
  symbols?: readonly string[]
  /** a UNIVERSE expression in place of the rule's */
  universe?: string
  /** chunks to plan; when absent as many as are best for the engine */
  chunks?: number
  /** what decides on each bar: the code (`quickjs`, the default), or its proven rule on columns */
  engine?: EngineName
  /** symbols of chunks that fail for reasons of ours are skipped and named, in place of failing the run */
  partial?: boolean
  /** how the account trades, over the rule's clauses and the defaults */
  settings?: Partial<BacktestSettings>
  /** first day of the part that the strategy was not made on */
  outOfSample?: number
  /** strategies tried before this one was chosen; counted when absent */
  trials?: number
  /** whether the run is done again with the future cut off, and compared */
  recheck?: boolean
  progress: { planned(chunks: number): Promise<void>; chunkDone(chunk: number): Promise<void> }
}

/** What a backtest scans, and in how many pieces. */
export interface BacktestPlan {
  strategy: Strategy
  universe?: string
  selection: Selection
  catalog: Catalog
  dataEnd: number
  /** days and lookback, by which the work is measured, and how a bar is decided */
  window: PlanWindow
  /** how long a chunk takes to read one stored shard, in milliseconds */
  shardMs: number
  style: Style
  /** into how many chunks it is to be cut, where that was asked for */
  chunks?: number
  /** what decides on each bar */
  engine: EngineName
  /** whether symbols of lost chunks are skipped */
  partial: boolean
  /** how the account trades; its benchmark is null only where the universe itself is the benchmark */
  settings: BacktestSettings
  outOfSample?: number
  trials?: number
  recheck: boolean
  progress: BacktestAsk['progress']
}

/** What is to be scanned, checked against what is stored and what the strategy serves. */
export async function planOf(
  deps: Pick<ScanDeps, 'catalog'>,
  strategy: Strategy,
  ask: BacktestAsk,
): Promise<BacktestPlan> {
  const { engine = 'quickjs', universe, chunks, partial = false, outOfSample, trials, recheck = false, progress } = ask
  if (engine === 'columns') requireProof(strategy)
  const { timeframe, lookback } = viewStrategy(strategy, universe)
  const catalog = await requireCatalog(deps, timeframe)
  const { last } = storedSpan(catalog)!
  const selection = select(catalog, ask, (to) => yearsBefore(to, 2))
  if (!serves(strategy)) throw unserved(strategy)
  if (partial && isListed(strategy)) throw unsplit(strategy)
  const { from, to } = selection
  if (outOfSample !== undefined && (outOfSample <= from || outOfSample > to)) throw outside(outOfSample, selection)
  const window = { from, to, lookback }
  return {
    strategy,
    universe,
    selection,
    catalog,
    // What lies after the window is not known to the run: a symbol whose bars go on has not stopped trading.
    dataEnd: Math.min(last, to),
    window,
    shardMs: shardMs(catalog, window),
    style: isListed(strategy) ? 'lists' : styleOf(strategy, engine),
    chunks,
    engine,
    partial,
    settings: benchmarked(settingsOf(strategy.rule, ask.settings), catalog),
    outOfSample,
    trials,
    recheck,
    progress,
  }
}

export const isListed = (strategy: Strategy): boolean => strategy.entry_points.includes('runBatchBacktest')
const serves = (strategy: Strategy): boolean =>
  isListed(strategy) || strategy.entry_points.some((entry) => entry === 'classifySymbol' || entry === 'classifyShort')

/** What the account is compared with where nothing is asked, if it is stored. */
const MARKET = 'SPY'

/** The settings with the benchmark there is: the one asked for, `bad_request` when it is not stored; else SPY; else null. */
function benchmarked(settings: BacktestSettings, catalog: Catalog): BacktestSettings {
  const stored = catalog.symbols.map(({ symbol }) => symbol)
  const { benchmark } = settings
  if (benchmark === null) return { ...settings, benchmark: stored.includes(MARKET) ? MARKET : null }
  if (stored.includes(benchmark)) return settings
  const hint = closest(benchmark, stored)
  throw new AppError(
    'bad_request',
    `No bars are stored for the benchmark "${benchmark}".${hint === undefined ? '' : ` Did you mean ${hint}?`} Import them, or leave the benchmark out.`,
    { symbol: benchmark },
  )
}

function outside(day: number, { from, to }: Selection): AppError {
  return new AppError(
    'bad_request',
    `out_of_sample ${isoDay(day)} leaves nothing on one side of it: the run goes from ${isoDay(from)} to ${isoDay(to)}. Name a day after the first, ${isoDay(to)} at the latest.`,
  )
}

function unserved(strategy: Strategy): AppError {
  return new AppError(
    'bad_request',
    `Strategy ${strategy.strategy_id} serves no backtest: its code exports ${strategy.entry_points.join(', ')}. Export classifySymbol or runBatchBacktest.`,
  )
}

function unsplit(strategy: Strategy): AppError {
  return new AppError(
    'bad_request',
    `Strategy ${strategy.strategy_id} looks at all symbols at once: there is no result without some of them. Leave partial out.`,
  )
}
