import type { Clock } from '../core/clock.ts'
import { yearsBefore } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { unpackRows } from '../core/rows.ts'
import { nyse } from '../market/calendar.ts'
import { type EngineName, requireProof } from '../signals/columns-engine.ts'
import { requireCatalog, type ScanDeps } from '../signals/latest-pass.ts'
import { marketWarnings } from '../signals/market-warnings.ts'
import { type Selection, select, storedSpan } from '../signals/selection.ts'
import { ENGINE_VERSION, type Strategy } from '../strategy/strategy.ts'
import { scanByDates } from './by-dates.ts'
import { type BacktestPlan, scanBySymbols } from './by-symbols.ts'
import { mergeJob } from './merge.ts'
import { mergePlan } from './merge-plan.ts'
import { backtestResult } from './result.ts'
import { settingsInWords, settingsOf, unappliedClauses } from './settings.ts'

export interface BacktestDeps extends ScanDeps {
  dataVersion: () => Promise<string>
  clock: Clock
  /** CPU this process has used, all its threads together, in milliseconds */
  cpuMs: () => number
}

export interface BacktestAsk {
  from?: number
  to?: number
  symbols?: readonly string[]
  /** a UNIVERSE expression in place of the rule's */
  universe?: string
  /** chunks to plan; when absent four per thread, and as many as keep each small */
  chunks?: number
  /** what decides on each bar: the code (`quickjs`, the default), or its proven rule on columns */
  engine?: EngineName
  progress: { planned(chunks: number): Promise<void>; chunkDone(chunk: number): Promise<void> }
}

const CHUNKS_PER_THREAD = 4
/** A chunk holds the bars of its symbols: more symbols make more chunks, not larger ones. */
const SYMBOLS_PER_CHUNK = 256

/** Plans chunks, has them scanned and merged into one account on the threads, and answers with the guide's JSON. */
export async function backtest(
  deps: BacktestDeps,
  strategy: Strategy,
  ask: BacktestAsk,
): Promise<Record<string, unknown>> {
  const { engine = 'quickjs' } = ask
  if (engine === 'columns') requireProof(strategy)
  const started = { wall: deps.clock(), cpu: deps.cpuMs() }
  const catalog = await requireCatalog(deps)
  const { last } = storedSpan(catalog)!
  const selection: Selection = select(catalog, ask, (to) => yearsBefore(to, 2))
  const plan: BacktestPlan = {
    strategy,
    universe: ask.universe,
    selection,
    catalog,
    // What lies after the window is not known to the run: a symbol whose bars go on has not stopped trading.
    dataEnd: Math.min(last, selection.to),
    chunks:
      ask.chunks ??
      Math.max(CHUNKS_PER_THREAD * deps.engine.size, Math.ceil(selection.symbols.length / SYMBOLS_PER_CHUNK)),
    engine,
    progress: ask.progress,
  }
  if (!serves(strategy)) throw unserved(strategy)
  const scanned = await (isListed(strategy) ? scanByDates(deps, plan) : scanBySymbols(deps, plan))
  const { answers, reproved } = scanned
  const merged = await deps.engine.run(mergeJob, { plan: mergePlan(plan, scanned), answers })

  const settings = settingsOf(strategy.rule)
  const codeExits = strategy.entry_points.includes('exitPosition')
  const parts = {
    ...merged,
    instances: await unpackRows(merged.instances),
    trades: await unpackRows(merged.trades),
  }
  return backtestResult(parts, {
    strategyId: strategy.strategy_id,
    claims: scanned.claims,
    assumptions: [...strategy.assumptions, ...settingsInWords(settings, strategy.rule, codeExits)],
    warnings: [
      ...(await marketWarnings(deps.source, catalog, ask.universe ?? strategy.rule?.universe, true)),
      ...strategy.warnings,
      ...unappliedClauses(strategy.rule),
      ...scanned.warnings,
    ],
    receipt: {
      strategy_hash: strategy.hash,
      engine_version: ENGINE_VERSION,
      data_version: await deps.dataVersion(),
      simulated: catalog.simulated,
      coverage: merged.coverage,
      skipped: merged.skipped,
      errors: merged.errors,
      fill: settings.fill,
      costs: {
        cash: settings.cash,
        slots: settings.slots,
        slippage_bps: settings.slippageBps,
        commission: settings.commission,
      },
      chunks: scanned.chunks,
      engine,
      reproved_cells: reproved.cells,
      reproved_true: reproved.trueCells,
      reproved_scores: reproved.scores,
      reproved_exits: reproved.exits,
      wall_ms: deps.clock() - started.wall,
      cpu_ms: Math.round(deps.cpuMs() - started.cpu),
      cost_cents: 0,
      as_of: new Date(nyse.closeInstant(nyse.previousSession(selection.to))).toISOString(),
    },
  })
}

const isListed = (strategy: Strategy): boolean => strategy.entry_points.includes('runBatchBacktest')
const serves = (strategy: Strategy): boolean =>
  isListed(strategy) || strategy.entry_points.some((entry) => entry === 'classifySymbol' || entry === 'classifyShort')

function unserved(strategy: Strategy): AppError {
  return new AppError(
    'bad_request',
    `Strategy ${strategy.strategy_id} serves no backtest: its code exports ${strategy.entry_points.join(', ')}. Export classifySymbol or runBatchBacktest.`,
  )
}
